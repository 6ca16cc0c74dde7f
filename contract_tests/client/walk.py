"""Readings of the list, whole or in part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from ..records import Record
from .exchange import Exchange


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
        return self.finished and self.first == 0

    @property
    def finished(self) -> bool:
        """Whether there is no more of the list, for all that its last page shows: nothing, or nothing new."""
        return self.ended or self.overlap

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
        if start < 0 or (not self.finished and start + size > len(self.ids)):
            return None
        return self.ids[start : start + size]

    def left(self, offset: int, most: int | None) -> int | None:
        """How many records there are from an offset of the list on, at most so many; None where that is not known."""
        if not self.finished and (most is None or offset + most > self.total):
            return None
        there = max(0, self.total - offset)
        return there if most is None else min(most, there)

    def same(self, other: Walk) -> bool:
        """Whether both readings showed the same records in the same order."""
        return self.records == other.records
