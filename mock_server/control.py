"""What the operations of the control API do, each under its operationId (see control.yaml)."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from mock_server.contract.operation import Operation
from mock_server.organisation.clock import parse_duration
from mock_server.organisation.errors import ScenarioInvalid, Violation
from mock_server.organisation.fixture import fixture_names, load_scenario
from mock_server.organisation.organisation import Organisation
from mock_server.organisation.organisations import Organisations
from mock_server.organisation.record import Package, Person
from mock_server.organisation.scenario import Scenario
from mock_server.organisation.state import clock_document, dump, load, read_instant
from mock_server.workbench import coverage_document, journal_document
from mock_server.workbench.fault import Fault


class Control:
    """The handlers of the control API.

    `operations` are those of the API itself, and `start` returns the scenario that organisations start with.
    """

    def __init__(
        self, organisations: Organisations, start: Callable[[], Scenario], operations: Sequence[Operation]
    ) -> None:
        self._organisations = organisations
        self._start = start
        self._operations = operations

    def reset(self, organisation: Organisation) -> None:
        organisation.reset()
        organisation.journal.changed("reset")

    def list_organisations(self, _organisation: Organisation) -> dict[str, Any]:
        return {
            "organisations": [
                {
                    "name": organisation.name,
                    "scenario": organisation.scenario.name,
                    "people": len(organisation.people),
                    "packages": len(organisation.packages),
                    "records": len(organisation.records),
                }
                for organisation in self._organisations
            ]
        }

    def get_scenario(self, organisation: Organisation) -> dict[str, Any]:
        start = self._start().name
        names = [start, *(name for name in fixture_names() if name != start)]
        return {"name": organisation.scenario.name, "names": names}

    def put_scenario(self, organisation: Organisation, body: dict[str, Any]) -> dict[str, Any]:
        if "name" in body:
            organisation.start_from(self._scenario(body["name"]))
        else:
            organisation.start_from(_below("/document", "document", body["document"]))
        organisation.journal.changed("scenario")
        return self.get_scenario(organisation)

    def get_state(self, organisation: Organisation) -> dict[str, Any]:
        return dump(organisation)

    def put_state(self, organisation: Organisation, body: dict[str, Any]) -> None:
        load(organisation, body)
        organisation.journal.changed("state")

    def list_people(self, organisation: Organisation) -> dict[str, Any]:
        return {"people": [asdict(person) for person in organisation.people.values()]}

    def put_person(self, organisation: Organisation, api_id: str, body: dict[str, Any]) -> dict[str, Any]:
        person = Person(api_id, **body)
        organisation.put_person(person)
        organisation.journal.changed("state")
        return asdict(person)

    def list_packages(self, organisation: Organisation) -> dict[str, Any]:
        return {"packages": [asdict(package) for package in organisation.packages.values()]}

    def put_package(self, organisation: Organisation, api_id: str, body: dict[str, Any]) -> dict[str, Any]:
        package = Package(api_id, **body)
        organisation.put_package(package)
        organisation.journal.changed("state")
        return asdict(package)

    def get_clock(self, organisation: Organisation) -> dict[str, Any]:
        return clock_document(organisation.clock)

    def put_clock(self, organisation: Organisation, body: dict[str, Any]) -> dict[str, Any]:
        if "freeze" in body:
            organisation.clock.freeze(read_instant(body["freeze"], "/freeze"))
        elif "advance" in body:
            _advance(organisation, body["advance"])
        else:
            organisation.clock.run()
        organisation.journal.changed("clock")
        return clock_document(organisation.clock)

    def get_faults(self, organisation: Organisation) -> dict[str, Any]:
        return {"faults": organisation.faults.documents()}

    def put_faults(self, organisation: Organisation, body: dict[str, Any]) -> dict[str, Any]:
        known = [operation.id for operation in self._operations]
        violations = [v for index, fault in enumerate(body["faults"]) for v in _wrong(fault, f"/faults/{index}", known)]
        if violations:
            raise ScenarioInvalid(violations)
        organisation.faults.replace(Fault.from_document(fault) for fault in body["faults"])
        organisation.journal.changed("faults")
        return self.get_faults(organisation)

    def delete_faults(self, organisation: Organisation) -> None:
        organisation.faults.replace(())
        organisation.journal.changed("faults")

    def get_journal(
        self,
        organisation: Organisation,
        operation: str | None = None,
        status: int | None = None,
        since: int = 0,
        limit: int | None = None,
    ) -> dict[str, Any]:
        known = [operation.id for operation in self._operations]
        if operation is not None and operation not in known:
            # A typo would tell a test that nothing was sent.
            detail = f'must be one of {", ".join(known)}, not "{operation}"'
            raise ScenarioInvalid([Violation("query", "/operation", detail)])
        found = [
            exchange
            for exchange in organisation.journal
            if exchange.number > since
            and (operation is None or exchange.operation == operation)
            and (status is None or exchange.response.status == status)
        ]
        return {"exchanges": [journal_document.document(exchange) for exchange in (found[-limit:] if limit else found)]}

    def delete_journal(self, organisation: Organisation) -> None:
        organisation.journal.clear()
        organisation.journal.changed("journal")

    def get_journal_har(self, organisation: Organisation) -> dict[str, Any]:
        return journal_document.har(organisation.journal, version("training-record-api"))

    def get_coverage(self, organisation: Organisation) -> dict[str, Any]:
        return coverage_document.document(organisation.coverage, self._operations)

    def _scenario(self, name: str) -> Scenario:
        # By name only, never by path: a page in a browser must not read files through the server.
        start = self._start()
        if name == start.name:
            return start
        if name not in fixture_names():
            names = ", ".join(fixture_names())
            raise ScenarioInvalid([Violation("body", "/name", f'must be one of {names}, not "{name}"')])
        return load_scenario(name)


def _below(pointer: str, name: str, document: object) -> Scenario:
    """Read a scenario that stands in a part of a body. Raises ScenarioInvalid with pointers into the body."""
    try:
        return Scenario.from_document(name, document)
    except ScenarioInvalid as error:
        raise ScenarioInvalid([Violation(v.part, pointer + v.pointer, v.detail) for v in error.violations]) from None


def _advance(organisation: Organisation, duration: str) -> None:
    try:
        organisation.clock.advance(parse_duration(duration))
    except (OverflowError, ValueError):
        detail = f"must be a duration that stays within the years 1 to 9999, not {duration}"
        raise ScenarioInvalid([Violation("body", "/advance", detail)]) from None


def _wrong(fault: dict[str, Any], pointer: str, known: list[str]) -> list[Violation]:
    """Return what is wrong with a fault beyond what its schema says."""
    violations = [
        Violation("body", f"{pointer}/operations/{index}", f'must be one of {", ".join(known)}, not "{name}"')
        for index, name in enumerate(fault.get("operations", ()))
        if name not in known
    ]
    if sum(effect in fault for effect in ("status", "drop", "hang")) > 1:
        violations.append(Violation("body", pointer, "must have one of status, drop and hang, not more"))
    if not any(effect in fault for effect in ("status", "drop", "hang", "delay")):
        violations.append(Violation("body", pointer, "must have a status, a delay, drop or hang"))
    delay = fault.get("delay")
    if delay is not None and delay.get("to", delay["from"]) < delay["from"]:
        violations.append(Violation("body", f"{pointer}/delay/to", f"must be at least {delay['from']}, the start"))
    return violations
