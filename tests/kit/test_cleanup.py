"""What this run made is deleted and proven gone, or named; what is somebody else's is neither."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from contract_tests.command import main
from contract_tests.options import Options
from contract_tests.result import Exit
from contract_tests.run.cleanup import Cleaned, Cleaner
from contract_tests.run.connection import connect
from contract_tests.safety.guard import Blocked
from contract_tests.safety.ledger import Ledger
from contract_tests.spec import load_spec

from .fake_service import Answer, FakeService, fake_service, record

LIST = "/training/record/"
RECORD = LIST + "{api_id}/"
SPEC = load_spec(())
BODY = {"person_api_id": "p", "package_api_id": "k", "date_started": "2026-01-31T09:00:00Z"}


@dataclass
class Client:
    """The guarded session of a run against a fake service, and the clean-up at its end."""

    fake: FakeService
    ledger: Ledger

    def __post_init__(self) -> None:
        self.service = connect(Options(base_url=self.fake.url), SPEC, self.ledger)
        self.session = self.service.session
        self.pauses: list[float] = []

    def send(self, method: str, at: str = "", /, **body: Any) -> requests.Response:
        url = self.fake.url + LIST + (f"{at}/" if at else "")
        return self.session.request(method, url, json=body or None)

    def made(self, tail: str = "a") -> str:
        """POST a record under an id of our own."""
        api_id = self.ledger.prefix + tail
        self.send("POST", api_id=api_id, **BODY)
        return api_id

    def given(self) -> str:
        """POST a record whose id the service gives."""
        return str(self.send("POST", **BODY).json()["api_id"])

    def rename(self, old: str, new: str) -> None:
        """PATCH with a new id, which is answered; what becomes of the records is up to the test."""
        answering(self.fake, ("PATCH", one, json_answer(200, {**BODY, "api_id": new})))
        self.send("PATCH", old, api_id=new)
        self.fake.answer = None

    def clean(self) -> Cleaned:
        return Cleaner(self.service, sleep=self.pauses.append).run()

    def written(self) -> list[tuple[str, str]]:
        """Every PUT, PATCH and DELETE that reached the service, with its api_id."""
        return [
            (method, target.split("/")[-2]) for method, target, _ in self.fake.requests if method not in ("GET", "POST")
        ]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with fake_service("rec-1") as fake:
        ledger = Ledger.open(tmp_path / "ledger.jsonl", fake.url, LIST, RECORD)
        yield Client(fake, ledger)
        ledger.close(remove=False)


def answering(fake: FakeService, *instead: tuple[str, Callable[[str], bool], Answer]) -> None:
    """Have a method at the targets that are so answered like this, and nothing done."""

    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        for name, when, given in instead:
            if method == name and when(target):
                return given
        return fake.act(method, target, body)

    fake.answer = answer


def one(target: str) -> bool:
    return not target.partition("?")[0].endswith("/record/")


def many(target: str) -> bool:
    return not one(target)


def page_two(target: str) -> bool:
    return "offset" in target


def json_answer(status: int, document: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()


CRASH: Answer = (500, {}, b"")
NOT_FOUND: Answer = (404, {}, b"")
DONE: Answer = (204, {}, b"")


# Gone or not


def test_a_clean_up_leaves_nothing_and_has_nothing_to_tell(client: Client) -> None:
    client.made()
    client.given()
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]
    assert client.ledger.created == client.ledger.deleted == 2


def test_a_run_that_made_nothing_asks_for_nothing(client: Client) -> None:
    assert client.clean() == Cleaned()
    assert client.fake.requests == []


def test_a_deleted_record_that_is_still_listed_is_left(client: Client) -> None:
    api_id = client.made()
    answering(client.fake, ("DELETE", one, DONE), ("GET", one, NOT_FOUND))
    assert client.clean().leftovers == (api_id,)


def test_a_record_that_a_read_found_gone_during_the_run_is_left_while_it_is_listed(client: Client) -> None:
    api_id = client.made()
    answering(client.fake, ("DELETE", one, DONE), ("GET", one, NOT_FOUND))
    client.send("DELETE", api_id)
    client.send("GET", api_id)
    assert client.clean().leftovers == (api_id,)


def test_a_deleted_record_that_can_still_be_read_is_left(client: Client) -> None:
    api_id = client.made()
    shown = json_answer(200, client.fake.records.pop(api_id))
    answering(client.fake, ("DELETE", one, DONE), ("GET", one, shown))
    assert client.clean().leftovers == (api_id,)
    assert client.ledger.deleted == 0


@pytest.mark.parametrize("read", [CRASH, json_answer(200, {}), json_answer(200, {"error": "none"}), (400, {}, b"")])
def test_a_read_that_tells_nothing_leaves_it_to_the_list(client: Client, read: Answer) -> None:
    client.made()
    answering(client.fake, ("GET", one, read))
    assert client.clean() == Cleaned()


@pytest.mark.parametrize("read", [CRASH, json_answer(200, {}), (403, {}, b"")])
@pytest.mark.parametrize("unreadable", [many, page_two])
def test_where_neither_read_nor_list_can_tell_a_record_is_left(
    client: Client, read: Answer, unreadable: Callable[[str], bool]
) -> None:
    api_id = client.made()
    answering(client.fake, ("GET", one, read), ("GET", unreadable, CRASH))
    assert client.clean().leftovers == (api_id,)


def test_a_service_that_is_gone_is_not_asked_for_every_record(client: Client) -> None:
    left = [client.made(tail) for tail in "abcdefgh"]
    service = connect(Options(base_url="http://127.0.0.1:1"), SPEC, client.ledger)
    assert set(Cleaner(service, sleep=client.pauses.append).run().leftovers) == set(left)
    assert service.session.requests < len(left) * 2


def test_a_404_to_a_delete_is_no_proof(client: Client) -> None:
    api_id = client.made()
    answering(client.fake, ("DELETE", one, NOT_FOUND), ("GET", one, CRASH))
    assert client.clean().leftovers == (api_id,)


def test_a_record_that_nobody_would_delete_is_not_gone_because_a_read_crashes(client: Client) -> None:
    """The list may show a part of the records only, as it does not show this one."""
    api_id = client.made()
    answering(client.fake, ("DELETE", one, CRASH), ("GET", one, CRASH))
    client.fake.records.pop(api_id)
    assert client.clean().leftovers == (api_id,)


def test_what_a_service_keeps_while_it_has_dates_is_deleted_without_them(client: Client) -> None:
    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        api_id = target.split("/")[-2]
        if method == "DELETE" and client.fake.records.get(api_id, {}).get("date_started"):
            return 409, {}, b""
        return client.fake.act(method, target, body)

    client.made()
    client.given()
    client.fake.answer = answer
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]


def test_what_a_service_says_it_deleted_and_keeps_while_it_has_dates_is_deleted_without_them(client: Client) -> None:
    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        if method == "DELETE" and client.fake.records[target.split("/")[-2]]["date_started"]:
            return DONE
        return client.fake.act(method, target, body)

    client.made()
    client.fake.answer = answer
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]


def test_what_was_asked_for_and_never_answered_is_deleted(client: Client) -> None:
    api_id = client.made()
    deleted = client.made("b")
    client.send("DELETE", deleted)
    client.send("GET", deleted)
    answering(client.fake, ("POST", many, CRASH))
    client.made("b")
    client.fake.records[deleted] = record(deleted)
    answering(client.fake, ("GET", many, CRASH))
    assert client.clean() == Cleaned()
    assert {("DELETE", api_id), ("DELETE", deleted)} <= set(client.written())
    assert list(client.fake.records) == ["rec-1"]


def test_what_was_asked_for_and_never_answered_is_left_where_nothing_can_tell(client: Client) -> None:
    answering(client.fake, *((method, lambda _: True, CRASH) for method in ("POST", "DELETE", "GET")))
    api_id = client.made()
    assert client.clean().leftovers == (api_id,)


@pytest.mark.parametrize("before", ["", "-", "_"])
def test_whatever_is_listed_under_our_prefix_is_deleted(client: Client, before: str) -> None:
    client.made()
    api_id = f"{before}{client.ledger.prefix}x"
    client.fake.records[api_id] = record(api_id)
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]


# Ids that the service gave


def test_a_number_that_a_post_is_answered_with_is_an_id(client: Client) -> None:
    client.fake.records["61"] = {**record("61"), "api_id": 61}
    answering(client.fake, ("POST", many, json_answer(201, {**BODY, "api_id": 61})))
    client.send("POST", **BODY)
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]


def test_a_number_that_was_listed_before_is_somebody_elses(client: Client) -> None:
    client.fake.records["61"] = {**record("61"), "api_id": 61}
    client.send("GET")
    answering(client.fake, ("POST", many, json_answer(201, {**BODY, "api_id": 61})))
    client.send("POST", **BODY)
    assert client.clean() == Cleaned(possible=("61",))
    assert client.written() == []


def test_an_id_inside_anything_that_was_read_before_is_somebody_elses(client: Client) -> None:
    answering(client.fake, ("GET", many, json_answer(200, {"results": {"61": record("61")}})))
    client.send("GET")
    answering(client.fake, ("POST", many, json_answer(201, record("61"))))
    client.send("POST", **BODY)
    client.clean()
    assert client.written() == []


def test_the_record_inside_an_answer_is_ours_when_it_is_what_was_asked_for(client: Client) -> None:
    client.fake.records["62"] = {**record("62"), **BODY}
    answering(client.fake, ("POST", many, json_answer(201, {"record": client.fake.records["62"]})))
    client.send("POST", **BODY)
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]


@pytest.mark.parametrize(
    "answer",
    [
        {"record": {**record("62"), **BODY, "person_api_id": "q"}},
        {"record": {**record("62"), **BODY}, "other": {**record("63"), **BODY}},
        {"api_id": None, "other": {**record("62"), **BODY}},
    ],
)
def test_another_record_inside_an_answer_is_not_ours(client: Client, answer: Any) -> None:
    client.fake.records["62"] = {**record("62"), **BODY}
    answering(client.fake, ("POST", many, json_answer(201, answer)))
    client.send("POST", **BODY)
    assert client.clean().leftovers == ()
    assert client.written() == []


def test_a_given_id_that_is_there_again_after_its_deletion_is_told_and_not_touched(client: Client) -> None:
    api_id = client.given()
    shown = client.fake.records[api_id]
    client.send("DELETE", api_id)
    client.send("GET", api_id)
    client.fake.records[api_id] = shown
    assert client.clean() == Cleaned(possible=(api_id,))
    assert client.written() == [("DELETE", api_id)]


def test_an_id_that_was_seen_after_its_deletion_never_becomes_ours_again(client: Client) -> None:
    api_id = client.given()
    shown = client.fake.records[api_id]
    client.send("DELETE", api_id)
    client.fake.records[api_id] = shown
    client.send("GET")
    answering(client.fake, ("POST", many, json_answer(201, shown)))
    client.send("POST", **BODY)
    assert client.clean() == Cleaned(possible=(api_id,))
    assert client.written() == [("DELETE", api_id)]


# Renaming


def test_the_old_id_of_a_renamed_record_is_deleted_too(client: Client) -> None:
    old, new = client.made("old"), client.ledger.prefix + "new"
    client.rename(old, new)
    client.fake.records[new] = record(new)
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]
    assert client.ledger.created == client.ledger.deleted == 1


def test_a_given_id_that_was_renamed_away_is_told_while_it_is_there_and_not_touched(client: Client) -> None:
    old, new = client.given(), client.ledger.prefix + "new"
    client.rename(old, new)
    assert client.clean() == Cleaned(possible=(old,))
    assert set(client.written()) == {("PATCH", old), ("DELETE", new)}


def test_a_renamed_record_is_counted_once(client: Client) -> None:
    old, new = client.made("old"), client.ledger.prefix + "new"
    client.rename(old, new)
    client.fake.records[new] = {**client.fake.records.pop(old), "api_id": new}
    client.made("old")
    assert client.clean() == Cleaned()
    assert client.ledger.created == client.ledger.deleted == 2


def test_an_id_that_nobody_asked_for_is_deleted_under_our_prefix_and_told_otherwise(client: Client) -> None:
    moved, given = client.made(), client.given()
    for at, to in ((given, "given-2"), (moved, moved + "_2")):
        client.fake.records[to] = {**client.fake.records.pop(at), "api_id": to}
        answering(client.fake, ("PUT", one, json_answer(200, client.fake.records[to])))
        client.send("PUT", at, **BODY)
    client.fake.answer = None
    client.fake.records[given] = record(given)  # which is somebody else's now, for all that anybody knows
    assert client.clean() == Cleaned(possible=("given-2", given))
    assert list(client.fake.records) == ["rec-1", "given-2", given]


def test_an_update_that_shows_somebody_elses_record_takes_ours_nowhere(client: Client) -> None:
    api_id = client.given()
    client.send("GET")
    answering(client.fake, ("PATCH", one, json_answer(200, record("rec-1"))))
    client.send("PATCH", api_id, **BODY)
    client.fake.answer = None
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]


@pytest.mark.parametrize("told", ["another id", "the old id still", "not the new id"])
def test_once_a_record_went_astray_no_given_id_is_updated_or_named(client: Client, told: str) -> None:
    given, own, new = client.given(), client.made(), client.ledger.prefix + "new"
    client.send("PATCH", given, **BODY)
    answer = {**record("x"), "api_id": new if told != "another id" else "elsewhere"}
    answering(client.fake, ("PATCH", one, json_answer(200, answer)))
    client.send("PATCH", own, api_id=new)
    client.fake.answer = None
    if told == "the old id still":
        client.send("GET", own)
    elif told == "not the new id":
        client.send("GET", new)
    for method, at, body in (("PATCH", given, BODY), ("PUT", given, BODY), ("POST", "", {**BODY, "api_id": given})):
        with pytest.raises(Blocked):
            client.send(method, at, **body)
    client.send("PATCH", own, **BODY)
    assert client.clean().leftovers == ()
    assert given not in client.fake.records


# An outcome that is not known

GONE: Answer = (0, {}, b"")


@pytest.mark.parametrize("write", ["DELETE", "PUT", "PATCH"])
@pytest.mark.parametrize("outcome", [CRASH, GONE], ids=["a crash", "no answer"])
def test_a_given_id_that_its_record_may_have_left_is_not_written_again(
    client: Client, write: str, outcome: Answer
) -> None:
    """The service may have given it to somebody else meanwhile."""
    api_id = client.given()
    body = {} if write == "DELETE" else {**BODY, "api_id": client.ledger.prefix + "new"}
    answering(client.fake, (write, one, outcome))
    with contextlib.suppress(requests.RequestException):
        client.send(write, api_id, **body)
    client.fake.answer = None
    for method in ("DELETE", "PUT", "PATCH"):
        with pytest.raises(Blocked):
            client.send(method, api_id, **({} if method == "DELETE" else BODY))
    assert client.clean() == Cleaned(possible=(api_id,))
    assert [method for method, at in client.written() if at == api_id] == [write]


@pytest.mark.parametrize(
    "refusal", [("DELETE", {}), ("PATCH", {"api_id": "kit"}), ("PUT", {**BODY, "api_id": "kit"})], ids=lambda r: r[0]
)
def test_a_given_id_that_the_service_would_not_let_go_stays_ours(
    client: Client, refusal: tuple[str, dict[str, Any]]
) -> None:
    method, body = refusal
    api_id = client.given()
    answering(client.fake, (method, one, (409, {}, b"")))
    client.send(method, api_id, **(body and {**body, "api_id": client.ledger.prefix + "new"}))
    client.fake.answer = None
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1"]


@pytest.mark.parametrize("write", ["DELETE", "PATCH"])
def test_a_run_that_was_killed_before_the_answer_leaves_a_given_id_alone(client: Client, write: str) -> None:
    api_id, path = client.given(), client.ledger.path
    assert path is not None
    answering(client.fake, (write, one, CRASH))
    client.send(write, api_id, **({} if write == "DELETE" else {"api_id": client.ledger.prefix + "new"}))
    again = Ledger.load(path)
    again.close(remove=False)
    assert not again.owns(api_id)
    assert api_id in again.standing()


# Records that may be ours


def test_what_a_post_whose_answer_names_no_record_may_have_made_is_told(client: Client) -> None:
    answering(client.fake, ("POST", many, json_answer(201, {**BODY, "api_id": "unheard-of"})))
    client.send("POST", **BODY)
    client.fake.records["63"] = {**record("63"), **BODY}
    client.fake.answer = None
    client.send("GET")
    assert client.clean() == Cleaned(possible=("63",))
    assert "63" in client.fake.records


def test_what_a_post_answered_with_an_id_that_we_have_already_may_have_made_is_told(client: Client) -> None:
    api_id = client.made()
    answering(client.fake, ("POST", many, json_answer(201, client.fake.records[api_id])))
    client.made()
    client.fake.records["63"] = {**record("63"), **BODY}
    client.fake.answer = None
    assert client.clean() == Cleaned(possible=("63",))


def test_a_post_that_was_never_answered_is_named_where_the_list_cannot_be_read(client: Client) -> None:
    answering(client.fake, ("POST", many, GONE))
    with contextlib.suppress(requests.RequestException):
        client.send("POST", **BODY)
    answering(client.fake, ("GET", many, GONE))
    assert client.clean().possible == ("a record without a known api_id, person_api_id p, package_api_id k",)


def test_what_was_there_before_the_post_is_not_what_it_made(client: Client) -> None:
    client.given()
    client.fake.records["63"] = {**record("63"), **BODY}
    client.send("GET")
    answering(client.fake, ("POST", many, CRASH))
    client.send("POST", **BODY)
    client.fake.answer = None
    assert client.clean() == Cleaned()


def test_what_others_make_meanwhile_is_not_told(client: Client) -> None:
    """Though it is just what this run made as well: where that went is known."""
    client.made()
    client.given()
    client.send("DELETE", client.given())
    answering(client.fake, ("POST", many, CRASH))
    client.send("POST", **{**BODY, "person_api_id": "q"})
    client.send("POST", note="a body without a person or a package says nothing")
    client.fake.answer = None
    client.fake.records["63"] = {**record("63"), **BODY}
    assert client.clean() == Cleaned()
    assert list(client.fake.records) == ["rec-1", "63"]


@pytest.mark.parametrize("name", ["api_id", "person_api_id", "package_api_id"])
def test_a_new_record_that_mentions_our_prefix_is_told(client: Client, name: str) -> None:
    client.made()
    mark = f"X-{client.ledger.prefix}nobody".upper()
    client.fake.records["63"] = {**record("63"), name: mark}
    assert client.clean() == Cleaned(possible=(mark if name == "api_id" else "63",))


def test_a_record_that_was_there_before_the_run_is_not_told_whatever_it_mentions(client: Client) -> None:
    client.send("GET")
    client.made()
    client.fake.records["rec-1"]["person_api_id"] = client.ledger.prefix + "nobody"
    assert client.clean() == Cleaned()


# Another time


def test_a_clean_up_from_the_ledger_knows_as_much(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    """What was there before which POST, which ids are free, and which records were never found."""
    path = client.ledger.path
    assert path is not None
    client.fake.records["64"] = {**record("64"), **BODY}
    client.send("GET")
    renamed = client.given()
    client.rename(renamed, client.ledger.prefix + "new")
    others = {**BODY, "person_api_id": "q"}
    found = client.send("POST", **others).json()["api_id"]
    client.send("GET")
    client.fake.records["65"] = {**client.fake.records.pop(found), "api_id": "65"}
    answering(client.fake, ("POST", many, json_answer(201, {**BODY, "api_id": "unheard-of"})))
    client.send("POST", **BODY)
    client.fake.answer = None
    client.fake.records["63"] = {**record("63"), **BODY}
    client.send("GET")
    client.ledger.close(remove=False)
    for _ in range(2):
        assert main(["cleanup", str(path)]) == Exit.COULD_NOT_RUN
        told = [line.rpartition(": ")[2] for line in capfd.readouterr().out.splitlines() if "perhaps" in line]
        assert told == [renamed, "63"]
    assert {"65", "64", "63", renamed} <= client.fake.records.keys()


def test_a_clean_up_from_the_ledger_does_not_touch_what_was_renamed_away(client: Client) -> None:
    path = client.ledger.path
    assert path is not None
    renamed = client.given()
    client.rename(renamed, client.ledger.prefix + "new")
    client.ledger.close(remove=False)
    assert main(["cleanup", str(path)]) == Exit.COULD_NOT_RUN
    assert renamed in client.fake.records


def test_a_clean_up_from_the_ledger_deletes_a_given_id_only_if_it_holds_the_very_record(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    """Long after the run was killed the service may have given the id to somebody else."""
    path = client.ledger.path
    assert path is not None
    mine, theirs = client.given(), client.given()
    client.fake.records[theirs]["date_assigned"] = "2026-01-02T00:00:00Z"
    client.ledger.close(remove=False)
    assert main(["cleanup", str(path)]) == Exit.COULD_NOT_RUN
    assert client.written() == [("DELETE", mine)]
    assert theirs in capfd.readouterr().out


def test_a_replay_names_what_it_may_have_left(
    client: Client, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    step = {"method": "POST", "target": LIST, "body": json.dumps(BODY), "headers": {"Content-Type": "application/json"}}
    file = tmp_path / "counterexample.json"
    file.write_text(json.dumps({"rule": "create-returns-record", "steps": [step]}), "utf-8")

    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        given = client.fake.act(method, target, body)
        return (201, {}, b"") if method == "POST" else given

    client.fake.answer = answer
    assert main(["replay", str(file), client.fake.url]) == Exit.COULD_NOT_RUN
    left, shown = client.fake.records.keys() - {"rec-1"}, capfd.readouterr().out
    assert left
    assert [api_id for api_id in left if f"not touched): {api_id}" not in shown] == []


# Ids that are given again


@pytest.mark.parametrize("looked", [False, True])
@pytest.mark.parametrize(
    "other", [{"date_assigned": "2026-01-01T00:00:09Z"}, {"person_api_id": "q"}, {"date_started": None}]
)
def test_somebody_elses_record_under_the_id_of_a_deleted_one_is_neither_touched_nor_told(
    client: Client, other: dict[str, Any], looked: bool
) -> None:
    api_id = client.given()
    shown = client.fake.records[api_id] | other
    client.send("DELETE", api_id)
    client.fake.records[api_id] = shown
    for at in ("", api_id) if looked else ():
        client.send("GET", at)
    assert client.clean() == Cleaned()
    assert client.written() == [("DELETE", api_id)]
    assert client.pauses == []
    assert client.fake.records[api_id] == shown


def test_an_id_that_is_given_again_between_delete_and_read_of_the_clean_up_is_not_touched(client: Client) -> None:
    api_id = client.given()
    shown = client.fake.records[api_id] | {"date_assigned": "2026-01-01T00:00:09Z"}

    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        answer = client.fake.act(method, target, body)
        if method == "DELETE":
            client.fake.records[api_id] = shown
        return answer

    client.fake.answer = answer
    assert client.clean() == Cleaned()
    assert client.written() == [("DELETE", api_id)]


def test_an_id_that_somebody_else_had_and_a_post_was_given_is_left_and_told(client: Client) -> None:
    """Whether they deleted theirs, or the service overwrote it with ours, shows nowhere."""
    client.send("GET")
    ours = record("rec-1") | BODY | {"date_assigned": "2026-01-01T00:00:09Z"}
    client.fake.records["rec-1"] = ours
    answering(client.fake, ("POST", many, json_answer(201, ours)))
    client.send("POST", **BODY)
    assert client.clean() == Cleaned(possible=("rec-1",))
    assert client.written() == []


def test_an_id_that_went_from_us_to_somebody_else_and_back_is_left_and_told(client: Client) -> None:
    api_id = client.given()
    ours = client.fake.records[api_id]
    client.send("DELETE", api_id)
    client.fake.records[api_id] = ours | {"person_api_id": "q", "date_assigned": "2026-01-01T00:00:05Z"}
    client.send("GET")
    client.fake.records[api_id] = ours | {"date_assigned": "2026-01-01T00:00:09Z"}
    answering(client.fake, ("POST", many, json_answer(201, client.fake.records[api_id])))
    client.send("POST", **BODY)
    assert client.clean() == Cleaned(possible=(api_id,))
    assert client.written() == [("DELETE", api_id)]


def test_a_given_record_that_shows_its_date_less_precisely_is_deleted_from_the_ledger(client: Client) -> None:
    path = client.ledger.path
    assert path is not None

    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        status, headers, content = client.fake.act(method, target, body)
        precise = content.replace(b"2026-01-01T00:00:00Z", b"2026-01-01T01:00:00.654321+01:00")
        return status, headers, precise if method == "POST" else content

    client.fake.answer = answer
    client.given()
    client.ledger.close(remove=False)
    assert main(["cleanup", str(path)]) == Exit.KEPT
    assert list(client.fake.records) == ["rec-1"]


# Records without an address


def no_address(client: Client) -> Callable[[str, str, dict[str, str], bytes], Answer]:
    """A router that takes no dots, as Django's by default."""

    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        return NOT_FOUND if "." in target.partition("?")[0] else client.fake.act(method, target, body)

    return answer


