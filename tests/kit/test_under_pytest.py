"""`pytest contract_tests` behaves as pytest does, and its exit status is 1 for a broken rule and for nothing else."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.options import OPTIONS
from contract_tests.result import Exit

from .fake_service import FakeService
from .lives import Life, Outcome, life

PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "contract_tests"]

TWO = ["-k", "chosen_id or given_an_id"]


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Life]:
    with life(tmp_path) as made:
        yield made


def run(kit: Life, *words: str, driver: str = "") -> Outcome:
    ended = kit.end(kit.start(*PYTEST, *words, driver=driver))
    assert "Traceback" not in ended.shown
    assert "INTERNALERROR" not in ended.shown
    assert ended.left == []
    return ended


def test_collecting_sends_nothing(kit: Life) -> None:
    assert run(kit, "--base-url", kit.fake.url, "--collect-only").code == 0
    assert kit.fake.requests == []


def test_kept_rules_are_0(kit: Life) -> None:
    """Of the mock, which is checked when there is no URL."""
    assert run(kit, *TWO).code == 0


@pytest.mark.parametrize("stop", [["-x"], ["--maxfail", "1"]], ids=lambda stop: stop[0])
@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "two workers"])
def test_stopping_at_the_first_broken_rule_is_1(kit: Life, stop: list[str], workers: list[str]) -> None:
    ended = run(kit, "--base-url", kit.fake.url, *stop, *workers)
    # With several workers pytest itself calls that an interruption.
    assert ended.code == (pytest.ExitCode.INTERRUPTED if workers else Exit.BROKEN)


def test_two_workers_are_two_runs_with_a_report_each(kit: Life) -> None:
    assert run(kit, "--report-dir", str(kit.folder), "-n", "2", *TWO).code == 0
    reports = [json.loads(path.read_text("utf-8")) for path in sorted(kit.folder.glob("gw*/report.json"))]
    assert [report["exit_code"] for report in reports] == [0, 0]


def test_ctrl_c_reaches_every_worker_and_each_cleans_up(kit: Life) -> None:
    def both_are_at_work(fake: FakeService, method: str, _: str) -> bool:
        """Whether this is a POST, and requests have come that name records of two runs."""
        runs = {found[0] for _, target, _ in fake.requests if (found := re.search(r"kit-[0-9a-f]{12}-", target))}
        return method == "POST" and len(runs) == 2

    gate = kit.gate(both_are_at_work)
    process = kit.start(*PYTEST, "--base-url", kit.fake.url, "-n", "2", "--report-dir", str(kit.folder))
    assert gate.reached.wait(60)
    os.killpg(process.pid, signal.SIGINT)
    pages: list[Path] = []
    while len(pages) < 2:  # they are written last; after that pytest itself waits for its workers for seconds
        over = process.poll() is not None
        pages = [path for path in kit.folder.glob("gw*/report.html") if path.stat().st_size]
        assert len(pages) == 2 or not over, f"it ended with {process.returncode} and {pages}"
    process.kill()
    process.wait()
    reports = [json.loads(path.with_name("report.json").read_text("utf-8")) for path in pages]
    assert [report["exit_code"] for report in reports] == [Exit.COULD_NOT_RUN] * 2
    assert list(kit.fake.records) == ["rec-1", "rec-2"]


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "two workers"])
def test_a_service_that_does_not_answer_is_3(kit: Life, workers: list[str]) -> None:
    ended = run(kit, "--base-url", "http://127.0.0.1:1", *TWO, *workers)
    assert ended.code == Exit.COULD_NOT_RUN
    assert "does not answer" in ended.shown


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "two workers"])
def test_what_is_not_deleted_is_named_and_3(kit: Life, workers: list[str]) -> None:
    kit.fake.answer = lambda m, t, _, b: (500, {}, b"") if m == "DELETE" else kit.fake.act(m, t, b)
    ended = kit.end(kit.start(*PYTEST, "--base-url", kit.fake.url, *TWO, *workers))
    assert ended.code == Exit.COULD_NOT_RUN
    assert ended.left
    assert [api_id for api_id in ended.left if api_id not in ended.shown] == []


@pytest.mark.parametrize(
    "words",
    [
        ["--max-requests", "0"],
        ["--rate", "-1"],
        ["--seed", "x"],
        ["--header", "no colon"],
        ["--overlay", "no-such-file.yaml"],
        ["--base-url", "http://example.com"],
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "two workers"])
def test_options_that_make_no_sense_are_a_usage_error(kit: Life, words: list[str], workers: list[str]) -> None:
    ended = run(kit, "--base-url", kit.fake.url, *words, *workers)
    assert ended.code == pytest.ExitCode.USAGE_ERROR
    assert "error: " in ended.shown.lower()
    assert kit.fake.requests == []


def test_options_that_another_plugin_has_are_there_under_a_name_of_their_own(kit: Life) -> None:
    """Of --base-url, as pytest-base-url has it, the other's value is taken."""
    flags = ["--base-url", *(option.flag for option in OPTIONS)]
    hook = f"def pytest_addoption(parser):\n    for flag in {flags}:\n        parser.addoption(flag, default=None)\n"
    (kit.folder / "others.py").write_text(hook, "utf-8")
    theirs = ["-p", "others", "--base-url", kit.fake.url, "--seed", "theirs"]
    ours = ["--contract-seed", "7", "--contract-read-only", "--contract-report-dir", str(kit.folder)]
    ended = run(kit, *theirs, *ours, "-k", "list_is_an_object")
    assert (ended.report["target"], ended.report["seed"]) == (kit.fake.url, 7)
    assert {method for method, *_ in kit.fake.requests} == {"GET"}
