"""The journal: what was asked and answered, the last thousand times, and no secret in it."""

import json
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from mock.problems import pointers
from mock.raw_http import request
from openapi_schema_validator import OAS30Validator

from mock_server.values.instant import parse

from .broken import SPEC, resolve
from .har import HAR
from .world import ASSIGNED, NOON, put

EXCHANGE = OAS30Validator(resolve(SPEC["components"]["schemas"]["Exchange"]))
KIB64 = 64 * 1024


def journal(http: requests.Session, control: str, query: str = "") -> list[dict[str, Any]]:
    """Return the exchanges, each of which must keep to its schema."""
    answer = http.get(f"{control}journal{query}")
    assert answer.status_code == 200, answer.text
    exchanges: list[dict[str, Any]] = answer.json()["exchanges"]
    for exchange in exchanges:
        EXCHANGE.validate(exchange)
    return exchanges


def har(http: requests.Session, control: str) -> list[dict[str, Any]]:
    """Return the entries of the journal as HAR, which must keep to the format."""
    document = http.get(f"{control}journal.har").json()
    HAR.validate(document)
    entries: list[dict[str, Any]] = document["log"]["entries"]
    return entries


def test_exchange_is_told_as_it_was(http: requests.Session, control: str, records: str) -> None:
    before = datetime.now(UTC)
    answer = http.post(records, json=ASSIGNED, headers={"X-Trace": "a1"})
    (exchange,) = journal(http, control)
    assert before <= parse(exchange["at"]) <= datetime.now(UTC)
    assert exchange["duration_ms"] >= 0
    assert (exchange["number"], exchange["method"], exchange["operation"]) == (1, "POST", "create_record")
    assert (exchange["path"], exchange["status"]) == (urlsplit(records).path, 201)
    assert (exchange["fault"], exchange["notes"]) == (None, [])
    assert json.loads(exchange["request"]["body"]) == ASSIGNED
    assert exchange["response"]["body"] == answer.text
    assert ["x-trace", "a1"] in exchange["request"]["headers"]
    assert ["content-type", "application/json"] in exchange["request"]["headers"]
    told = dict(exchange["response"]["headers"])
    assert told == {name.lower(): value for name, value in answer.headers.items() if name.lower() in told}
    assert {"content-type", "content-length"} <= told.keys()
    assert not exchange["request"]["truncated"]
    assert not exchange["response"]["truncated"]


def test_time_of_an_exchange_is_the_servers_own_whatever_the_clock(
    http: requests.Session, control: str, records: str
) -> None:
    put(http, control + "clock", {"freeze": "1999-01-01T00:00:00Z"})
    before = datetime.now(UTC)
    http.get(records)
    assert before <= parse(journal(http, control)[0]["at"]) <= datetime.now(UTC)


def test_every_answer_is_in_errors_too(http: requests.Session, control: str, records: str) -> None:
    http.get(f"{records}?limit=0")
    http.get(f"{records}rec-9999/")
    http.post(records, json=ASSIGNED | {"person_api_id": "nobody"})
    http.post(records, data="x", headers={"Content-Type": "text/plain"})
    http.post(records, data=b"{", headers={"Content-Type": "application/json"})
    http.post(records, data=b"x" * (1 << 20) + b"x", headers={"Content-Type": "application/json"})
    told = [(exchange["operation"], exchange["status"]) for exchange in journal(http, control)]
    assert told == [
        ("list_records", 400),
        ("get_record", 404),
        *[("create_record", status) for status in (409, 415, 400, 413)],
    ]


def test_unknown_paths_and_methods_are_in_without_an_operation(
    http: requests.Session, control: str, organisation: str, records: str
) -> None:
    http.get(f"{organisation}/training/records?x=1")
    http.get(records.removesuffix("/"))
    http.delete(records)
    http.request("PROPFIND", f"{organisation}/coffee")
    http.options(records)
    told = [
        (e["method"], e["path"].removeprefix(urlsplit(organisation).path), e["status"]) for e in journal(http, control)
    ]
    assert told == [
        ("GET", "/training/records?x=1", 404),
        ("GET", "/training/record", 404),
        ("DELETE", "/training/record/", 405),
        ("PROPFIND", "/coffee", 404),
        ("OPTIONS", "/training/record/", 204),
    ]
    assert {exchange["operation"] for exchange in journal(http, control)} == {None}


def test_control_calls_and_pages_are_not_in(http: requests.Session, control: str, organisation: str) -> None:
    for what in ("state", "clock", "faults", "journal", "journal.har", "coverage", "people", "openapi.json", "", "ui/"):
        assert http.get(control + what).status_code == 200
    assert http.put(control + "clock", json={}).status_code == 400
    assert http.delete(control + "clock").status_code == 405
    for path in ("/", "/ui/", "/openapi.yaml", "/openapi.json"):
        assert http.get(organisation + path).status_code == 200
    assert journal(http, control) == []


def test_each_organisation_has_a_journal_of_its_own(http: requests.Session, control: str, records: str) -> None:
    http.get(records)
    http.get(records.replace("/training", "-other/training"))
    assert [exchange["path"] for exchange in journal(http, control)] == [urlsplit(records).path]


