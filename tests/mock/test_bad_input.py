"""Bad bodies: a 4xx problem each, nothing changed, and the server goes on serving."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from .problems import pointers, problem

JSON = "application/json"
ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
TEXT = json.dumps(ASSIGNED)

writes = pytest.mark.parametrize(
    ("method", "at"), [("POST", ""), ("PUT", "rec-0001/"), ("PATCH", "rec-0001/")], ids=["post", "put", "patch"]
)


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


def with_member(text: str) -> bytes:
    """Return a body that is good but for one more member, given as JSON text."""
    return f"{TEXT[:-1]}, {text}}}".encode()


UNREADABLE = {
    "empty": b"",
    "white space": b" \r\n\t",
    "not JSON": b"person_api_id=usr-ben-carlisle",
    "truncated in an object": TEXT.encode()[:-1],
    "truncated in a string": TEXT.encode()[:-3],
    "two values": f"{TEXT} {TEXT}".encode(),
    "trailing comma": f"{TEXT[:-1]},}}".encode(),
    "comment": f"// assigned\n{TEXT}".encode(),
    "single quotes": TEXT.replace('"', "'").encode(),
    "not UTF-8": TEXT.replace("ben", "b\xe9n").encode("latin-1"),
    "UTF-8 encoded surrogate": TEXT.encode().replace(b"ben", b"b\xed\xa0\x80n"),
    "overlong UTF-8": TEXT.encode().replace(b"ben", b"b\xc0\xaen"),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "UTF-32": TEXT.encode("utf-32"),
    "byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "raw NUL": TEXT.encode().replace(b"ben", b"b\x00n"),
    "raw line break in a string": TEXT.encode().replace(b"ben", b"b\nn"),
    "NaN": with_member('"date_started": NaN'),
    "Infinity": with_member('"date_started": Infinity'),
    "-Infinity": with_member('"date_started": -Infinity'),
    "NaN in an unknown property": with_member('"colour": NaN'),
    "number that overflows": with_member('"colour": 1e999'),
    "lone surrogate": with_member(r'"date_started": "\ud800"'),
    "lone surrogate in an unknown property": with_member(r'"colour": "\udfff"'),
    "lone surrogate in a name": with_member(r'"\ud800": 1'),
    "name twice": with_member('"person_api_id": "usr-mei-chen"'),
    "name twice with one value": with_member('"person_api_id": "usr-ben-carlisle"'),
    "name twice in other letters": with_member(r'"person_api_\u0069d": "usr-mei-chen"'),
    "name twice deep inside": with_member('"colour": [{"red": 1, "red": 2}]'),
    "100,000 nested arrays": nested(100_000).encode(),
    "100,000 arrays opened": b"[" * 100_000,
    "100,000 nested objects": (b'{"a":' * 100_000) + b"1" + b"}" * 100_000,
    "100,000 nested arrays in a field": with_member(f'"date_started": {nested(100_000)}'),
    "100,000 nested arrays in an unknown property": with_member(f'"colour": {nested(100_000)}'),
}

NOT_AN_OBJECT: dict[str, Any] = {"null": None, "array": [ASSIGNED], "string": TEXT, "number": 7, "boolean": True}

NO_STRINGS = [7, 1.5, True, [], ["usr-ben-carlisle"], {}, {"api_id": "usr-ben-carlisle"}]
NO_DATES = [
    "",
    "2026-02-01",
    "2026-02-01T07:00:00",  # no offset
    "2026-02-01 07:00:00Z",
    "2026-02-30T07:00:00Z",
    "2025-02-29T07:00:00Z",
    "2026-13-01T07:00:00Z",
    "2026-02-01T24:00:00Z",
    "2026-02-01T07:60:00Z",
    "2026-02-01T07:00:60Z",
    "2026-02-01T07:00:00+24:00",
    "2026-02-01T07:00:00+0100",
    "2026-02-01T07:00Z",
    "0000-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    " 2026-02-01T07:00:00Z",
    "2026-02-01T07:00:00Z\n",
    "٢٠٢٦-02-01T07:00:00Z",
    "yesterday",
    "\x00",
]
NO_API_IDS = ["", ".", "..", "-", "~a", "a/b", "a b", "a%2Fb", "é", "a\n", "\x00", "x" * 129, "🔥"]


def wrong_fields() -> Iterator[tuple[str, Any]]:
    for field in ("api_id", "person_api_id", "package_api_id"):
        yield from ((field, value) for value in [*NO_STRINGS, None])
    for field in ("date_started", "date_completed"):
        yield from ((field, value) for value in [*NO_STRINGS, *NO_DATES])
    yield from (("api_id", value) for value in NO_API_IDS)


def whole(http: requests.Session, records: str) -> Any:
    answer = http.get(records)
    assert answer.status_code == 200
    return answer.json()


@writes
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_body_is_400(http: requests.Session, records: str, method: str, at: str, body: bytes) -> None:
    before = whole(http, records)
    answer = http.request(method, records + at, data=body, headers={"Content-Type": JSON})
    assert pointers(answer) == ["body"]
    assert before == whole(http, records)


@writes
def test_no_body_is_400(http: requests.Session, records: str, method: str, at: str) -> None:
    before = whole(http, records)
    assert pointers(http.request(method, records + at)) == ["body"]
    assert before == whole(http, records)


@writes
@pytest.mark.parametrize("value", NOT_AN_OBJECT.values(), ids=NOT_AN_OBJECT)
def test_body_that_is_no_object_is_400(http: requests.Session, records: str, method: str, at: str, value: Any) -> None:
    before = whole(http, records)
    body = json.dumps(value)
    assert pointers(http.request(method, records + at, data=body, headers={"Content-Type": JSON})) == ["body"]
    assert before == whole(http, records)


@writes
@pytest.mark.parametrize(("field", "value"), [*wrong_fields()], ids=ascii)
def test_wrong_value_of_a_field_is_400_that_names_it(
    http: requests.Session, records: str, method: str, at: str, field: str, value: Any
) -> None:
    before = whole(http, records)
    answer = http.request(method, records + at, json=ASSIGNED | {field: value})
    assert pointers(answer) == [f"body/{field}"]
    assert before == whole(http, records)


@writes
def test_every_error_is_listed(http: requests.Session, records: str, method: str, at: str) -> None:
    body = {
        "api_id": "",
        "person_api_id": 7,
        "package_api_id": None,
        "date_started": "2026-02-30T00:00:00Z",
        "date_completed": [],
    }
    answer = http.request(method, records + at, json=body)
    assert sorted(pointers(answer)) == sorted(f"body/{field}" for field in body)


@pytest.mark.parametrize(("method", "at"), [("POST", ""), ("PUT", "rec-0001/")])
@pytest.mark.parametrize("missing", [["person_api_id"], ["package_api_id"], ["person_api_id", "package_api_id"]])
def test_missing_field_is_400_that_names_it(
    http: requests.Session, records: str, method: str, at: str, missing: list[str]
) -> None:
    before = whole(http, records)
    body = {name: value for name, value in ASSIGNED.items() if name not in missing}
    answer = http.request(method, records + at, json=body)
    assert sorted(pointers(answer)) == sorted(f"body/{field}" for field in missing)
    assert before == whole(http, records)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_errors_of_path_and_body_are_listed_together(http: requests.Session, records: str, method: str) -> None:
    answer = http.request(method, f"{records}-/", json=ASSIGNED | {"date_started": "tomorrow"})
    assert sorted(pointers(answer)) == ["body/date_started", "path/api_id"]


@writes
@pytest.mark.parametrize("depth", [300, 900])
def test_deep_value_of_a_field_is_400(http: requests.Session, records: str, method: str, at: str, depth: int) -> None:
    before = whole(http, records)
    body = with_member(f'"date_started": {nested(depth)}')
    answer = http.request(method, records + at, data=body, headers={"Content-Type": JSON})
    assert pointers(answer)[0].startswith("body")
    assert before == whole(http, records)


@writes
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        "application/problem+json",
        "application/merge-patch+json",
        "application/json-patch+json",
        "*/*",
        "json",
        "application/json, text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/json; charset=no-such-charset",
        'application/json; charset="utf-16"',
    ],
)
def test_other_media_type_or_charset_is_415(
    http: requests.Session, records: str, method: str, at: str, content_type: str
) -> None:
    before = whole(http, records)
    problem(http.request(method, records + at, data=TEXT, headers={"Content-Type": content_type}), 415)
    assert before == whole(http, records)


@writes
@pytest.mark.parametrize(
    ("coding", "read"), [("gzip", False), ("br", False), ("gzip, identity", False), ("identity", True)]
)
def test_body_in_a_coding_is_415(
    http: requests.Session, records: str, method: str, at: str, coding: str, read: bool
) -> None:
    before = whole(http, records)
    answer = http.request(method, records + at, data=TEXT, headers={"Content-Type": JSON, "Content-Encoding": coding})
    assert answer.ok is read
    if not read:
        problem(answer, 415)
        assert before == whole(http, records)


@writes
def test_body_without_a_media_type_is_415(http: requests.Session, records: str, method: str, at: str) -> None:
    before = whole(http, records)
    problem(http.request(method, records + at, data=TEXT.encode()), 415)
    assert before == whole(http, records)


@writes
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/json; CHARSET=utf8",
        "application/json; profile=records",
    ],
)
def test_json_in_utf_8_is_read_however_it_is_named(
    http: requests.Session, records: str, method: str, at: str, content_type: str
) -> None:
    assert http.request(method, records + at, data=TEXT, headers={"Content-Type": content_type}).ok
