"""One organisation: its people, packages and records, and what may be done with them."""

import dataclasses
from collections.abc import Mapping, Sequence

from mock_server.organisation.clock import Clock
from mock_server.organisation.errors import Conflict, Full, RecordNotFound
from mock_server.organisation.id_source import IdSource
from mock_server.organisation.record import Package, Person, Record, RecordView
from mock_server.organisation.scenario import Scenario
from mock_server.values import instant
from mock_server.values.page import Page
from mock_server.values.rows import Rows
from mock_server.values.violation import Violation

MAX_RECORDS = 200_000

_AT_ONCE = 1000
"""A page of more records is made as it is written."""


class Organisation:
    """The world of one client: "all Training Records in this organisation".

    Records come in as the properties of the contract, already checked against it, and go out as `RecordView`:
    what is left to check here is the data. Every method either does all it says or raises and changes
    nothing. The same seed makes the same api_ids, and there is room for `most` people, packages
    and records each.

    `world` is another object each time that everything in it is replaced: what began in one world has no place in
    the next.
    """

    def __init__(self, scenario: Scenario, clock: Clock, seed: str, most: int = MAX_RECORDS) -> None:
        self.clock = clock
        self.most = most
        self._seed = seed
        self.start_from(scenario)

    def start_from(self, scenario: Scenario) -> None:
        """Be as if born from this scenario: people, packages, records, clock and the row of api_ids. Raises Full."""
        self.load(scenario)
        self.ids = IdSource(self._seed)
        self.clock.reset()

    def load(self, scenario: Scenario) -> None:
        """Have the people, packages and records of this scenario, and leave clock and ids as they are. Raises Full."""
        for kind in ("people", "packages", "records"):
            self._check_room(kind, len(getattr(scenario, kind)))
        self.end()
        self.people: Mapping[str, Person] = scenario.people
        self.packages: Mapping[str, Package] = scenario.packages
        self.records = scenario.records.fork()

    def end(self) -> None:
        """Let the world end: what began in it has no effect any more."""
        self.world = object()

    def page(self, search: str | None = None, limit: int | None = None, offset: int = 0) -> Page:
        """Return the page of up to `limit` records from index `offset` on, of those that match `search`."""
        places = self._search(search.casefold()) if search else self.records.places
        # A slice takes no number that is too large for an index of this machine.
        start = min(offset, len(places))
        window = places[start:] if limit is None else places[start : start + min(limit, len(places))]
        packages = self.packages
        items: list[RecordView] | Rows
        if len(window) <= _AT_ONCE:
            items = [record.shown_with(packages[record.package_api_id]) for record in self.records.at(window)]
        else:
            records = self.records.fork().at(window)
            items = Rows(len(window), (record.shown_with(packages[record.package_api_id]) for record in records))
        return Page(items, len(places), search, limit, offset)

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
        """Assign a package to a person, now, and return the record. Raises Conflict and Full."""
        self._check(person_api_id=person_api_id, package_api_id=package_api_id, new_api_id=api_id)
        self._check_room("records", len(self.records) + 1)
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
        """Add a person, or put this one in the place of the one with its api_id. Raises Full."""
        people = {**self.people, person.api_id: person}
        self._check_room("people", len(people))
        self.people = people
        self.records.searches.forget()

    def put_package(self, package: Package) -> None:
        """Add a package, or put this one in the place of the one with its api_id; its records follow.

        Raises Full.
        """
        packages = {**self.packages, package.api_id: package}
        self._check_room("packages", len(packages))
        self.packages = packages
        self.records.searches.forget()

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

    def _check_room(self, kind: str, count: int) -> None:
        if count > self.most:
            raise Full(kind, self.most)

    def _search(self, term: str) -> Sequence[int]:
        known = self.records.searches.get(term)
        if known is not None:
            return known.places
        people = {p.api_id for p in self.people.values() if term in p.name.casefold()}
        packages = {
            p.api_id for p in self.packages.values() if term in p.name.casefold() or term in p.description.casefold()
        }
        records = self.records
        at_places = zip(records.places, records, strict=True)
        return records.searches.find(term, people, packages, at_places, records.places).places

    def _new_api_id(self) -> str:
        # A client may have taken any id, one of the row to come too.
        return next(api_id for api_id in iter(self.ids.next, None) if api_id not in self.records)


def _normalise(date: str | None) -> str | None:
    return None if date is None else instant.normalise(date)


def _conflict(field: str, value: str, why: str) -> Violation:
    return Violation("body", f"/{field}", f'is "{value}", {why}')
