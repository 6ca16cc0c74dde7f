"""Where a part of the spec comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.provenance import Basis

KEYS = ("x-basis", "x-source", "x-reason", "x-question", "x-assumptions")
"""The names under which a part tells it."""


@dataclass(frozen=True)
class Provenance:
    """What a part of the spec says of where it comes from; empty where it says nothing."""

    basis: str
    """`documented`, `assumed` or empty."""
    source: str
    """The document's own words."""
    reason: str
    """Why it was chosen, where the document is silent."""
    question: str
    """The id of the question that it answers."""
    assumptions: tuple[str, ...]
    """What is assumed about it beyond the words of its source."""

    @property
    def is_assumed(self) -> bool:
        """Whether the part as a whole is assumed."""
        return self.basis == Basis.ASSUMED


def provenance(part: Mapping[str, Any]) -> Provenance:
    """Return where a part comes from."""
    basis, source, reason, question = (
        " ".join(str(part.get(key, "")).split()) for key in ("x-basis", "x-source", "x-reason", "x-question")
    )
    assumptions = tuple(" ".join(text.split()) for text in part.get("x-assumptions", ()))
    return Provenance(basis, source, reason, question, assumptions)
