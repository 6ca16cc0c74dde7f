"""A service that limits rates is waited for as long as it asks, up to two minutes in sum, and not in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from contract_tests.client.patience import Patience
from contract_tests.client.retry_after import retry_after
from contract_tests.client.service import Unreachable

from .test_delivery import BODY, CLOSED, Client
from .wire import json_answer, whole, wire_service

NOW = datetime(1994, 11, 6, 8, 49, 12)


@pytest.fixture
def client() -> Iterator[Client]:
    with wire_service("rec-1") as wire:
        yield Client(wire)


def busy(status: int, after: str | None) -> list[bytes]:
    status, headers, content = json_answer(status)
    return [whole(status, headers if after is None else {**headers, "Retry-After": after}, content)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("25", 25),
        ("1.5", 1.5),
        (" 7 ", 7),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 25),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 25),
        ("Sun Nov  6 08:49:37 1994", 25),
        ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
        *((odd, None) for odd in ("²", "-5", "", "soon", "25 s", "1e3", "٣", "nan", "Sun, 99 Nov 1994 08:49:37 GMT")),
    ],
)
def test_seconds_and_the_three_forms_of_a_date_are_read_and_nothing_else(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}, NOW) == seconds


def test_a_date_is_held_against_the_clock_of_the_service() -> None:
    headers = {"retry-after": "Sun, 06 Nov 2033 08:49:37 GMT", "date": "Sun, 06 Nov 2033 08:49:30 GMT"}
    assert retry_after(headers, NOW) == 7


@pytest.mark.parametrize("status", [429, 503])
def test_it_is_waited_for_as_long_as_the_service_asks_and_said(client: Client, status: int) -> None:
    client.then(busy(status, "25"))
    exchange = client.send("GET")
    assert (exchange.status, exchange.failures) == (200, ())
    assert sum(client.slept) == pytest.approx(25)
    assert client.said == [f"the service asks to wait 25 s ({status}, Retry-After)"]


def test_what_429_refused_is_sent_again_whatever_it_is(client: Client) -> None:
    client.then(busy(429, "1"))
    assert client.send("POST", **BODY).ok
    at = client.given()
    client.then(busy(429, "1"))
    assert client.send("DELETE", at).ok


def test_what_503_may_have_done_is_looked_for_once_that_is_waited_for(client: Client) -> None:
    client.then(busy(503, "9"), busy(503, "9"))
    at = client.ledger.prefix + "a"
    assert client.send("POST", api_id=at, **BODY).ok
    assert client.wire.sent == [("POST", "record"), ("GET", at), ("GET", at), ("POST", "record")]
    assert 9 <= sum(client.slept) < 10


@pytest.mark.parametrize("asked", ["²", "-5", "soon", None])
def test_who_says_nothing_that_can_be_read_is_waited_for_a_little(client: Client, asked: str | None) -> None:
    client.then(busy(429, asked))
    assert client.send("GET").ok
    assert sum(client.slept) == pytest.approx(1)


def test_two_minutes_in_sum_are_enough(client: Client) -> None:
    client.then(*[busy(429, "50"), None] * 2, busy(429, "50"))
    for _ in range(2):
        client.send("GET")
    with pytest.raises(Unreachable, match=r"asks to wait 50 s .*120 s in sum.*--rate"):
        client.send("GET")
    assert sum(client.slept) == pytest.approx(100)


def test_a_clean_up_has_patience_of_its_own(client: Client) -> None:
    client.then(busy(429, "100"))
    client.send("GET")
    client.service.session.cleaning = True
    client.then(busy(429, "100"))
    assert client.send("GET").ok


def test_who_asks_for_nothing_each_time_is_left_alone(client: Client) -> None:
    client.then(*[busy(429, "0")] * 99)
    with pytest.raises(Unreachable, match=r"429 again and again.*--rate"):
        client.send("GET")
    assert len(client.wire.asks) < 10


def test_whoever_is_impatient_need_not_wait_for_the_end() -> None:
    slept: list[float] = []
    Patience(sleep=slept.append, stop=lambda: len(slept) == 2).rest(60)
    assert len(slept) == 2


def test_a_wait_is_no_reason_to_send_on_a_dead_connection(client: Client) -> None:
    client.then(busy(429, "1"), CLOSED)
    assert client.send("GET").ok
