"""What one client can make the server do, and hold, for all."""

import asyncio
import json
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from mock.problems import problem
from mock.raw_http import head

from mock_server import MockServer
from mock_server.api.events import BACKLOG_BYTES, MOST
from mock_server.app import MockApp
from mock_server.command import main

from .test_events import EVENTS
from .virtual_time import Call, run
from .waiting import until
from .world import ASSIGNED, body, put


def generated(records: int = 1, people: int = 10, packages: int = 10) -> dict[str, Any]:
    return {"document": {"generate": {"seed": 1, "people": people, "packages": packages, "records": records}}}


# What is told of bad input


@pytest.mark.parametrize("where", ["people", "packages", "records"])
def test_a_hundred_violations_are_told_and_their_number(http: requests.Session, control: str, where: str) -> None:
    document = {"people": [], "packages": [], "records": []} | {where: [1] * 100_000}
    answer = http.put(control + "state", json=document)
    told = problem(answer, 400)
    assert [error["pointer"] for error in told["errors"]] == [f"/{where}/{index}" for index in range(100)]
    assert told["detail"].startswith("at least 100000 errors in this request: ")
    assert told["detail"].endswith("; and 99995 more")


def test_violations_of_a_scenario_in_a_document_are_counted_too(http: requests.Session, control: str) -> None:
    people = [{"api_id": "usr-1", "name": "One"}] * 1000
    told = problem(http.put(control + "scenario", json={"document": {"people": people}}), 400)
    assert [error["pointer"] for error in told["errors"]] == [
        f"/document/people/{index}/api_id" for index in range(1, 101)
    ]
    assert "999 errors" in told["detail"]


def test_few_violations_are_all_told_with_their_exact_number(http: requests.Session, control: str) -> None:
    people = [{"api_id": "usr-1"}, {"name": "Two"}, {"api_id": "usr-3", "name": "Three", "age": 3, "size": 4}]
    told = problem(http.put(control + "state", json={"people": people, "packages": 1, "records": []}), 400)
    assert sorted(error["pointer"] for error in told["errors"]) == [
        "/packages",
        "/people/0/name",
        "/people/1/api_id",
        "/people/2/age",
        "/people/2/size",
    ]
    assert told["detail"].startswith("5 errors in this request: ")


def test_array_that_is_too_long_is_told_once(http: requests.Session, control: str) -> None:
    told = problem(http.put(control + "faults", json={"faults": [1] * 1000}), 400)
    assert [error["pointer"] for error in told["errors"]] == ["/faults"]


@pytest.mark.parametrize("part", ["body", "query"])
def test_twenty_notes_are_kept_of_a_request_and_the_number_of_others(
    http: requests.Session, control: str, records: str, part: str
) -> None:
    many = {f"x{number}": "1" for number in range(2000)}
    if part == "body":
        http.post(records, json=ASSIGNED | many).raise_for_status()
    else:
        http.get(records, params=many).raise_for_status()
    notes = http.get(control + "journal").json()["exchanges"][0]["notes"]
    assert (len(notes), notes[0].count("`x0`"), notes[-1]) == (21, 1, "and 1980 more like these")


def test_note_names_a_long_property_by_its_beginning(http: requests.Session, control: str, records: str) -> None:
    http.post(records, json=ASSIGNED | {"x" * 100_000: 1}).raise_for_status()
    assert len(http.get(control + "journal").json()["exchanges"][0]["notes"][0]) < 200


# What an organisation holds


def test_organisation_holds_so_many_records_and_says_so(http: requests.Session) -> None:
    with MockServer(max_records=61) as server:
        records, control = f"{server.url}/training/record/", f"{server.url}/_mock/"
        assert http.post(records, json=ASSIGNED).status_code == 201
        told = problem(http.post(records, json=ASSIGNED), 507)
        assert "61 records" in told["detail"]
        assert http.get(records).json()["count"] == 61
        http.delete(f"{records}rec-0001/")
        assert http.post(records, json=ASSIGNED).status_code == 201
        assert http.post(f"{server.url}/org/other/training/record/", json=ASSIGNED).status_code == 201
        assert http.get(control + "coverage").status_code == 200


TOO_MUCH: dict[str, tuple[str, Any]] = {
    "records": ("scenario", generated(records=2001)),
    "people": ("scenario", generated(people=2001)),
    "packages": ("scenario", generated(packages=2001)),
    "a million": ("scenario", generated(records=1_000_000)),
    "state": (
        "state",
        {"people": [{"api_id": f"u{n}", "name": ""} for n in range(2001)], "packages": [], "records": []},
    ),
    "document": ("scenario", {"document": {"people": [{"api_id": f"u{n}", "name": ""} for n in range(2001)]}}),
}


