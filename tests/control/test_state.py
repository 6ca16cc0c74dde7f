"""A whole organisation as one document: what GET gave PUT takes back exactly, and all else it refuses whole."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
import requests
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mock.problems import pointers
from openapi_schema_validator import OAS30Validator

from mock_server import MockServer
from mock_server.sandbox.fixture import fixture_names
from mock_server.values.instant import is_instant, parse

from .broken import NO_INSTANTS, SPEC, changed, names_a_place, resolve, without
from .world import ASSIGNED, NOON, body, put, world

KINDS = ("people", "packages", "records")


@pytest.mark.parametrize("name", fixture_names())
def test_what_get_gave_put_takes_back_exactly(http: requests.Session, control: str, records: str, name: str) -> None:
    put(http, control + "scenario", {"name": name})
    put(http, control + "clock", {"freeze": "2026-02-01T12:00:00.000001Z"})
    before, listed = http.get(control + "state"), body(http, records)
    put(http, control + "scenario", {"name": "empty" if name != "empty" else "default"})
    assert before.content != body(http, control + "state")
    assert put(http, control + "state", before.json()).status_code == 204
    assert before.content == body(http, control + "state")
    assert listed == body(http, records)


def test_what_one_organisation_gave_another_takes(http: requests.Session, lived_in: str, records: str) -> None:
    created = http.post(records, json=ASSIGNED | {"api_id": "rec-0001"})  # deleted before: now it comes last
    assert created.status_code == 201
    other = lived_in.replace("/_mock", "-other/_mock")
    put(http, other + "state", http.get(lived_in + "state").json())
    assert body(http, lived_in + "state") == body(http, other + "state")
    listed = [http.get(url).json()["results"] for url in (records, records.replace("/training", "-other/training"))]
    assert listed[0] == listed[1]
    assert listed[0][-1]["api_id"] == "rec-0001"


changes = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.sampled_from(["usr-1", "usr/2"])),
        st.tuples(st.just("delete"), st.integers(0, 5)),
        st.tuples(st.just("rename"), st.integers(0, 5)),
        st.tuples(st.just("people"), st.text(max_size=5).filter(str.isprintable)),
        st.tuples(st.just("packages"), st.text(max_size=5).filter(str.isprintable)),
        st.tuples(st.just("advance"), st.sampled_from(["P1D", "-PT1S", "PT0.000001S"])),
    ),
    min_size=1,
    max_size=8,
)

SMALL: dict[str, Any] = {
    "people": [{"api_id": "usr-1", "name": "Amara"}, {"api_id": "usr/2", "name": ""}],
    "packages": [
        {"api_id": "pkg-1", "name": "Aid", "description": "First"},
        {"api_id": "p", "name": "", "description": ""},
    ],
    "records": [
        {
            "api_id": f"rec-{number}",
            "person_api_id": "usr/2",
            "package_api_id": "pkg-1",
            "date_assigned": NOON,
            "date_started": "0001-01-01T00:00:00Z",
            "date_completed": None,
        }
        for number in (1, 2)
    ],
    "clock": {"now": NOON, "frozen": True},
}


@pytest.fixture(scope="module")
def small(server: MockServer) -> str:
    """The URL of an organisation for the tests that try many documents: each puts it right at its start."""
    return f"{server.url}/org/{uuid4().hex}"


@settings(max_examples=30, deadline=None)
@given(steps=changes)
def test_put_takes_back_exactly_through_any_changes(
    http: requests.Session, small: str, steps: list[tuple[str, Any]]
) -> None:
    control, records = f"{small}/_mock/", f"{small}/training/record/"
    put(http, control + "state", SMALL)
    for step, value in steps:
        listed = http.get(records).json()["results"]
        if step == "create":
            http.post(records, json={"person_api_id": value, "package_api_id": "pkg-1"}).raise_for_status()
        elif step == "advance":
            put(http, control + "clock", {"advance": value})
        elif step == "people":
            put(http, control + "people/usr-1", {"name": value})
        elif step == "packages":
            put(http, control + "packages/new", {"name": value, "description": value})
        elif value < len(listed) and step == "delete":
            http.delete(f"{records}{listed[value]['api_id']}/").raise_for_status()
        elif value < len(listed):
            http.patch(f"{records}{listed[value]['api_id']}/", json={"api_id": uuid4().hex}).raise_for_status()
    before, listed = http.get(control + "state"), http.get(records).content
    put(http, control + "state", SMALL)
    put(http, control + "state", before.json())
    assert (before.content, listed) == (body(http, control + "state"), http.get(records).content)


def test_clock_that_is_not_given_stays_as_it_is(http: requests.Session, lived_in: str) -> None:
    state = http.get(lived_in + "state").json()
    clock = state.pop("clock")
    put(http, lived_in + "state", state | {"records": []})
    assert clock == http.get(lived_in + "clock").json() == {"now": NOON, "frozen": True}


def test_running_clock_runs_on_from_where_it_is_put(http: requests.Session, control: str) -> None:
    state = http.get(control + "state").json()
    put(http, control + "state", state | {"clock": {"now": "1999-01-01T00:00:00Z", "frozen": False}})
    first, second = (http.get(control + "clock").json() for _ in range(2))
    instants = [*map(parse, ("1999-01-01T00:00:00Z", first["now"], second["now"], "1999-01-02T00:00:00Z"))]
    assert instants == sorted(set(instants))
    assert first["frozen"] is False


def test_state_leaves_faults_journal_and_scenario_alone(http: requests.Session, lived_in: str, records: str) -> None:
    before = world(http, lived_in)
    put(http, lived_in + "state", SMALL)
    after = world(http, lived_in)
    assert {part for part in before if before[part] != after[part]} == {"state"}
    http.post(lived_in + "reset")
    assert http.get(records).json()["count"] == 60


def test_dates_are_taken_in_any_form_and_told_in_one(http: requests.Session, control: str) -> None:
    state = changed(SMALL, "/records/0/date_assigned", "2026-02-01t13:00:00.0000009+01:00")
    put(http, control + "state", changed(state, "/clock/now", "2026-02-01T11:00:00-01:00"))
    assert http.get(control + "state").json() == SMALL


def test_state_that_is_put_shares_nothing_with_the_one_before(
    http: requests.Session, control: str, records: str
) -> None:
    put(http, control + "state", SMALL)
    http.delete(f"{records}rec-1/").raise_for_status()
    put(http, control + "state", SMALL)
    assert http.get(control + "state").json() == SMALL


INTEGRITY = {
    "person nobody is": ("/records/1/person_api_id", "usr-2"),
    "package nobody has": ("/records/0/package_api_id", "pkg-1 "),
    "record twice": ("/records/1/api_id", "rec-1"),
    "person twice": ("/people/1/api_id", "usr-1"),
    "package twice": ("/packages/1/api_id", "pkg-1"),
    "api_id that is none": ("/records/0/api_id", "rec/1"),
    "empty api_id": ("/people/0/api_id", ""),
    "no date_assigned": ("/records/0/date_assigned", None),
    "30 February": ("/records/0/date_started", "2026-02-30T08:00:00Z"),
    "clock without a year in UTC": ("/clock/now", "0001-01-01T00:00:00+01:00"),
    "clock beyond the last year in UTC": ("/clock/now", "9999-12-31T23:59:59-01:00"),
}


@pytest.mark.parametrize(("pointer", "value"), INTEGRITY.values(), ids=INTEGRITY)
def test_document_that_breaks_integrity_is_refused_whole_with_its_place(
    http: requests.Session, lived_in: str, pointer: str, value: Any
) -> None:
    before = world(http, lived_in)
    refused = pointers(http.put(lived_in + "state", json=changed(SMALL, pointer, value)))
    assert f"body{pointer}" in refused
    assert before == world(http, lived_in)


def test_every_broken_reference_is_told(http: requests.Session, lived_in: str) -> None:
    assert pointers(http.put(lived_in + "state", json=SMALL | {"people": []})) == [
        "body/records/0/person_api_id",
        "body/records/1/person_api_id",
    ]


@pytest.mark.parametrize("name", ["people", "packages", "records"])
def test_part_that_is_missing_is_not_taken_for_an_empty_one(http: requests.Session, lived_in: str, name: str) -> None:
    before = world(http, lived_in)
    state = {part: value for part, value in SMALL.items() if part != name}
    assert pointers(http.put(lived_in + "state", json=state)) == [f"body/{name}"]
    assert before == world(http, lived_in)


def pointers_into(document: Any, pointer: str = "") -> Iterator[str]:
    """Yield a pointer to every place of a document, and to a member that each object does not have."""
    yield pointer
    if isinstance(document, dict):
        yield f"{pointer}/colour~1~0"
    for name, child in document.items() if isinstance(document, dict) else enumerate(document):
        if isinstance(child, (dict, list)):
            yield from pointers_into(child, f"{pointer}/{name}")
        else:
            yield f"{pointer}/{name}"


MISSING = object()
values = st.one_of(
    st.just(MISSING),
    st.sampled_from(["", "usr-1", "pkg-1", "rec-1", "usr/2", "gone", NOON, "9999-12-31T23:59:59-01:00", *NO_INSTANTS]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
    st.sampled_from([SMALL["people"][0], SMALL["packages"][0], SMALL["records"][1]]),
)
edits = st.lists(st.tuples(st.sampled_from([*pointers_into(SMALL)][1:]), values), min_size=1, max_size=3)
STATE = OAS30Validator(resolve(SPEC["components"]["schemas"]["State"]))


def edited(edits: list[tuple[str, Any]]) -> Any:
    """Return a small state after these edits, those without a place left out."""
    state: Any = deepcopy(SMALL)
    for pointer, value in edits:
        if names_a_place(state, pointer):
            state = changed(state, pointer, value) if value is not MISSING else without(state, pointer)
    return state


def is_state(document: Any) -> bool:
    """Say whether a document is a state that an organisation may be in."""
    if not STATE.is_valid(document):
        return False
    dates = [r[name] for r in document["records"] for name in r if name.startswith("date_") and r[name] is not None]
    if not all(map(is_instant, dates)):
        return False
    ids = {kind: [item["api_id"] for item in document[kind]] for kind in KINDS}
    now = document.get("clock", {"now": NOON})["now"]
    return (
        all(len(set(ids[kind])) == len(ids[kind]) for kind in KINDS)
        and all(record["person_api_id"] in ids["people"] for record in document["records"])
        and all(record["package_api_id"] in ids["packages"] for record in document["records"])
        and is_instant(now)
        and not parse(now).utcoffset()
    )


@settings(max_examples=100, deadline=None)
@given(edits=edits)
@example(edits=[("/people", [])])
@example(edits=[("/records/0/date_started", None)])
def test_document_is_taken_whole_or_refused_whole_with_pointers_that_lead_somewhere(
    http: requests.Session, small: str, edits: list[tuple[str, Any]]
) -> None:
    control, document = f"{small}/_mock/", edited(edits)
    put(http, control + "state", SMALL)
    before = body(http, control + "state")
    answer = http.put(control + "state", json=document)
    if is_state(document):
        assert answer.status_code == 204, answer.text
        assert http.get(f"{small}/training/record/").json()["count"] == len(document["records"])
        return
    refused = pointers(answer)
    assert refused
    assert [pointer for pointer in refused if not names_a_place(document, pointer.removeprefix("body"))] == []
    assert before == body(http, control + "state")
