"""Examples with names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.references import followed


@dataclass(frozen=True)
class Example:
    """One example of a value; its name is that of the others which belong to the same request."""

    name: str
    summary: str
    """What it says of itself, its description included."""
    value: Any


def examples(spec: Mapping[str, Any], part: Mapping[str, Any]) -> tuple[Example, ...]:
    """Return the named examples of a parameter or of a body, but for those that stand in another file."""
    named = {name: followed(spec, entry) for name, entry in part.get("examples", {}).items()}
    return tuple(
        Example(name, " ".join(entry[key] for key in ("summary", "description") if key in entry), entry["value"])
        for name, entry in named.items()
        if "value" in entry
    )
