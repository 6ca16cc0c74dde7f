"""Bad bodies: a 4xx problem each, nothing changed, and the server goes on serving."""

import json
from typing import Any

import pytest
import requests

from .problems import pointers, problem

JSON = "application/json"
ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
TEXT = json.dumps(ASSIGNED)

WRITES = {"POST": "", "PUT": "rec-0001/", "PATCH": "rec-0001/"}
"""The methods with a body, and where to send each, below the records."""


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


def with_member(text: str) -> bytes:
    """Return a body that is good but for one more member, given as JSON text."""
    return f"{TEXT[:-1]}, {text}}}".encode()


UNREADABLE = {
    "empty": b"",
    "white space": b" \r\n\t",
    "not JSON": b"person_api_id=usr-ben-carlisle",
    "truncated": TEXT.encode()[:-1],
    "two values": f"{TEXT} {TEXT}".encode(),
    "trailing comma": f"{TEXT[:-1]},}}".encode(),
    "not UTF-8": TEXT.replace("ben", "b\xe9n").encode("latin-1"),
    "UTF-8 encoded surrogate": TEXT.encode().replace(b"ben", b"b\xed\xa0\x80n"),
    "UTF-16": TEXT.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "raw line break in a string": TEXT.encode().replace(b"ben", b"b\nn"),
    "NaN": with_member('"date_started": NaN'),
    "NaN in an unknown property": with_member('"colour": NaN'),
    "number that overflows": with_member('"colour": 1e999'),
    "lone surrogate": with_member(r'"date_started": "\ud800"'),
    "lone surrogate in an unknown property": with_member(r'"colour": "\udfff"'),
    "name twice": with_member('"person_api_id": "usr-mei-chen"'),
    "name twice in other letters": with_member(r'"person_api_\u0069d": "usr-mei-chen"'),
    "name twice deep inside": with_member('"colour": [{"red": 1, "red": 2}]'),
    "100,000 nested arrays": nested(100_000).encode(),
    "100,000 arrays opened": b"[" * 100_000,
    "100,000 nested arrays in an unknown property": with_member(f'"colour": {nested(100_000)}'),
}

NOT_AN_OBJECT: dict[str, Any] = {"null": None, "array": [ASSIGNED], "string": TEXT, "number": 7, "boolean": True}

# Forms of an instant are tried one by one in test_instant.py.
NO_INSTANTS = ["", "2026-02-01T07:00:00", "2026-02-30T07:00:00Z", "0000-01-01T00:00:00Z", "2026-02-01T07:00:00Z\n"]

WRONG: list[tuple[str, Any]] = [
    *(("api_id", value) for value in (7, [], {}, None, "", "..", "-", "a/b", "a\n", "\x00", "é", "x" * 129)),
    *(("person_api_id", value) for value in (7, True, ["usr-ben-carlisle"], {}, None)),
    *(("package_api_id", value) for value in (1.5, None)),
    *(("date_started", value) for value in (7, [], *NO_INSTANTS)),
    *(("date_completed", value) for value in (False, "2026-02-01")),
]


def whole(http: requests.Session, records: str) -> Any:
    answer = http.get(records)
    assert answer.status_code == 200
    return answer.json()


def on_each(http: requests.Session, records: str, **sent: Any) -> dict[str, requests.Response]:
    """Send the same body with each method that takes one."""
    return {method: http.request(method, records + at, **sent) for method, at in WRITES.items()}


def pointers_on_each(http: requests.Session, records: str, **sent: Any) -> dict[str, str]:
    """Return where the errors of each answer are, in alphabetical order."""
    return {method: " ".join(sorted(pointers(answer))) for method, answer in on_each(http, records, **sent).items()}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_body_is_400(http: requests.Session, records: str, body: bytes) -> None:
    before = whole(http, records)
    where = pointers_on_each(http, records, data=body, headers={"Content-Type": JSON})
    assert where == dict.fromkeys(WRITES, "body")
    assert before == whole(http, records)


def test_no_body_is_400(http: requests.Session, records: str) -> None:
    before = whole(http, records)
    assert pointers_on_each(http, records) == dict.fromkeys(WRITES, "body")
    assert before == whole(http, records)


