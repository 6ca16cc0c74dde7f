"""Whatever happens to a run, its ledger tells what it left behind, and nothing else is deleted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.command import main
from contract_tests.result import Exit
from contract_tests.safety.ledger import Ledger, LedgerError
from contract_tests.safety.ownership import State

from .fake_service import Answer, fake_service

LIST = "/training/record/"
RECORD = LIST + "{api_id}/"


def test_a_ledger_reads_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, "http://127.0.0.1:9", LIST, RECORD)
    ledger.were_seen(["rec-1"])
    ledger.was_made(ledger.plan(None, {"person_api_id": "p"}), "61", assigned="2026-02-01T08:00:00Z")
    ledger.plan(ledger.prefix + "a", {})
    ledger.was_refused(ledger.plan(ledger.prefix + "b", {}))
    ledger.was_made(ledger.plan(ledger.prefix + "c", {}), ledger.prefix + "c")
    ledger.was_deleted(ledger.prefix + "c")
    ledger.was_gone(ledger.prefix + "c")
    ledger.close(remove=False)
    again = Ledger.load(path)
    again.close(remove=False)
    assert again.standing() == ledger.standing() == [ledger.prefix + "a", "61"]
    assert again.not_ours == {"rec-1": 0}
    assert again.owns(ledger.prefix + "a")
    assert not again.owns("rec-1")


@pytest.mark.parametrize(
    ("assigned", "ours"), [("2026-02-01T08:00:00Z", True), ("2026-02-01T08:00:01Z", False), (None, False)]
)
def test_a_given_id_of_an_earlier_run_is_ours_only_when_the_very_record_is_read_there(
    tmp_path: Path, assigned: str | None, ours: bool
) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, "http://127.0.0.1:9", LIST, RECORD)
    ledger.was_made(ledger.plan(None, {"person_api_id": "p"}), "61", assigned="2026-02-01T08:00:00Z")
    ledger.was_made(ledger.plan(None, {"person_api_id": "p"}), "62")
    assert ledger.owns("61")
    ledger.close(remove=False)
    again = Ledger.load(path)
    again.close(remove=False)
    assert not again.owns("61")
    for api_id in ("61", "62"):
        again.recognise(api_id, {"api_id": api_id, "person_api_id": "p", "date_assigned": assigned})
    assert again.owns("61") is ours
    assert not again.owns("62")


@pytest.mark.parametrize("cut", ['{"event": "pla', '{"event": "gone", "api_id": "x"}'])
def test_a_line_that_was_cut_off_is_no_obstacle(tmp_path: Path, cut: str) -> None:
    """Not even when the ledger is read again after that."""
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, "http://127.0.0.1:9", LIST, RECORD)
    ledger.plan(ledger.prefix + "a", {})
    ledger.close(remove=False)
    path.write_text(path.read_text("utf-8") + cut, "utf-8")
    for _ in range(2):
        again = Ledger.load(path)
        again.close(remove=False)
        assert again.standing() == [ledger.prefix + "a"]


ASSIGNED = "2026-02-01T08:00:00Z"

VERBS: dict[str, Callable[[Ledger, str, str], object]] = {
    "post": lambda ledger, api_id, _: ledger.was_made(ledger.plan(api_id, {}), api_id, assigned=ASSIGNED),
    "post that is not answered": lambda ledger, api_id, _: ledger.plan(api_id, {}),
    "post that is refused": lambda ledger, api_id, _: ledger.was_refused(ledger.plan(api_id, {})),
    "post that is answered with another id": lambda ledger, api_id, other: ledger.was_made(
        ledger.plan(api_id, {}), other
    ),
    "rename": lambda ledger, api_id, other: (
        ledger.is_leaving(api_id),
        ledger.was_updated(ledger.plan(other, {}), api_id, other, other),
    ),
    "rename that the service does not do": lambda ledger, api_id, other: (
        ledger.is_leaving(api_id),
        ledger.was_updated(ledger.plan(other, {}), api_id, other, api_id),
    ),
    "update": lambda ledger, api_id, other: ledger.was_updated(ledger.plan(api_id, {}), api_id, api_id, other),
    "delete": lambda ledger, api_id, _: (ledger.is_leaving(api_id), ledger.was_deleted(api_id)),
    "delete that finds nothing": lambda ledger, api_id, _: (ledger.is_leaving(api_id), ledger.was_unknown(api_id)),
    "read of its address": lambda ledger, api_id, _: (
        ledger.were_seen([api_id]),
        ledger.recognise(api_id, {"api_id": api_id, "date_assigned": ASSIGNED}),
    ),
    "clean-up that proves it gone": lambda ledger, api_id, _: ledger.is_gone(api_id),
    "delete that is not answered": lambda ledger, api_id, _: ledger.is_leaving(api_id),
    "read": lambda ledger, api_id, _: ledger.were_seen([api_id]),
    "read that finds nothing": lambda ledger, api_id, _: ledger.was_gone(api_id),
}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(st.tuples(st.sampled_from(sorted(VERBS)), *[st.sampled_from(["61", "62", "+a", "+b"])] * 2)))
def test_a_ledger_that_is_read_knows_what_the_run_knew(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, str, str]]
) -> None:
    """Whatever happened; only that a record under an id that the service gave must be recognised first."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    ledger = Ledger.open(path, "http://127.0.0.1:9", LIST, RECORD)
    for verb, *ids in story:
        one, other = (api_id.replace("+", ledger.prefix) for api_id in ids)
        VERBS[verb](ledger, one, other)
    ledger.close(remove=False)
    again = Ledger.load(path)
    again.close(remove=False)
    for record in ledger.records.values():
        if record.state is State.MADE and not ledger.chosen(record.api_id):
            record.state = State.CLAIMED
    assert again == ledger
    assert [api_id for api_id in ("61", "62") if again.owns(api_id)] == []


