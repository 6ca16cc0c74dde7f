"""Checks of what holds for every operation: statuses, errors, odd requests, the types of fields."""

from __future__ import annotations

import json
from typing import Any

from .context import CheckContext, check
from .creating import EARLY, LATE
from .dialogue import JSON, Dialogue
from .strategies import LONGEST_ID, records

WRONG_DATES: tuple[Any, ...] = (
    "2026-01-31T09:00:00",
    "2026-02-30T09:00:00Z",
    "2026-01-31",
    "yesterday",
    "",
    5,
    True,
    [],
    {},
)

WRONG_REFERENCES: tuple[Any, ...] = (None, 7, True, [], {})


@check("field-types")
def fields_have_their_types(context: CheckContext) -> None:
    """Of any record, in every answer that holds it."""

    def play(dialogue: Dialogue, body: dict[str, Any]) -> None:
        api_id = dialogue.create({"api_id": dialogue.new_id(), **body})
        dialogue.read(api_id)
        dialogue.put(api_id, body)
        dialogue.patch(api_id, {"date_started": LATE})
        dialogue.page()

    context.explore(records(context.people, context.packages), play, examples=2)


def _every_answer(context: CheckContext) -> None:
    """An answer of every operation that shows a record: with all dates, with one, and with none."""

    def play(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id(), date_started=EARLY, date_completed=LATE))
        dialogue.create(context.body())
        dialogue.read(api_id)
        dialogue.put(api_id, context.body(date_started=EARLY))
        dialogue.patch(api_id, {"date_completed": LATE})
        dialogue.read(api_id)
        dialogue.page()
        dialogue.page(limit=1)
        dialogue.delete(api_id)

    context.once(play)


@check("dates-are-rfc-3339")
def dates_are_written_as_rfc_3339_has_them(context: CheckContext) -> None:
    """In every answer that holds a record."""
    _every_answer(context)


@check("all-fields-are-shown")
def every_field_is_there(context: CheckContext) -> None:
    """In every answer that holds a record, also the dates that have not come yet."""
    _every_answer(context)


@check("record-is-the-answer")
def nothing_is_around_a_record(context: CheckContext) -> None:
    """In the answers to POST, GET, PUT and PATCH."""
    _every_answer(context)


@check("answers-are-json")
def successes_are_json(context: CheckContext) -> None:
    """Of every operation that answers with a body."""
    _every_answer(context)


@check("success-statuses")
def success_has_its_status(context: CheckContext) -> None:
    """Of every operation."""

    def play(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id()))
        made = dialogue.create(context.body())
        dialogue.page()
        dialogue.page(limit=1)
        dialogue.read(api_id)
        dialogue.put(api_id, context.body())
        dialogue.patch(api_id, {})
        dialogue.delete(api_id)
        dialogue.delete(made)

    context.once(play)


@check("invalid-request-is-400")
def invalid_requests_are_refused(context: CheckContext) -> None:
    """Bodies of every wrong kind, and parameters; nothing is stored."""

    def bodies(dialogue: Dialogue) -> None:
        there = dialogue.create(context.body(api_id=dialogue.new_id(), date_started=EARLY, date_completed=LATE))
        unborn = dialogue.new_id("unborn")
        for value in WRONG_REFERENCES:
            dialogue.post(context.body(api_id=unborn, person_api_id=value))
            dialogue.patch(there, {"package_api_id": value})
        for n, value in enumerate(WRONG_DATES):
            if n % 2:
                dialogue.post(context.body(api_id=unborn, date_started=value))
                dialogue.patch(there, {"date_started": value})
            else:
                dialogue.put(there, context.body(date_completed=value))
        dialogue.post(context.body(api_id=True))
        dialogue.patch(there, {"api_id": None})
        dialogue.patch(there, {"date_started": None, "date_completed": "tomorrow"})
        for text in ("", "{", "[]", "null", '"text"', "5", '{"person_api_id": "a" "b"}', "\x00", "{} {}"):
            dialogue.request("POST", body=text, headers=[JSON])
            dialogue.request("PATCH", there, text, [JSON])
        dialogue.request("PUT", there, "[1]", [JSON])
        dialogue.read(unborn)
        dialogue.read(there)
        dialogue.walk()

    def parameters(dialogue: Dialogue) -> None:
        for value in (0, -1, "abc", "1.5", "ten", "0x10", "NaN"):
            dialogue.page(limit=value)
        for value in (-1, "abc", "1.5", "NaN"):
            dialogue.page(offset=value)
            dialogue.page(offset=value, limit=1)

    context.once(parameters)
    context.once(bodies)


@check("valid-request-is-accepted")
def valid_requests_are_accepted(context: CheckContext) -> None:
    """Also the odd ones that the spec allows."""

    def play(dialogue: Dialogue) -> None:
        extremes = ("1970-01-01T00:00:00Z", "9998-12-31T23:59:59.999999Z", "0002-01-01T00:00:00+14:00")
        for date in (*extremes, "2026-01-01T00:00:00.1234567Z", "2024-02-29T23:59:59-00:00", "2026-06-01t12:00:00z"):
            dialogue.post(context.body(date_started=date))
        # A person may complete what they never started, and before they did.
        dialogue.post(context.body(date_completed=EARLY))
        dialogue.post(context.body(date_started=LATE, date_completed=EARLY))
        dialogue.post(context.body(api_id=dialogue.new_id("aZ9._~-" * LONGEST_ID)))
        api_id = dialogue.create(context.body(api_id=dialogue.new_id("." * 5)))
        dialogue.request("PATCH", api_id, "{ }\n", [JSON])
        dialogue.request("PATCH", api_id, "{}", [("Content-Type", "application/json; charset=utf-8")])
        dialogue.request("PUT", api_id, json.dumps(context.body(), ensure_ascii=True), [JSON])
        dialogue.page(limit=10**9, offset=0, search="é")
        dialogue.read(api_id)

    context.once(play)


