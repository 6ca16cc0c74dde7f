"""How one text may be spelled: escapes are undone step by step, letters are folded, bytes are written as text.

No list of spellings would ever be whole. So escapes are not made but undone, in whatever order and however often they
were made: JSON inside a URL inside HTML is read back one layer at a time. What is left is compared without case,
blanks, quotation marks and backslashes, as every framework has its own way with these. Only where bytes are written
as other letters (base64, base32, hexadecimal, numbers) there is nothing to undo letter by letter: those are made.
"""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import html5
from urllib.parse import quote

DEEPEST = 8
"""How many layers of escapes are undone."""

WINDOWS = {bytes([byte]).decode("cp1252", "replace"): byte for byte in range(0x80, 0xA0)}
"""What the bytes between ASCII and Latin-1 look like to a reader who takes them for Windows-1252."""

_ESCAPE = re.compile(
    r"""
      \\(?-i:U)([0-9a-f]{8}) | (?:%u|(?-i:\\u))([0-9a-f]{4}) | (?:%|\\x)([0-9a-f]{2})
    | (?:\\[ux]\{|&\#x)([0-9a-f]{1,8})[;}]?
    | \\([0-3][0-7]{2}) | &\#([0-9]{1,10});? | &([a-z][a-z0-9]{1,31};) | \\([^ux0-9])
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_HEXADECIMAL, _OCTAL, _DECIMAL, _ENTITY, _AFTER_BACKSLASH = (1, 2, 3, 4), 5, 6, 7, 8

_LATER = "[\x80-\xbf" + "".join(map(re.escape, WINDOWS)) + "]"

_SPLIT = re.compile(
    f"[\xc2-\xdf]{_LATER}|[\xe0-\xef]{_LATER}{{2}}|[\xf0-\xf4]{_LATER}{{3}}|[\ud800-\udbff][\udc00-\udfff]"
)
"""One letter in several: the bytes of UTF-8, or the two halves of UTF-16."""

_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": "\b", "v": "\v", "a": "\a", "e": "\x1b"}

UNFINISHED = re.compile(r"(?:%u?[0-9a-f]{0,3}|\\(?:[ux]\{?)?[0-9a-f]{0,7}|&\#?[0-9a-z]{0,31})+\Z", re.IGNORECASE)
"""An escape that a text was cut in, perhaps within another."""

REST = re.compile(r"\A[ux#{0-9a-f]{0,9}[;}]?", re.IGNORECASE)
"""What may be left of an escape where a text was cut."""


@dataclass(frozen=True)
class Reading:
    """A text with so many layers of its escapes undone."""

    text: str
    places: array[int]
    """Where in the text as it was each character begins, and where the last one ends."""


def readings(text: str) -> Iterator[Reading]:
    """The text as it is, and with one layer of escapes after the other undone."""
    reading = Reading(text, array("I", range(len(text) + 1)))
    for _ in range(DEEPEST):
        yield reading
        before, reading = reading, _replaced(_replaced(reading, _ESCAPE, _meant), _SPLIT, _joined)
        if before.text == reading.text:
            break


def _replaced(reading: Reading, pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]) -> Reading:
    text, places = reading.text, reading.places
    pieces: list[str] = []
    origins = array("I")
    done = 0
    for match in pattern.finditer(text):
        start, meant = match.start(), write(match)
        pieces += (text[done:start], meant)
        origins += places[done:start]
        origins.extend([places[start]] * len(meant))
        done = match.end()
    pieces.append(text[done:])
    origins += places[done:]
    return Reading("".join(pieces), origins)


def _meant(match: re.Match[str]) -> str:
    """What an escape stands for; a byte as the Latin-1 letter of that number."""
    kind, told = match.lastindex or 0, match[match.lastindex or 0]
    if kind == _AFTER_BACKSLASH:
        return _CONTROLS.get(told, told)
    if kind == _ENTITY:
        return html5.get(told) or html5.get(told.lower()) or match[0]
    code = int(told, 16 if kind in _HEXADECIMAL else 8 if kind == _OCTAL else 10)
    return chr(code) if code < 0x110000 else match[0]


def _joined(match: re.Match[str]) -> str:
    if match[0] >= "\ud800":
        return match[0].encode("utf-16", "surrogatepass").decode("utf-16")
    raw = bytes(WINDOWS.get(letter, ord(letter)) for letter in match[0])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return match[0]


# Folding


class _Folds(dict[int, int | None]):
    """What each character is compared as; None where it does not count."""

    def __missing__(self, code: int) -> int | None:
        letter = unicodedata.normalize("NFKD", chr(code))[0].lower()[0]
        dropped = letter in "+\\\"'`…" or letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf", "Mn")
        self[code] = None if dropped else ord(letter)
        return self[code]


_FOLDS = _Folds()


def folded(text: str) -> str:
    """The text as it is compared: in lower case, without accents, blanks, `+`, quotation marks and backslashes."""
    return text.translate(_FOLDS)


def counting(text: str) -> list[int]:
    """The places of the characters that are left of a text when it is folded."""
    return [place for place, letter in enumerate(text) if _FOLDS[ord(letter)] is not None]


# Spellings

_UTF_16 = ("utf-16-le", "utf-16-be")


def spellings(text: str) -> set[str]:
    """Every folded text that shows a text as the readings of another text may have it."""
    found = {reading.text for reading in readings(text)} | _lossy(text) | {text.upper()}
    found |= {text.encode(form, "surrogatepass").decode("latin-1") for form in _UTF_16}
    for raw in _bytes_of(text):
        found |= _as_digits(raw, 6, 3, _base64) | _as_digits(raw, 4, 1, bytes.hex)
    raw = text.encode("utf-8", "surrogatepass")
    found |= _as_digits(raw, 6, 3, _urlsafe) | _as_digits(raw, 5, 5, _base32) | {_base64(raw), _urlsafe(raw)}
    found |= {mark.join(map(str, raw)) for mark in ("", ",")}
    found |= {mark.join(f"{byte:02x}" for byte in raw) for mark in (":", "-", ",0x")}
    return {folded(spelled) for spelled in found}


def _lossy(text: str) -> set[str]:
    """The text as somebody reads it who knows ASCII alone."""
    letters = {re.sub(r"[^\x00-\x7f]", other, text) for other in ("", "?", "\ufffd")}
    return letters | {text.encode("utf-8", "surrogatepass").decode("ascii", "replace")}


def _bytes_of(text: str) -> set[bytes]:
    """The bytes of a text, also as it looks in a JSON document, a URL or a page, or where it is base64 already."""
    utf8 = text.encode("utf-8", "surrogatepass")
    found = {utf8, _base64(utf8).encode(), *(text.encode(form, "surrogatepass") for form in _UTF_16)}
    for escaped in (json.dumps(text)[1:-1], quote(utf8, safe=""), html.escape(text)):
        found.add(escaped.encode("ascii", "backslashreplace"))
    if text.isascii() or max(text) > "\xff":
        return found
    return found | {text.encode("latin-1")}


def _as_digits(raw: bytes, bits: int, group: int, write: Callable[[bytes], str]) -> set[str]:
    """Bytes in digits of so many bits, wherever in a group of bytes they begin.

    Without the digits at the ends that hold bits of what stands before and after.
    """
    return {
        write(bytes(skipped) + raw)[-(-skipped * 8 // bits) : (skipped + len(raw)) * 8 // bits]
        for skipped in range(group)
    }


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")
