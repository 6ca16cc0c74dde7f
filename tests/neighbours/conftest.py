"""What the tools of others share: where npm put them, and a run of one that is not to speak with anybody."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

NEIGHBOURS = Path(__file__).parent

# No tool is to tell its makers that it was used, nor to ask them for a newer one, nor to write in colours.
QUIET = {
    "CI": "true",
    "DO_NOT_TRACK": "1",
    "NO_COLOR": "1",
    "NO_UPDATE_NOTIFIER": "1",
    "REDOCLY_TELEMETRY": "off",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def node_modules() -> Callable[[str], Path]:
    """Give the node_modules of a folder beside this file; where there are none, the test is skipped."""

    def modules(folder: str) -> Path:
        found = NEIGHBOURS / folder / "node_modules"
        if shutil.which("node") is None or not found.exists():
            pytest.skip(f"not installed: npm ci --prefix tests/neighbours/{folder}")
        return found

    return modules


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a command in a folder, quietly; give what it wrote and its status."""

    def run(*command: str | Path, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd=folder, env=os.environ | QUIET | environment, capture_output=True, text=True, timeout=120
        )

    return run
