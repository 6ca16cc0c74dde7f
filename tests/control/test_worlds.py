"""What began in a world that has ended since has no effect on the next one."""

import json
from typing import Any

import pytest
import requests

from mock_server import MockServer

from .test_events import watching
from .under_way import delayed, half_sent, rest
from .waiting import until
from .world import ASSIGNED, body, put

ENDS: dict[str, tuple[str, str, Any]] = {
    "reset": ("POST", "reset", None),
    "scenario": ("PUT", "scenario", {"name": "default"}),
    "document": ("PUT", "scenario", {"document": {"people": [], "packages": [], "records": []}}),
    "state": ("PUT", "state", {"people": [], "packages": [], "records": []}),
}
ALL = pytest.mark.parametrize("end", ENDS)


def end_world(http: requests.Session, control: str, end: str) -> None:
    method, what, document = ENDS[end]
    http.request(method, control + what, json=document).raise_for_status()


def seen(http: requests.Session, control: str) -> tuple[list[str], Any, Any]:
    """Return the records, the exchanges and the coverage of an organisation."""
    records = [record["api_id"] for record in http.get(control + "state").json()["records"]]
    exchanges = [exchange["number"] for exchange in http.get(control + "journal").json()["exchanges"]]
    return records, exchanges, http.get(control + "coverage").json()["seen"]


@ALL
@pytest.mark.parametrize("when", ["before", "after"])
def test_delayed_creation_leaves_nothing_in_the_next_world(
    http: requests.Session, control: str, records: str, end: str, when: str
) -> None:
    with delayed(http, control, records, when=when) as answer:
        end_world(http, control, end)
        before = seen(http, control)
        told = answer.result()
    assert (told.status_code, "under way" in told.json()["detail"]) == (503, True)
    assert seen(http, control) == before


@ALL
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_slow_body_is_of_the_world_in_which_it_began(
    http: requests.Session, control: str, records: str, end: str, method: str
) -> None:
    url = records if method == "POST" else f"{records}rec-0003/"
    with half_sent(method, url, json.dumps(ASSIGNED).encode()) as connection:
        end_world(http, control, end)
        before = seen(http, control)
        connection.sendall(b"}")
        assert b" 503 " in rest(connection)
    assert seen(http, control) == before


def test_slow_state_does_not_replace_what_came_meanwhile(http: requests.Session, control: str, records: str) -> None:
    with half_sent("PUT", control + "state", b'{"people": [], "packages": [], "records": []}') as connection:
        http.post(control + "reset")
        connection.sendall(b"}")
        assert b" 503 " in rest(connection)
    assert http.get(records).json()["count"] == 60


def test_faults_of_the_next_world_are_not_met_by_a_request_of_the_one_before(
    http: requests.Session, control: str, records: str
) -> None:
    with delayed(http, control, records) as answer:
        http.post(control + "reset")
        put(http, control + "faults", {"faults": [{"status": 418, "times": 1, "when": "after"}]})
        assert answer.result().status_code == 503
    assert [fault["struck"] for fault in http.get(control + "faults").json()["faults"]] == [0]
    assert http.post(records, json=ASSIGNED).status_code == 418


def test_clock_and_faults_are_changed_within_one_world(http: requests.Session, control: str, records: str) -> None:
    with delayed(http, control, records) as answer:
        put(http, control + "clock", {"freeze": "2026-02-01T08:00:00Z"})
        put(http, control + "people/usr-new", {"name": "Nia New"})
        put(http, control + "faults", {"faults": []})
        assert answer.result().json()["date_assigned"] == "2026-02-01T08:00:00Z"


def test_request_in_an_organisation_that_makes_room_is_not_told_that_it_was_done(http: requests.Session) -> None:
    with MockServer(max_organisations=2) as server:
        mine, other = f"{server.url}/org/mine/", f"{server.url}/org/other/"
        with delayed(http, mine + "_mock/", mine + "training/record/") as answer:
            http.get(other + "training/record/")
            assert answer.result().status_code == 503
        assert http.get(mine + "training/record/").json()["count"] == 60


def test_slow_body_for_an_organisation_that_makes_room_is_not_told_that_it_was_done(http: requests.Session) -> None:
    with MockServer(max_organisations=2) as server:
        for what in ("training/record/", "_mock/clock"):
            method, document = ("POST", ASSIGNED) if "record" in what else ("PUT", {"run": True})
            with half_sent(method, f"{server.url}/org/mine/{what}", json.dumps(document).encode()) as connection:
                http.get(f"{server.url}/org/other/training/record/")
                connection.sendall(b"}")
                assert b" 503 " in rest(connection)


def test_organisation_that_is_watched_stays_while_others_can_go(http: requests.Session) -> None:
    with MockServer(max_organisations=3) as server:
        mine = f"{server.url}/org/mine/"
        with watching(mine + "_mock/") as events:
            http.delete(mine + "training/record/rec-0001/")
            next(events)
            for number in range(5):
                http.get(f"{server.url}/org/other-{number}/training/record/")
            assert http.get(mine + "training/record/").json()["count"] == 59
            assert json.loads(next(events)["data"])["operation"] == "list_records"


def test_event_stream_ends_with_its_organisation(http: requests.Session) -> None:
    with MockServer(max_organisations=2) as server:
        with watching(f"{server.url}/org/one/_mock/") as one, watching(f"{server.url}/org/two/_mock/") as two:
            assert list(one) == []
            http.get(f"{server.url}/org/two/training/record/")
            assert next(two)["id"] == "1"
        assert [o["name"] for o in http.get(f"{server.url}/_mock/organisations").json()["organisations"]] == [
            "default",
            "two",
        ]


@pytest.mark.parametrize("seconds", [0.5, 600])
def test_creation_whose_client_goes_before_its_delay_is_over_is_left_undone(
    http: requests.Session, control: str, records: str, seconds: float
) -> None:
    put(http, control + "faults", {"faults": [{"delay": {"from": seconds}, "times": 1}]})
    state = body(http, control + "state")
    with half_sent("POST", records, json.dumps(ASSIGNED).encode()) as connection:
        connection.sendall(b"}")
        until(lambda: http.get(control + "faults").json()["faults"][0]["struck"])
    exchange = until(lambda: http.get(control + "journal").json()["exchanges"])[0]
    assert (exchange["status"], exchange["operation"], exchange["fault"] is None) == (0, "create_record", False)
    assert "client went away after" in exchange["notes"][0]
    assert json.loads(exchange["request"]["body"]) == ASSIGNED
    assert json.loads(body(http, control + "state"))["records"] == json.loads(state)["records"]