@check("errors-are-problems")
def errors_say_what_is_wrong(context: CheckContext) -> None:
    """Of every kind: 400 with every place, 404, 405, 409, 415."""

    def play(dialogue: Dialogue) -> None:
        there = dialogue.create(context.body(api_id=dialogue.new_id()))
        dialogue.post({"person_api_id": 7, "package_api_id": None, "date_started": 5, "date_completed": []})
        dialogue.put(there, {"person_api_id": 7, "package_api_id": [], "date_started": {}})
        dialogue.patch(there, {"person_api_id": False, "date_completed": 1})
        dialogue.page(limit=0, offset="abc")
        dialogue.read("-")
        dialogue.read(dialogue.new_id("nobody"))
        dialogue.delete(dialogue.new_id("nobody"))
        dialogue.put(dialogue.new_id("nobody"), context.body())
        dialogue.post(context.body(api_id=there))
        dialogue.patch(there, {"person_api_id": dialogue.new_id("nobody")})
        dialogue.request("POST", body="a=b", headers=[("Content-Type", "application/x-www-form-urlencoded")])
        dialogue.request("POST", body="{", headers=[JSON])
        dialogue.request("TRACE")

    context.once(play)


@check("unknown-method-is-405")
def other_methods_are_refused(context: CheckContext) -> None:
    """Only such as are harmless should the service know them after all, and on our own record any but POST."""

    def play(dialogue: Dialogue) -> None:
        for method in ("TRACE", "PROPFIND", "REPORT"):
            dialogue.request(method)
        there = dialogue.create(context.body(api_id=dialogue.new_id()))
        for method in ("TRACE", "PROPFIND", "LOCK", "PURGE", "UNLINK"):
            dialogue.request(method, there)
        dialogue.read(there)

    context.once(play)


@check("other-media-type-is-415")
def only_json_is_read(context: CheckContext) -> None:
    """Neither forms nor other texts, even if they hold JSON; nothing is stored."""

    def play(dialogue: Dialogue) -> None:
        there = dialogue.create(context.body(api_id=dialogue.new_id(), date_started=EARLY))
        unborn = dialogue.new_id("unborn")
        body = json.dumps(context.body(api_id=unborn))
        for media_type in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "text/json"):
            dialogue.request("POST", body=body, headers=[("Content-Type", media_type)])
        form = "person_api_id=<<person:1>>&package_api_id=<<package:1>>"
        dialogue.request("POST", body=form, headers=[("Content-Type", "application/x-www-form-urlencoded")])
        plain = [("Content-Type", "text/plain")]
        dialogue.request("PUT", there, json.dumps(context.body(1, 1)), plain)
        dialogue.request("PATCH", there, json.dumps({"date_started": LATE}), plain)
        dialogue.request(
            "PATCH", there, json.dumps({"date_started": LATE}), [("Content-Type", "application/merge-patch+json")]
        )
        dialogue.read(unborn)
        dialogue.read(there)

    context.once(play)


@check("no-server-error")
def odd_requests_do_not_crash(context: CheckContext) -> None:
    """Huge numbers, deep nesting, every kind of character, repeated parameters, the same request twice."""

    def play(dialogue: Dialogue) -> None:
        there = dialogue.create(context.body(api_id=dialogue.new_id()))
        for text in (
            "[" * 300 + "]" * 300,
            '{"date_started": 1e999}',
            '{"date_started": "9999-12-31T23:59:59.999999-14:00"}',
            '{"date_started": "0001-01-01T00:00:00+14:00"}',
            '{"date_completed": "\\ud800"}',
            '{"person_api_id": "\\u0000"}',
            '{"person_api_id": "😀ß\\u202e"}',
            '{"package_api_id": "' + "x" * 5000 + '"}',
            '{"package_desc": "😀é", "né": "\\ud83d\\ude00"}',
            '{"date_started": null, "date_started": null}',
        ):
            dialogue.request("PATCH", there, text, [JSON])
        # The same again: a second call must not fail where the first did not.
        for _ in range(2):
            dialogue.put(there, context.body(date_started=EARLY))
            dialogue.read(there)
        for api_id in ("é😀", "%00", "a" * 3000, "<script>", "'; --"):
            dialogue.read(api_id)
        dialogue.page(limit="9" * 40, offset="9" * 40)
        dialogue.request("GET", parameters=[("limit", "1"), ("limit", "2"), ("search", ""), ("search", "b")])
        dialogue.request("GET", parameters=[("", ""), ("limit", "٣"), ("é", "😀")])

    context.once(play)


CHECKS = (
    fields_have_their_types,
    dates_are_written_as_rfc_3339_has_them,
    every_field_is_there,
    nothing_is_around_a_record,
    successes_are_json,
    success_has_its_status,
    invalid_requests_are_refused,
    valid_requests_are_accepted,
    errors_say_what_is_wrong,
    other_methods_are_refused,
    only_json_is_read,
    odd_requests_do_not_crash,
)
