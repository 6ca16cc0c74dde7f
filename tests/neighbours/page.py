"""A page of docs/ as somebody follows it: its files are written and its commands are run, in their order."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from papers import BLOCK, ROOT

SHOWN = "http://127.0.0.1:8080"
INSTALL = re.compile(r"^(?:npm|pip) install (.*)$", re.MULTILINE)


def text_of(page: str) -> str:
    """Return the text of a page of docs/."""
    return (ROOT / "docs" / page).read_text("utf-8")


def installed_by(page: str) -> set[str]:
    """Return what a page lets its reader install, each with its version, as `name@1.2.3` or `name==1.2.3`."""
    lines = INSTALL.findall(text_of(page))
    return {word for line in lines for word in line.split() if not word.startswith("-")}


def follow(page: str, folder: Path, url: str, run: Callable[..., Any]) -> None:
    """Do what a page says, in a folder, with a server at `url`: what is to be installed is installed already.

    A block of `sh` has a command in each line, and all succeed. A block of `console` shows what a command writes.
    """
    for name, language, code in BLOCK.findall(text_of(page).replace(SHOWN, url)):
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(code, "utf-8")
        elif language == "sh":
            for command in INSTALL.sub("", code).splitlines():
                done = run(*shlex.split(command, comments=True) or ["true"], folder=folder)
                assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        elif language == "console":
            command, _, shown = code.removeprefix("$ ").partition("\n")
            done = run(*shlex.split(command), folder=folder)
            assert done.stdout == shown, f"{command}\n{done.stdout}{done.stderr}"