def test_a_record_whose_id_has_no_address_is_told(client: Client) -> None:
    client.fake.answer = no_address(client)
    dotted, plain = client.made("a.b"), client.made("a")
    assert client.clean() == Cleaned(leftovers=(dotted,))
    assert plain not in client.fake.records
    assert len(client.pauses) <= 2


@pytest.mark.parametrize("addressed", [False, True])
def test_a_record_whose_id_is_any_json_is_deleted_or_told(client: Client, addressed: bool) -> None:
    """Of a service that looks at nothing; where a number's text is its address, it can be deleted."""
    ids: list[Any] = [client.ledger.number, [], {}, [client.ledger.prefix], True]

    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        at = target.split("/")[-2]
        if method == "POST":
            sent = json.loads(body)
            n = len(client.fake.records)
            row = record("") | {"date_assigned": f"2026-01-01T00:00:0{n}Z"} | sent
            client.fake.records[str(sent["api_id"]) if addressed else f"key {n}"] = row
            return json_answer(201, row)
        return client.fake.act(method, target, body) if many(target) or at in client.fake.records else NOT_FOUND

    client.fake.answer = answer
    for api_id in ids:
        client.service.exchange(
            client.session.prepare_request(
                requests.Request("POST", client.fake.url + LIST, data=json.dumps({**BODY, "api_id": api_id}))
            )
        )
    cleaned = client.clean()
    told = " | ".join(cleaned.leftovers + cleaned.possible)
    assert (str(client.ledger.number) in told) is not addressed
    for api_id in ids[1:]:
        assert json.dumps(api_id) in told
    assert len(cleaned.leftovers + cleaned.possible) == len(client.fake.records) - 1
    assert cleaned.left


