"""What every check of a run shares, and how much is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..client.service import Service
from ..client.step import Symbols
from ..judge import Expectations, Judge
from ..options import Profile
from .dialogue import Dialogue


@dataclass
class Bench:
    """What every check of a run shares."""

    service: Service
    expectations: Expectations
    judged: frozenset[str]
    people: tuple[str, ...]
    """Concrete ids of people that records may refer to."""
    packages: tuple[str, ...]
    profile: Profile
    seed: int
    writes: bool
    schemathesis: Any = None
    """The effective spec as Schemathesis reads it; loaded by the first check that needs it."""
    _dialogues: int = 0

    def dialogue(self) -> Dialogue:
        """A new dialogue under a prefix of its own, so that no id is ever used twice."""
        self._dialogues += 1
        ledger = self.service.ledger
        values = {"run": f"{ledger.prefix}{self._dialogues:04x}-", "number": str(ledger.number)}
        for kind, ids in (("person", self.people), ("package", self.packages)):
            # A step list made elsewhere may speak of more people than are known here.
            values |= {f"{kind}:{n}": ids[(n - 1) % len(ids)] for n in range(1, 10) if ids}
        return Dialogue(self.service, Judge(self.service.spec, self.expectations, self.judged), Symbols(values))