@pytest.mark.parametrize("state", State)
def test_an_id_that_the_service_gave_may_be_changed_in_one_state_and_one_of_ours_in_all(state: State) -> None:
    ledger = Ledger.open(None, "http://127.0.0.1:9", LIST, RECORD)
    chosen = ledger.prefix + "a"
    for api_id in ("61", chosen):
        ledger.was_made(ledger.plan(None, {}), api_id)
        ledger.records[api_id].state = state
    assert ledger.owns("61") is (state is State.MADE)
    assert ledger.owns(chosen)


def test_an_event_that_nobody_knows_makes_a_file_no_ledger(tmp_path: Path) -> None:
    """It may say that a record is not ours any more."""
    path = tmp_path / "ledger.jsonl"
    Ledger.open(path, "http://127.0.0.1:9", LIST, RECORD).close(remove=False)
    path.write_text(path.read_text("utf-8") + '{"event": "sold", "api_id": "61"}\n', "utf-8")
    with pytest.raises(LedgerError, match="line 2"):
        Ledger.load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        '{"event": "made"}',
        '{"event": "run"}',
        json.dumps(
            {
                "event": "run",
                "prefix": "",
                "target": "http://127.0.0.1:9",
                "collection": LIST,
                "record": RECORD,
                "number": 1,
            }
        ),
    ],
)
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(LedgerError):
        Ledger.load(path)
    assert main(["cleanup", str(path)]) == Exit.USAGE


def test_a_killed_run_is_cleaned_up_from_its_ledger(tmp_path: Path) -> None:
    """SIGKILL in the middle of creating; then `cleanup` deletes all of it and none of others' records."""
    with fake_service("rec-1", "rec-2") as fake:
        enough, held = threading.Event(), threading.Event()

        def slow(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
            answer = fake.act(method, target, body)
            if method == "POST" and sum(name.startswith("kit-") for name in fake.records) >= 3:
                enough.set()
                held.wait(30)  # the answer never comes: the process is dead by then
            if method == "DELETE" and not enough.is_set():
                fake.records.setdefault(target.split("/")[-2], fake.records["rec-1"])  # it does not go away
            return answer

        fake.answer = slow
        process = subprocess.Popen(
            [sys.executable, "-m", "contract_tests", fake.url, "--report-dir", str(tmp_path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
        )
        try:
            assert enough.wait(60)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            held.set()
        fake.answer = None
        left = [api_id for api_id in fake.records if not api_id.startswith("rec-")]
        assert left
        (ledger,) = tmp_path.glob("ledger-*.jsonl")
        assert main(["cleanup", str(ledger)]) in (Exit.KEPT, Exit.COULD_NOT_RUN)
        assert [api_id for api_id in fake.records if api_id.startswith("kit-")] == []
        assert {"rec-1", "rec-2"} <= fake.records.keys()


def test_what_cannot_be_deleted_is_named_and_the_ledger_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ledger.jsonl"
    with fake_service("rec-1") as fake:
        ledger = Ledger.open(path, fake.url, LIST, RECORD)
        api_id = ledger.prefix + "a"
        ledger.was_made(ledger.plan(api_id, {}), api_id)
        ledger.close(remove=False)
        fake.records[api_id] = {**fake.records["rec-1"], "api_id": api_id}
        fake.answer = lambda m, t, _, b: (500, {}, b"") if m == "DELETE" else fake.act(m, t, b)
        assert main(["cleanup", str(path)]) == Exit.COULD_NOT_RUN
        assert api_id in capfd.readouterr().out
        fake.answer = None
        assert main(["cleanup", str(path)]) == Exit.KEPT
        assert list(fake.records) == ["rec-1"]
        assert not path.exists()


def test_a_lost_record_that_may_be_ours_is_named_and_not_deleted(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.jsonl"
    with fake_service("rec-1") as fake:
        ledger = Ledger.open(path, fake.url, LIST, RECORD)
        ledger.were_seen(["rec-1"])
        ledger.plan(None, {"person_api_id": "somebody", "package_api_id": "something"})
        ledger.close(remove=False)
        fake.records["62"] = {**fake.records["rec-1"], "api_id": "62"}
        assert main(["cleanup", str(path)]) == Exit.COULD_NOT_RUN
        assert "62" in capfd.readouterr().out
        assert list(fake.records) == ["rec-1", "62"]


def test_an_id_that_somebody_else_may_have_had_meanwhile_never_becomes_ours_again() -> None:
    """Whatever the answer says that comes after it was seen."""
    ledger = Ledger.open(None, "http://127.0.0.1:9", LIST, RECORD)
    ledger.was_made(ledger.plan(None, {}), "61")
    ledger.is_leaving("61")
    ledger.were_seen(["61"])
    ledger.was_kept("61")
    assert not ledger.owns("61")
    assert not ledger.was_made(ledger.plan(None, {}), "61")
    assert not ledger.owns("61")
