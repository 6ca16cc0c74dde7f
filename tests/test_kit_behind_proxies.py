"""Behind nginx and HAProxy nobody is accused, harmed or left with records either, and the mock keeps its contract."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from faults import FaultyMock, served
from habits import HABITS, Habit, Honest
from habits.proxies import PROXIES
from habits.trial import complaints, tried

BEHIND = (
    "Django REST framework with rules of the house",
    "Express with a little validation",
    "http.server alone, which keeps dates as they came",
    "six habits at once",
)

Proxy = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(params=PROXIES, ids=lambda proxy: proxy.__name__)
def proxy(request: pytest.FixtureRequest) -> Proxy:
    chosen: Proxy = request.param
    return chosen


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What a framework logs of odd requests nobody needs."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("habit", [habit for habit in HABITS if habit.name in BEHIND], ids=str)
def test_nobody_is_accused_or_harmed_and_nothing_is_left(proxy: Proxy, habit: Habit, tmp_path: Path) -> None:
    with habit.start() as honest, proxy(honest.url) as url:
        trial = tried(replace(honest, url=url), "documented", tmp_path)
    assert list(complaints(habit, trial)) == []


def test_the_mock_keeps_the_document(proxy: Proxy, tmp_path: Path) -> None:
    mock = FaultyMock()
    with served(mock) as service, proxy(service) as url:
        trial = tried(Honest(url, mock.left, mock.harmed), "documented", tmp_path)
    assert (trial.accused, trial.untold, trial.report.problem) == ([], [], "")
    assert (trial.left, trial.harmed, mock.aimed_at_others()) == ([], [], [])
