"""Schemathesis as it is shipped finds nothing in the mock, asked as docs/schemathesis.md says."""

from importlib.metadata import version
from pathlib import Path

from mock_server import MockServer

from .conftest import Run
from .page import installed_by, text_of
from .section import bash, prepare

PAGE = "schemathesis.md"


def test_nothing_is_found(tmp_path: Path, run: Run) -> None:
    with MockServer() as server:
        for script in prepare(text_of(PAGE), tmp_path, server.url):
            done = run(*bash(script), folder=tmp_path)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "No issues found" in done.stdout


def test_page_installs_what_is_tested() -> None:
    assert installed_by(PAGE) == {f"schemathesis=={version('schemathesis')}"}
