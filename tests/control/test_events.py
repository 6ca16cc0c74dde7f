"""The journal as it is written: an event for each exchange and for each change, until the client leaves."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from mock_server.app import MockApp

from .virtual_time import Call, run
from .world import ASSIGNED, NOON

Event = dict[str, str]

EVENTS = "/_mock/journal/events"


@contextmanager
def watching(control: str) -> Iterator[Iterator[Event]]:
    """Open the events of an organisation and give them as they come; they have begun when this has."""
    with requests.Session() as session:
        session.trust_env = False
        with session.get(f"{control}journal/events", stream=True, timeout=30) as answer:
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
            events = parsed(answer)
            assert next(events) == {}, "a comment that opens it"
            yield events


def parsed(answer: requests.Response) -> Iterator[Event]:
    """Yield the fields of each event, as the HTML Living Standard has them."""
    event: Event = {}
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if line == "":
            yield event
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")


def test_each_exchange_is_an_event_as_the_journal_tells_it(http: requests.Session, control: str, records: str) -> None:
    with watching(control) as events:
        http.get(f"{records}rec-0003/")
        http.post(records, json=ASSIGNED | {"colour": "red"}, headers={"Authorization": "secret"})
        http.get(f"{records}nothing/here")
        seen = [next(events) for _ in range(3)]
    exchanges = http.get(control + "journal").json()["exchanges"]
    assert [json.loads(event["data"]) for event in seen] == exchanges
    assert [event["id"] for event in seen] == [str(exchange["number"]) for exchange in exchanges] == ["1", "2", "3"]
    assert {event.get("event", "message") for event in seen} == {"message"}
    assert "secret" not in seen[1]["data"]


CHANGES: list[tuple[str, str, Any, str]] = [
    ("PUT", "clock", {"freeze": NOON}, "clock"),
    ("PUT", "faults", {"faults": []}, "faults"),
    ("DELETE", "faults", None, "faults"),
    ("DELETE", "journal", None, "journal"),
    ("PUT", "people/usr-1", {"name": "One"}, "state"),
    ("PUT", "packages/pkg-1", {"name": "One", "description": ""}, "state"),
    ("PUT", "state", {"people": [], "packages": [], "records": []}, "state"),
    ("PUT", "scenario", {"name": "empty"}, "scenario"),
    ("POST", "reset", None, "reset"),
]


def test_each_change_through_the_control_api_is_an_event(http: requests.Session, control: str) -> None:
    with watching(control) as events:
        for method, what, body, named in CHANGES:
            assert http.request(method, control + what, json=body).ok
            assert next(events) == {"event": "changed", "data": named}


def test_what_is_refused_or_only_read_is_no_event(http: requests.Session, control: str, records: str) -> None:
    with watching(control) as events:
        http.get(control + "state")
        http.put(control + "clock", json={})
        http.put(control + "state", json={"people": []})
        http.put(control + "faults", json={"faults": [{}]})
        http.put(control + "scenario", json={"name": "nothing"})
        http.get(records)
        assert next(events)["id"] == "1"


def test_events_go_on_through_a_reset(http: requests.Session, control: str, records: str) -> None:
    with watching(control) as events:
        http.get(records)
        http.post(control + "reset")
        http.get(records)
        assert [next(events).get("id") for _ in range(3)] == ["1", None, "1"]


def test_events_of_another_organisation_do_not_come(http: requests.Session, control: str, records: str) -> None:
    with watching(control) as events:
        http.get(records.replace("/training", "-other/training"))
        http.post(control.replace("/_mock", "-other/_mock") + "reset")
        http.get(f"{records}rec-0003/")
        assert json.loads(next(events)["data"])["operation"] == "get_record"


def test_all_who_watch_see_each_event(http: requests.Session, control: str, records: str) -> None:
    with watching(control) as one, watching(control) as other:
        http.get(records)
        assert next(one) == next(other)


def test_those_who_stay_see_events_after_another_has_left(http: requests.Session, control: str, records: str) -> None:
    with watching(control) as stays:
        with watching(control):
            pass
        http.get(records)
        assert next(stays)["id"] == "1"


def test_client_that_leaves_is_no_longer_told(app: MockApp, root: str) -> None:
    async def scene() -> None:
        journal = app.sandboxes[root.removeprefix("/org/")].journal
        call = Call(app, "GET", root + EVENTS)
        watch = asyncio.create_task(call.answer())
        await asyncio.sleep(1)
        assert journal.watched
        call.leave()
        await asyncio.gather(watch, return_exceptions=True)  # what came is no JSON
        assert not journal.watched

    run(scene())


def test_slow_reader_loses_the_oldest_events_and_nothing_else(app: MockApp, root: str) -> None:
    async def scene() -> None:
        journal = app.sandboxes[root.removeprefix("/org/")].journal
        call = Call(app, "GET", root + EVENTS)
        watch = asyncio.create_task(call.answer())
        await asyncio.sleep(1)
        for _ in range(1200):  # without a pause in which the events could be sent
            journal.changed("state")
        journal.changed("reset")
        await asyncio.sleep(1)
        call.leave()
        await asyncio.gather(watch, return_exceptions=True)
        events = b"".join(message.get("body", b"") for message in call.sent).split(b"\n\n")
        assert 1000 <= len(events) < 1200
        assert b"event: changed\ndata: reset" in events[-3:]

    run(scene())


def test_comment_keeps_a_quiet_connection_open(app: MockApp, root: str) -> None:
    async def scene() -> None:
        call = Call(app, "GET", root + EVENTS)
        watch = asyncio.create_task(call.answer())
        await asyncio.sleep(61)
        assert not watch.done()
        assert len(call.sent) >= 4
        assert all(message["body"].startswith(b":") for message in call.sent[1:])
        call.leave()
        await asyncio.gather(watch, return_exceptions=True)

    run(scene())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_events_can_only_be_got(http: requests.Session, control: str, method: str) -> None:
    answer = http.request(method, control + "journal/events", stream=True)
    answer.close()
    assert (answer.status_code, "GET" in answer.headers.get("allow", "")) == (405, True)
