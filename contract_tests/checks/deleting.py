"""Checks of DELETE."""

from __future__ import annotations

from ..scenario import Scenario
from ..trial import Trial, check
from .updating import neighbours


@check("delete-removes-one-record")
def gone_and_no_other(trial: Trial) -> None:
    """From its own address and from the list, while every neighbour stays."""

    def play(scenario: Scenario) -> None:
        made = neighbours(trial, scenario)
        for victim in (1, 3):
            scenario.delete(made[victim])
            scenario.read(made[victim])
            scenario.walk()
        for survivor in (0, 2, 4, 5):
            scenario.read(made[survivor])
        scenario.delete(made[2])
        scenario.walk()
        scenario.read(made[2])
        scenario.delete(made[0])
        scenario.page()
        scenario.read(made[5])

    trial.once(play)


@check("delete-returns-nothing")
def no_body(trial: Trial) -> None:
    """For ids of our own and those that the service gave."""

    def play(scenario: Scenario) -> None:
        scenario.delete(scenario.create(trial.body(api_id=scenario.new_id())))
        scenario.delete(scenario.create(trial.body()))

    trial.once(play)


CHECKS = (gone_and_no_other, no_body)
