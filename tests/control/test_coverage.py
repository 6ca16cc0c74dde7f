"""Coverage: what of the contract a consumer has exercised, per organisation and since the last reset."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import requests

from mock_server import MockServer

from .contract import OPERATIONS
from .process import serving
from .world import ASSIGNED, NOON, put


def coverage(http: requests.Session, control: str) -> dict[str, dict[str, Any]]:
    """Return the rows by operation, after a look at their sum."""
    document = http.get(control + "coverage").json()
    check_sum(document)
    return {row["operation"]: row for row in document["operations"]}


def check_sum(document: dict[str, Any]) -> None:
    """Fail unless `seen` and `total` are what the rows add up to."""
    marks = [seen for row in document["operations"] for part in PARTS for seen in row[part].values()]
    assert (document["seen"], document["total"]) == (sum(marks), len(marks))


PARTS = ("statuses", "parameters", "properties")


def seen(row: dict[str, Any]) -> dict[str, list[str]]:
    """Return what was seen in each part of a row."""
    return {part: [name for name, mark in row[part].items() if mark] for part in PARTS}


def test_every_operation_status_parameter_and_optional_property_of_the_contract_is_listed(
    http: requests.Session, control: str
) -> None:
    rows = coverage(http, control)
    for operation_id, operation in OPERATIONS.items():
        row = rows.pop(operation_id)
        assert (row["method"], row["path"], row["count"]) == (operation["method"], operation["path"], 0)
        assert row["statuses"] == dict.fromkeys(operation["responses"], False)
        assert row["parameters"] == {p["name"]: False for p in operation.get("parameters", ()) if p["in"] == "query"}
        schema = operation.get("requestBody", {"content": {"application/json": {"schema": {}}}})["content"]
        schema = schema["application/json"]["schema"]
        optional = [name for name in schema.get("properties", ()) if name not in schema.get("required", ())]
        assert row["properties"] == dict.fromkeys(optional, False)
    assert rows == {}


@pytest.mark.parametrize(
    ("method", "at", "body", "operation_id", "expected"),
    [
        ("GET", "", None, "list_records", (["200"], [], [])),
        ("GET", "?limit=1&offset=2", None, "list_records", (["200"], ["limit", "offset"], [])),
        ("GET", "?limit=0", None, "list_records", (["400"], ["limit"], [])),
        ("GET", "?colour=red&search=", None, "list_records", (["200"], ["search"], [])),
        ("GET", "rec-9999/", None, "get_record", (["404"], [], [])),
        ("GET", "rec-0003/?__code=400", None, "get_record", (["400"], [], [])),
        ("POST", "", ASSIGNED, "create_record", (["201"], [], [])),
        ("POST", "", ASSIGNED | {"date_started": None}, "create_record", (["201"], [], ["date_started"])),
        ("POST", "", ASSIGNED | {"person_api_id": "x", "api_id": "a"}, "create_record", (["409"], [], ["api_id"])),
        ("PATCH", "rec-0003/", ASSIGNED, "update_record", (["200"], [], ["person_api_id", "package_api_id"])),
        ("PUT", "rec-0003/", ASSIGNED | {"date_completed": NOON}, "replace_record", (["200"], [], ["date_completed"])),
        ("DELETE", "rec-0003/", None, "delete_record", (["204"], [], [])),
    ],
)
def test_exchange_marks_what_it_used(
    http: requests.Session,
    control: str,
    records: str,
    method: str,
    at: str,
    body: Any,
    operation_id: str,
    expected: tuple[list[str], list[str], list[str]],
) -> None:
    http.request(method, records + at, json=body)
    rows = coverage(http, control)
    assert seen(rows[operation_id]) == dict(zip(PARTS, expected, strict=True))
    assert {name: row["count"] for name, row in rows.items() if row["count"]} == {operation_id: 1}


def test_marks_and_counts_add_up(http: requests.Session, control: str, records: str) -> None:
    for query in ("?limit=1", "?limit=2", "?offset=1", "?limit=x"):
        http.get(records + query)
    row = coverage(http, control)["list_records"]
    assert row["count"] == 4
    assert seen(row) == {"statuses": ["200", "400"], "parameters": ["limit", "offset"], "properties": []}


def test_answer_of_a_fault_counts_as_the_answer(http: requests.Session, control: str, records: str) -> None:
    put(http, control + "faults", {"faults": [{"status": 404}]})
    http.get(f"{records}rec-0003/")
    assert seen(coverage(http, control)["get_record"])["statuses"] == ["404"]


def test_status_that_the_contract_does_not_document_is_counted_and_not_marked(
    http: requests.Session, control: str, records: str
) -> None:
    http.get(f"{records}rec-0003/?__code=503")
    row = coverage(http, control)["get_record"]
    assert (row["count"], seen(row)["statuses"]) == (1, [])
    assert [*row["statuses"]] == [*OPERATIONS["get_record"]["responses"]]


def test_each_organisation_has_a_coverage_of_its_own(http: requests.Session, control: str, records: str) -> None:
    http.get(records.replace("/training", "-other/training"))
    assert http.get(control + "coverage").json()["seen"] == 0


def test_coverage_starts_anew_at_a_reset_and_at_nothing_else(
    http: requests.Session, control: str, records: str
) -> None:
    http.get(records)
    http.delete(control + "journal")
    http.delete(control + "faults")
    put(http, control + "state", http.get(control + "state").json())
    assert coverage(http, control)["list_records"]["count"] == 1
    http.post(control + "reset")
    assert coverage(http, control)["list_records"]["count"] == 0


def test_control_calls_do_not_count(http: requests.Session, control: str) -> None:
    http.get(control + "state")
    assert http.get(control + "coverage").json()["seen"] == 0


def test_report_holds_all_organisations_through_resets_other_scenarios_and_eviction(
    http: requests.Session, tmp_path: Path
) -> None:
    report = tmp_path / "coverage.json"
    with serving("--coverage-report", str(report), "--max-organisations", "2") as mock:
        http.get(f"{mock.url}/training/record/?limit=1")
        http.post(f"{mock.url}/_mock/reset")
        http.get(f"{mock.url}/training/record/?offset=1")
        put(http, f"{mock.url}/_mock/scenario", {"name": "empty"})
        http.get(f"{mock.url}/org/a/training/record/rec-9999/")
        http.delete(f"{mock.url}/org/b/training/record/rec-0003/")  # a makes room for b
        assert not report.exists()
        assert mock.stop() == 0
    document = json.loads(report.read_text("utf-8"))
    check_sum(document)
    rows = {row["operation"]: row for row in document["operations"]}
    assert {name: row["count"] for name, row in rows.items() if row["count"]} == {
        "list_records": 2,
        "get_record": 1,
        "delete_record": 1,
    }
    assert seen(rows["list_records"]) == {"statuses": ["200"], "parameters": ["limit", "offset"], "properties": []}
    assert seen(rows["get_record"])["statuses"] == ["404"]
    assert [*rows] == [*OPERATIONS]


def test_files_that_cannot_be_written_are_told_and_it_ends_with_1(http: requests.Session, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    report, state = folder / "coverage.json", folder / "state.json"
    with serving("--coverage-report", str(report), "--state", str(state)) as mock:
        http.get(f"{mock.url}/training/record/")
        shutil.rmtree(folder)
        assert mock.stop() == 1
        told = [f"training-mock: cannot write {file}: No such file or directory" for file in (state, report)]
        assert [line for line in mock.rest() if line.startswith("training-mock")] == told


def test_report_has_what_the_organisation_tells(http: requests.Session) -> None:
    with MockServer() as server:
        http.get(f"{server.url}/training/record/?limit=1")
        told = http.get(f"{server.url}/_mock/coverage").json()
        assert told == server.app.total_coverage()
