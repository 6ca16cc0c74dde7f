"""The papers, and the code that stands in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a paper in one language, those in lists too, without their indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(f"^{indentation}", "", code, flags=re.MULTILINE) for indentation, code in found]
