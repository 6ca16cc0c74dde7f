"""A service that keeps the document in other ways than the mock is not called broken, and is not harmed.

By default the service with every habit at once is checked, and one with none. ALL_FAULTS=1 checks each habit alone.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from faults import served
from habits import EVERY_HABIT, HABITS, Habits, TrainingService

from contract_tests.options import Options
from contract_tests.result import Exit, Verdict
from contract_tests.run.run import Run
from contract_tests.spec import load_spec

TOGETHER = {
    "every habit": EVERY_HABIT,
    "every habit, and an open hand": replace(EVERY_HABIT, strict=False, tolerant=True),
}
ALL = {**HABITS, **TOGETHER}

CHECKED = ALL if os.environ.get("ALL_FAULTS") else {name: ALL[name] for name in ("none in particular", "every habit")}

FIELDS = {
    "api_id",
    "person_api_id",
    "package_api_id",
    "package_desc",
    "date_assigned",
    "date_started",
    "date_completed",
}


@pytest.mark.parametrize("habits", CHECKED.values(), ids=CHECKED)
def test_a_service_that_keeps_the_document_is_not_called_broken(habits: Habits, tmp_path: Path) -> None:
    service = TrainingService(habits)
    with served(service) as url:
        options = Options(base_url=url, basis="documented", report_dir=tmp_path)
        with Run(options, load_spec(())) as run:
            run.check_all()

    report = run.report
    assert {result.id: result.counterexample for result in report.broken} == {}
    assert report.exit_code is Exit.KEPT, report.problem
    assert report.count(Verdict.NOT_EXERCISED) == 0
    assert [api_id for _, api_id in service.writes if api_id in service.others] == []
    assert {api_id: service.rows.get(api_id) for api_id in service.others} == service.others
    assert service.ours == []


# The service itself, by plain requests


@pytest.fixture(params=ALL.values(), ids=list(ALL))
def habits(request: pytest.FixtureRequest) -> Habits:
    chosen: Habits = request.param
    return chosen


@pytest.fixture
def service(habits: Habits) -> Iterator[str]:
    with served(TrainingService(habits)) as url:
        yield f"{url}/training/record/"


def records(answer: requests.Response, habits: Habits) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json()[habits.list_name]
    return found


def everything(http: requests.Session, service: str, habits: Habits) -> list[dict[str, Any]]:
    """All records, page by page."""
    size, found = 50, []
    while page := records(http.get(service, params={"limit": size, "offset": len(found)}), habits):
        found += page
    return found


def test_what_is_created_is_read_listed_changed_and_deleted(
    http: requests.Session, service: str, habits: Habits
) -> None:
    body = {"person_api_id": "p1", "package_api_id": "2", "date_started": "2026-01-31T09:00:00.250+02:00"}
    created = http.post(service, json=body)
    assert created.status_code == habits.create_status
    record = created.json()
    assert set(record) >= FIELDS
    assert record["package_desc"] == "Passwords and phishing"

    own = f"{service}{record['api_id']}/"
    assert http.get(own).json() == record
    assert [listed["api_id"] for listed in everything(http, service, habits)].count(record["api_id"]) == 1

    changed = http.patch(own, json={"package_api_id": "4"}).json()
    assert changed["package_desc"] == "Company cars and long journeys"
    assert changed["date_started"] == record["date_started"]
    assert changed["date_assigned"] == record["date_assigned"]
    replaced = http.put(own, json={"person_api_id": "p3", "package_api_id": "1"}).json()
    assert (replaced["person_api_id"], replaced["date_assigned"]) == ("p3", record["date_assigned"])

    deleted = http.delete(own)
    assert (deleted.status_code, deleted.content) == (habits.delete_status, b"")
    assert http.get(own).status_code == 404


def test_a_chosen_api_id_is_kept(http: requests.Session, service: str) -> None:
    body = {"api_id": "Mine.7", "person_api_id": "p1", "package_api_id": "2"}
    assert http.post(service, json=body).json()["api_id"] == "Mine.7"
    assert http.post(service, json=body).status_code == 409
    assert http.get(f"{service}Mine.7/").json()["api_id"] == "Mine.7"


def test_pages_are_windows_of_the_list(http: requests.Session, service: str, habits: Habits) -> None:
    page = records(http.get(service, params={"limit": 4, "offset": 3}), habits)
    ids = [record["api_id"] for record in page]
    assert ids == [record["api_id"] for record in records(http.get(service), habits)][3:7]


def test_a_search_narrows(http: requests.Session, service: str, habits: Habits) -> None:
    found = records(http.get(service, params={"search": "lADd", "limit": 20}), habits)
    assert {record["package_api_id"] for record in found} == {"1"}
    assert records(http.get(service, params={"search": "archery"}), habits) == []


def test_dates_are_the_instants_that_were_sent(http: requests.Session, service: str, habits: Habits) -> None:
    body = {"person_api_id": "p1", "package_api_id": "2", "date_completed": "2026-01-31T23:30:00.5-01:00"}
    written = {
        "seconds Z": "2026-02-01T00:30:00.500000Z",
        "milliseconds +00:00": "2026-02-01T00:30:00.500+00:00",
        "local": "2026-02-01T06:00:00.500000+05:30",
    }
    assert http.post(service, json=body).json()["date_completed"] == written[habits.written_dates]
