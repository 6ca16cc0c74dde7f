"""What users write is typed: a strict mypy takes the Python of the README and of docs/ as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Its Python needs packages that it generates first; the page runs mypy itself, and tests/neighbours follows it.
GENERATED = ROOT / "docs" / "openapi-python-client.md"
EXAMPLES = [
    pytest.param(code, id=f"{page.name} {number}")
    for page in [ROOT / "README.md", *sorted({*(ROOT / "docs").glob("*.md")} - {GENERATED})]
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL), 1)
]


def mypy(folder: Path, code: str) -> str:
    """Return what a strict mypy says of this code, in a folder where only installed packages are found."""
    (folder / "example.py").write_text(code, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder.parent / "mypy"), "example.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


@pytest.mark.parametrize("code", EXAMPLES)
def test_strict_mypy_takes_the_example(tmp_path: Path, code: str) -> None:
    assert mypy(tmp_path, code).startswith("Success")


def test_wrong_argument_is_seen(tmp_path: Path) -> None:
    said = mypy(
        tmp_path, "from mock_server import MockServer, create_app\nMockServer(seed='1')\ncreate_app(colour=1)\n"
    )
    assert 'Argument "seed" to "MockServer" has incompatible type "str"' in said
    assert 'Unexpected keyword argument "colour" for "create_app"' in said
