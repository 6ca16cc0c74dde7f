"""Checks of what holds for every operation: statuses, errors, odd requests, the types of fields."""

from __future__ import annotations

import json
from typing import Any

from ..scenario import JSON, Scenario
from ..strategies import records
from ..trial import Trial, check
from .creating import EARLY, LATE

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
def fields_have_their_types(trial: Trial) -> None:
    """Of any record, in every answer that holds it."""

    def play(scenario: Scenario, body: dict[str, Any]) -> None:
        api_id = scenario.create({"api_id": scenario.new_id(), **body})
        scenario.read(api_id)
        scenario.put(api_id, body)
        scenario.patch(api_id, {"date_started": LATE})
        scenario.page()

    trial.explore(records(trial.people, trial.packages), play, examples=2)


@check("success-statuses")
def success_has_its_status(trial: Trial) -> None:
    """Of every operation."""

    def play(scenario: Scenario) -> None:
        api_id = scenario.create(trial.body(api_id=scenario.new_id()))
        made = scenario.create(trial.body())
        scenario.page()
        scenario.page(limit=1)
        scenario.read(api_id)
        scenario.put(api_id, trial.body())
        scenario.patch(api_id, {})
        scenario.delete(api_id)
        scenario.delete(made)

    trial.once(play)


@check("invalid-request-is-400")
def invalid_requests_are_refused(trial: Trial) -> None:
    """Bodies of every wrong kind, and parameters; nothing is stored."""

    def bodies(scenario: Scenario) -> None:
        there = scenario.create(trial.body(api_id=scenario.new_id(), date_started=EARLY, date_completed=LATE))
        unborn = scenario.new_id("unborn")
        for value in WRONG_REFERENCES:
            scenario.post(trial.body(api_id=unborn, person_api_id=value))
            scenario.patch(there, {"package_api_id": value})
        for n, value in enumerate(WRONG_DATES):
            if n % 2:
                scenario.post(trial.body(api_id=unborn, date_started=value))
                scenario.patch(there, {"date_started": value})
            else:
                scenario.put(there, trial.body(date_completed=value))
        scenario.post(trial.body(api_id=True))
        scenario.patch(there, {"api_id": None})
        scenario.patch(there, {"date_started": None, "date_completed": "tomorrow"})
        for text in ("", "{", "[]", "null", '"text"', "5", '{"person_api_id": "a" "b"}', "\x00", "{} {}"):
            scenario.request("POST", body=text, headers=[JSON])
            scenario.request("PATCH", there, text, [JSON])
        scenario.request("PUT", there, "[1]", [JSON])
        scenario.read(unborn)
        scenario.read(there)
        scenario.walk()

    def parameters(scenario: Scenario) -> None:
        for value in (0, -1, "abc", "1.5", "ten", "0x10", "NaN"):
            scenario.page(limit=value)
        for value in (-1, "abc", "1.5", "NaN"):
            scenario.page(offset=value)
            scenario.page(offset=value, limit=1)

    trial.once(parameters)
    trial.once(bodies)


@check("valid-request-is-accepted")
def valid_requests_are_accepted(trial: Trial) -> None:
    """Also the odd ones that the spec allows."""

    def play(scenario: Scenario) -> None:
        extremes = ("1970-01-01T00:00:00Z", "9998-12-31T23:59:59.999999Z", "0002-01-01T00:00:00+14:00")
        for date in (*extremes, "2026-01-01T00:00:00.1234567Z", "2024-02-29T23:59:59-00:00", "2026-06-01t12:00:00z"):
            scenario.post(trial.body(date_started=date))
        # A person may complete what they never started, and before they did.
        scenario.post(trial.body(date_completed=EARLY))
        scenario.post(trial.body(date_started=LATE, date_completed=EARLY))
        api_id = scenario.create(trial.body(api_id=scenario.new_id("." * 5)))
        scenario.request("PATCH", api_id, "{ }\n", [JSON])
        scenario.request("PATCH", api_id, "{}", [("Content-Type", "application/json; charset=utf-8")])
        scenario.request("PUT", api_id, json.dumps(trial.body(), ensure_ascii=True), [JSON])
        scenario.page(limit=10**9, offset=0, search="é")
        scenario.read(api_id)

    trial.once(play)