@pytest.mark.parametrize("too_much", TOO_MUCH)
def test_whole_world_that_is_too_large_is_refused_and_changes_nothing(http: requests.Session, too_much: str) -> None:
    what, document = TOO_MUCH[too_much]
    with MockServer(max_records=2000) as server:
        control = f"{server.url}/_mock/"
        put(http, control + "clock", {"freeze": "2026-02-01T08:00:00Z"})
        before = body(http, control + "state"), body(http, control + "scenario")
        assert "2000" in problem(http.put(control + what, json=document), 507)["detail"]
        assert (body(http, control + "state"), body(http, control + "scenario")) == before


def test_person_and_package_one_too_many_are_refused_and_known_ones_changed(http: requests.Session) -> None:
    with MockServer(max_records=60) as server:
        control = f"{server.url}/_mock/"
        state = http.get(control + "state").json()
        for kind, more in (("people", {}), ("packages", {"description": ""})):
            known = state[kind][0]["api_id"]
            for number in range(60 - len(state[kind])):
                put(http, f"{control}{kind}/new-{number}", {"name": "New"} | more)
            problem(http.put(f"{control}{kind}/one-more", json={"name": "New"} | more), 507)
            put(http, f"{control}{kind}/{known}", {"name": "Changed"} | more)
            assert len(http.get(control + kind).json()[kind]) == 60


