"""A whole organisation as one document."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_server.organisation.clock import Clock
from mock_server.organisation.organisation import Organisation
from mock_server.organisation.record import Package, Person
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.sandbox.scenario_document import scenario_of
from mock_server.values import instant
from mock_server.values.rows import Rows
from mock_server.values.violation import Violation


def clock_document(clock: Clock) -> dict[str, Any]:
    """Return what time it is, in the form of `Clock` in control.yaml."""
    return {"now": instant.render(clock.now()), "frozen": clock.frozen}


def read_instant(text: str, pointer: str) -> datetime:
    """Return an instant that a clock can show, from an RFC 3339 date-time at `pointer`. Raises DocumentInvalid."""
    at = instant.parse(text)
    if at.utcoffset():  # it stayed as it was because UTC has no year for it
        detail = f"must be within the years 1 to 9999 in UTC, not {text}"
        raise DocumentInvalid([Violation("body", pointer, detail)])
    return at


def dump(organisation: Organisation) -> dict[str, Any]:
    """Return people, packages, records and clock as they are now, in the form of `State` in control.yaml."""
    records = organisation.records.fork()
    return {
        "people": rows_of(organisation.people),
        "packages": rows_of(organisation.packages),
        "records": Rows(len(records), (record.document() for record in records)),
        "clock": clock_document(organisation.clock),
    }


def rows_of(things: Mapping[str, Person] | Mapping[str, Package]) -> Rows:
    """Return people or packages by field, as they are now."""
    return Rows(len(things), (thing.document() for thing in things.values()))


def load(organisation: Organisation, document: dict[str, Any]) -> None:
    """Give an organisation all that `dump` returned: a document that keeps to `State`, its clock left out or not.

    Raises DocumentInvalid and Full, and then has changed nothing.
    """
    scenario = scenario_of("state", document, organisation.most)
    clock = document.get("clock")
    now = None if clock is None else read_instant(clock["now"], "/clock/now")
    organisation.load(scenario)
    if clock is not None and now is not None:
        organisation.clock.set(now, clock["frozen"])
