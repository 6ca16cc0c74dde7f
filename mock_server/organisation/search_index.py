"""Where the records of each person and of each package are."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Sequence

from mock_server.organisation.record import Record

_Places = dict[str, list[int]]


class SearchIndex:
    """The places of the records of each person and of each package, in order, followed through every change."""

    def __init__(self, records: Iterable[tuple[int, Record]]) -> None:
        """Begin with these records and their places, in order."""
        self._of_person: _Places = {}
        self._of_package: _Places = {}
        for place, record in records:
            self._of_person.setdefault(record.person_api_id, []).append(place)
            self._of_package.setdefault(record.package_api_id, []).append(place)

    def follow(self, place: int, before: Record | None, after: Record | None) -> None:
        """Take note of a change at a place: the record there before and after, None where there is none."""
        if before is not None:
            _take_out(self._of_person[before.person_api_id], place)
            _take_out(self._of_package[before.package_api_id], place)
        if after is not None:
            insort(self._of_person.setdefault(after.person_api_id, []), place)
            insort(self._of_package.setdefault(after.package_api_id, []), place)

    def places(self, people: Collection[str], packages: Collection[str], order: Sequence[int]) -> list[int]:
        """Return the places of the records of any of these people or packages; `order` are those of all records."""
        lists = [*_of(self._of_person, people), *_of(self._of_package, packages)]
        if sum(map(len, lists)) <= len(order) // 2:
            found = set().union(*lists)
            # All places are in order already: those of many are picked from them faster than they are sorted.
            return sorted(found) if len(found) < len(order) // 4 else [p for p in order if p in found]
        # Nearly all: those that are left over are fewer.
        left = _others(self._of_person, people) & _others(self._of_package, packages)
        return [place for place in order if place not in left] if left else [*order]


def _take_out(places: list[int], place: int) -> None:
    del places[bisect_left(places, place)]


def _of(places: _Places, api_ids: Iterable[str]) -> list[list[int]]:
    return [places[api_id] for api_id in api_ids if api_id in places]


def _others(places: _Places, api_ids: Collection[str]) -> set[int]:
    return set().union(*(of for api_id, of in places.items() if api_id not in api_ids))
