"""Requests that are no HTTP/1.1: why not, and what can be known of them nevertheless."""

import re
from itertools import takewhile
from typing import NamedTuple

import httptools

from mock_server.web.problem import Problem

_LINE = "The first line must be METHOD, address and HTTP/1.1, with one space between each"
_METHOD = (
    "The method in the first line is no registered one. Methods are written in capitals: "
    'a page that calls fetch with "patch" sends it as it stands, and PATCH is meant.'
)
_VERSION = "The version in the first line must be HTTP/1.1 or HTTP/1.0."
_ADDRESS = (
    "The address in the first line begins with neither / nor http://, or has a character that may not stand in it as "
    "it is: percent-encode it (encodeURIComponent in a page)."
)
_ENDS = "Each line of the head must end in CR LF."
_LENGTH = "Content-Length must be one whole number of bytes."
_BOTH = "Content-Length and Transfer-Encoding must not be sent together: the one contradicts the other."
_CODING = "Transfer-Encoding must be chunked, once and alone."
_CHUNK = (
    "The chunked body is broken: each chunk is its size in hexadecimal digits, CR LF, as many bytes as that, and "
    "CR LF; the last one has the size 0."
)

_REASONS = (
    ("Invalid method", _METHOD),
    ("Expected space after method", f"{_LINE}."),
    ("Pause on PRI", "It begins HTTP/2 unasked; this server speaks HTTP/1.1 (curl: --http1.1)."),
    ("Expected HTTP/2", "It begins HTTP/2 unasked; this server speaks HTTP/1.1 (curl: --http1.1)."),
    ("Invalid HTTP version", _VERSION),
    ("Invalid major version", _VERSION),
    ("Invalid minor version", _VERSION),
    ("Expected dot", _VERSION),
    ("Expected HTTP/", f"{_LINE}; a space in the address is written %20."),
    ("Expected SOURCE", _METHOD),
    ("Invalid char in url", _ADDRESS),
    ("Invalid characters in url", _ADDRESS),
    ("Unexpected start char in url", _ADDRESS),
    ("Unexpected char in url", _ADDRESS),
    ("Invalid header token", "A header's name has a character that may not stand in it, or no colon right behind it."),
    ("Invalid header field", "A header's name has a character that may not stand in it, or no colon right behind it."),
    ("Invalid header value", "A header's value has a control character."),
    ("Unexpected whitespace after header value", "A header may not go on in the next line, which began with a space."),
    ("Unexpected space after start line", "A header's name may not begin with a space."),
    ("Missing expected CR after chunk", _CHUNK),
    ("Expected LF after chunk", _CHUNK),
    ("Chunk size overflow", _CHUNK),
    ("Invalid character in chunk", _CHUNK),
    ("Invalid quoted-pair in chunk", _CHUNK),
    ("Missing expected", _ENDS),
    ("Expected LF", _ENDS),
    ("Expected CRLF", _ENDS),
    ("Duplicate Content-Length", "Content-Length was sent twice."),
    ("Content-Length can't", _BOTH),
    ("Transfer-Encoding can't", _BOTH),
    ("Content-Length overflow", _LENGTH),
    ("Empty Content-Length", _LENGTH),
    ("Invalid character in Content-Length", _LENGTH),
    ("Empty Transfer-Encoding", _CODING),
    ("Invalid `Transfer-Encoding`", _CODING),
    ("Request has invalid `Transfer-Encoding`", _CODING),
)
"""How llhttp's reasons begin, and what they mean to those who wrote the client."""

_END_OF_LINE = re.compile(rb"\r\n|\r|\n")

_TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")


SHOWN = 1024
"""Bytes of an address that are kept of a request that is refused."""


class Sketch(NamedTuple):
    """What can be read of a broken head: its method and address ("?" and "/" where there are none), and headers."""

    method: str = "?"
    target: bytes = b"/"
    headers: tuple[tuple[bytes, bytes], ...] = ()


def problem_of(error: httptools.HttpParserError, raw: bytes | None) -> Problem:
    """Return the problem that the parser found, or that was raised while it ran.

    `raw` is what came of the message's head, None where it is not known where that begins.
    """
    if isinstance(error.__context__, Problem):
        return error.__context__
    if raw is not None and raw.startswith(b"\x16"):
        return Problem(400, "It begins with a TLS handshake, and this server speaks plain HTTP: call it by http://.")
    reason = str(error)
    known = (words for beginning, words in _REASONS if reason.startswith(beginning))
    return Problem(400, "This is not HTTP/1.1 (RFC 9112). " + next(known, f"{reason}."))


def sketch(raw: bytes) -> Sketch:
    """Return what can be read of a broken head, whatever its lines end with: a header is known by its name alone."""
    line, *fields = [*takewhile(bool, _END_OF_LINE.split(raw.lstrip(b"\r\n")))] or [b""]
    method, _, rest = line.partition(b" ")
    if not _TOKEN.fullmatch(method):
        return Sketch()
    target = rest.rpartition(b" ")[0] if b" " in rest else rest
    pairs = (field.partition(b":") for field in fields)
    headers = ((name.lower(), value.strip(b" \t")) for name, _, value in pairs if _TOKEN.fullmatch(name))
    return Sketch(method.decode(), target[:SHOWN] if target.startswith(b"/") else b"/", tuple(headers))