# What it costs


@pytest.mark.parametrize("records", [10, 80])
def test_a_clean_up_asks_twice_for_each_record_and_reads_the_list_once(client: Client, records: int) -> None:
    for n in range(records):
        client.made(str(n))
    before = len(client.fake.requests)
    assert client.clean() == Cleaned()
    asked = client.fake.requests[before:]
    assert len([target for _, target, _ in asked if one(target)]) == 2 * records
    assert [target for _, target, _ in asked if many(target)] == [LIST, f"{LIST}?limit=100&offset=1"]
    assert client.pauses == []


def test_what_the_run_deleted_itself_is_only_read_once_more(client: Client) -> None:
    for n in range(10):
        client.send("DELETE", client.made(str(n)))
    before = len(client.fake.requests)
    assert client.clean() == Cleaned()
    asked = [method for method, target, _ in client.fake.requests[before:] if one(target)]
    assert asked == ["GET"] * 10


# Credentials


@pytest.mark.parametrize("command", ["cleanup", "replay"])
@pytest.mark.parametrize("last", [True, False])
def test_credentials_on_the_url_are_sent(
    client: Client, tmp_path: Path, capfd: pytest.CaptureFixture[str], command: str, last: bool
) -> None:
    """Whether the URL stands before or after the options; and the ledger holds none of them."""
    client.made()
    client.ledger.close(remove=False)
    path = client.ledger.path
    assert path is not None
    known = "Basic " + base64.b64encode(b"bob:p@ss").decode()
    client.fake.answer = lambda method, target, headers, body: (
        client.fake.act(method, target, body) if headers.get("authorization") == known else (401, {}, b"")
    )
    step = {"method": "POST", "target": LIST, "body": json.dumps(BODY), "headers": {"Content-Type": "application/json"}}
    file = tmp_path / "counterexample.json"
    file.write_text(json.dumps({"rule": "create-returns-record", "steps": [step]}), "utf-8")
    url = client.fake.url.replace("//", "//bob:p%40ss@")
    options = ["--allow-writes"]
    words = [command, str(path if command == "cleanup" else file), *(options if last else ()), url]
    assert main(words if last else [*words, *options]) == Exit.KEPT
    assert len(client.fake.records) == (1 if command == "cleanup" else 2)
    shown = "".join(capfd.readouterr())
    for file in tmp_path.rglob("*.*"):
        shown += file.read_text("utf-8") if file.is_file() else ""
    assert "p@ss" not in shown
    assert "p%40ss" not in shown
