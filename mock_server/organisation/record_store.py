"""The records of one organisation, in the order of their creation."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Self

from mock_server.organisation.record import Record


class RecordStore:
    """An ordered table of records, found by api_id.

    Every record has a place, a number that grows with each record added and never changes, so a
    renamed record stays where it is. Reading one, adding, changing and removing are O(1) (amortised),
    a page is O(offset + limit).

    A fork shares its tables with the store it came from until one of the two changes.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._records = dict(enumerate(records))
        self._places = {record.api_id: place for place, record in self._records.items()}
        self._next_place = len(self._records)
        self._removals = 0
        self._shared = False

    def fork(self) -> Self:
        """Return a store with the same records, at no cost until one of the two changes."""
        fork = object.__new__(type(self))
        fork.__dict__.update(self.__dict__)
        fork._shared = self._shared = True
        return fork

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, api_id: object) -> bool:
        return api_id in self._places

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.values())

    def __getitem__(self, api_id: str) -> Record:
        """Return the record with this api_id. Raises KeyError."""
        return self._records[self._places[api_id]]

    def page(self, offset: int, limit: int | None) -> list[Record]:
        """Return up to `limit` records from the one at index `offset` on; all of them without a limit."""
        size = len(self._records)
        start = min(offset, size)
        stop = size if limit is None else min(start + limit, size)
        return list(islice(self._records.values(), start, stop))

    def add(self, record: Record) -> None:
        """Put a record with a new api_id at the end."""
        self._own()
        self._places[record.api_id] = self._next_place
        self._records[self._next_place] = record
        self._next_place += 1

    def change(self, api_id: str, record: Record) -> None:
        """Put `record`, whose api_id may be a new one, in the place of the one with `api_id`. Raises KeyError."""
        self._own()
        place = self._places.pop(api_id)
        self._places[record.api_id] = place
        self._records[place] = record

    def remove(self, api_id: str) -> None:
        """Take out the record with this api_id. Raises KeyError."""
        self._own()
        del self._records[self._places.pop(api_id)]
        self._removals += 1
        # A dict keeps a gap for each key deleted and steps over all of them; copying it closes the gaps.
        if self._removals > len(self._records):
            self._records = dict(self._records.items())
            self._removals = 0

    def _own(self) -> None:
        if self._shared:
            self._records = self._records.copy()
            self._places = self._places.copy()
            self._shared = False
