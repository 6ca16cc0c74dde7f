"""What was searched for lately, and what it found."""

from bisect import bisect_left, insort
from collections import OrderedDict

from mock_server.organisation.record import Record
from mock_server.organisation.record_store import RecordStore

REMEMBERED = 4
"""How many terms are remembered: a page that is typed into asks for many, but goes on with the last one alone."""


class Found:
    """The `places` of the records of certain people or packages, kept up to date with every change."""

    def __init__(self, people: set[str], packages: set[str], records: RecordStore) -> None:
        self._people = people
        self._packages = packages
        self.places = [
            place
            for place, record in zip(records.places, records, strict=True)
            # As in `_matches`, which takes three times as long to call.
            if record.person_api_id in people or record.package_api_id in packages
        ]

    def follow(self, place: int, before: Record | None, after: Record | None) -> None:
        """Take note of a change at a place: the record there before and after, None where there is none."""
        was, is_now = self._matches(before), self._matches(after)
        if is_now and not was:
            insort(self.places, place)
        elif was and not is_now:
            del self.places[bisect_left(self.places, place)]

    def _matches(self, record: Record | None) -> bool:
        return record is not None and (record.person_api_id in self._people or record.package_api_id in self._packages)


class Searches:
    """What each of the last few terms found.

    Finding it anew takes 10 ms where there are 100,000 records, and a client asks for one page after another.
    """

    def __init__(self) -> None:
        self._found: OrderedDict[str, Found] = OrderedDict()

    def get(self, term: str) -> Found | None:
        """Return what is remembered for this term."""
        found = self._found.get(term)
        if found is not None:
            self._found.move_to_end(term)
        return found

    def remember(self, term: str, found: Found) -> None:
        """Remember what a term found, in place of what was not asked for longest."""
        self._found[term] = found
        if len(self._found) > REMEMBERED:
            self._found.popitem(last=False)

    def follow(self, place: int, before: Record | None, after: Record | None) -> None:
        """Take note of a change at a place: the record there before and after, None where there is none."""
        for found in self._found.values():
            found.follow(place, before, after)

    def forget(self) -> None:
        """Forget them all."""
        self._found.clear()
