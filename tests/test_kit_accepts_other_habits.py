"""A service that keeps the document in its own way is not called broken, is not harmed, and nothing is left in it.

By default one habit of each kind is tried, and what is written in a framework's own way; ALL_HABITS=1 (or
ALL_FAULTS=1) tries all.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from habits import HABITS, Habit
from habits.trial import complaints, tried

ALL = bool(os.environ.get("ALL_HABITS") or os.environ.get("ALL_FAULTS"))

FIRST_OF_ITS_KIND = list({habit.kind: habit for habit in reversed(HABITS)}.values())[::-1]

CHECKED = HABITS if ALL else FIRST_OF_ITS_KIND


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What a framework logs of odd requests nobody needs."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("habit", CHECKED, ids=str)
def test_nobody_is_accused_or_harmed_and_nothing_is_left(habit: Habit, tmp_path: Path) -> None:
    with habit.start() as honest:
        trial = tried(honest, "documented", tmp_path)
    assert list(complaints(habit, trial)) == []


@pytest.mark.parametrize("habit", CHECKED, ids=str)
def test_a_documented_rule_gets_the_same_verdict_whatever_else_is_judged(habit: Habit, tmp_path: Path) -> None:
    with habit.start() as honest:
        documented = tried(honest, "documented", tmp_path / "documented")
    with habit.start() as honest:
        everything = tried(honest, "all", tmp_path / "all")
    assert everything.verdicts == documented.verdicts
    assert everything.harmed == []
    assert len(everything.left) <= len(everything.named)
