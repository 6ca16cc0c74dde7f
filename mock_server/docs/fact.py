"""What a part of the spec says beside what has a place of its own on the page."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fact:
    """A name and its value as they stand in the spec, such as `minimum` and `1`."""

    name: str
    value: str
    note: str = ""
    """What the spec says of the value."""


def facts(part: Mapping[str, Any], known: Collection[str]) -> tuple[Fact, ...]:
    """Return what a part says under any name but those that are known."""
    return tuple(Fact(name, written(value)) for name, value in part.items() if name not in known)


def written(value: Any) -> str:
    """Return a text as it is, a list of texts with commas, and anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value) or "none"
    return json.dumps(value, ensure_ascii=False)
