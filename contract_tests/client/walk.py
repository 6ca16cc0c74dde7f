"""Readings of the list, whole or in part, and where in an answer the records stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

from .exchange import Exchange

Record = Mapping[str, Any]

REFERENCES = ("person_api_id", "package_api_id")
"""What every record has beside its api_id, and nothing else that may stand in a list has."""

DEEPEST = 3
"""How many objects may stand around a list or a record: `{"data": {"items": [...]}}`."""


@dataclass(frozen=True)
class Region:
    """Which part of the list to read."""

    first: int = 0
    """The offset to begin at."""
    size: int | None = None
    """How many records to read at most; None to the end."""


WHOLE = Region()


@dataclass(frozen=True)
class Walk:
    """The list, or a part of it, read page by page: by the service's own page size first, then at every next offset."""

    records: tuple[Record, ...]
    sizes: tuple[int, ...]
    """How many records each page held."""
    last: Exchange | None
    """The exchange that ended it; None for a list that was not read at all."""
    complete: bool
    """Whether every page was answered with a list."""
    overlap: bool = False
    """Whether the last page, which should have been empty, held records that earlier pages had shown."""
    ended: bool = False
    """Whether it was read until an empty page came, so that there is no more of it for sure."""
    first: int = 0
    """The offset that it began at."""

    @property
    def pages(self) -> int:
        """How many pages held records."""
        return len(self.sizes)

    @property
    def total(self) -> int:
        """How many records the list has at least."""
        return self.first + len(self.records)

    @property
    def all_of_it(self) -> bool:
        """Whether it is the whole list."""
        return self.ended and self.first == 0

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The api_id of each record, in the order of the list."""
        return tuple(str(record.get("api_id")) for record in self.records)

    @cached_property
    def repeated(self) -> list[str]:
        """The ids that it has more than once."""
        return sorted(api_id for api_id, times in Counter(self.ids).items() if times > 1)

    @cached_property
    def overlapping(self) -> list[str]:
        """The ids that stand on more than one page."""
        starts = [0, *accumulate(self.sizes)]
        pages = [set(self.ids[start:end]) for start, end in pairwise(starts)]
        times = Counter(api_id for page in pages for api_id in page)
        return sorted(api_id for api_id, number in times.items() if number > 1)

    def part(self, offset: int, size: int) -> tuple[str, ...] | None:
        """So many ids from an offset of the list on; None where this reading does not go so far."""
        start = offset - self.first
        if start < 0 or (not self.ended and start + size > len(self.ids)):
            return None
        return self.ids[start : start + size]

    def left(self, offset: int, most: int | None) -> int | None:
        """How many records there are from an offset of the list on, at most so many; None where that is not known."""
        if not self.ended and (most is None or offset + most > self.total):
            return None
        there = max(0, self.total - offset)
        return there if most is None else min(most, there)

    def same(self, other: Walk) -> bool:
        """Whether both readings showed the same records in the same order."""
        return self.records == other.records


def records_in(answer: Any, name: str | None) -> list[Record] | None:
    """The list of records in an answer: under the name that the spec has, under any other, deeper, or bare.

    Other lists may stand beside it, of links, errors or facets: what tells it is that its items look like records.
    """
    if not isinstance(answer, dict):
        return list_of_records(answer)
    if name and (named := list_of_records(answer.get(name))) is not None and (not named or is_record(named[0])):
        return named
    found = list(_lists(answer, DEEPEST))
    records = [items for items in found if items and is_record(items[0])]
    if records:
        return max(records, key=len)
    empty = [items for items in found if not items]
    if empty:
        return empty[0]
    return max(found, key=len) if found else None


def _lists(answer: Mapping[str, Any], depth: int) -> Iterator[list[Record]]:
    for value in answer.values():
        items = list_of_records(value)
        if items is not None:
            yield items
        elif isinstance(value, dict) and depth > 1:
            yield from _lists(value, depth - 1)


def list_of_records(value: Any) -> list[Record] | None:
    """The value itself where it is a list of objects; None for anything else."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    return None


def record_in(answer: Any, depth: int = DEEPEST) -> Record | None:
    """The record in an answer: the answer itself, or an object in it that looks like one; None when it is no object."""
    if not isinstance(answer, dict):
        return None
    if "api_id" in answer or depth <= 1:
        return answer
    inner = [value for value in answer.values() if isinstance(value, dict)]
    found = [record for value in inner if (record := record_in(value, depth - 1)) is not None and "api_id" in record]
    return found[0] if len(found) == 1 else answer


def is_record(item: Record) -> bool:
    """Whether an object can be a record: it says whom or what it refers to, or which it is."""
    return "api_id" in item or any(name in item for name in REFERENCES)
