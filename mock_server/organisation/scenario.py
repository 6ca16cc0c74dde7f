"""A scenario: the people, packages and records that an organisation starts with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Self

from api_spec.file import read_yaml
from api_spec.references import dereferenced
from mock_server.bundled import CONTROL
from mock_server.contract.schema import Schema
from mock_server.organisation import instant
from mock_server.organisation.errors import ScenarioInvalid, Violation
from mock_server.organisation.generated import generate
from mock_server.organisation.record import Package, Person, Record
from mock_server.organisation.record_store import RecordStore
from mock_server.organisation.shown import ShownRecords


@dataclass(frozen=True)
class Scenario:
    """People and packages by api_id, and records in the order of their creation. Never changed."""

    name: str
    people: Mapping[str, Person]
    packages: Mapping[str, Package]
    records: RecordStore

    @cached_property
    def shown(self) -> ShownRecords:
        """Its records as they are shown; all organisations that started from it remember them together."""
        return ShownRecords(self.packages)

    @classmethod
    def from_document(cls, name: str, document: object) -> Self:
        """Read a scenario in the form of `Scenario` in control.yaml. Raises ScenarioInvalid."""
        violations = list(_schema().violations("body", document)) or list(_broken_references(document))
        if violations:
            raise ScenarioInvalid(violations)
        assert isinstance(document, dict)  # the schema says so
        if "generate" in document:
            return cls(name, *generate(**document["generate"]))
        return cls(
            name,
            {p["api_id"]: Person(**p) for p in document.get("people", ())},
            {p["api_id"]: Package(**p) for p in document.get("packages", ())},
            RecordStore(Record(**_normalised(r)) for r in document.get("records", ())),
        )


@cache
def _schema() -> Schema:
    return Schema(dereferenced(read_yaml(CONTROL))["components"]["schemas"]["Scenario"])


def _normalised(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: instant.normalise(value) if name.startswith("date_") and value is not None else value
        for name, value in record.items()
    }


def _broken_references(document: Any) -> Iterable[Violation]:
    if "generate" in document and len(document) > 1:
        yield Violation("body", "/generate", "stands alone: a scenario is either written out or generated")
    for kind in ("people", "packages", "records"):
        yield from _repeated_ids(kind, document.get(kind, ()))
    people = {person["api_id"] for person in document.get("people", ())}
    packages = {package["api_id"] for package in document.get("packages", ())}
    for index, record in enumerate(document.get("records", ())):
        for field, known, what in (("person_api_id", people, "person"), ("package_api_id", packages, "package")):
            if record[field] not in known:
                yield Violation("body", f"/records/{index}/{field}", f'is "{record[field]}", which no {what} has')


def _repeated_ids(kind: str, items: Iterable[dict[str, Any]]) -> Iterable[Violation]:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        if first.setdefault(item["api_id"], index) != index:
            detail = f'is "{item["api_id"]}", which /{kind}/{first[item["api_id"]]} has already'
            yield Violation("body", f"/{kind}/{index}/api_id", detail)
