"""What was searched for lately, and what it found."""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from mock_server.organisation.record import Record
from mock_server.organisation.search_index import SearchIndex

REMEMBERED = 4
"""How many terms are remembered: a page that is typed into asks for many, but goes on with the last one alone."""


class Found:
    """The `places` of the records of certain people or packages, kept up to date with every change."""

    def __init__(self, people: set[str], packages: set[str], places: list[int]) -> None:
        self._people = people
        self._packages = packages
        self.places = places

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
    """What each of the last few terms found, and the index in which a new one is looked up.

    Both follow the records through every change. The index is made for the first search, which takes some 15 ms for
    100,000 records. What a term found is remembered, as a client asks for one page after another.
    """

    def __init__(self) -> None:
        self._index: SearchIndex | None = None
        self._found: OrderedDict[str, Found] = OrderedDict()

    def get(self, term: str) -> Found | None:
        """Return what is remembered for this term."""
        found = self._found.get(term)
        if found is not None:
            self._found.move_to_end(term)
        return found

    def find(
        self,
        term: str,
        people: set[str],
        packages: set[str],
        records: Iterable[tuple[int, Record]],
        order: Sequence[int],
    ) -> Found:
        """Return what a term finds that names these people and packages, and remember it.

        It takes the place of what was not asked for longest. `records` are all there are with their places, and
        `order` the places alone.
        """
        if self._index is None:
            self._index = SearchIndex(records)
        found = self._found[term] = Found(people, packages, self._index.places(people, packages, order))
        if len(self._found) > REMEMBERED:
            self._found.popitem(last=False)
        return found

    def follow(self, place: int, before: Record | None, after: Record | None) -> None:
        """Take note of a change at a place: the record there before and after, None where there is none."""
        if self._index is not None:
            self._index.follow(place, before, after)
        for found in self._found.values():
            found.follow(place, before, after)

    def forget(self) -> None:
        """Forget what was found, as people or packages have other names now."""
        self._found.clear()