@pytest.mark.parametrize(
    ("size", "shown", "truncated"), [(KIB64 - 1, KIB64 - 1, False), (KIB64, KIB64, False), (KIB64 + 1, KIB64, True)]
)
def test_body_is_kept_up_to_64_kib(
    http: requests.Session, control: str, records: str, size: int, shown: int, truncated: bool
) -> None:
    body = json.dumps(ASSIGNED | {"padding": ""}).encode()
    body = body[:-2] + b"x" * (size - len(body)) + body[-2:]
    assert http.post(records, data=body, headers={"Content-Type": "application/json"}).status_code == 201
    message = journal(http, control)[0]["request"]
    assert (message["body"], message["truncated"]) == (body.decode()[:shown], truncated)
    assert har(http, control)[0]["request"]["bodySize"] == size


def test_long_answer_is_cut_and_its_size_is_known(http: requests.Session, control: str, records: str) -> None:
    put(http, control + "scenario", {"name": "large"})
    answer = http.get(f"{records}?limit=1000")
    message = journal(http, control)[0]["response"]
    assert (message["body"], message["truncated"]) == (answer.text[:KIB64], True)
    assert har(http, control)[0]["response"]["content"]["size"] == len(answer.content)


def test_body_that_is_not_utf_8_is_shown_as_far_as_it_is(http: requests.Session, control: str, records: str) -> None:
    http.post(records, data=b'{"a": "\xff\x00"}', headers={"Content-Type": "application/json"})
    assert journal(http, control)[0]["request"]["body"] == '{"a": "\ufffd\0"}'
    har(http, control)


SECRET = "correct-horse-battery-staple"


def test_secrets_are_nowhere_in_it(http: requests.Session, control: str, records: str) -> None:
    headers = ["authorization", "Cookie", "PROXY-AUTHORIZATION"]
    for header in headers:
        http.get(records, headers={header: f"Bearer {SECRET}"})
    http.get(f"{records[: -len('/record/')]}/nothing", headers={"Authorization": SECRET, "Cookie": f"a={SECRET}"})
    for shown in ("journal", "journal.har"):
        assert SECRET not in http.get(control + shown).text
    for exchange, header in zip(journal(http, control), headers, strict=False):
        assert [header.lower(), "[redacted]"] in exchange["request"]["headers"]


def test_other_headers_are_shown(http: requests.Session, control: str, records: str) -> None:
    http.get(records, headers={"X-Authorization-Kind": "none", "Accept": "*/*"})
    told = dict(journal(http, control)[0]["request"]["headers"])
    assert (told["x-authorization-kind"], told["accept"]) == ("none", "*/*")


def test_header_given_twice_is_shown_twice(http: requests.Session, control: str, records: str) -> None:
    request(records, "GET", urlsplit(records).path, ["X-Twice: a", "X-Twice: b"])
    assert [v for n, v in journal(http, control)[0]["request"]["headers"] if n == "x-twice"] == ["a", "b"]


def test_thousand_newest_are_kept(http: requests.Session, control: str, records: str) -> None:
    place = urlsplit(records)
    connection = HTTPConnection(place.netloc, timeout=30)
    for number in range(1, 1006):
        connection.request("GET", f"{place.path}rec-0003/?number={number}")
        connection.getresponse().read()
    connection.close()
    kept = journal(http, control)
    assert [exchange["number"] for exchange in kept] == [*range(6, 1006)]
    assert [exchange["path"] for exchange in kept] == [f"{place.path}rec-0003/?number={n}" for n in range(6, 1006)]
    assert [exchange["number"] for exchange in journal(http, control, "?since=1000")] == [*range(1001, 1006)]


@pytest.fixture
def visited(http: requests.Session, control: str, records: str) -> str:
    """The URL of the control API of an organisation with a dozen exchanges of several kinds."""
    for number in (1, 2, 3):
        http.get(f"{records}rec-000{number}/")
        http.get(f"{records}rec-900{number}/")
        http.delete(f"{records}rec-000{number}/")
        http.get(f"{records}nothing/here/{number}")
    return control


def test_filters_narrow_together(http: requests.Session, visited: str) -> None:
    everything = journal(http, visited)
    assert len(everything) == 12
    operations, statuses = [None, "get_record", "delete_record", "list_records"], [None, 200, 404, 503]
    windows = [(None, None), (0, None), (5, None), (12, None), (99, 2), (None, 1), (3, 2)]
    for operation, status, (since, limit) in product(operations, statuses, windows):
        given = {"operation": operation, "status": status, "since": since, "limit": limit}
        expected = [
            exchange
            for exchange in everything
            if operation in (None, exchange["operation"])
            and status in (None, exchange["status"])
            and exchange["number"] > (since or 0)
        ]
        answer = http.get(visited + "journal", params={k: str(v) for k, v in given.items() if v is not None})
        assert answer.json()["exchanges"] == (expected if limit is None else expected[-limit:]), given


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("status=ok", "status"),
        ("status=", "status"),
        ("status=2e2", "status"),
        ("since=-1", "since"),
        ("since=yesterday", "since"),
        ("since=1&since=2", "since"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=1.5", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("operation=a&operation=b", "operation"),
        ("operation=create_recrd", "operation"),
        ("operation=", "operation"),
    ],
)
def test_bad_filter_is_400_that_names_it(http: requests.Session, visited: str, query: str, place: str) -> None:
    assert pointers(http.get(f"{visited}journal?{query}")) == [f"query/{place}"]


