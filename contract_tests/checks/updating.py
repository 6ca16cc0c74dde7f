"""Checks of PUT and PATCH."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ..scenario import Scenario
from ..strategies import both_dates, changes, records
from ..trial import Trial, check
from .creating import EARLY, LATE


@check("put-updates")
def replaced_as_the_body_says(trial: Trial) -> None:
    """Every detail, again and again."""

    def play(scenario: Scenario, bodies: tuple[dict[str, Any], dict[str, Any]]) -> None:
        api_id = scenario.create({"api_id": scenario.new_id(), **bodies[0]})
        scenario.put(api_id, bodies[1])
        scenario.read(api_id)

    def twice(scenario: Scenario) -> None:
        api_id = scenario.create(trial.body(0, 0))
        scenario.put(api_id, trial.body(1, 1, date_started=EARLY, date_completed=LATE))
        scenario.read(api_id)
        scenario.put(api_id, trial.body(0, 1, date_started=LATE, date_completed=EARLY))
        scenario.read(api_id)
        scenario.walk()

    trial.once(twice)
    bodies = records(trial.people, trial.packages)
    trial.explore(st.tuples(bodies, bodies), play, examples=3)


@check("patch-is-partial")
def only_what_is_given_changes(trial: Trial) -> None:
    """Each property alone, none at all, and any subset."""

    def alone(scenario: Scenario) -> None:
        api_id = scenario.create(trial.body(0, 0, date_started=EARLY, date_completed=LATE))
        parts: list[dict[str, Any]] = [
            {},
            {"date_started": LATE},
            {"date_completed": EARLY},
            {"person_api_id": trial.people[-1]},
            {"package_api_id": trial.packages[-1]},
        ]
        for part in parts:
            scenario.patch(api_id, part)
            scenario.read(api_id)

    def play(scenario: Scenario, example: tuple[dict[str, str], dict[str, Any], dict[str, Any]]) -> None:
        dates, first, second = example
        api_id = scenario.create(trial.body(api_id=scenario.new_id(), **dates))
        scenario.patch(api_id, first)
        scenario.patch(api_id, second)
        scenario.read(api_id)

    trial.once(alone)
    change = changes(trial.people, trial.packages, nulls=trial.strict)
    trial.explore(st.tuples(both_dates(), change, change), play, examples=4)


@check("date-assigned-kept")
def assigned_once_for_all(trial: Trial) -> None:
    """No PUT or PATCH moves it, not even one that gives it."""

    def play(scenario: Scenario) -> None:
        api_id = scenario.create(trial.body(api_id=scenario.new_id()))
        scenario.read(api_id)
        scenario.put(api_id, trial.body(1, 1, date_started=EARLY, date_completed=LATE))
        scenario.read(api_id)
        scenario.patch(api_id, {"date_completed": EARLY})
        scenario.read(api_id)
        scenario.patch(api_id, {"date_assigned": EARLY})
        scenario.put(api_id, trial.body(date_assigned=EARLY))
        scenario.read(api_id)

    trial.once(play)


def neighbours(trial: Trial, scenario: Scenario) -> list[str]:
    """Six records that are easily taken for each other, and differ in all dates.

    Three of one person and package, and one each that shares only the one, the other, or nothing; and ids of which
    some begin as others do, the longer ones created first.
    """
    stem = scenario.new_id("n")
    ids = [stem + "n~", stem + "n", stem, None, stem + "N", stem + "."]
    pairs = [(0, 0), (0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    made = []
    for n, (api_id, (person, package)) in enumerate(zip(ids, pairs, strict=True)):
        chosen = {} if api_id is None else {"api_id": api_id}
        dates = {"date_started": f"200{n}-01-02T03:04:05Z", "date_completed": f"201{n}-05-04T03:02:01Z"}
        made.append(scenario.create(trial.body(person, package, **chosen, **dates)))
    scenario.walk()
    return made


@check("update-touches-one-record")
def neighbours_stay_as_they_are(trial: Trial) -> None:
    """After each update every other record is compared, in the list and alone."""

    def play(scenario: Scenario) -> None:
        made = neighbours(trial, scenario)
        scenario.put(made[1], trial.body(0, 0, date_started=LATE, date_completed=LATE))
        scenario.walk()
        scenario.patch(made[0], {"date_started": LATE})
        scenario.walk()
        scenario.put(made[0], trial.body(1, 1, date_started=EARLY, date_completed=EARLY))
        scenario.walk()
        scenario.patch(made[3], {"package_api_id": trial.packages[-1], "date_completed": EARLY})
        scenario.walk()
        for api_id in made:
            scenario.read(api_id)
        scenario.patch(made[2], {"date_completed": LATE})
        for api_id in made:
            scenario.read(api_id)

    trial.once(play)


@check("update-keeps-api-id")
def id_stays_when_not_given(trial: Trial) -> None:
    """Of ids of our own and those that the service gave, and when it is given as it is."""

    def play(scenario: Scenario) -> None:
        for api_id in (
            scenario.create(trial.body(api_id=scenario.new_id("Keep"))),
            scenario.create(trial.body()),
        ):
            scenario.put(api_id, trial.body(1, 1))
            scenario.read(api_id)
            scenario.patch(api_id, {"date_started": EARLY})
            scenario.read(api_id)
            scenario.put(api_id, trial.body(api_id=api_id))
        scenario.walk()

    trial.once(play)


@check("update-renames")
def renamed_records_are_found_under_the_new_id_alone(trial: Trial) -> None:
    """By PUT and by PATCH; the old id is free again."""

    def play(scenario: Scenario) -> None:
        scenario.create(trial.body(api_id=scenario.new_id("Other")))
        old = scenario.create(trial.body(0, 0, api_id=scenario.new_id("Old"), date_started=EARLY))
        new, newest = scenario.new_id("New"), scenario.new_id("Newest")
        scenario.put(old, trial.body(0, 1, api_id=new, date_started=LATE))
        scenario.read(new)
        scenario.read(old)
        scenario.patch(new, {"api_id": newest})
        scenario.read(newest)
        scenario.read(new)
        scenario.walk()
        # The old id is free again.
        scenario.create(trial.body(1, 1, api_id=old))
        scenario.read(newest)
        scenario.read(old)

    def generated(scenario: Scenario) -> None:
        made = scenario.create(trial.body())
        new = scenario.new_id("named")
        scenario.patch(made, {"api_id": new})
        scenario.read(new)
        scenario.walk()

    trial.once(play)
    trial.once(generated)


@check("rename-to-taken-is-409")
def taken_ids_are_refused_to_others(trial: Trial) -> None:
    """By PUT and by PATCH: neither record changes."""

    def play(scenario: Scenario) -> None:
        one = scenario.create(trial.body(0, 0, api_id=scenario.new_id("One"), date_started=EARLY))
        two = scenario.create(trial.body(1, 1, api_id=scenario.new_id("Two")))
        scenario.put(two, trial.body(0, 0, api_id=one, date_completed=LATE))
        scenario.read(one)
        scenario.read(two)
        scenario.patch(one, {"api_id": two, "date_started": LATE})
        scenario.read(one)
        scenario.read(two)
        scenario.walk()

    trial.once(play)


@check("null-clears-date")
def null_takes_a_date_back(trial: Trial) -> None:
    """By PATCH, one at a time, and by PUT."""

    def play(scenario: Scenario) -> None:
        api_id = scenario.create(trial.body(api_id=scenario.new_id(), date_started=EARLY, date_completed=LATE))
        scenario.patch(api_id, {"date_completed": None})
        scenario.read(api_id)
        scenario.patch(api_id, {"date_started": None})
        scenario.read(api_id)
        scenario.put(api_id, trial.body(date_started=EARLY, date_completed=LATE))
        scenario.put(api_id, trial.body(date_started=None, date_completed=None))
        scenario.read(api_id)

    trial.once(play)


CHECKS = (
    replaced_as_the_body_says,
    only_what_is_given_changes,
    assigned_once_for_all,
    neighbours_stay_as_they_are,
    id_stays_when_not_given,
    renamed_records_are_found_under_the_new_id_alone,
    taken_ids_are_refused_to_others,
    null_takes_a_date_back,
)
