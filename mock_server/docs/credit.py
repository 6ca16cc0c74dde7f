"""Whom to ask about an API, and under which licence it is described."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Credit:
    """A name with its addresses, each of them empty where the spec gives none."""

    name: str
    url: str
    email: str


def credits_of(info: Mapping[str, Mapping[str, str]]) -> tuple[Credit, ...]:
    """Return the licence and the contact that the `info` of a spec names."""
    found = (info[name] for name in ("license", "contact") if name in info)
    return tuple(Credit(entry.get("name", ""), entry.get("url", ""), entry.get("email", "")) for entry in found)
