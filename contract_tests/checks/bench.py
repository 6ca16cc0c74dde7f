"""What every check of a run shares, and how much is tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from api_spec.provenance import Basis

from ..client.dialect import FLUENT, ODD_SIGNS, Dialect
from ..client.service import Service
from ..client.step import Symbols
from ..judge import Expectations, Judge
from ..options import Profile
from ..records import Record
from .dialogue import LATE, Dialogue, Manner

MOST_NAMED = 9
"""How many people, and packages, the symbols of a dialogue may speak of."""


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
    dialect: Dialect = FLUENT
    """As the survey learnt it."""
    listed: tuple[Record, ...] = ()
    """The records that were there before the run."""
    schemathesis: Any = None
    """The effective spec as Schemathesis reads it; loaded by the first check that needs it."""
    _dialogues: int = 0

    def dialogue(self, manner: Manner | None = None, judged: frozenset[str] | None = None) -> Dialogue:
        """A new dialogue under a prefix of its own, so that no id is ever used twice."""
        self._dialogues += 1
        ledger = self.service.ledger
        values = {
            "run": f"{ledger.prefix}{self._dialogues:04x}-",
            "number": str(ledger.number),
            "word": self.expectations.word,
        }
        for kind, ids in (("person", self.people), ("package", self.packages)):
            # A step list made elsewhere may speak of more people than are known here.
            values |= {f"{kind}:{n}": ids[(n - 1) % len(ids)] for n in range(1, MOST_NAMED + 1) if ids}
        judge = Judge(self.service.spec, self.expectations, self.judged if judged is None else judged)
        return Dialogue(self.service, judge, Symbols(values), manner or self.manner)

    @cached_property
    def documented(self) -> frozenset[str]:
        """The rules that the document says."""
        return frozenset(rule.id for rule in self.service.spec.rules if rule.basis is Basis.DOCUMENTED)

    @property
    def manner(self) -> Manner:
        """How a check of a documented rule speaks: as the service does. What is found does not depend on the basis."""
        pairs = () if self.dialect.pairs_repeat else tuple(self.free_pairs)
        return Manner(self.dialect, adapts=True, pairs=pairs, patience=self.patience, about=LATE & self.documented)

    @property
    def strict(self) -> Manner:
        """How a check of an assumption speaks: as the spec does, but for ids that have no address and stay for good."""
        signs = "".join(sign for sign in ODD_SIGNS if sign not in self.dialect.lost_signs)
        dialect = replace(FLUENT, signs=signs, region=self.dialect.region, lag=self.dialect.lag)
        return Manner(dialect, patience=self.patience)

    @property
    def patience(self) -> float:
        """For how many seconds what seems wrong may still come right: none on a service that shows writes at once."""
        return 3 * self.dialect.lag

    @property
    def free_pairs(self) -> list[tuple[str, str]]:
        """Person and package, in symbols, of which no record was there before the run."""
        taken = {(record.get("person_api_id"), record.get("package_api_id")) for record in self.listed}
        return [
            (f"<<person:{n}>>", f"<<package:{m}>>")
            for m, package in enumerate(self.packages[:MOST_NAMED], 1)
            for n, person in enumerate(self.people[:MOST_NAMED], 1)
            if (person, package) not in taken
        ]
