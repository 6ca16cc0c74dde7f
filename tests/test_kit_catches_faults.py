"""The kit finds every fault of the mock, by the rule that it breaks, harms nothing and leaves nothing behind.

By default a sample of the faults is hunted, ALL_FAULTS=1 hunts every one. `-rP` shows when each was found.
"""

import logging
import os
from pathlib import Path

import pytest
from faults import FAULTS, TOPICS, Fault, FaultyMock
from faults.hunt import hunt, run_kit
from faults.proof import last_answers

from contract_tests.options import Options
from contract_tests.result import Exit, Verdict
from contract_tests.spec import load_spec

ALL = bool(os.environ.get("ALL_FAULTS"))

RULES = [rule.id for rule in load_spec(()).rules]

SAMPLE = 12


def hunted() -> list[Fault]:
    return FAULTS if ALL else FAULTS[3 :: len(FAULTS) // SAMPLE + 1]


def seeds() -> range:
    return range(1, 6) if ALL else range(1, 2)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """What crashes on purpose needs no traceback."""
    caplog.set_level(logging.CRITICAL + 1, "mock_server")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_fault_that_breaks_it(rule: str) -> None:
    assert rule in {fault.breaks for fault in FAULTS}


def test_every_fault_has_a_name_of_its_own_and_breaks_a_rule_of_the_spec() -> None:
    assert len(FAULTS) >= 60
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert {fault.breaks for fault in FAULTS} <= set(RULES)


def test_every_topic_is_in_the_sample() -> None:
    names = {topic.__name__.rpartition(".")[2] for topic in TOPICS}
    assert {fault.topic for fault in hunted()} == names


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_shows_in_an_answer(fault: Fault) -> None:
    good, faulty = last_answers(fault)
    assert good != faulty


@pytest.mark.parametrize("fault", hunted(), ids=str)
def test_the_kit_finds_a_fault_and_harms_nothing(fault: Fault, tmp_path: Path) -> None:
    found = hunt(fault, tmp_path)
    report, mock = found.report, found.mock

    assert found.verdict(fault.breaks) is Verdict.BROKEN, f"broken were {[rule.id for rule in report.broken]}"
    assert found.catch is not None
    print(f"{fault.breaks}: {fault.name}: {found.catch.requests} requests, {found.catch.seconds:.2f} s")

    assert mock.aimed_at_others() == []
    assert mock.harmed() == []
    told = {*report.safety.leftovers, *report.safety.possible_leftovers}
    if fault.leaves:
        assert report.exit_code is Exit.COULD_NOT_RUN
        assert set() < set(mock.left()) <= told, fault.leaves
    else:
        assert mock.left() == []
        assert report.exit_code is Exit.BROKEN, report.problem or told


@pytest.mark.parametrize("seed", seeds())
def test_the_kit_finds_nothing_in_the_unbroken_mock_and_exercises_every_rule(seed: int, tmp_path: Path) -> None:
    found = run_kit(lambda _: None, Options(seed=seed, report_dir=tmp_path))
    assert {result.id: result.verdict for result in found.report.rules} == dict.fromkeys(RULES, Verdict.KEPT)
    assert found.report.exit_code is Exit.KEPT
    assert found.mock.aimed_at_others() == []
    assert found.mock.harmed() == []
    assert found.mock.left() == []


def test_a_quick_run_takes_at_most_1900_requests(tmp_path: Path) -> None:
    mock: FaultyMock = run_kit(lambda _: None, Options(report_dir=tmp_path)).mock
    assert len(mock.exchanges) <= 1900
