"""Faults: which requests they meet, what those get, and whether what was asked is done all the same."""

import asyncio
import socket
from http.client import IncompleteRead
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from mock.problems import pointers, problem
from mock.raw_http import head, request

from mock_server import MockServer
from mock_server.app import MockApp

from .contract import BODIES, OPERATIONS, check, url
from .virtual_time import Call, run
from .world import ASSIGNED, body, put, world

LIST, RECORD, FAULTS = "/training/record/", "/training/record/rec-0003/", "/_mock/faults"


def fault(http: requests.Session, control: str, *faults: dict[str, Any]) -> None:
    """Set these faults."""
    put(http, control + "faults", {"faults": faults})


def struck(http: requests.Session, control: str) -> list[int]:
    """Return how often each fault has struck."""
    return [fault["struck"] for fault in http.get(control + "faults").json()["faults"]]


def ask(http: requests.Session, records: str, operation_id: str) -> requests.Response:
    """Send a good request to an operation."""
    at = url(records, operation_id)
    return http.request(OPERATIONS[operation_id]["method"], at, json=BODIES.get(operation_id))


def test_faults_are_told_as_they_were_set(http: requests.Session, control: str) -> None:
    faults = [
        {"operations": ["create_record", "get_record"], "when": "after", "status": 503, "times": 2},
        {"delay": {"from": 0, "to": 0.5}, "probability": 0.25},
        {"drop": True},
        {"hang": True, "delay": {"from": 1}},
    ]
    told = [fault | {"struck": 0} for fault in faults]
    assert put(http, control + "faults", {"faults": faults}).json() == {"faults": told}
    assert http.get(control + "faults").json() == {"faults": told}


def test_put_sets_faults_in_place_of_those_before_and_delete_takes_them_away(
    http: requests.Session, control: str, records: str
) -> None:
    fault(http, control, {"status": 503}, {"status": 504})
    fault(http, control, {"status": 502})
    assert http.get(records).status_code == 502
    assert http.delete(control + "faults").status_code == 204
    assert http.get(control + "faults").json() == {"faults": []}
    assert http.get(records).status_code == 200


def test_post_adds_faults_and_leaves_those_there_are_as_they_are(
    http: requests.Session, control: str, records: str
) -> None:
    fault(http, control, {"operations": ["list_records"], "status": 503, "times": 1})
    assert [http.get(records).status_code for _ in range(2)] == [503, 200]
    added = {"operations": ["list_records"], "status": 504, "times": 1}
    answer = http.post(control + "faults", json={"faults": [added]})
    assert (answer.status_code, answer.json()) == (201, http.get(control + "faults").json())
    assert struck(http, control) == [1, 0]
    assert [http.get(records).status_code for _ in range(2)] == [504, 200]
    assert struck(http, control) == [1, 1]


def test_post_of_a_bad_fault_or_of_one_too_many_adds_none(http: requests.Session, control: str) -> None:
    fault(http, control, *[{"status": 503, "probability": 0}] * 99)
    good = {"status": 504, "probability": 0}
    for faults, place in (([good, {"status": 200}], "body/faults/1/status"), ([good, good], "body/faults")):
        assert pointers(http.post(control + "faults", json={"faults": faults})) == [place]
        assert len(struck(http, control)) == 99
    assert http.post(control + "faults", json={"faults": [good]}).status_code == 201


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_fault_meets_the_operations_it_names_and_no_others(
    http: requests.Session, control: str, records: str, operation_id: str
) -> None:
    fault(http, control, {"operations": [operation_id], "status": 599})
    statuses = {other: ask(http, records, other).status_code for other in OPERATIONS}
    assert [other for other, status in statuses.items() if status == 599] == [operation_id]
    assert struck(http, control) == [1]


def test_fault_without_operations_meets_all(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"status": 503})
    assert {ask(http, records, operation_id).status_code for operation_id in OPERATIONS} == {503}
    assert struck(http, control) == [len(OPERATIONS)]


def test_head_meets_the_faults_of_get(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"operations": ["get_record"], "status": 503})
    assert http.head(f"{records}rec-0003/").status_code == 503


def test_no_fault_meets_the_control_api_other_paths_or_other_methods(
    http: requests.Session, control: str, organisation: str
) -> None:
    fault(http, control, {"status": 503})
    statuses = [http.get(f"{organisation}{path}").status_code for path in ("/_mock/state", "/ui/", "/", "/nothing")]
    assert statuses == [200, 200, 200, 404]
    assert http.delete(f"{organisation}{LIST}").status_code == 405
    assert struck(http, control) == [0]


