"""Requests that a client or a proxy may send one day: to every operation, for every error, and odd ones."""

import json
from collections.abc import Iterator
from typing import Any

from .asked import Asked

LIST, RECORD = "/training/record/", "/training/record/rec-0001/"
ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
BODY = json.dumps(ASSIGNED).encode()
JSON = ("content-type", "application/json")

BODIES: tuple[Any, ...] = (
    ASSIGNED,
    {},
    ASSIGNED | {"api_id": "new"},
    ASSIGNED | {"api_id": "rec-0002"},
    ASSIGNED | {"api_id": "a/b"},
    ASSIGNED | {"api_id": "a\n"},
    ASSIGNED | {"person_api_id": "usr-nobody", "package_api_id": "pkg-nothing"},
    ASSIGNED | {"person_api_id": 7},
    ASSIGNED | {"date_started": "2026-01-30T09:00:00.25+01:00", "date_completed": None},
    ASSIGNED | {"date_started": "2016-12-31t23:59:59.123456789z"},
    ASSIGNED | {"date_started": "2016-12-31T23:59:60Z"},
    ASSIGNED | {"date_started": "2026-01-30T09:00:00"},
    ASSIGNED | {"date_started": "2026-01-30T09:00:00Z\n"},
    ASSIGNED | {"date_started": "0000-01-01T00:00:00Z"},
    ASSIGNED | {"date_started": "0001-01-01T00:00:00+02:00"},
    ASSIGNED | {"date_started": "tomorrow"},
    ASSIGNED | {"colour": "red", "package_desc": "mine", "date_assigned": 7},
    ASSIGNED | {"person_api_id": "\ud800"},
    ASSIGNED | {"colour": "\ud800"},
    [ASSIGNED],
    None,
    "text",
)


def _with_member(text: str) -> bytes:
    """Return a body that is good but for one more member, given as JSON text."""
    return BODY[:-1] + f", {text}}}".encode()


CONTENTS = (
    b"",
    b" ",
    BODY[:-1],
    b"\xef\xbb\xbf" + BODY,
    BODY.replace(b"ben", b"b\xe9n"),
    BODY.decode().encode("utf-16"),
    _with_member('"person_api_id": "usr-mei-chen"'),
    _with_member('"date_started": NaN'),
    _with_member('"colour": NaN'),
    _with_member('"colour": 1e999'),
    _with_member(f'"colour": {"[" * 100_000}{"]" * 100_000}'),
    BODY + b" " * 1024 * 1024,
)

CONTENT_TYPES = (
    "",
    "*/*",
    "Application/JSON",
    "application/json; charset=utf-8",
    "application/json; charset=latin-1",
    "application/json;charset=no-such-charset",
    "application/json; profile=records",
    "application/merge-patch+json",
    "application/x-www-form-urlencoded",
    "text/plain",
)

SEGMENTS = ("rec-9999", "-", "..", "%2E%2E", "%72ec-0001", "rec%2F0001", "rec-0001%0A", "%ff", "%zz", "%00", "x" * 129)

QUERIES = (
    "limit=2&offset=1&search=fire",
    "search=fire%20safety",
    "search=FIRE+safety",
    "search=%C3%A9%26&limit=1",
    "search=",
    "search=null",
    "search=a,b",
    "search=fire&search=aid",
    "search=%ff",
    "limit=0",
    "limit=-1",
    "limit=",
    "limit",
    "limit=01",
    "limit=%2B1",
    "limit=%201",
    "limit=1_0",
    "limit=%D9%A1",
    "limit=1.0",
    "limit=true",
    "limit=1&limit=1",
    "limit=99999999999999999999999",
    "limit=2;offset=1",
    "offset=-0",
    "offset=9999",
    "Limit=0",
    "page=1&page=2",
    "page=%ff",
    "__code=503",
    "&&=",
)


def hand_made() -> Iterator[Asked]:
    yield from _plain()
    yield from _with_a_body()
    yield from _on_odd_paths()


def _with_a_body() -> Iterator[Asked]:
    """Yield requests with a body, good and bad."""
    for method, path in (("POST", LIST), ("PUT", RECORD), ("PATCH", RECORD)):
        for value in BODIES:
            yield Asked(method, path, (JSON,), (json.dumps(value).encode(),))
        for content in CONTENTS:
            yield Asked(method, path, (JSON,), (content,))
        for content_type in CONTENT_TYPES:
            yield Asked(method, path, (("content-type", content_type),), (BODY,))
        yield Asked(method, path)
        yield Asked(method, path, chunks=(BODY,))
        yield Asked(method, path, (JSON,), (BODY[:9], BODY[9:]))
        yield Asked(method, path, (JSON,), (b"", b""))
        yield Asked(method, path, (JSON, ("content-encoding", "gzip")), (BODY,))
        yield Asked(method, f"{path}?limit=0", (JSON,), (BODY,))


def _on_odd_paths() -> Iterator[Asked]:
    for segment in SEGMENTS:
        for method in ("GET", "DELETE"):
            yield Asked(method, f"{LIST}{segment}/")
        for method in ("PUT", "PATCH"):
            yield Asked(method, f"{LIST}{segment}/", (JSON,), (BODY,))
    for path in (LIST[:-1], RECORD[:-1], f"/{LIST}", f"{RECORD}/", LIST.upper(), "/nowhere/"):
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            yield Asked(method, path)


def _plain() -> Iterator[Asked]:
    """Yield requests of every method, and without a body."""
    for method in ("GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "PROPFIND"):
        for path in (LIST, RECORD):
            yield Asked(method, path)
    yield Asked("PUT", LIST, (JSON,), (BODY,))
    yield Asked("POST", RECORD, (JSON,), (BODY,))
    for query in QUERIES:
        yield Asked("GET", f"{LIST}?{query}")
    yield Asked("GET", RECORD, (("accept", "text/html"),))
    yield Asked("GET", RECORD, (("prefer", "code=503"),))
    yield Asked("GET", LIST, (("content-type", "text/plain"),), (b"{",))
