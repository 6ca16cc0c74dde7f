"""What fails once is sent again before anything is judged, and nothing is done twice that must be done once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from contract_tests.client import delivery
from contract_tests.client.exchange import Exchange
from contract_tests.client.patience import Patience
from contract_tests.client.service import Service, Unreachable
from contract_tests.options import Options
from contract_tests.run.connection import connect
from contract_tests.safety.ledger import Ledger
from contract_tests.safety.ownership import State
from contract_tests.spec import load_spec

from .wire import Ask, Wire, closed_service, json_answer, whole, wire_service

LIST = "/training/record/"
RECORD = LIST + "{api_id}/"
SPEC = load_spec(())
BODY = {"person_api_id": "p", "package_api_id": "k"}
JSON = {"Content-Type": "application/json"}

CLOSED: list[bytes] = []
"""No answer: the connection is closed."""
CUT_OFF = [b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"results']
CRASHED = [whole(*json_answer(500))]
BUSY = [whole(*json_answer(503))]


@dataclass
class Client:
    """The client of a run against a service on bare sockets; it sleeps no second of what it waits."""

    wire: Wire
    ledger: Ledger = field(init=False)
    service: Service = field(init=False)
    patience: Patience = field(init=False)
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger.open(None, self.wire.url, LIST, RECORD)
        self.patience = Patience(self.said.append, sleep=self.slept.append)
        self.service = connect(Options(base_url=self.wire.url), SPEC, self.ledger, patience=self.patience)

    def send(self, method: str, at: str = "", /, **body: Any) -> Exchange:
        sent = json.dumps(body).encode() if body else None
        return self.service.send(method, LIST + (f"{at}/" if at else ""), sent, JSON if body else {})

    def made(self, tail: str = "a") -> str:
        api_id = self.ledger.prefix + tail
        assert self.send("POST", api_id=api_id, **BODY).ok
        return api_id

    def given(self) -> str:
        exchange = self.send("POST", **BODY)
        assert exchange.ok
        return str(exchange.answer["api_id"])

    def then(self, *answers: Iterable[bytes] | None, done: bool = False, method: str = "") -> int:
        """Have the next requests (of a method) answered so, though `done`; return how many came before."""
        left = list(answers)

        def odd(ask: Ask) -> Iterable[bytes] | None:
            if not left or method not in ("", ask.method):
                return None
            if done:
                self.wire.plain(ask)
            return left.pop(0)

        self.wire.odd = odd
        return len(self.wire.asks)


@pytest.fixture
def client() -> Iterator[Client]:
    with wire_service("rec-1") as wire:
        yield Client(wire)


EACH = [(CLOSED, None), (CUT_OFF, None), (CRASHED, 500), (BUSY, 503)]
FAILURES = pytest.mark.parametrize(("failure", "status"), EACH, ids=["closed", "cut off", "crashed", "busy"])


# What may be sent again


@pytest.mark.parametrize(
    ("method", "failure", "status"),
    [
        (method, failure, status)
        for method in ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE")
        for failure, status in EACH
        if method != "HEAD" or failure is not CUT_OFF  # its answer has no body to be cut off
    ],
)
def test_what_fails_once_is_sent_again_on_a_fresh_connection(
    client: Client, method: str, failure: list[bytes], status: int | None
) -> None:
    at = client.made()
    before = client.then(failure, method=method)
    exchange = client.send(method, at, **(BODY if method in ("PUT", "PATCH") else {}))
    assert exchange.status == (204 if method == "DELETE" else 200)
    assert (exchange.failures, exchange.repeated) == ((status,), 1)
    sent = [ask for ask in client.wire.asks[before:] if ask.method == method]
    assert len(sent) == 2
    assert sent[0].connection != sent[1].connection


def test_only_the_exchange_that_counts_is_shown_and_counted(client: Client) -> None:
    client.then(BUSY)
    shown: list[Exchange] = []
    exchange = client.service.send("GET", LIST, observer=shown.append)
    assert shown == [exchange]
    assert client.service.coverage.statuses == {("list_records", "200"): 1}


def test_what_fails_again_and_again_is_returned_as_it_was_at_last_after_about_a_second(client: Client) -> None:
    client.then(*[CRASHED] * 9)
    exchange = client.send("GET")
    assert exchange.status == 500
    assert exchange.failures == (500, 500, 500)
    assert sum(client.slept) == pytest.approx(1)


def test_who_always_fails_is_not_waited_for_each_time(client: Client) -> None:
    client.then(*[CRASHED] * 99)
    assert [client.send("GET").repeated for _ in range(6)] == [3, 3, 3, 1, 1, 1]
    assert sum(client.slept) == pytest.approx(3)


def test_what_a_service_can_not_do_is_not_asked_for_again(client: Client) -> None:
    client.then([whole(*json_answer(501))])
    assert client.send("GET").repeated == 0


def test_a_service_that_closes_after_each_answer_without_saying_so_is_no_worse(client: Client) -> None:
    """The connection is closed when the next request is under way, as no client can know."""
    answered: set[int] = set()

    def odd(ask: Ask) -> Iterable[bytes] | None:
        if ask.connection in answered:
            return CLOSED
        answered.add(ask.connection)
        return None

    client.wire.odd = odd
    for tail in "abcdefgh":
        at = client.made(tail)
        assert client.send("PATCH", at, date_started=None).ok
        assert client.send("GET", at).ok
        assert client.send("DELETE", at).ok
        assert client.send("DELETE", client.given()).ok
    assert list(client.wire.fake.records) == ["rec-1"]
    assert len(client.wire.asks) <= 8 * 6 + delivery.MOST_DEATHS


def test_a_service_that_answers_nothing_any_more_ends_the_run(client: Client) -> None:
    client.then(*[CLOSED] * 99)
    with pytest.raises(Unreachable, match="stopped answering"):
        client.send("GET")
    assert len(client.wire.asks) <= 5


def test_a_request_that_is_never_answered_by_a_service_that_is_there_has_no_status(client: Client) -> None:
    client.wire.odd = lambda ask: CLOSED if ask.target.endswith("/rec-1/") else None
    assert client.send("GET", "rec-1").status is None


def test_what_nobody_took_is_sent_again_whatever_it_is() -> None:
    """As by a service that is started again just then."""
    with closed_service("rec-1") as (wire, start):
        client = Client(wire)
        starts = iter([start])
        client.patience.sleep = lambda _: next(starts, lambda: None)()
        assert client.send("POST", **BODY).status == 201
        assert [method for method, _ in wire.sent] == ["POST"]
        assert client.ledger.nameless() == []


@pytest.mark.parametrize("then", [CLOSED, CRASHED])
def test_what_nobody_took_at_first_is_not_sent_twice_once_it_left(then: list[bytes]) -> None:
    with closed_service("rec-1") as (wire, start):
        client = Client(wire)
        client.then(then, then, method="POST")
        starts = iter([start])
        client.patience.sleep = lambda _: next(starts, lambda: None)()
        client.send("POST", **BODY)
        assert [method for method, _ in wire.sent].count("POST") == 1


# Deleting


def test_a_deletion_that_was_done_and_not_answered_is_repeated_and_says_so(client: Client) -> None:
    at = client.made()
    client.then(CLOSED, done=True)
    exchange = client.send("DELETE", at)
    assert (exchange.status, exchange.failures) == (404, (None,))
    assert client.ledger.state(at) is State.DELETED


def test_a_deletion_that_was_done_and_answered_5xx_is_judged_as_it_was_answered(client: Client) -> None:
    at = client.made()
    before = client.then(CRASHED, done=True)
    assert client.send("DELETE", at).status == 500
    assert client.wire.sent[before:] == [("DELETE", at), ("GET", at)]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("failure", [CLOSED, CRASHED])
def test_a_deletion_of_an_id_that_the_service_gave_is_never_repeated(
    client: Client, failure: list[bytes], done: bool
) -> None:
    """Somebody else may have it by now."""
    at = client.given()
    before = client.then(failure, done=done, method="DELETE")
    client.send("DELETE", at)
    assert [method for method, _ in client.wire.sent[before:]].count("DELETE") == 1


def test_a_deletion_that_503_says_was_not_done_is_repeated_where_a_read_shows_the_very_record(client: Client) -> None:
    at = client.given()
    client.then(BUSY, method="DELETE")
    assert client.send("DELETE", at).status == 204
    assert at not in client.wire.fake.records


def test_503_to_a_deletion_is_not_believed_where_a_read_shows_another_record(client: Client) -> None:
    at = client.given()
    client.wire.fake.records[at]["date_assigned"] = "2026-01-01T00:00:01Z"
    client.then(BUSY, method="DELETE")
    assert client.send("DELETE", at).status == 503
    assert at in client.wire.fake.records


# Creating


@FAILURES
def test_a_creation_that_was_not_done_is_sent_once_more_under_its_own_id(
    client: Client, failure: list[bytes], status: int | None
) -> None:
    at = client.ledger.prefix + "a"
    before = client.then(failure)
    exchange = client.send("POST", api_id=at, **BODY)
    assert (exchange.status, exchange.failures) == (201, (status,))
    assert client.wire.sent[before:] == [("POST", "record"), ("GET", at), ("POST", "record")]
    assert client.ledger.state(at) is State.MADE


@FAILURES
def test_a_creation_that_was_done_is_not_sent_again_and_known_to_be_ours(
    client: Client, failure: list[bytes], status: int | None
) -> None:
    at = client.ledger.prefix + "a"
    client.then(failure, done=True)
    exchange = client.send("POST", api_id=at, **BODY)
    assert (exchange.status, exchange.failures) == (status, ())
    assert [method for method, _ in client.wire.sent].count("POST") == 1
    assert client.ledger.state(at) is State.MADE


@FAILURES
def test_a_creation_whose_id_the_service_gives_is_never_sent_again(
    client: Client, failure: list[bytes], status: int | None
) -> None:
    client.send("GET")
    before = client.then(failure)
    assert client.send("POST", **BODY).status == status
    assert [method for method, _ in client.wire.sent[before:]].count("POST") == 1
    assert client.wire.asks[before].connection != client.wire.asks[before - 1].connection


def test_a_creation_that_is_done_while_it_is_looked_for_is_not_refused(client: Client) -> None:
    at = client.ledger.prefix + "a"

    def odd(ask: Ask) -> Iterable[bytes] | None:
        posts = [method for method, _ in client.wire.sent].count("POST")
        if ask.method == "POST" and posts == 1:
            return CLOSED
        if ask.method == "POST":
            client.wire.plain(ask)
            return [whole(*json_answer(409))]
        return None

    client.wire.odd = odd
    assert client.send("POST", api_id=at, **BODY).status is None


# Renaming


def test_a_renaming_that_was_done_is_not_sent_again(client: Client) -> None:
    old, new = client.made("old"), client.ledger.prefix + "new"

    def odd(ask: Ask) -> Iterable[bytes] | None:
        if ask.method != "PATCH":
            return None
        client.wire.fake.records[new] = {**client.wire.fake.records.pop(old), "api_id": new}
        return CLOSED

    client.wire.odd = odd
    assert client.send("PATCH", old, api_id=new).status is None
    assert [method for method, _ in client.wire.sent].count("PATCH") == 1


def test_a_renaming_that_was_not_done_is_sent_once_more(client: Client) -> None:
    old, new = client.made("old"), client.ledger.prefix + "new"
    client.then(BUSY)
    assert client.send("PATCH", old, api_id=new).failures == (503,)


def test_a_renaming_of_an_id_that_the_service_gave_is_never_sent_again(client: Client) -> None:
    old = client.given()
    client.then(BUSY)
    assert client.send("PATCH", old, api_id=client.ledger.prefix + "new").status == 503
    assert [method for method, _ in client.wire.sent].count("PATCH") == 1
    assert client.service.session.blocked == []


def test_an_update_that_names_its_own_id_renames_nothing(client: Client) -> None:
    at = client.made()
    client.then(BUSY)
    assert client.send("PUT", at, api_id=at, **BODY).failures == (503,)
