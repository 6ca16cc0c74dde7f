"""A scenario as a document: what a fixture holds, and what the control API takes."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from api_spec.references import dereferenced
from mock_server.bundled import control_spec
from mock_server.contract.schema import Schema
from mock_server.organisation.errors import Full
from mock_server.organisation.generated import generate
from mock_server.organisation.id_source import IdSource
from mock_server.organisation.record import Package, Person, Record
from mock_server.organisation.record_store import RecordStore
from mock_server.organisation.scenario import Scenario
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.values import instant
from mock_server.values.violation import Violation, Violations

KINDS = ("people", "packages", "records")

ASSIGNED = "2026-01-01T00:00:00Z"
"""The date_assigned of a record that a scenario gives no date at all."""


def read_scenario(name: str, document: object, most: int) -> Scenario:
    """Return the scenario that a document in the form of `Scenario` in control.yaml holds.

    Raises DocumentInvalid, and Full where it has more than `most` people, packages or records.
    """
    violations = _schema().violations("body", document)
    if violations:
        raise DocumentInvalid(violations)
    assert isinstance(document, dict)  # the schema says so
    return scenario_of(name, document, most)


def scenario_of(name: str, document: dict[str, Any], most: int) -> Scenario:
    """Return the scenario of a document that keeps to `Scenario` already. Raises as `read_scenario`.

    What a record leaves out depends on the document alone: a scenario is shared by organisations, each with a seed and
    a clock of its own, and starts them all from the same records, again and again.
    """
    for kind in KINDS:
        if _count(document, kind) > most:
            raise Full(kind, most)
    violations = Violations.of(_broken_references(document))
    if violations:
        raise DocumentInvalid(violations)
    if "generate" in document:
        return Scenario(name, *generate(**document["generate"]))
    return Scenario(
        name,
        {p["api_id"]: Person(**p) for p in document.get("people", ())},
        {p["api_id"]: Package(**p) for p in document.get("packages", ())},
        RecordStore(Record(**_normalised(r)) for r in _completed(document.get("records", ()))),
    )


def _completed(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield records with the api_id and the date_assigned that they leave out."""
    given = {record["api_id"] for record in records if "api_id" in record}
    ids = IdSource("scenario")
    for record in records:
        left_out = {}
        if "api_id" not in record:
            left_out["api_id"] = next(api_id for api_id in iter(ids.next, None) if api_id not in given)
        if "date_assigned" not in record:
            left_out["date_assigned"] = record.get("date_started") or record.get("date_completed") or ASSIGNED
        yield record | left_out


def _count(document: dict[str, Any], kind: str) -> int:
    generated: dict[str, int] = document.get("generate", {})
    return max(generated.get(kind, 0), len(document.get(kind, ())))


def control_schema(name: str) -> dict[str, Any]:
    """Return a schema of control.yaml by its name, as it stands there but for its references."""
    control = control_spec()
    schema: dict[str, Any] = dereferenced(control, control["components"]["schemas"][name])
    return schema


@cache
def _schema() -> Schema:
    return Schema(control_schema("Scenario"))


def _normalised(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: instant.normalise(value) if name.startswith("date_") and value is not None else value
        for name, value in record.items()
    }


def _broken_references(document: Any) -> Iterable[Violation]:
    if "generate" in document and len(document) > 1:
        yield Violation("body", "/generate", "stands alone: a scenario is either written out or generated")
    for kind in KINDS:
        yield from _repeated_ids(kind, document.get(kind, ()))
    people = {person["api_id"] for person in document.get("people", ())}
    packages = {package["api_id"] for package in document.get("packages", ())}
    for index, record in enumerate(document.get("records", ())):
        for field, known, what in (("person_api_id", people, "person"), ("package_api_id", packages, "package")):
            if record[field] not in known:
                detail = f'is "{record[field]}", but there is no {what} with this api_id'
                yield Violation("body", f"/records/{index}/{field}", detail)


def _repeated_ids(kind: str, items: Iterable[dict[str, Any]]) -> Iterable[Violation]:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        if "api_id" in item and first.setdefault(item["api_id"], index) != index:
            detail = f'is "{item["api_id"]}", which /{kind}/{first[item["api_id"]]} already has'
            yield Violation("body", f"/{kind}/{index}/api_id", detail)