@check("errors-are-problems")
def errors_say_what_is_wrong(trial: Trial) -> None:
    """Of every kind: 400 with every place, 404, 405, 409, 415."""

    def play(scenario: Scenario) -> None:
        there = scenario.create(trial.body(api_id=scenario.new_id()))
        scenario.post({"person_api_id": 7, "package_api_id": None, "date_started": 5, "date_completed": []})
        scenario.put(there, {"person_api_id": 7, "package_api_id": [], "date_started": {}})
        scenario.patch(there, {"person_api_id": False, "date_completed": 1})
        scenario.page(limit=0, offset="abc")
        scenario.read("-")
        scenario.read(scenario.new_id("nobody"))
        scenario.delete(scenario.new_id("nobody"))
        scenario.put(scenario.new_id("nobody"), trial.body())
        scenario.post(trial.body(api_id=there))
        scenario.patch(there, {"person_api_id": scenario.new_id("nobody")})
        scenario.request("POST", body="a=b", headers=[("Content-Type", "application/x-www-form-urlencoded")])
        scenario.request("POST", body="{", headers=[JSON])
        scenario.request("TRACE")

    trial.once(play)


@check("unknown-method-is-405")
def other_methods_are_refused(trial: Trial) -> None:
    """Only such as are harmless should the service know them after all, and on our own record any but POST."""

    def play(scenario: Scenario) -> None:
        for method in ("TRACE", "PROPFIND", "REPORT"):
            scenario.request(method)
        there = scenario.create(trial.body(api_id=scenario.new_id()))
        for method in ("TRACE", "PROPFIND", "LOCK", "PURGE", "UNLINK"):
            scenario.request(method, there)
        scenario.read(there)

    trial.once(play)


@check("other-media-type-is-415")
def only_json_is_read(trial: Trial) -> None:
    """Neither forms nor other texts, even if they hold JSON; nothing is stored."""

    def play(scenario: Scenario) -> None:
        there = scenario.create(trial.body(api_id=scenario.new_id(), date_started=EARLY))
        unborn = scenario.new_id("unborn")
        body = json.dumps(trial.body(api_id=unborn))
        for media_type in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "text/json"):
            scenario.request("POST", body=body, headers=[("Content-Type", media_type)])
        form = "person_api_id=<<person:1>>&package_api_id=<<package:1>>"
        scenario.request("POST", body=form, headers=[("Content-Type", "application/x-www-form-urlencoded")])
        plain = [("Content-Type", "text/plain")]
        scenario.request("PUT", there, json.dumps(trial.body(1, 1)), plain)
        scenario.request("PATCH", there, json.dumps({"date_started": LATE}), plain)
        scenario.request(
            "PATCH", there, json.dumps({"date_started": LATE}), [("Content-Type", "application/merge-patch+json")]
        )
        scenario.read(unborn)
        scenario.read(there)

    trial.once(play)


@check("no-server-error")
def odd_requests_do_not_crash(trial: Trial) -> None:
    """Huge numbers, deep nesting, every kind of character, repeated parameters, the same request twice."""

    def play(scenario: Scenario) -> None:
        there = scenario.create(trial.body(api_id=scenario.new_id()))
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
            scenario.request("PATCH", there, text, [JSON])
        # The same again: a second call must not fail where the first did not.
        for _ in range(2):
            scenario.put(there, trial.body(date_started=EARLY))
            scenario.read(there)
        for api_id in ("é😀", "%00", "a" * 3000, "<script>", "'; --"):
            scenario.read(api_id)
        scenario.page(limit="9" * 40, offset="9" * 40)
        scenario.request("GET", parameters=[("limit", "1"), ("limit", "2"), ("search", ""), ("search", "b")])
        scenario.request("GET", parameters=[("", ""), ("limit", "٣"), ("é", "😀")])

    trial.once(play)


CHECKS = (
    fields_have_their_types,
    success_has_its_status,
    invalid_requests_are_refused,
    valid_requests_are_accepted,
    errors_say_what_is_wrong,
    other_methods_are_refused,
    only_json_is_read,
    odd_requests_do_not_crash,
)
