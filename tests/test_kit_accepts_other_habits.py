"""A service that keeps the document in its own way is not called broken, is not harmed, and nothing is left in it.

By default one habit of each kind is tried; ALL_HABITS=1 (or ALL_FAULTS=1) tries all.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from habits import Habit, checked, first_of_each_kind
from habits.trial import complaints, tried


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What a framework logs of odd requests nobody needs."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("habit", checked(), ids=str)
def test_nobody_is_accused_or_harmed_and_nothing_is_left(habit: Habit, tmp_path: Path) -> None:
    with habit.start() as honest:
        trial = tried(honest, "documented", tmp_path)
    assert list(complaints(habit, trial)) == []


@pytest.mark.parametrize("habit", first_of_each_kind(), ids=str)
def test_a_documented_rule_gets_the_same_verdict_whatever_else_is_judged(habit: Habit, tmp_path: Path) -> None:
    with habit.start() as honest:
        documented = tried(honest, "documented", tmp_path / "documented")
    with habit.start() as honest:
        everything = tried(honest, "all", tmp_path / "all")
    assert everything.verdicts == documented.verdicts
    assert everything.harmed == []
    assert len(everything.left) <= len(everything.named)
