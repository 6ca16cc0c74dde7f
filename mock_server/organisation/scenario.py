"""A scenario: the people, packages and records that an organisation starts with."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_server.organisation.record import Package, Person
from mock_server.organisation.record_store import RecordStore


@dataclass(frozen=True)
class Scenario:
    """People and packages by api_id, and records in the order of their creation. Never changed."""

    name: str
    people: Mapping[str, Person]
    packages: Mapping[str, Package]
    records: RecordStore
