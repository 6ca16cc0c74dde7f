"""What the operations of the control API do, each under its operationId (see control.yaml)."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

from mock_server.contract.operation import Operation
from mock_server.organisation.clock import parse_duration
from mock_server.organisation.record import Package, Person
from mock_server.organisation.scenario import Scenario
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.sandbox.fixture import fixture_names, load_scenario
from mock_server.sandbox.sandbox import Sandbox
from mock_server.sandbox.sandboxes import Sandboxes
from mock_server.sandbox.scenario_document import scenario_of
from mock_server.sandbox.state import clock_document, dump, load, read_instant, rows_of
from mock_server.values.rows import Rows
from mock_server.values.violation import Violation, Violations
from mock_server.workbench import coverage_document, journal_document
from mock_server.workbench.fault import Fault

MAX_FAULTS = 100
"""How many an organisation has at once, as control.yaml says it of one PUT."""


class Control:
    """The handlers of the control API.

    `operations` are those of the API itself, and `start` returns the scenario that organisations start with.
    """

    def __init__(self, sandboxes: Sandboxes, start: Callable[[], Scenario], operations: Sequence[Operation]) -> None:
        self._sandboxes = sandboxes
        self._start = start
        self._operations = operations

    def reset(self, sandbox: Sandbox) -> None:
        """Go back to the scenario of the organisation."""
        sandbox.reset()
        sandbox.journal.changed("reset")

    def list_organisations(self, _sandbox: Sandbox) -> dict[str, Any]:
        """Return name, scenario and sizes of every organisation that lives."""
        return {
            "organisations": [
                {
                    "name": sandbox.name,
                    "scenario": sandbox.scenario.name,
                    "people": len(sandbox.organisation.people),
                    "packages": len(sandbox.organisation.packages),
                    "records": len(sandbox.organisation.records),
                }
                for sandbox in self._sandboxes
            ]
        }

    def get_scenario(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return the name of the scenario, and the names of all there are, the one of the server first."""
        start = self._start().name
        names = [start, *(name for name in fixture_names() if name != start)]
        return {"name": sandbox.scenario.name, "names": names}

    def put_scenario(self, sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
        """Start from a scenario, by name or from a document. Raises DocumentInvalid."""
        if "name" in body:
            sandbox.start_from(self._scenario(body["name"]))
        else:
            sandbox.start_from(_below("/document", "document", body["document"], sandbox.organisation.most))
        sandbox.journal.changed("scenario")
        return self.get_scenario(sandbox)

    def get_state(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return people, packages, records and clock as one document."""
        return dump(sandbox.organisation)

    def put_state(self, sandbox: Sandbox, body: dict[str, Any]) -> None:
        """Replace people, packages, records and clock. Raises DocumentInvalid, and then has changed nothing."""
        load(sandbox.organisation, body)
        sandbox.journal.changed("state")

    def list_people(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return everybody whom records may refer to."""
        return {"people": rows_of(sandbox.organisation.people)}

    def put_person(self, sandbox: Sandbox, api_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Add a person, or change the one with this api_id; return it."""
        person = Person(api_id, **body)
        sandbox.organisation.put_person(person)
        sandbox.journal.changed("state")
        return person.document()

    def list_packages(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return every package that records may refer to."""
        return {"packages": rows_of(sandbox.organisation.packages)}

    def put_package(self, sandbox: Sandbox, api_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Add a package, or change the one with this api_id; return it."""
        package = Package(api_id, **body)
        sandbox.organisation.put_package(package)
        sandbox.journal.changed("state")
        return package.document()

    def get_clock(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return what time it is, and whether the clock stands."""
        return clock_document(sandbox.organisation.clock)

    def put_clock(self, sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
        """Freeze, advance or run the clock; return what time it is then. Raises DocumentInvalid."""
        if "freeze" in body:
            sandbox.organisation.clock.freeze(read_instant(body["freeze"], "/freeze"))
        elif "advance" in body:
            _advance(sandbox, body["advance"])
        else:
            sandbox.organisation.clock.run()
        sandbox.journal.changed("clock")
        return clock_document(sandbox.organisation.clock)

    def get_faults(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return the faults, with how often each was applied."""
        return {"faults": sandbox.faults.documents()}

    def put_faults(self, sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
        """Set these faults in place of all others; return them. Raises DocumentInvalid."""
        sandbox.faults.replace(self._read_faults(body))
        sandbox.journal.changed("faults")
        return self.get_faults(sandbox)

    def add_faults(self, sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
        """Set these faults behind those there are; return them all. Raises DocumentInvalid."""
        faults = self._read_faults(body)
        if len(sandbox.faults) + len(faults) > MAX_FAULTS:
            detail = f"are too many: {len(sandbox.faults)} are set, and there is room for {MAX_FAULTS}"
            raise DocumentInvalid([Violation("body", "/faults", detail)])
        sandbox.faults.add(faults)
        sandbox.journal.changed("faults")
        return self.get_faults(sandbox)

    def _read_faults(self, body: dict[str, Any]) -> list[Fault]:
        violations = Violations.of(
            v for index, fault in enumerate(body["faults"]) for v in _wrong(fault, f"/faults/{index}")
        )
        if violations:
            raise DocumentInvalid(violations)
        return [Fault.from_document(fault) for fault in body["faults"]]

    def delete_faults(self, sandbox: Sandbox) -> None:
        """Take all faults away."""
        sandbox.faults.replace(())
        sandbox.journal.changed("faults")

    def get_journal(
        self,
        sandbox: Sandbox,
        operation: str | None = None,
        status: int | None = None,
        since: int = 0,
        limit: int | None = None,
    ) -> dict[str, Any]:
        """Return the last `limit` exchanges that pass all filters, the newest last."""
        found = [
            exchange
            for exchange in sandbox.journal
            if exchange.number > since
            and (operation is None or exchange.operation == operation)
            and (status is None or exchange.response.status == status)
        ]
        found = found[-limit:] if limit else found
        return {"exchanges": Rows(len(found), map(journal_document.document, found))}

    def delete_journal(self, sandbox: Sandbox) -> None:
        """Forget all exchanges."""
        sandbox.journal.clear()
        sandbox.journal.changed("journal")

    def get_journal_har(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return all exchanges as an HTTP Archive 1.2."""
        return journal_document.har([*sandbox.journal], version("training-record-api"))

    def get_coverage(self, sandbox: Sandbox) -> dict[str, Any]:
        """Return which operations, statuses, parameters and properties were exercised since the last reset."""
        return coverage_document.document(sandbox.coverage, self._operations)

    def _scenario(self, name: str) -> Scenario:
        # By name only, never by path: a page in a browser must not read files through the server.
        start = self._start()
        if name == start.name:
            return start
        if name not in fixture_names():
            names = ", ".join(fixture_names())
            raise DocumentInvalid([Violation("body", "/name", f'must be one of {names}, not "{name}"')])
        return load_scenario(name)


def _below(pointer: str, name: str, document: dict[str, Any], most: int) -> Scenario:
    """Read a scenario that stands in a part of a body. Raises Full, and DocumentInvalid with pointers into the body."""
    try:
        return scenario_of(name, document, most)
    except DocumentInvalid as error:
        raise DocumentInvalid(error.violations.below(pointer)) from None


def _advance(sandbox: Sandbox, duration: str) -> None:
    try:
        sandbox.organisation.clock.advance(parse_duration(duration))
    except (OverflowError, ValueError):
        detail = f"must be a duration that stays within the years 1 to 9999, not {duration}"
        raise DocumentInvalid([Violation("body", "/advance", detail)]) from None


def _wrong(fault: dict[str, Any], pointer: str) -> list[Violation]:
    """Return what is wrong with a fault beyond what its schema can say."""
    delay = fault.get("delay", {"from": 0})
    if delay.get("to", delay["from"]) >= delay["from"]:
        return []
    return [Violation("body", f"{pointer}/delay/to", f"must be at least {delay['from']}, the start")]
