"""Checks of reading one record."""

from __future__ import annotations

from ..scenario import Scenario
from ..trial import Trial, check
from .creating import EARLY


@check("get-returns-record")
def reading_returns_the_very_record(trial: Trial) -> None:
    """Among records of the same person and package and of similar ids, in any order, again and again."""

    def play(scenario: Scenario) -> None:
        stem = scenario.new_id("a")
        made = [
            scenario.create(trial.body(0, 0, api_id=stem + "b")),
            scenario.create(trial.body(0, 0, api_id=stem + "B", date_started=EARLY)),
            scenario.create(trial.body(0, 1, api_id=stem + "b.")),
            scenario.create(trial.body(1, 0, api_id=stem, date_completed=EARLY)),
        ]
        for number in (3, 0, 2, 1, 1, 0):
            scenario.read(made[number])

    trial.once(play)


@check("unknown-record-is-404")
def unknown_records_are_not_found(trial: Trial) -> None:
    """For every method; it creates nothing, and a record that was deleted is as unknown as one that never was."""

    def play(scenario: Scenario) -> None:
        nobody = scenario.new_id("Nobody")
        scenario.read(nobody)
        scenario.put(nobody, trial.body())
        scenario.read(nobody)
        scenario.patch(nobody, {"date_started": EARLY})
        scenario.put(nobody, trial.body(api_id=nobody))
        scenario.delete(nobody)
        scenario.read(nobody)
        # Ids are told apart to the letter.
        near = scenario.create(trial.body(api_id=scenario.new_id("Near.x")))
        for other in (near.replace("Near", "nEAR"), near[:-1], near + "x", near.replace(".", "~")):
            scenario.read(other)
        gone = scenario.create(trial.body(api_id=scenario.new_id()))
        scenario.delete(gone)
        for ask in (scenario.delete, scenario.read):
            ask(gone)
        scenario.put(gone, trial.body())
        scenario.patch(gone, {})
        scenario.read(gone)
        scenario.walk()

    trial.once(play)


CHECKS = (reading_returns_the_very_record, unknown_records_are_not_found)
