"""What the tests with tools of others share: where npm put a tool, and a run of one that speaks with nobody else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

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
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def run(*command: str | Path, folder: Path) -> "subprocess.CompletedProcess[str]":
        environment = os.environ | QUIET | {"PATH": path}
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)

    return run
