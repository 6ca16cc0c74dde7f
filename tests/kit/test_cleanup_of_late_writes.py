"""A service may show its writes late: a 404 proves nothing until it has had the time to."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from contract_tests.options import Options
from contract_tests.run.cleanup import SETTLE, Cleaned, Cleaner
from contract_tests.run.connection import connect
from contract_tests.safety.ledger import Ledger
from contract_tests.spec import load_spec

from .fake_service import Answer, FakeService, fake_service

LIST = "/training/record/"
BODY = {"person_api_id": "p", "package_api_id": "k"}
DELAY = 1.0


@dataclass
class Late:
    """A service of which a part sees every write only `DELAY` seconds later, on a clock of its own.

    `what` says which part: the reads of a record, the list, or (`records`) all that asks for a record, DELETE too.
    """

    fake: FakeService
    what: set[str]
    now: float = 100.0
    past: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def answer(self, method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        part = "list" if target.partition("?")[0] == LIST else "read"
        now, earlier = self.fake.records, [{}, *(state for at, state in self.past if at <= self.now - DELAY)][-1]
        if "records" in self.what and part == "read" and target.split("/")[-2] not in earlier:
            return 404, {}, b""
        if method == "GET" and part in self.what:
            self.fake.records = earlier
        answer = self.fake.act(method, target, body)
        self.fake.records = now
        self.past.append((self.now, deepcopy(now)))
        return answer

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def named(what: set[str]) -> str:
    return "+".join(sorted(what)) or "nothing"


PARTS = [{"read"}, {"list"}, {"read", "list"}, {"records"}, {"records", "list"}]


@dataclass
class Client:
    """A run of its own against a late service."""

    late: Late
    ledger: Ledger

    def __post_init__(self) -> None:
        self.service = connect(Options(base_url=self.late.fake.url), load_spec(()), self.ledger)

    def send(self, method: str, at: str = "", **body: Any) -> Any:
        url = self.late.fake.url + LIST + (f"{at}/" if at else "")
        return self.service.session.request(method, url, json=body or None)

    def clean(self) -> Cleaned:
        return Cleaner(self.service, sleep=self.late.sleep).run()


@pytest.fixture
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    with fake_service("rec-1") as fake:
        late = Late(fake, request.param)
        late.past.append((0.0, deepcopy(fake.records)))
        fake.answer = late.answer
        ledger = Ledger.open(tmp_path / "ledger.jsonl", fake.url, LIST, LIST + "{api_id}/", lambda: late.now)
        yield Client(late, ledger)
        ledger.close(remove=False)


@pytest.mark.parametrize("client", PARTS, indirect=True, ids=named)
@pytest.mark.parametrize("looked", [False, True])
def test_what_shows_late_is_deleted_and_seen_to_be_gone(client: Client, looked: bool) -> None:
    """Under chosen ids and given ones, looked at too early in the run or not."""
    made = [client.ledger.prefix + tail for tail in "abc"]
    for api_id in made:
        client.send("POST", api_id=api_id, **BODY)
    made += [client.send("POST", **BODY).json()["api_id"] for _ in range(2)]
    for api_id in made if looked else ():
        client.send("GET", api_id)
    assert client.clean() == Cleaned()
    assert list(client.late.fake.records) == ["rec-1"]
    assert client.ledger.created == client.ledger.deleted == len(made)


@pytest.mark.parametrize("client", [{"records"}, {"read", "list"}], indirect=True, ids=named)
def test_what_a_delete_did_not_find_during_the_run_is_deleted(client: Client) -> None:
    api_id = client.ledger.prefix + "a"
    client.send("POST", api_id=api_id, **BODY)
    client.send("DELETE", api_id)
    client.send("GET", api_id)
    assert client.clean() == Cleaned()
    assert list(client.late.fake.records) == ["rec-1"]


@pytest.mark.parametrize("client", [{"records"}], indirect=True, ids=named)
def test_there_is_one_pause_for_all_records(client: Client) -> None:
    for n in range(20):
        client.send("POST", api_id=f"{client.ledger.prefix}{n}", **BODY)
    assert client.clean() == Cleaned()
    assert client.late.pauses == [SETTLE]


@pytest.mark.parametrize("client", [{"records"}], indirect=True, ids=named)
def test_what_was_written_long_ago_is_not_waited_for(client: Client) -> None:
    for n in range(5):
        client.send("POST", api_id=f"{client.ledger.prefix}{n}", **BODY)
    client.late.now += SETTLE
    assert client.clean() == Cleaned()
    assert client.late.pauses == []
    assert list(client.late.fake.records) == ["rec-1"]


@pytest.mark.parametrize("client", [set()], indirect=True, ids=named)
def test_where_all_is_deleted_and_gone_there_is_no_pause(client: Client) -> None:
    for n in range(5):
        client.send("POST", api_id=f"{client.ledger.prefix}{n}", **BODY)
        client.send("POST", **BODY)
    assert client.clean() == Cleaned()
    assert client.late.pauses == []


@pytest.mark.parametrize("client", [{"list"}], indirect=True, ids=named)
def test_a_post_without_an_answer_is_looked_for_once_the_list_may_show_what_it_made(client: Client) -> None:
    def no_answer(method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        answer = client.late.answer(method, target, headers, body)
        return (500, {}, b"") if method == "POST" else answer

    client.late.fake.answer = no_answer
    client.send("POST", **BODY)
    (made,) = client.late.fake.records.keys() - {"rec-1"}
    assert client.clean() == Cleaned(possible=(made,))
    assert client.late.pauses == [SETTLE]


@pytest.mark.parametrize("client", [{"records"}], indirect=True, ids=named)
def test_a_longer_time_may_be_known(client: Client) -> None:
    client.send("POST", api_id=client.ledger.prefix + "a", **BODY)
    Cleaner(client.service, settle=5.0, sleep=client.late.sleep).run()
    assert client.late.pauses == [5.0]


@pytest.mark.parametrize("client", [{"records"}], indirect=True, ids=named)
def test_a_given_id_that_shows_another_record_when_it_shows_is_not_touched(client: Client) -> None:
    api_id = client.send("POST", **BODY).json()["api_id"]
    client.send("GET", api_id)
    other = {**client.late.fake.records[api_id], "date_assigned": "2026-01-01T00:00:01Z"}
    client.late.fake.records[api_id] = other
    client.late.sleep(DELAY)
    assert client.clean() == Cleaned(possible=(api_id,))
    assert client.late.fake.records[api_id] == other


@pytest.mark.parametrize("client", [{"records"}], indirect=True, ids=named)
@pytest.mark.parametrize("idle", [0.0, 60.0])
def test_how_long_ago_an_earlier_run_wrote_last_is_known_from_its_ledger(client: Client, idle: float) -> None:
    api_id = client.ledger.prefix + "a"
    client.send("POST", api_id=api_id, **BODY)
    client.ledger.close(remove=False)
    path = client.ledger.path
    assert path is not None
    before = time.time() - idle
    os.utime(path, (before, before))
    again = Ledger.load(path)
    assert again.age(api_id) == pytest.approx(idle, abs=30)
    again.close(remove=False)
