"""What was learnt of a service so far."""

from __future__ import annotations

from dataclasses import dataclass

from ...checks.bench import Bench
from ...client.dialect import Dialect
from ...client.exchange import Exchange


@dataclass
class Learnt:
    """What was learnt so far."""

    bench: Bench
    dialect: Dialect
    first_index: int = 0
    lag: float = 0.0
    """After how many seconds the slowest write was seen; 0 when all were at once."""
    place: str = ""
    """Where new records stand in the list, in a word; empty where that is not known."""
    written_date: str = ""
    """A date with seconds, and with a fraction where that is taken, as the service shows it."""
    created: Exchange | None = None
    """How the first creation that was accepted went; None when none was."""
    refused: Exchange | None = None
    """How the first creation was refused, if it was."""
    musts: frozenset[str] = frozenset()
    """The rules about what any service must take, and this one refused in every plain form."""
