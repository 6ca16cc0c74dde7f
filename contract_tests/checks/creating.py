"""Checks of POST: what a created record holds."""

from __future__ import annotations

from hypothesis import strategies as st

from .context import CheckContext, check
from .dialogue import Dialogue
from .strategies import LONGEST_ID, dates, id_tails, records, telling_instants

EARLY = "2001-02-03T04:05:06Z"
LATE = "2031-12-11T10:09:08.765432+05:30"
BEFORE_1970 = "1969-07-20T20:17:40Z"
NONSENSE = "a description that no package has"

# The prefix of a dialogue is 22 characters, and its counter one more.
LONGEST_TAIL = LONGEST_ID - 23


@check("api-id-kept")
def created_under_the_chosen_id(context: CheckContext) -> None:
    """Any id that the service takes comes back as it was sent, and the record is found under it."""
    if not context.dialect.chosen_ids and context.documented:
        context.inconclusive.append("the service takes no api_id such as kit-0123-1 from a client")

    def play(dialogue: Dialogue, tail: str) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id(tail)))
        dialogue.read(api_id)

    context.explore(st.just("A") | id_tails(LONGEST_TAIL), play, examples=4)
    context.once(lambda dialogue: play(dialogue, ("aZ9.~_-" * LONGEST_ID)[:LONGEST_TAIL]))


@check("api-id-generated")
def given_an_id_when_none_is_chosen(context: CheckContext) -> None:
    """Two records without an api_id get different ones and are found under them."""

    def play(dialogue: Dialogue) -> None:
        made = [dialogue.create(context.body(), given=True), dialogue.create(context.body(), given=True)]
        for api_id in made:
            dialogue.read(api_id)

    context.once(play)


@check("api-id-queryable")
def generated_id_is_in_the_list(context: CheckContext) -> None:
    """Whoever does not choose an id finds it by querying."""

    def play(dialogue: Dialogue) -> None:
        dialogue.create(context.body(), given=True)
        dialogue.create(context.body(1, 1), given=True)
        dialogue.walk()

    context.once(play)


@check("create-returns-record")
def answer_is_what_is_stored(context: CheckContext) -> None:
    """The answer to any valid body is what a read shows afterwards."""

    def play(dialogue: Dialogue, body: dict[str, str]) -> None:
        api_id = dialogue.create({"api_id": dialogue.new_id(), **body})
        dialogue.read(api_id)

    context.explore(records(context.people, context.packages), play, examples=4)


@check("package-desc-populated")
def description_is_that_of_the_package(context: CheckContext) -> None:
    """Of no other package, and not what the client sends."""

    def lie(dialogue: Dialogue) -> None:
        dialogue.create(context.body(0, 0, api_id=dialogue.new_id()))
        liar = dialogue.create(context.body(0, 0, api_id=dialogue.new_id(), package_desc=NONSENSE))
        dialogue.read(liar)
        dialogue.patch(liar, {"package_desc": NONSENSE})
        dialogue.put(liar, context.body(0, 1, package_desc=NONSENSE))
        dialogue.read(liar)

    _one_of_each_package(context)
    context.once(lie)


@check("package-desc-is-the-same")
def description_is_the_same_for_every_record(context: CheckContext) -> None:
    """Of the records that are there, of new ones and of the answers to updates."""
    _one_of_each_package(context)


def _one_of_each_package(context: CheckContext) -> None:
    def play(dialogue: Dialogue) -> None:
        for package in range(len(context.packages)):
            made = dialogue.create(context.body(0, package, api_id=dialogue.new_id()))
            dialogue.read(made)
            dialogue.patch(made, {"date_started": EARLY})
            dialogue.read(made)

    context.once(play)


@check("package-desc-follows-package")
def description_follows_the_package(context: CheckContext) -> None:
    """When a PUT or a PATCH gives the record another package, and when it gets the first one back."""

    def play(dialogue: Dialogue) -> None:
        first = dialogue.create(context.body(0, 0, api_id=dialogue.new_id()))
        dialogue.create(context.body(0, 1, api_id=dialogue.new_id()))
        dialogue.put(first, context.body(0, 1))
        dialogue.read(first)
        dialogue.patch(first, {"package_api_id": context.packages[0]})
        dialogue.read(first)

    context.once(play)


@check("date-assigned-is-now")
def assigned_by_the_clock_of_the_answer(context: CheckContext) -> None:
    """Of a record with dates and of one without."""

    def play(dialogue: Dialogue) -> None:
        dialogue.create(context.body(api_id=dialogue.new_id()))
        dialogue.create(context.body(date_started=EARLY, date_completed=EARLY))

    context.once(play)


@check("date-assigned-generated")
def assigned_at_creation(context: CheckContext) -> None:
    """date_assigned is now, whatever dates the client sends."""

    def play(dialogue: Dialogue) -> None:
        dialogue.read(dialogue.create(context.body(api_id=dialogue.new_id())))
        dialogue.read(dialogue.create(context.body(date_started=EARLY, date_completed=EARLY)))

    def lie(dialogue: Dialogue) -> None:
        liar = dialogue.create(context.body(api_id=dialogue.new_id(), date_assigned=EARLY))
        dialogue.read(liar)

    context.once(play)
    context.once(lie)


