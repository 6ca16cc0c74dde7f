"""What the journal says of a request that got no answer, or none that its client waited for."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from mock.raw_http import head, request

from mock_server import MockServer

from .har import HAR
from .test_events import watching
from .under_way import half_sent
from .waiting import until
from .world import ASSIGNED, put


@contextmanager
def asked(http: requests.Session, control: str, url: str, fault: dict[str, Any]) -> Iterator[None]:
    """Send a GET that meets this fault, go on when it has, and go away at the end."""
    put(http, control + "faults", {"faults": [fault]})
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(head("GET", place.path, host=place.netloc))
        until(lambda: http.get(control + "faults").json()["faults"][0]["struck"])
        yield


def only(http: requests.Session, control: str) -> dict[str, Any]:
    """Return the one exchange that there is, as soon as it is there."""
    exchanges = until(lambda: http.get(control + "journal").json()["exchanges"])
    assert len(exchanges) == 1
    found: dict[str, Any] = exchanges[0]
    return found


def test_hung_request_is_there_at_once_and_says_later_that_its_client_went(
    http: requests.Session, control: str, records: str
) -> None:
    with asked(http, control, records, {"hang": True}):
        exchange = only(http, control)
        assert (exchange["status"], exchange["fault"], exchange["notes"]) == (0, "hung (before the change)", [])
    until(lambda: only(http, control)["notes"])
    exchange = only(http, control)
    assert (exchange["status"], exchange["number"]) == (0, 1)
    assert exchange["notes"] == [f"client went away after {exchange['duration_ms']:.0f} ms"]


def test_delayed_request_says_that_its_client_went(http: requests.Session, control: str, records: str) -> None:
    with asked(http, control, records, {"delay": {"from": 500}}):
        pass
    exchange = only(http, control)
    assert (exchange["status"], exchange["fault"]) == (0, "500 to 500 s late (before the change)")
    assert exchange["notes"][0].startswith("client went away after ")
    assert http.get(control + "coverage").json()["operations"][0]["statuses"]["200"] is False


def test_body_that_breaks_off_is_entered_as_given_up(http: requests.Session, control: str, records: str) -> None:
    with half_sent("POST", records, json.dumps(ASSIGNED).encode()):
        pass
    exchange = only(http, control)
    assert (exchange["method"], exchange["operation"], exchange["status"]) == ("POST", "create_record", 0)
    assert exchange["notes"][0].startswith("client went away after ")


def test_who_watches_is_told_again_of_an_exchange_that_was_given_up(
    http: requests.Session, control: str, records: str
) -> None:
    with watching(control) as events:
        with asked(http, control, records, {"hang": True}):
            assert next(events) == {"event": "changed", "data": "faults"}
            first = json.loads(next(events)["data"])
        event = next(events)
    assert (event["event"], "id" in event) == ("amended", False)
    again = json.loads(event["data"])
    assert (first["number"], first["notes"]) == (again["number"], [])
    assert again["notes"][0].startswith("client went away after ")


def test_har_says_of_an_exchange_that_it_was_given_up(http: requests.Session, control: str, records: str) -> None:
    with asked(http, control, records, {"hang": True}):
        pass
    until(lambda: only(http, control)["notes"])
    document = http.get(control + "journal.har").json()
    HAR.validate(document)
    entry = document["log"]["entries"][0]
    assert entry["response"]["status"] == 0
    assert entry["comment"].startswith("hung (before the change); client went away after ")


def test_hung_request_of_the_world_before_is_not_told_in_the_next(
    http: requests.Session, control: str, records: str
) -> None:
    with watching(control) as events:
        with asked(http, control, records, {"hang": True}):
            http.post(control + "reset")
        http.get(records)
        seen = [next(events) for _ in range(4)]
    assert [event.get("data") if "event" in event else "exchange" for event in seen] == [
        "faults",
        "exchange",
        "reset",
        "exchange",
    ]
    assert json.loads(seen[-1]["data"])["status"] == 200


REFUSED: dict[str, tuple[str, str, list[str], int]] = {
    "media type": ("POST", "", ["Content-Type: text/plain"], 415),
    "no media type": ("POST", "", [], 415),
    "encoding": ("PUT", "rec-0001/", ["Content-Type: application/json", "Content-Encoding: gzip"], 415),
    "charset": ("PATCH", "rec-0001/", ["Content-Type: application/json; charset=latin1"], 415),
    "method": ("POST", "rec-0001/", ["Content-Type: application/json"], 405),
    "no address": ("POST", "what/is/this", ["Content-Type: application/json"], 404),
    "no slash": ("PUT", "rec-0001", ["Content-Type: application/json"], 404),
}


@pytest.mark.parametrize("why", REFUSED)
def test_body_of_a_request_that_was_refused_is_kept(
    http: requests.Session, control: str, records: str, why: str
) -> None:
    method, below, fields, status = REFUSED[why]
    place = urlsplit(records)
    content = b'{"what": "was sent"}'
    answer = request(
        records, method, place.path + below, [*fields, f"Content-Length: {len(content)}"], content, place.netloc
    )
    exchange = only(http, control)
    assert (answer.status_code, exchange["status"], exchange["request"]["body"]) == (status, status, content.decode())


def test_body_that_was_too_large_to_be_read_is_said_to_be_cut(
    http: requests.Session, control: str, records: str
) -> None:
    assert http.post(records, json={"x": "y" * (1 << 20)}).status_code == 413
    exchange = only(http, control)
    assert (exchange["request"]["body"], exchange["request"]["truncated"]) == ("", True)
    document = http.get(control + "journal.har").json()
    HAR.validate(document)
    assert document["log"]["entries"][0]["request"]["bodySize"] == -1


@pytest.mark.parametrize("query", ["", "?limit=1"])
def test_head_is_entered_without_a_body(http: requests.Session, control: str, records: str, query: str) -> None:
    length = http.head(records + query).headers["content-length"]
    exchange = only(http, control)
    assert (exchange["response"]["body"], ["content-length", length] in exchange["response"]["headers"]) == ("", True)
    response = http.get(control + "journal.har").json()["log"]["entries"][0]["response"]
    assert (response["bodySize"], response["content"]["size"], response["content"]["text"]) == (0, 0, "")


@pytest.mark.parametrize("fault", [{"hang": True}, {"delay": {"from": 600}}])
def test_client_that_goes_after_it_was_asked_whether_it_still_reads_is_noticed(
    http: requests.Session, control: str, records: str, fault: dict[str, Any]
) -> None:
    put(http, control + "faults", {"faults": [fault]})
    place = urlsplit(records)
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(head("GET", place.path, host=place.netloc))
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
    until(lambda: http.get(control + "journal").json()["exchanges"] and only(http, control)["notes"])
    assert only(http, control)["notes"][0].startswith("client went away after ")


def test_client_that_asks_before_it_sends_is_refused_without_its_body(records: str) -> None:
    place = urlsplit(records)
    fields = ["Content-Type: text/plain", "Content-Length: 5", "Expect: 100-continue"]
    assert request(records, "POST", place.path, fields, b"", place.netloc).status_code == 415


def test_error_that_breaks_the_contract_is_never_sent(http: requests.Session) -> None:
    with MockServer() as server:
        from api_spec.effective import read_spec

        spec = read_spec()
        spec["components"]["schemas"]["Problem"]["required"].append("code")
        server.app.use_spec(spec)
        for status, method, below, document in (
            (404, "GET", "nobody/", None),
            (400, "GET", "?limit=0", None),
            (409, "POST", "", ASSIGNED | {"api_id": "rec-0001"}),
        ):
            answer = http.request(method, f"{server.url}/training/record/{below}", json=document)
            assert (answer.status_code, "own contract" in answer.text) == (500, True), status
