"""The papers, and the code that stands in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent

# A block that begins a line: the name of its file where it has one, its language, and what stands in it.
BLOCK = re.compile(r"^(?:`([\w./-]+)`:\n\n)?```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a paper in one language, those in lists too, without their indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(f"^{indentation}", "", code, flags=re.MULTILINE) for indentation, code in found]


def files(text: str) -> dict[str, str]:
    """Return the files of a paper: each stands below its name."""
    return {name: code for name, _, code in BLOCK.findall(text) if name}