@check("dates-to-the-microsecond")
def every_digit_comes_back(context: CheckContext) -> None:
    """From POST, PUT and PATCH, in each answer, in a read and in the list."""

    def play(dialogue: Dialogue, sent: tuple[str, str, str]) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id(), date_started=sent[0]))
        dialogue.read(api_id)
        dialogue.put(api_id, context.body(date_started=sent[1], date_completed=sent[0]))
        dialogue.read(api_id)
        dialogue.patch(api_id, {"date_completed": sent[2]})
        dialogue.read(api_id)
        dialogue.walk()

    context.explore(st.tuples(telling_instants(), telling_instants(), telling_instants()), play, examples=2)


@check("dates-kept")
def instants_come_back(context: CheckContext) -> None:
    """Offset and all, from POST, PUT and PATCH; both dates, each in its place, long ago as well."""

    def play(dialogue: Dialogue, sent: tuple[str, str, str, str]) -> None:
        api_id = dialogue.new_id()
        dialogue.create(context.body(api_id=api_id, date_started=sent[0], date_completed=sent[1]))
        dialogue.read(api_id)
        dialogue.put(api_id, context.body(date_started=sent[2], date_completed=sent[0]))
        dialogue.patch(api_id, {"date_completed": sent[3]})
        dialogue.read(api_id)

    four = st.tuples(telling_instants(), telling_instants(), telling_instants(), telling_instants())
    context.explore(four, play, examples=3)

    def plain(dialogue: Dialogue, body: dict[str, str]) -> None:
        dialogue.read(dialogue.create({"api_id": dialogue.new_id(), **body}))

    context.explore(records(context.people, context.packages), plain, examples=2)

    def one(dialogue: Dialogue) -> None:
        for date in (BEFORE_1970, EARLY, "2016-07-08T09:10:11+05:30"):
            dialogue.read(dialogue.create(context.body(api_id=dialogue.new_id(), date_started=date)))

    context.once(one)


@check("pair-may-repeat")
def several_records_for_one_person_and_package(context: CheckContext) -> None:
    """With and without dates; each is kept."""

    def play(dialogue: Dialogue) -> None:
        bodies = [
            context.body(0, 0, api_id=dialogue.new_id(), date_started=EARLY),
            context.body(0, 0),
            context.body(0, 0, api_id=dialogue.new_id(), date_started=EARLY, date_completed=LATE),
        ]
        made = [dialogue.create(body) for body in bodies]
        for api_id in made:
            dialogue.read(api_id)
        dialogue.walk()

    context.once(play)


@check("package-has-many-records")
def several_records_for_one_package(context: CheckContext) -> None:
    """None takes the place of another."""

    def play(dialogue: Dialogue) -> None:
        bodies = [
            context.body(0, 0, api_id=dialogue.new_id(), date_started=EARLY, date_completed=LATE),
            context.body(0, 0, api_id=dialogue.new_id(), date_started=LATE),
            context.body(1, 0, date_started=EARLY),
            context.body(1, 0),
        ]
        made = []
        for body in bodies:
            made.append(dialogue.create(body))
            dialogue.read(made[-1])
        for api_id in made:
            dialogue.read(api_id)
        dialogue.walk()

    context.once(play)


@check("required-fields")
def person_and_package_are_needed(context: CheckContext) -> None:
    """By POST and by PUT: without either, or both, nothing is created or changed."""

    def play(dialogue: Dialogue) -> None:
        full = context.body()
        for missing in ("person_api_id", "package_api_id"):
            body = {name: value for name, value in full.items() if name != missing}
            unborn = dialogue.new_id()
            dialogue.post({"api_id": unborn, **body})
            dialogue.read(unborn)
        dialogue.post({"api_id": dialogue.new_id()})
        there = dialogue.create(context.body(api_id=dialogue.new_id(), date_started=EARLY))
        dialogue.put(there, {"person_api_id": full["person_api_id"]})
        dialogue.put(there, {"package_api_id": full["package_api_id"], "date_started": EARLY})
        dialogue.put(there, {})
        dialogue.read(there)

    context.once(play)


@check("api-id-form")
def malformed_ids_are_refused(context: CheckContext) -> None:
    """In the body of a POST, a PUT and a PATCH, and in a path."""

    def play(dialogue: Dialogue) -> None:
        run = dialogue.new_id()
        # Whoever splits an id at a slash finds two that are ours.
        tails = ["a b", "é", f"a/{run}b", f"a%2F{run}b", "a?", "a:b", "\u202e", "ａ", "+", "a\n"]
        bad = [run + tail for tail in tails] + ["-" + run, "." + run, "_" + run, run + "a" * LONGEST_ID]
        # One longer than allowed, to the character.
        bad.append(run + "z" * (LONGEST_ID + 1 - len(dialogue.symbols.plain(run))))
        for api_id in bad:
            exchange = dialogue.post(context.body(api_id=api_id))
            if exchange is not None and exchange.ok:
                break  # one is enough: some of them have no address, and what has none can't be deleted
        there = dialogue.create(context.body(api_id=dialogue.new_id()))
        dialogue.put(there, context.body(api_id="-" + run))
        dialogue.patch(there, {"api_id": run + " "})
        dialogue.patch(there, {"api_id": run + "a" * LONGEST_ID})
        for api_id in ("-", "a b", "é", "~x", "x" * (LONGEST_ID + 1)):
            dialogue.read(api_id)
        dialogue.delete(run + " ")
        dialogue.read(there)
        dialogue.walk()

    context.once(play)


