"""One organisation: its people, packages and records, and what may be done with them."""

import dataclasses
from collections.abc import Mapping

from mock_server.organisation.clock import Clock
from mock_server.organisation.errors import Conflict, RecordNotFound
from mock_server.organisation.id_source import IdSource
from mock_server.organisation.record import Package, Person, Record, RecordView
from mock_server.organisation.scenario import Scenario
from mock_server.values import instant
from mock_server.values.page import Page
from mock_server.values.violation import Violation


class Organisation:
    """The world of one client: "all Training Records in this organisation".

    Records come in as the properties of the contract, already checked against it, and go out as `RecordView`:
    what is left to check here is the data. Every method either does all it says or raises and changes
    nothing. The same seed makes the same api_ids.
    """

    def __init__(self, scenario: Scenario, clock: Clock, seed: str) -> None:
        self.clock = clock
        self._seed = seed
        self.start_from(scenario)

    def start_from(self, scenario: Scenario) -> None:
        """Be as if born from this scenario: people, packages, records, clock and the row of api_ids."""
        self.load(scenario)
        self.ids = IdSource(self._seed)
        self.clock.reset()

    def load(self, scenario: Scenario) -> None:
        """Have the people, packages and records of this scenario, and leave clock and ids as they are."""
        self.people: Mapping[str, Person] = scenario.people
        self.packages: Mapping[str, Package] = scenario.packages
        self.records = scenario.records.fork()

    def page(self, search: str | None = None, limit: int | None = None, offset: int = 0) -> Page:
        """Return the page of up to `limit` records from index `offset` on, of those that match `search`."""
        if search:
            found = self._search(search.casefold())
            count, records = len(found), found[offset:] if limit is None else found[offset : offset + limit]
        else:
            count, records = len(self.records), self.records.page(offset, limit)
        packages = self.packages
        return Page([r.shown_with(packages[r.package_api_id]) for r in records], count, search, limit, offset)

    def get(self, api_id: str) -> RecordView:
        """Return the record with this api_id. Raises RecordNotFound."""
        return self.show(self._find(api_id))

    def create(
        self,
        person_api_id: str,
        package_api_id: str,
        api_id: str | None = None,
        date_started: str | None = None,
        date_completed: str | None = None,
    ) -> RecordView:
        """Assign a package to a person, now, and return the record. Raises Conflict."""
        self._check(person_api_id=person_api_id, package_api_id=package_api_id, new_api_id=api_id)
        record = Record(
            api_id or self._new_api_id(),
            person_api_id,
            package_api_id,
            instant.render(self.clock.now()),
            _normalise(date_started),
            _normalise(date_completed),
        )
        self.records.add(record)
        return self.show(record)

    def replace(
        self,
        at: str,
        /,
        person_api_id: str,
        package_api_id: str,
        api_id: str | None = None,
        date_started: str | None = None,
        date_completed: str | None = None,
    ) -> RecordView:
        """Give the record at this api_id all its details anew and return it. Raises RecordNotFound, Conflict."""
        return self.update(
            at,
            api_id=api_id or at,
            person_api_id=person_api_id,
            package_api_id=package_api_id,
            date_started=date_started,
            date_completed=date_completed,
        )

    def update(self, at: str, /, **changes: str | None) -> RecordView:
        """Change the given details of the record at this api_id and return it. Raises RecordNotFound, Conflict."""
        record = self._find(at)
        new_api_id = changes.get("api_id")
        self._check(
            person_api_id=changes.get("person_api_id"),
            package_api_id=changes.get("package_api_id"),
            new_api_id=None if new_api_id == at else new_api_id,
        )
        for date in ("date_started", "date_completed"):
            if date in changes:
                changes[date] = _normalise(changes[date])
        changed = dataclasses.replace(record, **changes)  # type: ignore[arg-type]  # the contract gives only dates as None
        self.records.change(at, changed)
        return self.show(changed)

    def put_person(self, person: Person) -> None:
        """Add a person, or put this one in the place of the one with its api_id."""
        self.people = {**self.people, person.api_id: person}

    def put_package(self, package: Package) -> None:
        """Add a package, or put this one in the place of the one with its api_id; its records follow."""
        self.packages = {**self.packages, package.api_id: package}

    def delete(self, api_id: str) -> None:
        """Delete the record with this api_id. Raises RecordNotFound."""
        self._find(api_id)
        self.records.remove(api_id)

    def show(self, record: Record) -> RecordView:
        """Return a record with the description that its package has now."""
        return record.shown_with(self.packages[record.package_api_id])

    def _find(self, api_id: str) -> Record:
        try:
            return self.records[api_id]
        except KeyError:
            raise RecordNotFound(api_id) from None

    def _check(self, person_api_id: str | None, package_api_id: str | None, new_api_id: str | None) -> None:
        conflicts = []
        if new_api_id is not None and new_api_id in self.records:
            conflicts.append(_conflict("api_id", new_api_id, "which another record already has"))
        if person_api_id is not None and person_api_id not in self.people:
            conflicts.append(_conflict("person_api_id", person_api_id, "but there is no person with this api_id"))
        if package_api_id is not None and package_api_id not in self.packages:
            conflicts.append(_conflict("package_api_id", package_api_id, "but there is no package with this api_id"))
        if conflicts:
            raise Conflict(conflicts)

    def _search(self, term: str) -> list[Record]:
        people = {p.api_id for p in self.people.values() if term in p.name.casefold()}
        packages = {
            p.api_id for p in self.packages.values() if term in p.name.casefold() or term in p.description.casefold()
        }
        return [r for r in self.records if r.person_api_id in people or r.package_api_id in packages]

    def _new_api_id(self) -> str:
        # A client may have taken any id, one of the row to come too.
        return next(api_id for api_id in iter(self.ids.next, None) if api_id not in self.records)


def _normalise(date: str | None) -> str | None:
    return None if date is None else instant.normalise(date)


def _conflict(field: str, value: str, why: str) -> Violation:
    return Violation("body", f"/{field}", f'is "{value}", {why}')
