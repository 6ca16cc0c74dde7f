"""Another scenario, by name or from a document: at once, and at every reset to come."""

from pathlib import Path
from typing import Any

import pytest
import requests
from mock.problems import pointers

from mock_server import MockServer
from mock_server.sandbox.fixture import fixture_names, load_scenario

from .world import ASSIGNED, body, put, world

DOCUMENT: dict[str, Any] = {
    "people": [{"api_id": "usr-1", "name": "Amara Okafor"}, {"api_id": "usr/2", "name": ""}],
    "packages": [{"api_id": "pkg-1", "name": "First Aid", "description": "The first ten minutes"}],
    "records": [
        {
            "api_id": "rec-1",
            "person_api_id": "usr-1",
            "package_api_id": "pkg-1",
            "date_assigned": "2026-01-05T10:00:00+01:00",
            "date_started": None,
        }
    ],
}


@pytest.mark.parametrize("name", fixture_names())
def test_scenario_by_name_is_there_at_once(http: requests.Session, control: str, records: str, name: str) -> None:
    answer = put(http, control + "scenario", {"name": name})
    assert answer.json() == http.get(control + "scenario").json() == {"name": name, "names": fixture_names()}
    scenario = load_scenario(name)
    assert http.get(f"{records}?limit=1").json()["count"] == len(scenario.records)
    assert [*scenario.people] == [person["api_id"] for person in http.get(control + "people").json()["people"]]


def test_scenario_that_is_put_starts_everything_anew(http: requests.Session, lived_in: str, records: str) -> None:
    put(http, lived_in + "scenario", {"name": "empty"})
    assert http.get(lived_in + "clock").json()["frozen"] is False
    assert http.get(lived_in + "faults").json() == {"faults": []}
    assert http.get(lived_in + "journal").json() == {"exchanges": []}
    assert http.get(lived_in + "coverage").json()["seen"] == 0
    assert http.get(records).json()["results"] == []


def test_scenario_from_a_document_is_there_at_once(http: requests.Session, control: str, records: str) -> None:
    put(http, control + "scenario", {"document": DOCUMENT})
    assert http.get(records).json()["results"] == [
        {
            "api_id": "rec-1",
            "person_api_id": "usr-1",
            "package_api_id": "pkg-1",
            "package_desc": "The first ten minutes",
            "date_assigned": "2026-01-05T09:00:00Z",
            "date_started": None,
            "date_completed": None,
        }
    ]


def test_reset_goes_back_to_a_scenario_from_a_document(http: requests.Session, control: str, records: str) -> None:
    put(http, control + "scenario", {"document": DOCUMENT})
    before = body(http, records)
    http.delete(f"{records}rec-1/").raise_for_status()
    http.post(control + "reset")
    assert before == body(http, records)


def test_scenario_can_be_generated(http: requests.Session, control: str, records: str) -> None:
    generate = {"seed": 7, "people": 3, "packages": 2, "records": 25}
    states = []
    for _ in range(2):
        put(http, control + "scenario", {"document": {"generate": generate}})
        states.append(body(http, records))
    assert states[0] == states[1]
    assert http.get(records).json()["count"] == 25
    put(http, control + "scenario", {"document": {"generate": generate | {"seed": 8}}})
    assert states[0] != body(http, records)


def test_empty_document_is_a_scenario_of_nothing(http: requests.Session, control: str) -> None:
    put(http, control + "scenario", {"document": {}})
    state = http.get(control + "state").json()
    assert [state[name] for name in ("people", "packages", "records")] == [[], [], []]


def test_other_organisations_keep_their_scenario(http: requests.Session, server: MockServer, lived_in: str) -> None:
    before = world(http, lived_in)
    other = lived_in.replace("/_mock", "-other/_mock")
    put(http, other + "scenario", {"name": "large"})
    assert before == world(http, lived_in)
    named = {o["name"]: o["scenario"] for o in http.get(f"{server.url}/_mock/organisations").json()["organisations"]}
    assert [named[url.split("/")[-3]] for url in (lived_in, other)] == ["default", "large"]


def test_scenario_that_the_server_was_started_with_can_be_asked_for_by_name(
    http: requests.Session, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("people:\n  - {api_id: usr-1, name: One}\n", "utf-8")
    with MockServer(scenario=str(file)) as server:
        control = f"{server.url}/_mock/"
        assert http.get(control + "scenario").json() == {"name": "mine", "names": ["mine", *fixture_names()]}
        put(http, control + "scenario", {"name": "default"})
        put(http, control + "scenario", {"name": "mine"})
        assert http.get(control + "people").json() == {"people": [{"api_id": "usr-1", "name": "One"}]}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing",
        "Default",
        "default.yaml",
        "./default",
        "../fixtures/default",
        "/etc/passwd",
        "default\0",
        "d" * 999,
    ],
    ids=lambda name: ascii(name)[:20],
)
def test_unknown_name_is_400_and_never_a_file(http: requests.Session, lived_in: str, name: str) -> None:
    before = world(http, lived_in)
    assert pointers(http.put(lived_in + "scenario", json={"name": name})) == ["body/name"]
    assert before == world(http, lived_in)


def without(name: str, *path: Any) -> dict[str, Any]:
    """Return the document with this left out, at this path."""
    document: dict[str, Any] = {key: [dict(item) for item in items] for key, items in DOCUMENT.items()}
    at: Any = document
    for step in path:
        at = at[step]
    del at[name]
    return document


