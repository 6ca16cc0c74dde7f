"""Checks of POST: what a created record holds."""

from __future__ import annotations

from hypothesis import strategies as st

from ..scenario import Scenario
from ..strategies import LONGEST_ID, dates, id_tails, records, telling_instants
from ..trial import Trial, check

EARLY = "2001-02-03T04:05:06Z"
LATE = "2031-12-11T10:09:08.765432+05:30"
NONSENSE = "a description that no package has"

# The prefix of a scenario is 22 characters, and its counter one more.
LONGEST_TAIL = LONGEST_ID - 23


@check("api-id-kept")
def created_under_the_chosen_id(trial: Trial) -> None:
    """Any legal id comes back as it was sent, and the record is found under it."""

    def play(scenario: Scenario, tail: str) -> None:
        api_id = scenario.create(trial.body(api_id=scenario.new_id(tail)))
        scenario.read(api_id)

    trial.explore(st.just("A") | id_tails(LONGEST_TAIL), play, examples=4)
    trial.once(lambda scenario: play(scenario, ("aZ9.~_-" * LONGEST_ID)[:LONGEST_TAIL]))


@check("api-id-generated")
def given_an_id_when_none_is_chosen(trial: Trial) -> None:
    """Two records without an api_id get different ones and are found under them."""

    def play(scenario: Scenario) -> None:
        made = [scenario.create(trial.body()), scenario.create(trial.body())]
        for api_id in made:
            scenario.read(api_id)

    trial.once(play)


@check("api-id-queryable")
def generated_id_is_in_the_list(trial: Trial) -> None:
    """Whoever does not choose an id finds it by querying."""

    def play(scenario: Scenario) -> None:
        scenario.create(trial.body())
        scenario.create(trial.body(1, 1))
        scenario.walk()

    trial.once(play)


@check("create-returns-record")
def answer_is_what_is_stored(trial: Trial) -> None:
    """The answer to any valid body is what a read shows afterwards."""

    def play(scenario: Scenario, body: dict[str, str]) -> None:
        api_id = scenario.create({"api_id": scenario.new_id(), **body})
        scenario.read(api_id)

    trial.explore(records(trial.people, trial.packages), play, examples=4)


@check("package-desc-populated")
def description_is_that_of_the_package(trial: Trial) -> None:
    """Also when the client sends another one, and when a record moves to another package and back."""

    def play(scenario: Scenario) -> None:
        first = scenario.create(trial.body(0, 0, api_id=scenario.new_id()))
        scenario.create(trial.body(0, 1, api_id=scenario.new_id()))
        scenario.put(first, trial.body(0, 1))
        scenario.read(first)
        scenario.patch(first, {"package_api_id": trial.packages[0]})
        scenario.read(first)
        scenario.patch(first, {"person_api_id": trial.people[-1]})
        scenario.read(first)

    def lie(scenario: Scenario) -> None:
        scenario.create(trial.body(0, 0, api_id=scenario.new_id()))
        liar = scenario.create(trial.body(0, 0, api_id=scenario.new_id(), package_desc=NONSENSE))
        scenario.read(liar)
        scenario.patch(liar, {"package_desc": NONSENSE})
        scenario.put(liar, trial.body(0, 1, package_desc=NONSENSE))
        scenario.read(liar)

    trial.once(play)
    trial.once(lie)


@check("date-assigned-generated")
def assigned_at_creation(trial: Trial) -> None:
    """date_assigned is now, whatever dates the client sends."""

    def play(scenario: Scenario) -> None:
        scenario.read(scenario.create(trial.body(api_id=scenario.new_id())))
        scenario.read(scenario.create(trial.body(date_started=EARLY, date_completed=EARLY)))

    def lie(scenario: Scenario) -> None:
        liar = scenario.create(trial.body(api_id=scenario.new_id(), date_assigned=EARLY))
        scenario.read(liar)

    trial.once(play)
    trial.once(lie)


