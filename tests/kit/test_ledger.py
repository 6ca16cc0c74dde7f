"""Whatever happens to a run, its ledger tells what it left behind, and nothing else is deleted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from contract_tests.command import main
from contract_tests.result import Exit
from contract_tests.safety.ledger import Ledger, LedgerError

from .fake_service import Answer, fake_service

LIST = "/training/record/"
RECORD = LIST + "{api_id}/"


def test_a_ledger_reads_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, "http://127.0.0.1:9", LIST, RECORD)
    ledger.seen(["rec-1"])
    ledger.made(ledger.intend(None, {"person_api_id": "p"}), "61", assigned="2026-02-01T08:00:00Z")
    ledger.intend(ledger.prefix + "a", {})
    ledger.refused(ledger.intend(ledger.prefix + "b", {}))
    ledger.made(ledger.intend(ledger.prefix + "c", {}), ledger.prefix + "c")
    ledger.was_deleted(ledger.prefix + "c")
    ledger.was_absent(ledger.prefix + "c")
    ledger.close(remove=False)
    again = Ledger.load(path)
    again.close(remove=False)
    assert again.standing() == ledger.standing() == [ledger.prefix + "a", "61"]
    assert again.foreign == {"rec-1": 0}
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
    ledger.made(ledger.intend(None, {"person_api_id": "p"}), "61", assigned="2026-02-01T08:00:00Z")
    ledger.made(ledger.intend(None, {"person_api_id": "p"}), "62")
    assert ledger.owns("61")
    ledger.close(remove=False)
    again = Ledger.load(path)
    again.close(remove=False)
    assert not again.owns("61")
    for api_id in ("61", "62"):
        again.recognise(api_id, {"api_id": api_id, "date_assigned": assigned})
    assert again.owns("61") is ours
    assert not again.owns("62")


def test_a_line_that_was_cut_off_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, "http://127.0.0.1:9", LIST, RECORD)
    ledger.intend(ledger.prefix + "a", {})
    ledger.close(remove=False)
    path.write_text(path.read_text("utf-8") + '{"event": "int', "utf-8")
    again = Ledger.load(path)
    again.close(remove=False)
    assert again.standing() == [ledger.prefix + "a"]


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
        ledger.made(ledger.intend(api_id, {}), api_id)
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
        ledger.seen(["rec-1"])
        ledger.intend(None, {"person_api_id": "somebody", "package_api_id": "something"})
        ledger.close(remove=False)
        fake.records["62"] = {**fake.records["rec-1"], "api_id": "62"}
        assert main(["cleanup", str(path)]) == Exit.COULD_NOT_RUN
        assert "62" in capfd.readouterr().out
        assert list(fake.records) == ["rec-1", "62"]
