"""One section of a page of docs/ as somebody follows it: its files are written and its commands are run."""

import json
import re
from pathlib import Path
from typing import Any

from papers import BLOCK

from .conftest import NEIGHBOURS, Run
from .page import INSTALL, SHOWN, text_of


def section(page: str, heading: str) -> str:
    """Return what a page says below a heading of the second level, up to the next one."""
    _, found, after = text_of(page).partition(f"\n## {heading}\n")
    assert found, f"{page} has no section {heading}"
    return re.split(r"^## ", after, maxsplit=1, flags=re.MULTILINE)[0]


def prepare(text: str, folder: Path, url: str) -> list[str]:
    """Write the files of a text, each of which stands below its name, and return its `bash` blocks.

    The mock is at `url`. What is to be installed is installed already.
    """
    blocks = BLOCK.findall(text.replace(SHOWN, url))
    for name, _, code in blocks:
        if name:
            (folder / name).write_text(code, "utf-8")
    found = [INSTALL.sub("", code).strip() for name, language, code in blocks if language == "bash" and not name]
    return [script for script in found if script]


def follow_section(page: str, heading: str, folder: Path, url: str, run: Run) -> list[Any]:
    """Do what a section says, in a folder, with a mock at `url`; return what came of each of its scripts."""
    return [run(*bash(script), folder=folder) for script in prepare(section(page, heading), folder, url)]


def bash(script: str) -> tuple[str, ...]:
    """Return the command that runs a script up to its first line that fails."""
    return ("bash", "-euo", "pipefail", "-c", script)


def pinned(folder: str) -> set[str]:
    """Return what is installed in a folder beside this file, each with its version, as `name@1.2.3`."""
    package = json.loads((NEIGHBOURS / folder / "package.json").read_text("utf-8"))
    return {f"{name}@{version}" for name, version in package["dependencies"].items()}
