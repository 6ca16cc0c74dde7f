"""Text from anywhere, made safe to show: what a reader would not see is spelled out."""

from __future__ import annotations

import re

# Control characters but tab and newline, marks that turn or hide what follows, lone surrogates, and what XML forbids.
# The joiners U+200C and U+200D stay: scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    r"""Return the text with every character that can't be seen or written spelled out, such as `\x1b`."""
    return _UNSEEN.sub(_spelled_out, text)


def _spelled_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] == "\r":
        return "\\r"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def one_line(text: str) -> str:
    """Return the text in a single line."""
    return visible(" ".join(text.split()))


def shortened(text: str, most: int) -> str:
    """Return at most so many characters, and say how many are left out."""
    left_out = len(text) - most
    return text if left_out <= 0 else f"{text[:most]}… ({left_out:,} more characters)"


def encodable(text: str, encoding: str | None) -> str:
    """Return the text with every character that an encoding lacks spelled out."""
    name = encoding or "utf-8"
    return text.encode(name, "backslashreplace").decode(name)
