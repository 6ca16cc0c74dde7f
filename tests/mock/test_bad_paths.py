"""Odd paths: a 4xx problem each, nothing changed, and the server goes on serving."""

import json
from urllib.parse import urlsplit

import pytest
import requests

from .problems import pointers, problem
from .raw_http import RawAnswer, request, send

ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
BODY = json.dumps(ASSIGNED).encode()

METHODS = ("GET", "PUT", "PATCH", "DELETE")


def ask(records: str, method: str, segment: bytes) -> RawAnswer:
    """Send a request, good but for this segment in the place of the api_id."""
    target = urlsplit(records).path.encode() + segment + b"/"
    if method in ("GET", "DELETE"):
        return request(records, method, target)
    return request(records, method, target, ["Content-Type: application/json", f"Content-Length: {len(BODY)}"], BODY)


@pytest.mark.parametrize(
    "segment",
    [
        "-",
        "%00",
        "rec-0001%0A",
        "rec%2F0001",
        "..",
        "%2E%2E",
        "%zz",
        "rec-0001%",
        "rec%ff-0001",
        "%ED%A0%80",
        "%EF%BC%91",
        "%252F",
        "a%20b",
        "a+b",
        "rec-0001;v=1",
        "x" * 129,
        "x" * 10_000,
    ],
    ids=lambda segment: segment[:20],
)
def test_segment_that_is_no_api_id_is_400(http: requests.Session, records: str, segment: str) -> None:
    before = http.get(records).json()
    for method in METHODS:
        assert (method, pointers(ask(records, method, segment.encode()))) == (method, ["path/api_id"])
    assert http.get(records).json() == before


@pytest.mark.parametrize("raw", [b"rec-0001\x00", b" ", b"\x7f", b"\xff", b"\xc3\xa9", b"<>"])
def test_bytes_that_are_no_uri_are_400(http: requests.Session, records: str, raw: bytes) -> None:
    before = http.get(records).json()
    for method in METHODS:
        problem(ask(records, method, raw), 400)
    assert http.get(records).json() == before


def test_percent_encoding_of_plain_letters_is_undone(records: str) -> None:
    statuses = {method: ask(records, method, b"%72ec-000%31").status_code for method in METHODS}
    assert statuses == {"GET": 200, "PUT": 200, "PATCH": 200, "DELETE": 204}


@pytest.mark.parametrize(
    "path",
    [
        "/training",
        "/training/records/",
        "/training/record//",
        "//training/record/",
        "/training/record/rec-0001/notes/",
        "/training/record/../record/",
        "/Training/Record/",
        "/training%2Frecord/",
        "/%00",
        "/%zz",
        "/%ff",
        "/../../etc/passwd",
        "/..%2F..%2Fetc%2Fpasswd",
        "/" + "x" * 10_000,
    ],
    ids=lambda path: path[:30],
)
def test_unknown_path_is_404(http: requests.Session, organisation: str, path: str) -> None:
    target = urlsplit(organisation).path + path
    for method in ("GET", "POST", "DELETE"):
        problem(request(organisation, method, target), 404)
        problem(request(organisation, method, path), 404)
    assert http.get(f"{organisation}/training/record/?limit=1").json()["count"] == 60


@pytest.mark.parametrize(
    "path", ["/ui/../app.py", "/ui/..%2F..%2Fapp.py", "/ui/%2E%2E/app.py", "/ui//etc/passwd", "/ui/%00", "/ui/x.js"]
)
def test_nothing_but_its_own_files_is_below_the_ui(organisation: str, path: str) -> None:
    problem(request(organisation, "GET", path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/training/record"),
        ("POST", "/training/record"),
        ("GET", "/training/record/rec-0001"),
        ("PUT", "/training/record/rec-0001"),
        ("PATCH", "/training/record/rec-0001"),
        ("DELETE", "/training/record/rec-0001"),
    ],
)
def test_missing_slash_is_404_that_names_the_right_path(
    http: requests.Session, organisation: str, method: str, path: str
) -> None:
    records = f"{organisation}/training/record/"
    before = http.get(records).json()
    answer = http.request(method, organisation + path, json=ASSIGNED, allow_redirects=False)
    assert f"{path}/" in problem(answer, 404)["detail"]
    assert http.get(records).json() == before


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense",
        b"GET",
        b"GET /training/record/ HTTP/9.9",
        b"GET /training/ record/ HTTP/1.1",
        b"G@T /training/record/ HTTP/1.1",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_is_not_http_is_400(http: requests.Session, records: str, line: bytes) -> None:
    assert send(records, line + b"\r\n\r\n" if line else b"\x00\r\n\r\n").status_code == 400
    assert http.get(records).status_code == 200