@check("api-id-taken-is-409")
def taken_id_is_refused(context: CheckContext) -> None:
    """Chosen or given by the service, with the same details or others: neither record changes."""

    def play(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(0, 0, api_id=dialogue.new_id("Tk"), date_started=EARLY))
        dialogue.post(context.body(1, 1, api_id=api_id, date_started=LATE, date_completed=LATE))
        dialogue.read(api_id)
        made = dialogue.create(context.body(0, 0))
        dialogue.post(context.body(1, 1, api_id=made, date_started=LATE, date_completed=LATE))
        dialogue.read(made)
        dialogue.post(context.body(0, 0, api_id=api_id, date_started=EARLY))
        dialogue.walk()

    context.once(play)


def _unknown(context: CheckContext, name: str) -> None:
    def play(dialogue: Dialogue) -> None:
        nobody = dialogue.new_id("nobody")
        unborn = dialogue.new_id()
        dialogue.post({**context.body(api_id=unborn), name: nobody})
        dialogue.read(unborn)
        there = dialogue.create(context.body(0, 0, api_id=dialogue.new_id(), date_started=EARLY))
        dialogue.put(there, {**context.body(1, 1, date_completed=EARLY), name: nobody})
        dialogue.read(there)
        dialogue.patch(there, {name: nobody, "date_started": None})
        dialogue.read(there)
        dialogue.walk()

    context.once(play)


@check("unknown-person-is-409")
def unknown_person_is_refused(context: CheckContext) -> None:
    """By POST, PUT and PATCH."""
    _unknown(context, "person_api_id")


@check("unknown-package-is-409")
def unknown_package_is_refused(context: CheckContext) -> None:
    """By POST, PUT and PATCH."""
    _unknown(context, "package_api_id")


@check("absent-dates-are-null")
def dates_left_out_are_null(context: CheckContext) -> None:
    """When created and when replaced, one or both."""

    def play(dialogue: Dialogue, given: tuple[dict[str, str | None], dict[str, str | None]]) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id(), **given[0]))
        dialogue.read(api_id)
        dialogue.put(api_id, context.body(**given[1]))
        dialogue.read(api_id)

    def empty(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id()))
        dialogue.read(api_id)
        dialogue.put(api_id, context.body(date_started=EARLY, date_completed=EARLY))
        dialogue.put(api_id, context.body(date_started=EARLY))
        dialogue.put(api_id, context.body())
        dialogue.read(api_id)

    context.once(empty)
    context.explore(st.tuples(dates(), dates()), play, examples=2)


@check("dates-are-utc")
def dates_come_in_utc(context: CheckContext) -> None:
    """Whatever offset they were sent with."""

    def play(dialogue: Dialogue, instant: str) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id(), date_started=instant))
        dialogue.read(api_id)
        dialogue.patch(api_id, {"date_completed": instant})
        dialogue.page()

    context.explore(telling_instants(), play, examples=2)


@check("read-only-is-ignored")
def what_a_client_cannot_set_is_ignored(context: CheckContext) -> None:
    """Reading a record, editing it and sending it back works; so do properties that nobody knows."""

    def play(dialogue: Dialogue) -> None:
        extra = {"package_desc": NONSENSE, "date_assigned": EARLY, "score": 7, "tags": [{"a": None}]}
        api_id = dialogue.create(context.body(api_id=dialogue.new_id(), **extra))
        exchange = dialogue.read(api_id)
        if exchange is not None and isinstance(exchange.answer, dict):
            there = dialogue.symbols.symbolic_json(exchange.answer)
            dialogue.put(api_id, {**there, "date_completed": EARLY, "approved_by": "x"})
            dialogue.read(api_id)
        dialogue.patch(api_id, {**extra, "date_started": EARLY})
        dialogue.put(api_id, context.body(date_assigned=None, package_desc=5))
        dialogue.read(api_id)

    context.once(play)


CHECKS = (
    created_under_the_chosen_id,
    given_an_id_when_none_is_chosen,
    generated_id_is_in_the_list,
    answer_is_what_is_stored,
    description_is_that_of_the_package,
    description_is_the_same_for_every_record,
    description_follows_the_package,
    assigned_at_creation,
    assigned_by_the_clock_of_the_answer,
    instants_come_back,
    every_digit_comes_back,
    several_records_for_one_package,
    several_records_for_one_person_and_package,
    person_and_package_are_needed,
    malformed_ids_are_refused,
    taken_id_is_refused,
    unknown_person_is_refused,
    unknown_package_is_refused,
    dates_left_out_are_null,
    dates_come_in_utc,
    what_a_client_cannot_set_is_ignored,
)
