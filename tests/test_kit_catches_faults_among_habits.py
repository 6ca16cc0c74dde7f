"""Eleven faults in a service of six habits: each is caught by its rule, and by at most one more."""

from pathlib import Path

import pytest
from habits.hosting import hosted
from habits.together import FAULTS, SixHabits
from habits.trial import tried


def test_there_are_eleven_faults_each_with_a_name_of_its_own() -> None:
    assert len({name for _, name, _ in FAULTS}) == len(FAULTS) == 11


@pytest.mark.parametrize(
    ("rule", "service"), [(rule, service) for rule, _, service in FAULTS], ids=[n for _, n, _ in FAULTS]
)
def test_a_fault_is_caught_by_its_rule_and_at_most_one_more(
    rule: str, service: type[SixHabits], tmp_path: Path
) -> None:
    with hosted(service()) as honest:
        trial = tried(honest, "documented", tmp_path)
    assert rule in trial.accused
    assert len(trial.accused) <= 2, trial.accused
    assert trial.harmed == []
    assert len(trial.left) <= len(trial.named)