def test_command_refuses_a_scenario_that_is_too_large(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    huge.write_text("generate: {seed: 1, people: 1, packages: 1, records: 900000}", "utf-8")
    for scenario in ("default", str(huge)):
        assert main(["--port", "0", "--scenario", scenario, "--max-records", "59"]) == 2
        assert "more than 59 records (--max-records)" in capsys.readouterr().err


# What is large is written in parts


@pytest.fixture(scope="module")
def large() -> Any:
    """The URL of an organisation with 20,000 records."""
    with MockServer() as server:
        url = f"{server.url}/org/large/"
        requests.put(url + "_mock/scenario", json=generated(records=20_000)).raise_for_status()
        yield url


def pages(http: requests.Session, url: str, size: int = 1000) -> list[Any]:
    """Return all records of a list, page by page."""
    found: list[Any] = []
    while True:
        answer = http.get(url, params={"limit": size, "offset": len(found)}).json()["results"]
        found += answer
        if len(answer) < size:
            return found


@pytest.mark.parametrize("search", ["", "?search=safety"])
def test_whole_list_is_its_pages_one_after_the_other(http: requests.Session, large: str, search: str) -> None:
    url = f"{large}training/record/{search}"
    answer = http.get(url)
    assert answer.headers["content-type"] == "application/json"
    whole = answer.json()
    assert [*whole] == ["count", "next", "previous", "results"]
    assert (whole["results"], whole["count"]) == (pages(http, url), len(whole["results"]))
    assert (whole["next"], whole["previous"]) == (None, None)


def test_list_that_is_read_slowly_is_that_of_when_it_was_asked_for(http: requests.Session, large: str) -> None:
    url = f"{large}training/record/"
    before = http.get(url).json()
    with http.get(url, stream=True) as answer:
        content = answer.raw.read(1000)
        changed, gone = before["results"][-1]["api_id"], before["results"][-2]["api_id"]
        http.patch(f"{url}{changed}/", json={"api_id": "renamed"}).raise_for_status()
        http.delete(f"{url}{gone}/").raise_for_status()
        http.put(f"{large}_mock/packages/pkg-00001", json={"name": "New", "description": "New"}).raise_for_status()
        content += answer.raw.read()
    assert json.loads(content) == before
    after = http.get(url).json()
    assert (after["results"][-1]["api_id"], after["count"]) == ("renamed", before["count"] - 1)


def test_state_in_parts_goes_in_as_it_came_out(http: requests.Session, large: str) -> None:
    put(http, large + "_mock/clock", {"freeze": "2026-02-01T08:00:00Z"})
    state = body(http, large + "_mock/state")
    assert http.put(large + "_mock/state", data=state, headers={"content-type": "application/json"}).status_code == 204
    assert body(http, large + "_mock/state") == state


def test_head_of_a_large_list_has_no_body_and_leaves_the_connection_usable(large: str) -> None:
    url = urlsplit(large)
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.sendall(head("HEAD", url.path + "training/record/", host=url.netloc))
        connection.sendall(head("GET", url.path + "training/record/?limit=1", ["Connection: close"], host=url.netloc))
        answers = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert json.loads(answers.partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[2])["count"] > 0


def test_client_of_http_1_0_gets_a_large_list_with_its_length(http: requests.Session, large: str) -> None:
    url = urlsplit(large)
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.sendall(f"GET {url.path}training/record/ HTTP/1.0\r\nHost: {url.netloc}\r\n\r\n".encode())
        fields, _, content = b"".join(iter(lambda: connection.recv(1 << 16), b"")).partition(b"\r\n\r\n")
    assert (b"content-length: %d" % len(content) in fields, b"chunked" in fields) == (True, False)
    assert content == http.get(f"{large}training/record/").content


def test_journal_holds_the_beginning_of_a_large_answer_and_its_size(http: requests.Session, large: str) -> None:
    http.delete(large + "_mock/journal")
    size = len(http.get(large + "training/record/").content)
    exchange = http.get(large + "_mock/journal").json()["exchanges"][0]
    assert (exchange["status"], len(exchange["response"]["body"]), exchange["response"]["truncated"]) == (
        200,
        65536,
        True,
    )
    entry = http.get(large + "_mock/journal.har").json()["log"]["entries"][0]
    assert entry["response"]["bodySize"] == entry["response"]["content"]["size"] == size


def test_client_that_goes_in_the_middle_of_a_large_answer_is_told_of(http: requests.Session, large: str) -> None:
    http.delete(large + "_mock/journal")
    url = urlsplit(large)
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(head("GET", url.path + "training/record/", host=url.netloc))
        assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
    notes = until(lambda: http.get(large + "_mock/journal").json()["exchanges"][0]["notes"])
    assert notes[0].startswith("client went away after ")


# What all journals and event streams hold together


def test_all_journals_share_their_room_and_the_largest_gives_first(http: requests.Session) -> None:
    with MockServer(journal_bytes=1 << 20) as server:
        small, large = f"{server.url}/org/small/", f"{server.url}/org/large/"
        for _ in range(5):
            http.get(small + "training/record/rec-0001/")
        for _ in range(60):
            http.post(large + "training/record/", json=ASSIGNED | {"x": "y" * 50_000})
        told = [http.get(url + "_mock/journal").json()["exchanges"] for url in (small, large)]
    assert [exchange["number"] for exchange in told[0]] == [1, 2, 3, 4, 5]
    numbers = [exchange["number"] for exchange in told[1]]
    assert numbers == [*range(numbers[0], 61)]
    assert 10 <= len(numbers) <= 21


@pytest.mark.parametrize(
    "headers", [{f"x-{n}": "y" * 6000 for n in range(8)}, {"x" * 48_000: "y"}], ids=["values", "name"]
)
def test_headers_fill_the_journal_too(http: requests.Session, headers: dict[str, str]) -> None:
    with MockServer(journal_bytes=1 << 20) as server:
        for _ in range(40):
            http.get(f"{server.url}/training/record/rec-0001/", headers=headers)
        assert len(http.get(f"{server.url}/_mock/journal").json()["exchanges"]) <= 22


def test_journal_that_was_reset_or_dropped_gives_its_room_back(http: requests.Session) -> None:
    with MockServer(journal_bytes=1 << 20, max_organisations=2) as server:

        def fill(name: str, times: int = 15) -> int:
            for _ in range(times):
                http.post(f"{server.url}/org/{name}/training/record/", json=ASSIGNED | {"x": "y" * 50_000})
            return len(http.get(f"{server.url}/org/{name}/_mock/journal").json()["exchanges"])

        assert fill("one") == 15
        http.post(f"{server.url}/org/one/_mock/reset")
        assert fill("one") == 15
        http.delete(f"{server.url}/org/one/_mock/journal")
        assert fill("one") == 15
        assert fill("two") == 15


def test_event_streams_are_bounded_in_number(http: requests.Session) -> None:
    with MockServer() as server, ExitStack() as streams:
        url = f"{server.url}/_mock/journal/events"

        def opened() -> requests.Response:
            session = streams.enter_context(requests.Session())
            return streams.enter_context(session.get(url, stream=True, timeout=30))

        assert {opened().status_code for _ in range(MOST)} == {200}
        refused = opened()
        assert (problem(refused, 503)["status"], refused.headers["retry-after"]) == (503, "5")
        assert http.head(url, timeout=30).status_code in (200, 503)
        assert http.get(f"{server.url}/training/record/").status_code == 200


def test_reader_that_never_reads_costs_no_more_than_a_bounded_number_of_bytes(app: MockApp, root: str) -> None:
    async def scene() -> None:
        sandbox = app.sandboxes[root.removeprefix("/org/")]
        events = Call(app, "GET", root + EVENTS)
        watch = asyncio.create_task(events.answer())
        await asyncio.sleep(1)
        opened = len(events.sent)
        for _ in range(100):  # without a pause in which they could be sent
            await Call(app, "POST", root + "/training/record/", ASSIGNED | {"x": "y" * 60_000}).answer()
        await asyncio.sleep(1)
        events.leave()
        await asyncio.gather(watch, return_exceptions=True)
        bodies = [message["body"] for message in events.sent[opened:] if message["body"]]
        assert sandbox.journal.count == 100
        assert sum(map(len, bodies)) < 100 * 60_000
        assert b"event: changed\ndata: journal\n\n" in bodies, "who lost events is told to read anew"

    assert BACKLOG_BYTES < 100 * 60_000
    run(scene())


def test_head_of_the_events_ends(http: requests.Session, control: str) -> None:
    answer = http.head(control + "journal/events", timeout=30)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "text/event-stream", b"")
