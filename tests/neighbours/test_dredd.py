"""Dredd takes the spec after one change to it, and every answer of the spec is the mock's."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server import MockServer

from .conftest import Run
from .section import follow_section


def test_every_answer_of_the_spec_passes(tmp_path: Path, node_modules: Callable[[str], Path], run: Run) -> None:
    if shutil.which("jq") is None:
        pytest.skip("not installed: jq")
    (tmp_path / "node_modules").symlink_to(node_modules("testers"))
    with MockServer() as server:
        (done,) = follow_section("neighbours.md", "Dredd", tmp_path, server.url, run)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "25 passing, 0 failing, 0 errors, 0 skipped, 25 total" in done.stdout