@check("dates-kept")
def instants_come_back(trial: Trial) -> None:
    """Offset, fraction and all, from POST, PUT and PATCH."""

    def play(scenario: Scenario, sent: tuple[str, str, str, str]) -> None:
        api_id = scenario.new_id()
        scenario.create(trial.body(api_id=api_id, date_started=sent[0], date_completed=sent[1]))
        scenario.read(api_id)
        scenario.put(api_id, trial.body(date_started=sent[2], date_completed=sent[0]))
        scenario.patch(api_id, {"date_completed": sent[3]})
        scenario.read(api_id)

    four = st.tuples(telling_instants(), telling_instants(), telling_instants(), telling_instants())
    trial.explore(four, play, examples=3)

    def plain(scenario: Scenario, body: dict[str, str]) -> None:
        scenario.read(scenario.create({"api_id": scenario.new_id(), **body}))

    trial.explore(records(trial.people, trial.packages), plain, examples=2)


@check("package-has-many-records")
def several_records_for_one_package(trial: Trial) -> None:
    """Of one person and of several, and none takes the place of another."""

    def play(scenario: Scenario) -> None:
        made = [
            scenario.create(trial.body(0, 0, api_id=scenario.new_id(), date_started=EARLY, date_completed=LATE)),
            scenario.create(trial.body(0, 0, api_id=scenario.new_id(), date_started=LATE)),
            scenario.create(trial.body(1, 0, date_started=EARLY)),
            scenario.create(trial.body(1, 0)),
        ]
        for api_id in made:
            scenario.read(api_id)
        scenario.walk()

    trial.once(play)


@check("required-fields")
def person_and_package_are_needed(trial: Trial) -> None:
    """By POST and by PUT: without either, or both, nothing is created or changed."""

    def play(scenario: Scenario) -> None:
        full = trial.body()
        for missing in ("person_api_id", "package_api_id"):
            body = {name: value for name, value in full.items() if name != missing}
            unborn = scenario.new_id()
            scenario.post({"api_id": unborn, **body})
            scenario.read(unborn)
        scenario.post({"api_id": scenario.new_id()})
        there = scenario.create(trial.body(api_id=scenario.new_id(), date_started=EARLY))
        scenario.put(there, {"person_api_id": full["person_api_id"]})
        scenario.put(there, {"package_api_id": full["package_api_id"], "date_started": EARLY})
        scenario.put(there, {})
        scenario.read(there)

    trial.once(play)


@check("api-id-form")
def malformed_ids_are_refused(trial: Trial) -> None:
    """In the body of a POST, a PUT and a PATCH, and in a path."""

    def play(scenario: Scenario) -> None:
        run = scenario.new_id()
        # Whoever splits an id at a slash finds two that are ours.
        tails = ["a b", "é", f"a/{run}b", f"a%2F{run}b", "a?", "a:b", "\u202e", "ａ", "+", "a\n"]
        bad = [run + tail for tail in tails] + ["-" + run, "." + run, "_" + run, run + "a" * LONGEST_ID]
        # One longer than allowed, to the character.
        bad.append(run + "z" * (LONGEST_ID + 1 - len(scenario.symbols.plain(run))))
        for api_id in bad:
            scenario.post(trial.body(api_id=api_id))
        there = scenario.create(trial.body(api_id=scenario.new_id()))
        scenario.put(there, trial.body(api_id="-" + run))
        scenario.patch(there, {"api_id": run + " "})
        scenario.patch(there, {"api_id": run + "a" * LONGEST_ID})
        for api_id in ("-", "a b", "é", "~x", "x" * (LONGEST_ID + 1)):
            scenario.read(api_id)
        scenario.delete(run + " ")
        scenario.read(there)
        scenario.walk()

    trial.once(play)


@check("api-id-taken-is-409")
def taken_id_is_refused(trial: Trial) -> None:
    """Chosen or given by the service, with the same details or others: neither record changes."""

    def play(scenario: Scenario) -> None:
        api_id = scenario.create(trial.body(0, 0, api_id=scenario.new_id("Tk"), date_started=EARLY))
        scenario.post(trial.body(1, 1, api_id=api_id, date_started=LATE, date_completed=LATE))
        scenario.read(api_id)
        made = scenario.create(trial.body(0, 0))
        scenario.post(trial.body(1, 1, api_id=made, date_started=LATE, date_completed=LATE))
        scenario.read(made)
        scenario.post(trial.body(0, 0, api_id=api_id, date_started=EARLY))
        scenario.walk()

    trial.once(play)


