"""A collection that is made from the spec runs without a failed assertion."""

import re
from collections.abc import Callable
from pathlib import Path

from mock_server import MockServer

from .conftest import Run
from .section import follow_section


def test_every_assertion_passes(tmp_path: Path, node_modules: Callable[[str], Path], run: Run) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules("testers"))
    with MockServer() as server:
        (done,) = follow_section("neighbours.md", "Portman and Newman", tmp_path, server.url, run)
    assert done.returncode == 0, done.stdout + done.stderr
    executed_and_failed = {row[0]: row[1:] for row in re.findall(r"│ +([\w-]+) │ +(\d+) │ +(\d+) │", done.stdout)}
    assert executed_and_failed["requests"] == ("6", "0")
    assert executed_and_failed["assertions"] == ("22", "0")
