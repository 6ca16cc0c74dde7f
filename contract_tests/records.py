"""Where in an answer the records stand, whatever a service puts around and beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Record = Mapping[str, Any]

Path = tuple[str, ...]
"""The names that lead from an answer to something in it."""

REFERENCES = ("person_api_id", "package_api_id")
"""What every record has beside its api_id, and nothing else that may stand in an answer has."""

DEEPEST = 3
"""How many objects may stand around a list or a record: `{"data": {"items": [...]}}`."""


def records_in(answer: Any, name: str | None, path: Path = ()) -> list[Record] | None:
    """The list of records in an answer: where it was before, under the name that the spec has, anywhere, or bare.

    Other lists may stand beside it, of links, people or the latest records: `path` is where it is known to be.
    """
    if not isinstance(answer, dict):
        return list_of_records(answer)
    for known in (path, (name,) if name else ()):
        found = list_of_records(_at(answer, known)) if known else None
        if found is not None and (not found or is_record(found[0])):
            return found
    place = list_path(answer)
    if place is not None:
        return list_of_records(_at(answer, place))
    # Where it was once, null or nothing at all is how some write a list with nothing in it.
    return [] if path and _at(answer, path) is None else None


def list_path(answer: Any) -> Path | None:
    """Where the list of records stands in an object: the longest whose items look like records, else an empty one."""
    found = list(_lists(answer, (), DEEPEST)) if isinstance(answer, dict) else []
    records = [(path, items) for path, items in found if items and is_record(items[0])]
    empty = [(path, items) for path, items in found if not items]
    best = max(records, key=lambda item: len(item[1]), default=None) or next(iter(empty), None)
    best = best or max(found, key=lambda item: len(item[1]), default=None)
    return None if best is None else best[0]


def _lists(answer: Mapping[str, Any], path: Path, depth: int) -> Iterator[tuple[Path, list[Record]]]:
    for name, value in answer.items():
        items = list_of_records(value)
        if items is not None:
            yield (*path, name), items
        elif isinstance(value, dict) and depth > 1:
            yield from _lists(value, (*path, name), depth - 1)


def _at(answer: Any, path: Path) -> Any:
    for name in path:
        if not isinstance(answer, dict):
            return None
        answer = answer.get(name)
    return answer


def list_of_records(value: Any) -> list[Record] | None:
    """The value itself where it is a list of objects; None for anything else."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    return None


def record_in(answer: Any) -> Record | None:
    """The record in an answer: the answer itself, or the one object in it that is one; None when it is no object."""
    if not isinstance(answer, dict):
        return None
    if "api_id" in answer:
        return answer
    found = list(_records(answer, DEEPEST))
    return found[0] if len(found) == 1 else answer


def _records(answer: Mapping[str, Any], depth: int) -> Iterator[Record]:
    for value in answer.values():
        for item in value if isinstance(value, list) and len(value) == 1 else [value]:
            if isinstance(item, dict):
                if "api_id" in item and is_record(item):
                    yield item
                elif depth > 1:
                    yield from _records(item, depth - 1)


def is_record(item: Record) -> bool:
    """Whether an object can be a record: it says whom or what it refers to."""
    return any(name in item for name in REFERENCES)


def counts_in(answer: Any, depth: int = 2) -> Iterator[int]:
    """Whole numbers that stand beside a list, or around it: one of them may say how many records there are."""
    if isinstance(answer, dict):
        for value in answer.values():
            if isinstance(value, int) and not isinstance(value, bool):
                yield value
            elif depth > 1:
                yield from counts_in(value, depth - 1)
