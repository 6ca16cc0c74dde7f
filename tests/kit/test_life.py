"""However a run ends: nothing is left or all is named, the reports say how it ended, and no traceback is shown."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.result import Exit

from .fake_service import FakeService
from .lives import LIST, ROOT, Life, Outcome, life

COMMAND = ["-m", "contract_tests"]
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "contract_tests"]

BODY = {"person_api_id": "<<person:1>>", "package_api_id": "<<package:1>>"}
STEP = {"method": "POST", "target": LIST, "headers": {"Content-Type": "application/json"}}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Life]:
    with life(tmp_path) as made:
        yield made


def words(way: str, kit: Life) -> list[str]:
    """The words that start a run, a run under pytest, or a replay of a few steps."""
    reports = ["--report-dir", str(kit.folder)]
    if way == "command":
        return [*COMMAND, kit.fake.url, *reports]
    if way == "pytest":
        return [*PYTEST, "--base-url", kit.fake.url, *reports]
    return replay(kit, *({**BODY, "api_id": f"<<run>>{n}"} for n in range(5)))


def replay(kit: Life, *bodies: dict[str, str]) -> list[str]:
    """The words that replay a POST of each body."""
    steps = [{**STEP, "body": json.dumps(body)} for body in bodies]
    file = kit.folder / "counterexample.json"
    file.write_text(json.dumps({"rule": "create-returns-record", "steps": steps}), "utf-8")
    return [*COMMAND, "replay", str(file), kit.fake.url]


def first_request(fake: FakeService, *_: str) -> bool:
    return len(fake.requests) == 1


def third_record(fake: FakeService, method: str, _: str) -> bool:
    return method == "POST" and sum(made == "POST" for made, *_ in fake.requests) == 3


def four_at_once(fake: FakeService, method: str, _: str) -> bool:
    return method == "POST" and sum(api_id.startswith("kit-") for api_id in fake.records) == 4


def one_of_unknown_id(fake: FakeService, method: str, _: str) -> bool:
    return method == "POST" and any(api_id.startswith("made-") for api_id in fake.records)


def two_at_once(fake: FakeService, method: str, _: str) -> bool:
    """The kit made two, of which it chose the ids, so that it can name them without a look at the list."""
    return method == "POST" and sum(api_id.startswith("kit-") for api_id in fake.records) == 2


def deletion(_fake: FakeService, method: str, _: str) -> bool:
    return method == "DELETE"


def any_request(*_: object) -> bool:
    return True


def broken_off(ended: Outcome, way: str, why: str) -> None:
    """What holds for every run that did not come to its end."""
    assert "Traceback" not in ended.shown
    assert "INTERNALERROR" not in ended.shown
    assert ended.code == Exit.COULD_NOT_RUN, ended.shown
    assert why in ended.shown
    if way != "replay":
        assert ended.report["exit_code"] == Exit.COULD_NOT_RUN
        assert why in str(ended.report["problem"])
        assert [why in message for message in ended.errors] == [True]
    for api_id in ended.left:
        assert api_id in ended.shown


WAYS = pytest.mark.parametrize("way", ["command", "pytest", "replay"])


# To its end


def test_a_run_that_is_done_says_what_is_broken_and_leaves_nothing(kit: Life) -> None:
    """The fake service breaks rules enough."""
    ended = kit.end(kit.start(*words("command", kit)))
    assert "Traceback" not in ended.shown
    assert (ended.code, ended.left) == (Exit.BROKEN, [])
    assert ended.report["exit_code"] == Exit.BROKEN
    assert ended.errors == []


def test_a_replay_that_is_done_leaves_nothing(kit: Life) -> None:
    ended = kit.end(kit.start(*words("replay", kit)))
    assert (ended.code, ended.left) == (Exit.KEPT, []), ended.shown


def test_under_pytest_a_broken_rule_is_1_and_nothing_is_left(kit: Life) -> None:
    ended = kit.end(kit.start(*words("pytest", kit), "-k", "api_id or conformance.create"))
    assert "INTERNALERROR" not in ended.shown
    assert (ended.code, ended.left) == (Exit.BROKEN, []), ended.shown
    assert ended.report["exit_code"] == Exit.BROKEN


# Broken off


@WAYS
def test_a_spent_budget_ends_it(kit: Life, way: str) -> None:
    broken_off(kit.end(kit.start(*words(way, kit), "--max-requests", "8")), way, "limit of 8 requests")
    assert list(kit.fake.records) == ["rec-1", "rec-2"]
    assert list(kit.folder.glob("ledger-*")) == []


@WAYS
@pytest.mark.parametrize("when", [first_request, third_record], ids=lambda when: when.__name__)
def test_ctrl_c_ends_it(kit: Life, way: str, when: object) -> None:
    gate = kit.gate(when)  # type: ignore[arg-type]
    process = kit.start(*words(way, kit))
    assert gate.reached.wait(60)
    process.send_signal(signal.SIGINT)
    broken_off(kit.end(process), way, "interrupted")
    assert list(kit.fake.records) == ["rec-1", "rec-2"]


@pytest.mark.parametrize(
    ("way", "name"), [("command", "SIGTERM"), ("command", "SIGHUP"), ("pytest", "SIGTERM"), ("replay", "SIGHUP")]
)
def test_other_signals_end_it_too(kit: Life, way: str, name: str) -> None:
    gate = kit.gate(third_record)
    process = kit.start(*words(way, kit))
    assert gate.reached.wait(60)
    process.send_signal(getattr(signal, name))
    broken_off(kit.end(process), way, f"interrupted by {name}")
    assert list(kit.fake.records) == ["rec-1", "rec-2"]


@WAYS
def test_a_second_ctrl_c_does_not_break_off_the_clean_up(kit: Life, way: str) -> None:
    first = kit.gate(third_record)
    process = kit.start(*words(way, kit))
    assert first.reached.wait(60)
    second = kit.gate(any_request)  # of the clean-up, as the process waits for the answer to the POST
    process.send_signal(signal.SIGINT)
    assert second.reached.wait(60)
    process.send_signal(signal.SIGINT)
    first.opened.set()
    second.opened.set()
    broken_off(kit.end(process), way, "interrupted")
    assert list(kit.fake.records) == ["rec-1", "rec-2"]


@WAYS
def test_who_presses_ctrl_c_three_times_is_told_what_is_left(kit: Life, way: str) -> None:
    first = kit.gate(two_at_once)
    process = kit.start(*words(way, kit))
    assert first.reached.wait(60)
    second = kit.gate(any_request)
    process.send_signal(signal.SIGINT)
    for _ in range(2):
        assert second.reached.wait(60)
        process.send_signal(signal.SIGINT)
        gate, second = second, kit.gate(any_request)
        gate.opened.set()
    kit.gates.pop()
    ended = kit.end(process)
    broken_off(ended, way, "interrupted")
    assert ended.left
    assert "training-contract cleanup" in ended.shown


def test_a_record_whose_id_never_came_is_named(kit: Life) -> None:
    gate = kit.gate(one_of_unknown_id)
    process = kit.start(*replay(kit, *[BODY] * 3))
    assert gate.reached.wait(60)
    process.send_signal(signal.SIGINT)
    ended = kit.end(process)
    broken_off(ended, "replay", "interrupted")
    assert len(ended.left) == 1


def test_a_clean_up_of_an_earlier_run_can_be_broken_off_and_begun_again(kit: Life) -> None:
    gate = kit.gate(four_at_once)
    process = kit.start(*words("command", kit))
    assert gate.reached.wait(60)
    process.kill()
    process.wait()
    gate.opened.set()
    (ledger,) = kit.folder.glob("ledger-*.jsonl")
    gate = kit.gate(deletion)
    process = kit.start(*COMMAND, "cleanup", str(ledger))
    for _ in range(3):
        assert gate.reached.wait(60)
        process.send_signal(signal.SIGINT)
        before, gate = gate, kit.gate(any_request)
        before.opened.set()
    kit.gates.pop()
    broken_off(kit.end(process), "replay", "not deleted")
    kit.end(kit.start(*COMMAND, "cleanup", str(ledger)))
    assert [api_id for api_id in kit.fake.records if api_id.startswith("kit-")] == []


# Crashes of the kit itself

CRASHING_CHECK = """
import contract_tests.checks as checks
from contract_tests.checks.context import Check