@pytest.mark.parametrize("value", NOT_AN_OBJECT.values(), ids=NOT_AN_OBJECT)
def test_body_that_is_no_object_is_400(http: requests.Session, records: str, value: Any) -> None:
    before = whole(http, records)
    where = pointers_on_each(http, records, data=json.dumps(value), headers={"Content-Type": JSON})
    assert where == dict.fromkeys(WRITES, "body")
    assert before == whole(http, records)


@pytest.mark.parametrize(("field", "value"), WRONG, ids=ascii)
def test_wrong_value_of_a_field_is_400_that_names_it(
    http: requests.Session, records: str, field: str, value: Any
) -> None:
    before = whole(http, records)
    where = pointers_on_each(http, records, json=ASSIGNED | {field: value})
    assert where == dict.fromkeys(WRITES, f"body/{field}")
    assert before == whole(http, records)


def test_every_error_is_listed(http: requests.Session, records: str) -> None:
    body = {
        "api_id": "",
        "person_api_id": 7,
        "package_api_id": None,
        "date_started": "2026-02-30T00:00:00Z",
        "date_completed": [],
    }
    where = " ".join(sorted(f"body/{field}" for field in body))
    assert pointers_on_each(http, records, json=body) == dict.fromkeys(WRITES, where)


@pytest.mark.parametrize("missing", [["person_api_id"], ["package_api_id"], ["package_api_id", "person_api_id"]])
def test_missing_field_is_400_that_names_it(http: requests.Session, records: str, missing: list[str]) -> None:
    before = whole(http, records)
    body = {name: value for name, value in ASSIGNED.items() if name not in missing}
    for method in ("POST", "PUT"):
        answer = http.request(method, records + WRITES[method], json=body)
        assert (method, sorted(pointers(answer))) == (method, [f"body/{field}" for field in missing])
    assert before == whole(http, records)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_errors_of_path_and_body_are_listed_together(http: requests.Session, records: str, method: str) -> None:
    answer = http.request(method, f"{records}-/", json=ASSIGNED | {"date_started": "tomorrow"})
    assert sorted(pointers(answer)) == ["body/date_started", "path/api_id"]


@pytest.mark.parametrize(
    ("depth", "where"), [(200, "body/date_started"), (900, "body"), (1015, "body"), (100_000, "body")]
)
def test_deep_value_of_a_field_is_400(http: requests.Session, records: str, depth: int, where: str) -> None:
    before = whole(http, records)
    body = with_member(f'"date_started": {nested(depth)}')
    found = pointers_on_each(http, records, data=body, headers={"Content-Type": JSON})
    assert found == dict.fromkeys(WRITES, where)
    assert before == whole(http, records)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/merge-patch+json",
        "*/*",
        "json",
        "application/json, text/plain",
        "application/json; charset=latin-1",
        "application/json; charset=no-such-charset",
        'application/json; charset="utf-16"',
    ],
)
def test_other_media_type_or_charset_is_415(http: requests.Session, records: str, content_type: str) -> None:
    before = whole(http, records)
    for answer in on_each(http, records, data=TEXT, headers={"Content-Type": content_type}).values():
        problem(answer, 415)
    assert before == whole(http, records)


@pytest.mark.parametrize("coding", ["gzip", "gzip, identity"])
def test_body_in_a_coding_is_415(http: requests.Session, records: str, coding: str) -> None:
    before = whole(http, records)
    headers = {"Content-Type": JSON, "Content-Encoding": coding}
    for answer in on_each(http, records, data=TEXT, headers=headers).values():
        problem(answer, 415)
    assert before == whole(http, records)


def test_body_without_a_media_type_is_415(http: requests.Session, records: str) -> None:
    before = whole(http, records)
    for answer in on_each(http, records, data=TEXT.encode()).values():
        problem(answer, 415)
    assert before == whole(http, records)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "Application/JSON"},
        {"Content-Type": "application/json;charset=utf-8"},
        {"Content-Type": 'application/json; CHARSET="UTF8"'},
        {"Content-Type": "application/json; profile=records"},
        {"Content-Type": "application/json", "Content-Encoding": "Identity"},
    ],
    ids=str,
)
def test_json_in_utf_8_is_read_however_it_is_named(
    http: requests.Session, records: str, headers: dict[str, str]
) -> None:
    statuses = {name: got.status_code for name, got in on_each(http, records, data=TEXT, headers=headers).items()}
    assert statuses == {"POST": 201, "PUT": 200, "PATCH": 200}