def test_fault_meets_no_other_organisation(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"status": 503})
    assert http.get(records.replace("/training", "-other/training")).status_code == 200


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_status_is_answered_as_the_contract_says(
    http: requests.Session, control: str, records: str, operation_id: str
) -> None:
    for status in (400, 404, 409, 418, 500, 599):
        fault(http, control, {"status": status})
        answer = ask(http, records, operation_id)
        check(operation_id, status, answer.headers["content-type"], problem(answer, status))


@pytest.mark.parametrize(
    "effect", [{"status": 503}, {"drop": True}, {"hang": True}], ids=lambda effect: next(iter(effect))
)
@pytest.mark.parametrize(("when", "done"), [("before", False), ("after", True)])
def test_fault_before_leaves_all_as_it_was_and_after_comes_when_it_is_done(
    http: requests.Session,
    control: str,
    records: str,
    effect: dict[str, Any],
    when: str,
    done: bool,
) -> None:
    writes = [name for name in OPERATIONS if OPERATIONS[name]["method"] != "GET"]
    for operation_id in writes:
        http.post(control + "reset")
        before = body(http, records)
        fault(http, control, {"operations": [operation_id], "when": when, **effect})
        send_and_leave(records, operation_id)
        assert wait_until_struck(http, control)
        assert (before != body(http, records)) is done, operation_id


def send_and_leave(records: str, operation_id: str) -> None:
    """Send a request and close the connection without reading the answer."""
    place, content = urlsplit(url(records, operation_id)), Call.json(BODIES.get(operation_id))
    headers = ["Content-Type: application/json", f"Content-Length: {len(content)}"] if content else []
    with socket.create_connection((str(place.hostname), place.port or 80)) as client:
        client.sendall(head(OPERATIONS[operation_id]["method"], place.path, headers) + content)


def wait_until_struck(http: requests.Session, control: str) -> bool:
    """Say whether a fault has struck, once the server had all chances to read what was sent to it."""
    return any(sum(struck(http, control)) for _ in range(1000))


def test_creation_that_fails_after_the_commit_makes_its_retry_a_conflict(
    http: requests.Session, control: str, records: str
) -> None:
    fault(http, control, {"operations": ["create_record"], "when": "after", "status": 503, "times": 1})
    wanted = ASSIGNED | {"api_id": "rec-mine"}
    problem(http.post(records, json=wanted), 503)
    assert http.get(f"{records}rec-mine/").status_code == 200
    assert pointers(http.post(records, json=wanted), 409) == ["body/api_id"]


def test_creation_that_fails_after_the_commit_is_doubled_by_a_retry_without_an_api_id(
    http: requests.Session, control: str, records: str
) -> None:
    fault(http, control, {"operations": ["create_record"], "when": "after", "status": 503, "times": 1})
    assert [http.post(records, json=ASSIGNED).status_code for _ in range(2)] == [503, 201]
    assert http.get(records).json()["count"] == 62


@pytest.mark.parametrize("when", ["before", "after"])
def test_drop_breaks_off_in_the_middle_of_the_answer(
    http: requests.Session, control: str, records: str, when: str
) -> None:
    whole = len(body(http, f"{records}rec-0003/"))
    fault(http, control, {"operations": ["get_record"], "when": when, "drop": True})
    with pytest.raises(IncompleteRead) as broken:
        request(records, "GET", urlsplit(f"{records}rec-0003/").path)
    came, missing = len(broken.value.partial), broken.value.expected
    assert came > 0
    assert missing is not None
    assert missing > 0
    assert came + missing == whole or when == "before"


def test_server_serves_on_after_a_drop(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"drop": True, "times": 1})
    with pytest.raises(requests.RequestException):
        http.get(records)
    assert http.get(records).status_code == 200


def test_hang_answers_nothing_while_others_are_answered(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"operations": ["get_record"], "hang": True, "times": 1})
    place = urlsplit(f"{records}rec-0003/")
    with socket.create_connection((str(place.hostname), place.port or 80)) as client:
        client.sendall(head("GET", place.path))
        assert wait_until_struck(http, control)
        assert http.get(f"{records}rec-0003/").status_code == 200
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)


