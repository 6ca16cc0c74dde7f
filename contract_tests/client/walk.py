"""Readings of the whole list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .exchange import Exchange

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Walk:
    """The whole list, read page by page: by the service's own page size first, then at every next offset."""

    records: tuple[Mapping[str, Any], ...]
    pages: int
    """How many pages held records."""
    last: Exchange | None
    """The exchange that ended it; None for a list that was not read at all."""
    complete: bool
    """Whether every page was answered with a list."""
    overlap: bool = False
    """Whether the last page, which should have been empty, held records that earlier pages had shown."""
    ended: bool = False
    """Whether it was read until an empty page came, so that there is no more of it for sure."""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The api_id of each record, in the order of the list."""
        return tuple(str(record.get("api_id")) for record in self.records)

    def same(self, other: Walk) -> bool:
        """Whether both readings showed the same records in the same order."""
        return self.records == other.records


def records_in(answer: Any, name: str | None) -> list[Record] | None:
    """The list of records in an answer: under the name that the spec has, under any other, or bare."""
    if not isinstance(answer, dict):
        return list_of_records(answer)
    lists = [list_of_records(answer[name])] if name in answer else [list_of_records(value) for value in answer.values()]
    found = [records for records in lists if records is not None]
    return max(found, key=len) if found else None


def list_of_records(value: Any) -> list[Record] | None:
    """The value itself where it is a list of objects; None for anything else."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    return None