def test_numbers_go_on_after_a_delete_and_start_anew_after_a_reset(
    http: requests.Session, visited: str, records: str
) -> None:
    assert http.delete(visited + "journal").status_code == 204
    assert journal(http, visited) == []
    http.get(records)
    assert [exchange["number"] for exchange in journal(http, visited)] == [13]
    http.post(visited + "reset")
    assert journal(http, visited) == []
    http.get(records)
    assert [exchange["number"] for exchange in journal(http, visited)] == [1]


@pytest.mark.parametrize(
    ("method", "at", "body", "notes"),
    [
        ("POST", "", ASSIGNED | {"date_start": NOON}, [["date_start", "not in the contract"]]),
        ("POST", "", ASSIGNED | {"package_desc": "x"}, [["package_desc", "set by the service"]]),
        ("PUT", "rec-0003/", ASSIGNED | {"date_assigned": NOON}, [["date_assigned", "set by the service"]]),
        ("PATCH", "rec-0003/", {"a": 1, "b": 2}, [["`a`", "not in the contract"], ["`b`", "not in the contract"]]),
        ("GET", "?page=2&limit=1", None, [["query parameter `page`", "not in the contract"]]),
        ("GET", "rec-0003/?expand=person", None, [["query parameter `expand`", "not in the contract"]]),
        ("GET", "?__delay=0&__code=200", None, []),
        ("POST", "", ASSIGNED, []),
    ],
)
def test_what_is_passed_over_is_noted(
    http: requests.Session, control: str, records: str, method: str, at: str, body: Any, notes: list[list[str]]
) -> None:
    assert http.request(method, records + at, json=body).ok
    told = journal(http, control)[0]["notes"]
    assert len(told) == len(notes)
    for note, words in zip(told, notes, strict=True):
        assert [word for word in [*words, "ignored"] if word not in note] == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 503, "when": "after"}, ["503", "after"]),
        ({"delay": {"from": 0}, "status": 500}, ["late", "500", "before"]),
        ({"delay": {"from": 0, "to": 0}}, ["late"]),
    ],
)
def test_fault_is_told_in_words(
    http: requests.Session, control: str, records: str, fault: dict[str, Any], words: list[str]
) -> None:
    put(http, control + "faults", {"faults": [fault]})
    http.get(records)
    told = journal(http, control)[0]["fault"]
    assert [word for word in words if word not in told] == []
    assert har(http, control)[0]["comment"] == told


def test_har_has_every_exchange_of_the_journal(http: requests.Session, visited: str, records: str) -> None:
    http.get(f"{records}?search=a%20b%26&limit=2&limit=", headers={"Host": "mock.example:8"})
    http.post(records, json=ASSIGNED)
    exchanges, entries = journal(http, visited), har(http, visited)
    assert len(exchanges) == len(entries) == 14
    for exchange, entry in zip(exchanges, entries, strict=True):
        assert (exchange["at"], exchange["duration_ms"]) == (entry["startedDateTime"], entry["time"])
        assert exchange["method"] == entry["request"]["method"]
        assert exchange["status"] == entry["response"]["status"]
        url = urlsplit(entry["request"]["url"])
        assert exchange["path"] == (f"{url.path}?{url.query}" if url.query else url.path)
        assert exchange["request"]["body"] == entry["request"].get("postData", {}).get("text", "")
        assert exchange["response"]["body"] == entry["response"]["content"]["text"]
        pairs = [[pair["name"], pair["value"]] for pair in entry["request"]["headers"]]
        assert exchange["request"]["headers"] == pairs
        query = [(pair["name"], pair["value"]) for pair in entry["request"]["queryString"]]
        assert query == parse_qsl(url.query, keep_blank_values=True)
    assert urlsplit(entries[12]["request"]["url"]).netloc == "mock.example:8"
    assert entries[13]["request"]["postData"]["mimeType"] == "application/json"


def test_har_of_odd_requests_keeps_to_the_format(http: requests.Session, control: str, records: str) -> None:
    path = urlsplit(records).path
    request(records, "GET", f"{path}?a=%FF&=&&b", ["X-Odd: \xff"], host="")
    request(records, "OPTIONS", path, ["Origin: null"])
    request(records, "PROPFIND", path, ["Content-Length: 3"], b"\xff\xfe\x00")
    put(http, control + "faults", {"faults": [{"drop": True}]})
    with pytest.raises(requests.RequestException):
        http.get(records)
    assert len(har(http, control)) == len(journal(http, control)) == 4


def test_har_of_nothing_keeps_to_the_format(http: requests.Session, control: str) -> None:
    assert har(http, control) == []