def test_hang_ends_when_the_client_goes_and_not_before(app: MockApp, root: str) -> None:
    async def scene() -> None:
        await Call(app, "PUT", root + FAULTS, {"faults": [{"hang": True}]}).answer()
        call = Call(app, "GET", root + RECORD)
        hung = asyncio.create_task(call.answer())
        await asyncio.sleep(86_400)
        assert not hung.done()
        call.leave()
        await hung
        assert call.sent == []

    run(scene())


@pytest.mark.parametrize(
    ("faults", "least", "most"),
    [
        ([{"delay": {"from": 2.5}}], 2.5, 2.5),
        ([{"delay": {"from": 1, "to": 3}}], 1, 3),
        ([{"delay": {"from": 0}}], 0, 0),
        ([{"delay": {"from": 1}}, {"delay": {"from": 2}}], 3, 3),
        ([{"delay": {"from": 1}}, {"delay": {"from": 2}, "when": "after"}, {"delay": {"from": 4}}], 7, 7),
        ([{"delay": {"from": 1}}, {"delay": {"from": 2}, "status": 503}, {"delay": {"from": 4}}], 3, 3),
        ([{"delay": {"from": 1}, "status": 503, "when": "after"}], 1, 1),
        ([{"delay": {"from": 1}, "drop": True}], 1, 1),
        ([{"operations": ["list_records"], "delay": {"from": 1}}], 0, 0),
        ([{"delay": {"from": 1}, "probability": 0}], 0, 0),
    ],
)
def test_delays_add_up_to_the_first_fault_that_ends_the_request(
    app: MockApp, root: str, faults: list[dict[str, Any]], least: float, most: float
) -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        await Call(app, "PUT", root + FAULTS, {"faults": faults}).answer()
        start = loop.time()
        # Half of an answer is no JSON.
        await asyncio.gather(Call(app, "GET", root + RECORD).answer(), return_exceptions=True)
        assert least - 1e-6 <= loop.time() - start <= most + 1e-6

    run(scene())


def test_range_of_a_delay_gives_more_than_one_length(app: MockApp, root: str) -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        await Call(app, "PUT", root + FAULTS, {"faults": [{"delay": {"from": 1, "to": 3}}]}).answer()
        lengths = set()
        for _ in range(10):
            start = loop.time()
            await Call(app, "GET", root + RECORD).answer()
            lengths.add(round(loop.time() - start, 6))
        assert len(lengths) == 10

    run(scene())


@pytest.mark.parametrize(("when", "count"), [("before", 60), ("after", 61)])
def test_delay_comes_before_or_after_the_change_and_holds_up_nobody_else(
    app: MockApp, root: str, when: str, count: int
) -> None:
    async def scene() -> None:
        slow = {"operations": ["create_record"], "when": when, "delay": {"from": 600}}
        await Call(app, "PUT", root + FAULTS, {"faults": [slow]}).answer()
        creation = Call(app, "POST", root + LIST, ASSIGNED)
        created = asyncio.create_task(creation.answer())
        await asyncio.sleep(1)
        meanwhile = await Call(app, "GET", f"{root}{LIST}?limit=1").answer()
        assert (meanwhile["count"], created.done()) == (count, False)
        await created
        assert creation.status == 201
        assert (await Call(app, "GET", f"{root}{LIST}?limit=1").answer())["count"] == 61

    run(scene())


def test_times_bounds_how_often_a_fault_strikes(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"status": 503, "times": 2})
    assert [http.get(records).status_code for _ in range(4)] == [503, 503, 200, 200]
    assert struck(http, control) == [2]


def test_faults_take_turns_as_their_times_run_out(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"status": 503, "times": 1}, {"status": 504, "times": 2}, {"status": 500, "times": 1})
    assert [http.get(records).status_code for _ in range(5)] == [503, 504, 504, 500, 200]


def test_fault_behind_one_that_ends_the_request_is_not_met(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"delay": {"from": 0}}, {"status": 503}, {"status": 504, "times": 1}, {"delay": {"from": 0}})
    assert http.get(records).status_code == 503
    assert struck(http, control) == [1, 1, 0, 0]


def test_request_that_asks_for_its_own_answer_uses_up_no_fault(
    http: requests.Session, control: str, records: str
) -> None:
    fault(http, control, {"status": 503, "times": 1})
    assert http.get(f"{records}?__code=504").status_code == 504
    assert http.get(records).status_code == 503


def strikes(http: requests.Session, control: str, records: str, probability: float, count: int = 40) -> list[int]:
    """Return the statuses of so many requests that a fault of this probability may strike."""
    fault(http, control, {"status": 503, "probability": probability})
    return [http.get(f"{records}rec-0003/").status_code for _ in range(count)]


