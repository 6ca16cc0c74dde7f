"""What one request asks for by itself: `Prefer: code=503, delay=1.5`, or its twins in the query."""

import asyncio
from typing import Any

import pytest
import requests
from mock.problems import pointers, problem

from mock_server.app import MockApp

from .contract import BODIES, OPERATIONS, check, url
from .virtual_time import Call, run
from .world import body

RECORD = "/training/record/rec-0003/"


def ask(http: requests.Session, records: str, operation_id: str, way: str, **asked: object) -> requests.Response:
    """Send a good request that asks for something, in the header Prefer or in the query."""
    headers = {"Prefer": ", ".join(f"{name}={value}" for name, value in asked.items())} if way == "header" else {}
    query = {f"__{name}": str(value) for name, value in asked.items()} if way == "query" else {}
    method, at = OPERATIONS[operation_id]["method"], url(records, operation_id)
    return http.request(method, at, json=BODIES.get(operation_id), headers=headers, params=query, timeout=30)


ways = pytest.mark.parametrize("way", ["header", "query"])


@ways
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_every_documented_status_and_any_5xx_is_answered_as_the_contract_says_and_changes_nothing(
    http: requests.Session, control: str, records: str, way: str, operation_id: str
) -> None:
    before = body(http, records)
    statuses = [*map(int, OPERATIONS[operation_id]["responses"]), 500, 503, 599]
    for status in statuses:
        answer = ask(http, records, operation_id, way, code=status)
        assert (operation_id, answer.status_code) == (operation_id, status)
        check(operation_id, status, answer.headers.get("content-type"), answer.json() if answer.content else None)
    assert before == body(http, records)
    told = http.get(control + "journal").json()["exchanges"][1:-1]
    assert [exchange["status"] for exchange in told] == statuses


@ways
@pytest.mark.parametrize("status", [100, 199, 200, 204, 304, 402, 405, 499])
def test_status_that_is_neither_documented_nor_a_5xx_is_400(
    http: requests.Session, records: str, way: str, status: int
) -> None:
    before = body(http, records)
    assert pointers(ask(http, records, "create_record", way, code=status)) == ["query/__code"]
    assert before == body(http, records)


@ways
@pytest.mark.parametrize("status", ["", "99", "600", "1000", "503.0", "+503", "5xx"])
def test_code_that_is_none_is_400(http: requests.Session, records: str, way: str, status: str) -> None:
    before = body(http, records)
    assert pointers(ask(http, records, "delete_record", way, code=status)) == ["query/__code"]
    assert before == body(http, records)


@ways
@pytest.mark.parametrize("delay", ["", "-1", "600.1", "1e1", "nan", "1:30", "9" * 400])
def test_delay_that_is_none_is_400(http: requests.Session, records: str, way: str, delay: str) -> None:
    before = body(http, records)
    assert pointers(ask(http, records, "delete_record", way, delay=delay)) == ["query/__delay"]
    assert before == body(http, records)


@ways
def test_both_values_that_are_none_are_told(http: requests.Session, records: str, way: str) -> None:
    assert pointers(ask(http, records, "delete_record", way, code="x", delay="y")) == ["query/__code", "query/__delay"]


@pytest.mark.parametrize(
    "header",
    [
        "code=503",
        "Code=503",
        'code="503"',
        "code = 503",
        "respond-async, code=503",
        "code=503; foo=bar",
        "return=minimal, wait=10, code=503",
        "delay=0, code=503",
    ],
)
def test_header_is_read_as_rfc_7240_has_it(http: requests.Session, records: str, header: str) -> None:
    problem(http.get(records, headers={"Prefer": header}), 503)


@pytest.mark.parametrize("header", ["", "return=minimal", "respond-async", "barcode=503", "codes=503", ",;,=", "é"])
def test_other_preferences_are_passed_over(http: requests.Session, records: str, header: str) -> None:
    assert http.get(records, headers={"Prefer": header.encode()}).status_code == 200


def test_preferences_may_stand_in_several_headers(app: MockApp, root: str) -> None:
    # RFC 7240, section 2: "can be combined into a single header field ... equivalent".
    async def scene() -> None:
        call = Call(app, "GET", root + RECORD, headers=[("prefer", "return=minimal"), ("prefer", "code=503")])
        await call.answer()
        assert call.status == 503

    run(scene())


def test_query_comes_before_the_header(http: requests.Session, records: str) -> None:
    problem(http.get(f"{records}?__code=504", headers={"Prefer": "code=503"}), 504)


def test_twins_stand_beside_the_parameters_of_the_operation(http: requests.Session, records: str) -> None:
    answer = http.get(f"{records}?limit=2&__delay=0&offset=58")
    assert [record["api_id"] for record in answer.json()["results"]] == ["rec-0059", "rec-0060"]


@pytest.mark.parametrize(
    ("query", "headers", "seconds"),
    [
        ("?__delay=1.5", {}, 1.5),
        ("", {"prefer": "delay=1.5"}, 1.5),
        ("?__delay=600", {}, 600),
        ("?__delay=0", {}, 0),
        ("?__delay=0.25&__code=503", {}, 0.25),
        ("?__delay=2", {"prefer": "delay=1"}, 2),
        ("", {}, 0),
    ],
)
def test_delay_is_waited_for(app: MockApp, root: str, query: str, headers: dict[str, str], seconds: float) -> None:
    async def scene() -> None:
        start = asyncio.get_running_loop().time()
        call = Call(app, "GET", root + RECORD + query, headers=[*headers.items()])
        await call.answer()
        assert seconds == pytest.approx(asyncio.get_running_loop().time() - start)
        assert call.status == (503 if "__code" in query else 200)

    run(scene())


def test_delay_alone_changes_only_when_and_not_what(http: requests.Session, records: str) -> None:
    answer = ask(http, records, "update_record", "query", delay=0)
    assert answer.json() == http.get(f"{records}rec-0003/").json()
    assert answer.json()["date_started"] == BODIES["update_record"]["date_started"]


@ways
def test_nothing_of_it_lasts(http: requests.Session, control: str, records: str, way: str) -> None:
    ask(http, records, "get_record", way, code=503, delay=0)
    assert ask(http, records, "get_record", "none").status_code == 200
    assert http.get(control + "faults").json() == {"faults": []}


@pytest.mark.parametrize("path", ["state", "clock", "journal"])
def test_control_api_has_no_preferences(http: requests.Session, control: str, path: str) -> None:
    assert http.get(f"{control}{path}?__code=503", headers={"Prefer": "code=503"}).status_code == 200


def test_forced_answers_are_in_the_journal_with_their_reason(
    http: requests.Session, control: str, records: str
) -> None:
    ask(http, records, "get_record", "query", code=503)
    exchange: dict[str, Any] = http.get(control + "journal").json()["exchanges"][0]
    assert (exchange["operation"], exchange["status"]) == ("get_record", 503)
    assert "503" in exchange["fault"]
