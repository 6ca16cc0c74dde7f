"""Checks of PUT and PATCH."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .context import CheckContext, check
from .creating import EARLY, LATE
from .dialogue import Dialogue
from .strategies import both_dates, changes, records


@check("put-updates")
def replaced_as_the_body_says(context: CheckContext) -> None:
    """Every detail, again and again."""

    def play(dialogue: Dialogue, bodies: tuple[dict[str, Any], dict[str, Any]]) -> None:
        api_id = dialogue.create({"api_id": dialogue.new_id(), **bodies[0]})
        dialogue.put(api_id, bodies[1])
        dialogue.read(api_id)

    def twice(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(0, 0))
        dialogue.put(api_id, context.body(1, 1, date_started=EARLY, date_completed=LATE))
        dialogue.read(api_id)
        dialogue.put(api_id, context.body(0, 1, date_started=LATE, date_completed=EARLY))
        dialogue.read(api_id)
        dialogue.walk()

    context.once(twice)
    bodies = records(context.people, context.packages)
    context.explore(st.tuples(bodies, bodies), play, examples=3)


@check("patch-is-partial")
def only_what_is_given_changes(context: CheckContext) -> None:
    """Each property alone, none at all, and any subset."""

    def alone(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(0, 0, date_started=EARLY, date_completed=LATE))
        parts: list[dict[str, Any]] = [
            {},
            {"date_started": LATE},
            {"date_completed": EARLY},
            {"person_api_id": context.people[-1]},
            {"package_api_id": context.packages[-1]},
        ]
        for part in parts:
            dialogue.patch(api_id, part)
            dialogue.read(api_id)

    def play(dialogue: Dialogue, example: tuple[dict[str, str], dict[str, Any], dict[str, Any]]) -> None:
        dates, first, second = example
        api_id = dialogue.create(context.body(api_id=dialogue.new_id(), **dates))
        dialogue.patch(api_id, first)
        dialogue.patch(api_id, second)
        dialogue.read(api_id)

    def under_another_id(dialogue: Dialogue) -> None:
        """Whether it is renamed or not, its other properties stay."""
        api_id = dialogue.create(context.body(0, 0, api_id=dialogue.new_id(), date_started=EARLY, date_completed=LATE))
        if context.dialect.chosen_ids:
            dialogue.patch(api_id, {"api_id": dialogue.new_id("other")})

    context.once(alone)
    context.once(under_another_id)
    change = changes(context.people, context.packages, nulls=not context.documented)
    context.explore(st.tuples(both_dates(), change, change), play, examples=4)


@check("date-assigned-kept")
def assigned_once_for_all(context: CheckContext) -> None:
    """No PUT or PATCH moves it, not even one that gives it."""

    def play(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id()))
        dialogue.read(api_id)
        dialogue.put(api_id, context.body(1, 1, date_started=EARLY, date_completed=LATE))
        dialogue.read(api_id)
        dialogue.patch(api_id, {"date_completed": EARLY})
        dialogue.read(api_id)
        dialogue.patch(api_id, {"date_assigned": EARLY})
        dialogue.put(api_id, context.body(date_assigned=EARLY))
        dialogue.read(api_id)

    context.once(play)


def neighbours(context: CheckContext, dialogue: Dialogue) -> list[str]:
    """Six records that are easily taken for each other, and differ in all dates.

    Three of one person and package, and one each that shares only the one, the other, or nothing; and ids of which
    some begin as others do, the longer ones created first.
    """
    stem = dialogue.new_id("n")
    beside = dialogue.beside
    ids = [beside(stem, "n~1"), beside(stem, "n"), stem, None, beside(stem, "N"), beside(stem, ".1")]
    pairs = [(0, 0), (0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]
    made = []
    for n, (api_id, (person, package)) in enumerate(zip(ids, pairs, strict=True)):
        chosen = {} if api_id is None else {"api_id": api_id}
        dates = {"date_started": f"200{n}-01-02T03:04:05Z", "date_completed": f"201{n}-05-04T03:02:01Z"}
        made.append(dialogue.create(context.body(person, package, **chosen, **dates)))
    dialogue.walk()
    return made


@check("update-touches-one-record")
def neighbours_stay_as_they_are(context: CheckContext) -> None:
    """After each update every other record is compared, in the list and alone."""

    def play(dialogue: Dialogue) -> None:
        made = neighbours(context, dialogue)
        dialogue.put(made[1], context.body(0, 0, date_started=LATE, date_completed=LATE))
        dialogue.walk()
        dialogue.patch(made[0], {"date_started": LATE})
        dialogue.walk()
        dialogue.put(made[0], context.body(1, 1, date_started=EARLY, date_completed=EARLY))
        dialogue.walk()
        dialogue.patch(made[3], {"package_api_id": context.packages[-1], "date_completed": EARLY})
        dialogue.walk()
        for api_id in made:
            dialogue.read(api_id)
        dialogue.patch(made[2], {"date_completed": LATE})
        for api_id in made:
            dialogue.read(api_id)

    context.once(play)


@check("update-keeps-api-id")
def id_stays_when_not_given(context: CheckContext) -> None:
    """Of ids of our own and those that the service gave, and when it is given as it is."""

    def play(dialogue: Dialogue) -> None:
        for api_id in (
            dialogue.create(context.body(api_id=dialogue.new_id("Keep"))),
            dialogue.create(context.body()),
        ):
            dialogue.put(api_id, context.body(1, 1))
            dialogue.read(api_id)
            dialogue.patch(api_id, {"date_started": EARLY})
            dialogue.read(api_id)
            dialogue.put(api_id, context.body(api_id=api_id))
        dialogue.walk()

    context.once(play)


@check("update-renames")
def renamed_records_are_found_under_the_new_id_alone(context: CheckContext) -> None:
    """By PUT and by PATCH; the old id is free again."""

    def play(dialogue: Dialogue) -> None:
        dialogue.create(context.body(api_id=dialogue.new_id("Other")))
        old = dialogue.create(context.body(0, 0, api_id=dialogue.new_id("Old"), date_started=EARLY))
        new, newest = dialogue.new_id("New"), dialogue.new_id("Newest")
        dialogue.put(old, context.body(0, 1, api_id=new, date_started=LATE))
        dialogue.read(new)
        dialogue.read(old)
        dialogue.patch(new, {"api_id": newest})
        dialogue.read(newest)
        dialogue.read(new)
        dialogue.walk()
        # The old id is free again.
        dialogue.create(context.body(1, 1, api_id=old))
        dialogue.read(newest)
        dialogue.read(old)

    def generated(dialogue: Dialogue) -> None:
        made = dialogue.create(context.body())
        new = dialogue.new_id("named")
        dialogue.patch(made, {"api_id": new})
        dialogue.read(new)
        dialogue.walk()

    context.once(play)
    context.once(generated)


@check("rename-to-taken-is-409")
def taken_ids_are_refused_to_others(context: CheckContext) -> None:
    """By PUT and by PATCH: neither record changes."""

    def play(dialogue: Dialogue) -> None:
        one = dialogue.create(context.body(0, 0, api_id=dialogue.new_id("One"), date_started=EARLY))
        two = dialogue.create(context.body(1, 1, api_id=dialogue.new_id("Two")))
        dialogue.put(two, context.body(0, 0, api_id=one, date_completed=LATE))
        dialogue.read(one)
        dialogue.read(two)
        dialogue.patch(one, {"api_id": two, "date_started": LATE})
        dialogue.read(one)
        dialogue.read(two)
        dialogue.walk()

    context.once(play)


@check("null-clears-date")
def null_takes_a_date_back(context: CheckContext) -> None:
    """By PATCH, one at a time, and by PUT."""

    def play(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id(), date_started=EARLY, date_completed=LATE))
        dialogue.patch(api_id, {"date_completed": None})
        dialogue.read(api_id)
        dialogue.patch(api_id, {"date_started": None})
        dialogue.read(api_id)
        dialogue.put(api_id, context.body(date_started=EARLY, date_completed=LATE))
        dialogue.put(api_id, context.body(date_started=None, date_completed=None))
        dialogue.read(api_id)

    context.once(play)


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