def test_probability_is_decided_by_the_seed_and_the_same_after_a_reset(http: requests.Session) -> None:
    runs = []
    for seed in (1, 1, 2):
        with MockServer(seed=seed) as server:
            control, records = f"{server.url}/_mock/", server.url + LIST
            runs.append(strikes(http, control, records, 0.5))
            http.post(control + "reset")
            assert runs[-1] == strikes(http, control, records, 0.5)
    assert runs[0] == runs[1] != runs[2]
    assert 5 < runs[0].count(503) < 35


def test_probability_of_0_never_strikes_and_of_1_always(http: requests.Session, control: str, records: str) -> None:
    assert set(strikes(http, control, records, 0)) == {200}
    assert set(strikes(http, control, records, 1)) == {503}
    assert 0 < strikes(http, control, records, 0.1, 100).count(503) < 40


def test_times_counts_only_requests_that_were_struck(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"status": 503, "probability": 0.5, "times": 3})
    statuses = [http.get(f"{records}rec-0003/").status_code for _ in range(60)]
    assert statuses.count(503) == 3
    assert len([*takewhile(lambda status: status == 503, statuses)]) < 60


def test_bad_request_meets_a_fault_too(http: requests.Session, control: str, records: str) -> None:
    fault(http, control, {"status": 503})
    assert http.get(f"{records}?limit=0").status_code == 503


@pytest.mark.parametrize(("refused", "status"), [({"package_api_id": "pkg-none"}, 409), ({"package_api_id": 7}, 400)])
def test_fault_after_the_commit_waits_for_a_request_that_commits(
    http: requests.Session, control: str, records: str, refused: dict[str, Any], status: int
) -> None:
    fault(http, control, {"operations": ["create_record"], "when": "after", "status": 503, "times": 1})
    assert http.post(records, json=ASSIGNED | refused).status_code == status
    assert struck(http, control) == [0]
    assert [http.post(records, json=ASSIGNED).status_code for _ in range(2)] == [503, 201]


BROKEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, [""]),
    "no effect": ({"operations": ["get_record"], "times": 1}, [""]),
    "two effects": ({"status": 503, "drop": True}, [""]),
    "unknown operation": (
        {"operations": ["get_record", "get", "reset"], "status": 503},
        ["/operations/1", "/operations/2"],
    ),
    "no operation": ({"operations": [], "status": 503}, ["/operations"]),
    "success": ({"status": 200}, ["/status"]),
    "no status": ({"status": 600}, ["/status"]),
    "status with a fraction": ({"status": 503.0}, ["/status"]),
    "back in time": ({"delay": {"from": -1}}, ["/delay/from"]),
    "delay that ends before it starts": ({"delay": {"from": 2, "to": 1}}, ["/delay/to"]),
    "delay without a start": ({"delay": {"to": 1}}, ["/delay/from"]),
    "delay of a day": ({"delay": {"from": 86400}}, ["/delay/from"]),
    "drop of none": ({"drop": False}, ["/drop"]),
    "never": ({"status": 503, "times": 0}, ["/times"]),
    "times beyond all numbers": ({"status": 503, "times": 1e30}, ["/times"]),
    "too probable": ({"status": 503, "probability": 1.01}, ["/probability"]),
    "improbable": ({"status": 503, "probability": -0.01}, ["/probability"]),
    "at another time": ({"status": 503, "when": "during"}, ["/when"]),
    "as it is told": ({"status": 503, "struck": 0}, ["/struck"]),
}


@pytest.mark.parametrize(("broken", "places"), BROKEN.values(), ids=BROKEN)
def test_broken_fault_is_refused_with_its_place_and_those_before_stay(
    http: requests.Session, lived_in: str, broken: dict[str, Any], places: list[str]
) -> None:
    before = world(http, lived_in)
    answer = http.put(lived_in + "faults", json={"faults": [{"status": 500}, broken]})
    assert [*dict.fromkeys(pointers(answer))] == [f"body/faults/1{place}" for place in places]
    assert before == world(http, lived_in)


def test_a_hundred_faults_are_taken_and_no_more(http: requests.Session, control: str) -> None:
    fault(http, control, *[{"status": 503}] * 100)
    assert pointers(http.put(control + "faults", json={"faults": [{"status": 503}] * 101})) == ["body/faults"]