def _unknown(trial: Trial, name: str) -> None:
    def play(scenario: Scenario) -> None:
        nobody = scenario.new_id("nobody")
        unborn = scenario.new_id()
        scenario.post({**trial.body(api_id=unborn), name: nobody})
        scenario.read(unborn)
        there = scenario.create(trial.body(0, 0, api_id=scenario.new_id(), date_started=EARLY))
        scenario.put(there, {**trial.body(1, 1, date_completed=EARLY), name: nobody})
        scenario.read(there)
        scenario.patch(there, {name: nobody, "date_started": None})
        scenario.read(there)
        scenario.walk()

    trial.once(play)


@check("unknown-person-is-409")
def unknown_person_is_refused(trial: Trial) -> None:
    """By POST, PUT and PATCH."""
    _unknown(trial, "person_api_id")


@check("unknown-package-is-409")
def unknown_package_is_refused(trial: Trial) -> None:
    """By POST, PUT and PATCH."""
    _unknown(trial, "package_api_id")


@check("absent-dates-are-null")
def dates_left_out_are_null(trial: Trial) -> None:
    """When created and when replaced, one or both."""

    def play(scenario: Scenario, given: tuple[dict[str, str | None], dict[str, str | None]]) -> None:
        api_id = scenario.create(trial.body(api_id=scenario.new_id(), **given[0]))
        scenario.read(api_id)
        scenario.put(api_id, trial.body(**given[1]))
        scenario.read(api_id)

    def empty(scenario: Scenario) -> None:
        api_id = scenario.create(trial.body(api_id=scenario.new_id()))
        scenario.read(api_id)
        scenario.put(api_id, trial.body(date_started=EARLY, date_completed=EARLY))
        scenario.put(api_id, trial.body(date_started=EARLY))
        scenario.put(api_id, trial.body())
        scenario.read(api_id)

    trial.once(empty)
    trial.explore(st.tuples(dates(), dates()), play, examples=2)


@check("dates-are-utc")
def dates_come_in_utc(trial: Trial) -> None:
    """Whatever offset they were sent with."""

    def play(scenario: Scenario, instant: str) -> None:
        api_id = scenario.create(trial.body(api_id=scenario.new_id(), date_started=instant))
        scenario.read(api_id)
        scenario.patch(api_id, {"date_completed": instant})
        scenario.page()

    trial.explore(telling_instants(), play, examples=2)


@check("read-only-is-ignored")
def what_a_client_cannot_set_is_ignored(trial: Trial) -> None:
    """Reading a record, editing it and sending it back works; so do properties that nobody knows."""

    def play(scenario: Scenario) -> None:
        extra = {"package_desc": NONSENSE, "date_assigned": EARLY, "score": 7, "tags": [{"a": None}]}
        api_id = scenario.create(trial.body(api_id=scenario.new_id(), **extra))
        exchange = scenario.read(api_id)
        if exchange is not None and isinstance(exchange.answer, dict):
            there = scenario.symbols.symbolic_json(exchange.answer)
            scenario.put(api_id, {**there, "date_completed": EARLY, "approved_by": "x"})
            scenario.read(api_id)
        scenario.patch(api_id, {**extra, "date_started": EARLY})
        scenario.put(api_id, trial.body(date_assigned=None, package_desc=5))
        scenario.read(api_id)

    trial.once(play)


CHECKS = (
    created_under_the_chosen_id,
    given_an_id_when_none_is_chosen,
    generated_id_is_in_the_list,
    answer_is_what_is_stored,
    description_is_that_of_the_package,
    assigned_at_creation,
    instants_come_back,
    several_records_for_one_package,
    person_and_package_are_needed,
    malformed_ids_are_refused,
    taken_id_is_refused,
    unknown_person_is_refused,
    unknown_package_is_refused,
    dates_left_out_are_null,
    dates_come_in_utc,
    what_a_client_cannot_set_is_ignored,
)
