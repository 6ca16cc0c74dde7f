"""openapi-python-client takes both of our specs whole, and the page about it is true."""

from pathlib import Path

import pytest
from papers import ROOT

from mock_server import MockServer

from .conftest import Run
from .page import follow, installed_by
from .specs import SPECS, operation_ids

PAGE = "openapi-python-client.md"


@pytest.mark.parametrize("spec", SPECS)
def test_every_operation_is_generated_without_a_warning(spec: str, tmp_path: Path, run: Run) -> None:
    command = ["openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"]
    done = run(*command, "--path", SPECS[spec], "--output-path", spec, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == f"Generating {spec}"
    assert {file.stem for file in (tmp_path / spec / "api").glob("*/[!_]*.py")} == operation_ids(spec)


def test_page_is_followed_to_its_end(tmp_path: Path, run: Run) -> None:
    with MockServer() as server:
        follow(PAGE, tmp_path, server.url, run)


def test_page_installs_what_is_tested() -> None:
    assert installed_by(PAGE) <= set((ROOT / "constraints.txt").read_text("utf-8").splitlines())
