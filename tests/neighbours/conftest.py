"""What the tests with tools of others share: where npm put a tool, and a run of one that speaks with nobody else."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NEIGHBOURS = Path(__file__).parent

# No tool is to tell its makers that it was used, to ask for a newer one, to fetch another, or to write in colours.
QUIET = {
    "CI": "true",
    "DO_NOT_TRACK": "1",
    "NO_COLOR": "1",
    "NO_UPDATE_NOTIFIER": "1",
    "NO_PROXY": "127.0.0.1",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    "REDOCLY_TELEMETRY": "off",
    "npm_config_offline": "true",
}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def node_modules() -> Callable[[str], Path]:
    """Give the node_modules of a folder beside this file; where there are none, the test is skipped."""

    def modules(folder: str) -> Path:
        found = NEIGHBOURS / folder / "node_modules"
        if shutil.which("node") is None or not found.exists():
            pytest.skip(f"not installed: npm ci --ignore-scripts --prefix tests/neighbours/{folder}")
        return found

    return modules


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a command in a folder, quietly, this Python's commands before others; give what it wrote and its status."""

    def run(*command: str | Path, folder: Path) -> "subprocess.CompletedProcess[str]":
        with started(*command, folder=folder, stderr=subprocess.PIPE) as process:
            output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    return run


@contextlib.contextmanager
def started(*command: str | Path, folder: Path, **options: Any) -> "Iterator[subprocess.Popen[str]]":
    """Start a command in a folder, as `run` does; at the end it is killed, with all that it has started."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | QUIET | {"PATH": path}
    options = {"stdout": subprocess.PIPE, "text": True, "start_new_session": True} | options
    with subprocess.Popen(command, cwd=folder, env=environment, **options) as process:
        try:
            yield process
        finally:
            kill(process)


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill what was started, and all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