BROKEN: dict[str, tuple[Any, list[str]]] = {
    "not an object": ([], ["/document"]),
    "null": (None, ["/document"]),
    "unknown property": (DOCUMENT | {"colour": 1}, ["/document/colour"]),
    "no name": (without("name", "people", 0), ["/document/people/0/name"]),
    "no packages": (without("packages"), ["/document/records/0/package_api_id"]),
    "neither people nor packages": (
        {"records": DOCUMENT["records"]},
        ["/document/records/0/person_api_id", "/document/records/0/package_api_id"],
    ),
    "person twice": (
        DOCUMENT | {"people": DOCUMENT["people"] * 2},
        ["/document/people/2/api_id", "/document/people/3/api_id"],
    ),
    "record twice": (DOCUMENT | {"records": DOCUMENT["records"] * 2}, ["/document/records/1/api_id"]),
    "generate beside records": (
        DOCUMENT | {"generate": {"seed": 1, "people": 1, "packages": 1, "records": 1}},
        ["/document/generate"],
    ),
    "generate nobody": (
        {"generate": {"seed": 1, "people": 0, "packages": 1, "records": 1}},
        ["/document/generate/people"],
    ),
    "generate without a seed": ({"generate": {"people": 1, "packages": 1, "records": 1}}, ["/document/generate/seed"]),
    "generate too many": (
        {"generate": {"seed": 1, "people": 1, "packages": 1, "records": 1_000_001}},
        ["/document/generate/records"],
    ),
    "generate a fraction": (
        {"generate": {"seed": 1, "people": 1.5, "packages": 1, "records": 1}},
        ["/document/generate/people"],
    ),
}


@pytest.mark.parametrize(("document", "places"), BROKEN.values(), ids=BROKEN)
def test_broken_document_is_refused_with_every_place_and_nothing_changes(
    http: requests.Session, lived_in: str, document: Any, places: list[str]
) -> None:
    before = world(http, lived_in)
    answer = http.put(lived_in + "scenario", json={"document": document})
    assert pointers(answer) == [f"body{place}" for place in places]
    assert before == world(http, lived_in)


@pytest.mark.parametrize("document", [{}, {"name": "empty", "document": {}}], ids=["neither", "both"])
def test_name_or_document_exactly_one(http: requests.Session, lived_in: str, document: dict[str, Any]) -> None:
    before = world(http, lived_in)
    assert pointers(http.put(lived_in + "scenario", json=document)) == ["body"]
    assert before == world(http, lived_in)


def test_records_can_be_created_for_who_is_in_the_new_scenario_and_for_nobody_else(
    http: requests.Session, control: str, records: str
) -> None:
    put(http, control + "scenario", {"document": DOCUMENT})
    assert http.post(records, json=ASSIGNED).status_code == 409
    assert http.post(records, json={"person_api_id": "usr/2", "package_api_id": "pkg-1"}).status_code == 201


def left_out(*records: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario with these records, all of one package for one person."""
    person_and_package = {"person_api_id": "usr-1", "package_api_id": "pkg-1"}
    return DOCUMENT | {"records": [person_and_package | record for record in records]}


def started(http: requests.Session, control: str, records: str, *given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records of an organisation that was started from these."""
    put(http, control + "scenario", {"document": left_out(*given)})
    results: list[dict[str, Any]] = http.get(records).json()["results"]
    return results


def test_api_id_that_a_record_leaves_out_is_the_same_after_a_reset_and_for_all(
    http: requests.Session, control: str, records: str
) -> None:
    before = started(http, control, records, {}, {"api_id": "rec-1"}, {})
    assert len({record["api_id"] for record in before}) == 3
    http.delete(f"{records}{before[0]['api_id']}/").raise_for_status()
    http.post(control + "reset").raise_for_status()
    assert before == http.get(records).json()["results"]
    other = control.replace("/_mock/", "-other/_mock/"), records.replace("/training/", "-other/training/")
    assert before == started(http, *other, {}, {"api_id": "rec-1"}, {})


def test_api_id_that_a_record_leaves_out_is_no_other_records(
    http: requests.Session, control: str, records: str
) -> None:
    (generated,) = started(http, control, records, {})
    taken = [record["api_id"] for record in started(http, control, records, {}, {"api_id": generated["api_id"]})]
    assert taken[1] == generated["api_id"] != taken[0]
    created = [
        http.post(records, json={"person_api_id": "usr-1", "package_api_id": "pkg-1"}).json()["api_id"]
        for _ in range(5)
    ]
    assert len({*taken, *created}) == 7


def test_date_assigned_that_a_record_leaves_out_is_its_first_date_or_a_fixed_one(
    http: requests.Session, control: str, records: str
) -> None:
    start, end = "2025-03-01T09:00:00+01:00", "2025-03-02T08:00:00Z"
    given: list[dict[str, Any]] = [
        {"date_started": start, "date_completed": end},
        {"date_started": None, "date_completed": end},
        {},
    ]
    dates = [record["date_assigned"] for record in started(http, control, records, *given)]
    assert dates == ["2025-03-01T08:00:00Z", end, "2026-01-01T00:00:00Z"]


def test_broken_reference_of_a_record_without_an_api_id_is_refused_with_its_place(
    http: requests.Session, lived_in: str
) -> None:
    document = left_out({}, {"person_api_id": "usr-nobody"})
    answer = http.put(lived_in + "scenario", json={"document": document})
    assert pointers(answer) == ["body/document/records/1/person_api_id"]


@pytest.mark.parametrize("name", ["api_id", "date_assigned"])
def test_state_leaves_out_nothing_that_the_api_generates(http: requests.Session, lived_in: str, name: str) -> None:
    state = http.get(lived_in + "state").json()
    del state["records"][3][name]
    assert pointers(http.put(lived_in + "state", json=state)) == [f"body/records/3/{name}"]
