"""Text from anywhere, made safe to show: what a reader would not see is spelled out."""

from __future__ import annotations

import re

# Control characters but tab and newline, marks that turn or hide what follows, lone surrogates, and what XML forbids.
# The joiners U+200C and U+200D stay: scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)

_BLANKS = re.compile(r"(\s+)")


def visible(text: str) -> str:
    r"""Return the text with every character that can't be seen or written spelled out, such as `\x1b`."""
    return _UNSEEN.sub(_spelled_out, text)


def unseen(letter: str) -> bool:
    """Whether a character can't be told from others, or is not written, in the one line of a command."""
    return letter in "\t\n" or _UNSEEN.match(letter) is not None


def _spelled_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] == "\r":
        return "\\r"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def one_line(text: str) -> str:
    """Return the text in a single line."""
    return visible(" ".join(text.split()))


def shortened(text: str, most: int) -> str:
    """Return at most so many characters, cut after a word, and say how many are left out."""
    if len(text) <= most:
        return text
    start = _words(text, most)
    if 2 * len(start) < most:
        start = text[:most]  # a word that is so long is none
    return f"{start}… ({len(text) - len(start):,} more characters)"


def brief(text: str, most: int) -> str:
    """Return at most so many characters, the ellipsis included, cut after a word."""
    return text if len(text) <= most else f"{_words(text, most - 1) or text[: max(0, most - 1)]}…"[:most]


def _words(text: str, most: int) -> str:
    """The words of a text that fit."""
    *words, _ = _BLANKS.split(text[: max(0, most) + 1])
    return text[: len("".join(words))].rstrip()


def encodable(text: str, encoding: str | None) -> str:
    """Return the text with every character that an encoding lacks spelled out."""
    name = encoding or "utf-8"
    return text.encode(name, "backslashreplace").decode(name)
