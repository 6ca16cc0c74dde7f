"""What the contract promises about records: creating, reading, changing and deleting one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from mock_server import MockServer

from .problems import pointers, problem

BEN, MEI = "usr-ben-carlisle", "usr-mei-chen"
FIRST_AID, FIRE_SAFETY = "pkg-first-aid", "pkg-fire-safety"
ASSIGNED = {"person_api_id": BEN, "package_api_id": FIRST_AID}
DONE = {"date_started": "2026-02-01T07:00:00Z", "date_completed": "2026-02-01T07:45:00Z"}
FIELDS = [
    "api_id",
    "person_api_id",
    "package_api_id",
    "package_desc",
    "date_assigned",
    "date_started",
    "date_completed",
]
FIRST_AID_DESC = "First aid: the first ten minutes"
FIRE_SAFETY_DESC = "Fire safety: alarms, escape routes and which extinguisher to use"

# In the default scenario: started and completed.
COMPLETED = {
    "api_id": "rec-0001",
    "person_api_id": "usr-amara-okafor",
    "package_api_id": FIRE_SAFETY,
    "package_desc": FIRE_SAFETY_DESC,
    "date_assigned": "2025-01-13T09:00:00Z",
    "date_started": "2025-01-14T08:30:00Z",
    "date_completed": "2025-01-14T09:15:00Z",
}

FIELDS = sorted(COMPLETED)

updates = pytest.mark.parametrize("method", ["PUT", "PATCH"])
writes = pytest.mark.parametrize(("method", "at"), [("POST", ""), ("PUT", "rec-0001/"), ("PATCH", "rec-0001/")])


@pytest.fixture(scope="module")
def ticking() -> Iterator[MockServer]:
    """A server on which every creation takes place a second after the one before."""
    now = datetime(2026, 2, 1, 8, tzinfo=UTC)

    def tick() -> datetime:
        nonlocal now
        now += timedelta(seconds=1)
        return now

    with MockServer(clock=tick) as server:
        yield server


def listed(http: requests.Session, records: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = http.get(records).json()["results"]
    return results


def test_api_id_of_the_client_is_kept(http: requests.Session, records: str) -> None:
    assert http.post(records, json=ASSIGNED | {"api_id": "mine"}).json()["api_id"] == "mine"
    assert http.get(f"{records}mine/").json()["api_id"] == "mine"


def test_api_id_is_generated_where_the_client_gives_none(http: requests.Session, records: str) -> None:
    first, second = (http.post(records, json=ASSIGNED).json() for _ in range(2))
    assert first["api_id"] != second["api_id"]
    assert http.get(f"{records}{first['api_id']}/").json() == first


def test_generated_api_id_stands_in_the_list(http: requests.Session, records: str) -> None:
    created = http.post(records, json=ASSIGNED).json()
    assert created in listed(http, records)


def test_creation_returns_the_record_as_stored(http: requests.Session, records: str) -> None:
    answer = http.post(records, json=ASSIGNED | DONE)
    assert answer.status_code == 201
    assert http.get(f"{records}{answer.json()['api_id']}/").json() == answer.json()
    assert answer.json().items() >= (ASSIGNED | DONE).items()


def test_record_has_all_seven_fields_wherever_it_is_returned(http: requests.Session, records: str) -> None:
    created = http.post(records, json=ASSIGNED).json()
    at = f"{records}{created['api_id']}/"
    changed = [http.put(at, json=ASSIGNED).json(), http.patch(at, json={}).json()]
    shown = [created, *changed, http.get(at).json(), *listed(http, records)]
    assert [record for record in shown if sorted(record) != FIELDS] == []


def test_get_returns_the_record_that_was_asked_for(http: requests.Session, records: str) -> None:
    answer = http.get(f"{records}rec-0001/")
    assert (answer.status_code, answer.json()) == (200, COMPLETED)


def test_package_desc_is_the_packages(http: requests.Session, records: str) -> None:
    created = http.post(records, json=ASSIGNED | {"package_desc": "my own words"})
    assert created.json()["package_desc"] == FIRST_AID_DESC


@updates
def test_package_desc_follows_the_package(http: requests.Session, records: str, method: str) -> None:
    change = {"person_api_id": BEN, "package_api_id": FIRST_AID, "package_desc": FIRE_SAFETY_DESC}
    assert http.request(method, f"{records}rec-0001/", json=change).json()["package_desc"] == FIRST_AID_DESC
    assert http.get(f"{records}rec-0001/").json()["package_desc"] == FIRST_AID_DESC


def test_date_assigned_is_the_time_of_creation(http: requests.Session, ticking: MockServer) -> None:
    records = f"{ticking.url}/org/a/training/record/"
    sent = ASSIGNED | {"date_assigned": "1999-01-01T00:00:00Z"}
    first, second = (http.post(records, json=sent).json()["date_assigned"] for _ in range(2))
    assert first[:14] == "2026-02-01T08:"
    assert datetime.fromisoformat(second) - datetime.fromisoformat(first) == timedelta(seconds=1)


@updates
def test_date_assigned_is_kept(http: requests.Session, ticking: MockServer, method: str) -> None:
    at = f"{ticking.url}/org/b/training/record/rec-0001/"
    sent = ASSIGNED | {"date_assigned": "1999-01-01T00:00:00Z"}
    assert http.request(method, at, json=sent).json()["date_assigned"] == COMPLETED["date_assigned"]
    assert http.get(at).json()["date_assigned"] == COMPLETED["date_assigned"]


@writes
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-02-01T07:00:00.000001Z", "2026-02-01T07:00:00.000001Z"),
        ("2026-02-01T00:30:00.5+05:45", "2026-01-31T18:45:00.500000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        (None, None),
    ],
)
def test_date_is_kept_as_its_instant_in_utc(
    http: requests.Session, records: str, method: str, at: str, sent: str | None, kept: str | None
) -> None:
    for field in ("date_started", "date_completed"):
        answer = http.request(method, records + at, json=ASSIGNED | {field: sent}).json()
        stored = http.get(f"{records}{answer['api_id']}/").json()
        assert (answer[field], stored[field]) == (kept, kept)


def test_package_may_have_many_records_for_one_person_too(http: requests.Session, records: str) -> None:
    ids = {http.post(records, json=ASSIGNED).json()["api_id"] for _ in range(3)}
    stored = {record["api_id"] for record in listed(http, records)}
    assert (3, ids) == (len(ids), ids & stored)


def test_put_gives_the_record_all_details_of_the_body(http: requests.Session, records: str) -> None:
    body = {"person_api_id": MEI, "package_api_id": FIRST_AID, **DONE}
    answer = http.put(f"{records}rec-0001/", json=body)
    assert (answer.status_code, answer.json()) == (200, COMPLETED | body | {"package_desc": FIRST_AID_DESC})
    assert http.get(f"{records}rec-0001/").json() == answer.json()


@pytest.mark.parametrize("field", ["date_started", "date_completed"])
def test_put_without_a_date_clears_it(http: requests.Session, records: str, field: str) -> None:
    body = {name: value for name, value in COMPLETED.items() if name != field}
    assert http.put(f"{records}rec-0001/", json=body).json() == COMPLETED | {field: None}


def test_record_that_was_read_can_be_put_back(http: requests.Session, records: str) -> None:
    before = listed(http, records)
    for record in before[:5]:
        answer = http.put(f"{records}{record['api_id']}/", json=record)
        assert (answer.status_code, answer.json()) == (200, record)
    assert listed(http, records) == before


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"person_api_id": MEI},
        {"date_started": "2026-02-01T07:00:00Z"},
        {"date_completed": "2026-02-01T07:00:00Z"},
        {"date_completed": None},
        {"date_started": None, "date_completed": None},
        {"api_id": "renamed"},
    ],
    ids=str,
)
def test_patch_changes_what_it_gives_and_nothing_else(
    http: requests.Session, records: str, change: dict[str, Any]
) -> None:
    answer = http.patch(f"{records}rec-0001/", json=change)
    assert (answer.status_code, answer.json()) == (200, COMPLETED | change)
    assert http.get(f"{records}{answer.json()['api_id']}/").json() == COMPLETED | change


@updates
@pytest.mark.parametrize("new_api_id", ["rec-0001", "renamed"])
def test_update_touches_one_record(http: requests.Session, records: str, method: str, new_api_id: str) -> None:
    before = listed(http, records)
    changed = http.request(method, f"{records}rec-0001/", json=ASSIGNED | DONE | {"api_id": new_api_id}).json()
    assert listed(http, records) == [changed, *before[1:]]


@updates
def test_update_without_api_id_keeps_it(http: requests.Session, records: str, method: str) -> None:
    assert http.request(method, f"{records}rec-0001/", json=ASSIGNED).json()["api_id"] == "rec-0001"


@updates
def test_update_with_its_own_api_id_is_no_conflict(http: requests.Session, records: str, method: str) -> None:
    assert http.request(method, f"{records}rec-0001/", json=ASSIGNED | {"api_id": "rec-0001"}).status_code == 200


@updates
def test_update_with_another_api_id_renames(http: requests.Session, records: str, method: str) -> None:
    answer = http.request(method, f"{records}rec-0001/", json=ASSIGNED | {"api_id": "renamed"})
    assert answer.json()["api_id"] == "renamed"
    assert http.get(f"{records}renamed/").json() == answer.json()
    problem(http.get(f"{records}rec-0001/"), 404)


@updates
def test_api_id_is_free_again_after_a_rename(http: requests.Session, records: str, method: str) -> None:
    http.request(method, f"{records}rec-0001/", json=ASSIGNED | {"api_id": "renamed"})
    assert http.post(records, json=ASSIGNED | {"api_id": "rec-0001"}).status_code == 201


def test_delete_removes_one_record(http: requests.Session, records: str) -> None:
    before = listed(http, records)
    http.delete(f"{records}rec-0002/")
    problem(http.get(f"{records}rec-0002/"), 404)
    assert listed(http, records) == [before[0], *before[2:]]


def test_delete_returns_nothing(http: requests.Session, records: str) -> None:
    answer = http.delete(f"{records}rec-0001/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers


def test_api_id_is_free_again_after_a_delete(http: requests.Session, records: str) -> None:
    http.delete(f"{records}rec-0001/")
    assert http.post(records, json=ASSIGNED | {"api_id": "rec-0001"}).status_code == 201


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_unknown_record_is_404_and_nothing_is_created(http: requests.Session, records: str, method: str) -> None:
    before = listed(http, records)
    assert "rec-9999" in problem(http.request(method, f"{records}rec-9999/", json=ASSIGNED), 404)["detail"]
    assert listed(http, records) == before


def test_deleting_twice_is_404(http: requests.Session, records: str) -> None:
    http.delete(f"{records}rec-0001/")
    problem(http.delete(f"{records}rec-0001/"), 404)


@writes
@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"api_id": "rec-0002"}, ["body/api_id"]),
        ({"person_api_id": "usr-nobody"}, ["body/person_api_id"]),
        ({"package_api_id": "pkg-nothing"}, ["body/package_api_id"]),
        ({"api_id": "rec-0002", "person_api_id": ""}, ["body/api_id", "body/person_api_id"]),
        ({"person_api_id": BEN.upper()}, ["body/person_api_id"]),
    ],
    ids=str,
)
def test_conflict_with_the_data_is_409_and_changes_nothing(
    http: requests.Session, records: str, method: str, at: str, wrong: dict[str, str], where: list[str]
) -> None:
    before = listed(http, records)
    assert where == pointers(http.request(method, records + at, json=ASSIGNED | wrong), 409)
    assert listed(http, records) == before


@writes
def test_unknown_and_read_only_properties_are_ignored(
    http: requests.Session, records: str, method: str, at: str
) -> None:
    ignored = {"package_desc": 7, "date_assigned": "never", "colour": {"red": [1]}, "": None}
    answer = http.request(method, records + at, json=ASSIGNED | ignored)
    assert (answer.status_code, sorted(answer.json())) == (201 if method == "POST" else 200, FIELDS)
    assert answer.json()["package_desc"] == FIRST_AID_DESC


@writes
@pytest.mark.parametrize("api_id", ["0", "a.b_c~d-E", "x" * 128])
def test_api_id_may_have_any_form_of_the_contract(
    http: requests.Session, records: str, method: str, at: str, api_id: str
) -> None:
    assert http.request(method, records + at, json=ASSIGNED | {"api_id": api_id}).json()["api_id"] == api_id
    assert http.get(f"{records}{api_id}/").json()["api_id"] == api_id


def test_api_ids_that_differ_in_case_are_two(http: requests.Session, records: str) -> None:
    assert http.post(records, json=ASSIGNED | {"api_id": "REC-0001"}).status_code == 201
    assert http.get(f"{records}rec-0001/").json() == COMPLETED