def crash(context):
    dialogue = context.bench.dialogue()
    dialogue.create(context.body(api_id=dialogue.new_id()))
    raise ZeroDivisionError("on purpose")

checks.CHECKS = (*checks.CHECKS[:2], Check("field-types", "test.crash", crash, True))
"""

CRASHES = {
    "survey": ("from contract_tests.run import run", "run.survey = crash"),
    "judge": ("from contract_tests.judge import Judge", "Judge.observe = crash"),
    "shrinker": ("from contract_tests.run.counterexample import Shrinker", "Shrinker.shrink = crash"),
    "clean-up": ("from contract_tests.run.cleanup import Cleaner", "Cleaner.run = crash"),
    "verdicts": ("from contract_tests.run.verdicts import Verdicts", "Verdicts.results = crash"),
    "html renderer": ("from contract_tests.report import FILES", "FILES['report.html'] = crash"),
    "terminal": ("from contract_tests.report import Terminal", "Terminal.show = crash"),
    "progress": ("from contract_tests.report import Terminal", "Terminal.check_finished = crash"),
}


def crashing(where: str) -> str:
    """Code that makes a part of the kit crash."""
    first, last = CRASHES[where]
    return f"{first}\n\ndef crash(*_, **__):\n    raise ZeroDivisionError('on purpose')\n\n{last}\n"


@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_of_the_kit_is_3_and_leaves_nothing_unnamed(kit: Life, where: str) -> None:
    ended = kit.end(kit.start(*words("command", kit), "--max-requests", "300", driver=crashing(where)))
    broken_off(ended, "replay", "on purpose" if where in ("survey", "judge", "progress", "html renderer") else "")
    assert ended.report["exit_code"] == Exit.COULD_NOT_RUN
    assert len(ended.errors) == 1
    assert ended.left == [] or where == "clean-up"


@pytest.mark.parametrize("where", ["survey", "judge", "clean-up", "html renderer"])
def test_a_crash_of_the_kit_is_3_under_pytest_too(kit: Life, where: str) -> None:
    ended = kit.end(kit.start(*words("pytest", kit), "-k", "chosen_id or given_an_id", driver=crashing(where)))
    broken_off(ended, "pytest", "on purpose")
    assert ended.left == [] or where == "clean-up"


@pytest.mark.parametrize("where", ["survey", "judge", "clean-up"])
def test_a_crash_of_the_kit_is_3_in_a_replay_too(kit: Life, where: str) -> None:
    ended = kit.end(kit.start(*words("replay", kit), driver=crashing(where)))
    broken_off(ended, "replay", "on purpose")
    assert ended.left == [] or where == "clean-up"


@pytest.mark.parametrize("way", ["command", "pytest"])
def test_a_check_that_crashes_is_3_and_what_it_made_is_deleted(kit: Life, way: str) -> None:
    broken_off(kit.end(kit.start(*words(way, kit), driver=CRASHING_CHECK)), way, "test.crash crashed")
    assert list(kit.fake.records) == ["rec-1", "rec-2"]


def test_a_full_disk_ends_the_run_and_keeps_no_record_from_being_deleted(kit: Life) -> None:
    """The ledger can't be written any more, nor the reports."""
    full = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))"
    ended = kit.end(kit.start(*words("command", kit), driver=full))
    assert "Traceback" not in ended.shown
    assert (ended.code, ended.left) == (Exit.COULD_NOT_RUN, []), ended.shown


# Closed pipes


@pytest.mark.parametrize("way", ["command", "pytest", "replay"])
def test_nobody_needs_to_read_what_is_shown(kit: Life, way: str) -> None:
    """As `| head -1`, which is gone when the rest is written."""
    reads, writes = os.pipe()
    os.close(reads)
    more = ["--max-requests", "60"] if way == "command" else ["-k", "chosen_id"] if way == "pytest" else []
    process = kit.start(*words(way, kit), *more, stdout=writes)
    os.close(writes)
    ended = kit.end(process)
    assert "Traceback" not in ended.shown
    assert "Exception ignored" not in ended.shown
    assert ended.left == []
    if way != "pytest":  # which does with a closed pipe what it likes
        assert ended.code == (Exit.COULD_NOT_RUN if way == "command" else Exit.KEPT)
    if way == "command":
        assert len(ended.errors) == 1


def test_a_run_whose_stdout_and_stderr_are_closed_ends_as_any_other(kit: Life) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, *words("command", kit)]
    done = subprocess.run(command, stdout=writes, stderr=writes, cwd=ROOT, timeout=60)
    os.close(writes)
    assert done.returncode == Exit.BROKEN
    assert list(kit.fake.records) == ["rec-1", "rec-2"]
