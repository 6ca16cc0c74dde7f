"""What of a header or of a URL is secret: the value, and whatever in it may turn up without the rest."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

SHORTEST = 4
"""Bytes. Anything shorter is part of too many words: hiding a tenant `a` would leave no report to read."""

NO_SECRETS = frozenset({"accept", "accept-charset", "accept-encoding", "accept-language", "origin"})
"""Headers that by their definition hold names of formats, languages and places."""

PLAIN = frozenset({"true", "false", "null", "none", "http", "https", "training", "record", "application/json"})
"""Words that stand in every report: to hide them would hide nothing but the report."""

PUBLIC_PARAMETERS = frozenset({"algorithm", "created", "expires", "headers", "qop", "uri"})
"""Of Digest and Signature headers: what they say of the request, such as its path."""

_QUOTED = re.compile(r'=\s*"((?:\\.|[^"\\])*)"')


def is_secret(header: str) -> bool:
    """Whether the value of a header of this name may hold a secret."""
    return header.lower() not in NO_SECRETS


def parts(value: str) -> set[str]:
    """The value, and each part of it that is worth hiding by itself."""
    return {part for part in _parts(value.strip()) if _long(part) and part.lower() not in PLAIN}


def _long(part: str) -> bool:
    return len(part.encode("utf-8", "surrogatepass")) >= SHORTEST


def _parts(value: str) -> Iterator[str]:
    yield value
    scheme, _, rest = value.partition(" ")
    rest = rest.strip()
    yield rest
    if scheme.lower() == "basic":
        yield from _user_and_password(rest)
    if "//" not in value and " " not in value:
        name, colon, password = value.partition(":")
        yield from (name, password) if colon else ()
    for whole in (value, rest):
        for piece in re.split("[,;]", whole):
            yield from _piece(piece.strip())
    for quoted in _QUOTED.findall(value):
        yield quoted
        yield re.sub(r"\\(.)", r"\1", quoted)


def _piece(piece: str) -> Iterator[str]:
    """One of several cookies or parameters: all of it, and what is on the right of `=`."""
    name, equals, value = piece.partition("=")
    if name.strip().lower() not in PUBLIC_PARAMETERS:
        yield piece
        yield value.strip().strip('"') if equals else ""


def _user_and_password(token: str) -> Iterator[str]:
    """What a Basic token holds."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return
    for encoding in ("utf-8", "latin-1"):
        plain = raw.decode(encoding, "replace")
        yield plain
        yield from plain.split(":", 1)
