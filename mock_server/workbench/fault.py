"""Faults: what goes wrong on purpose, and when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Self


@dataclass
class Fault:
    """One thing that goes wrong, in the form of `Fault` in control.yaml.

    `delay` is a range in seconds. At most one of `status`, `drop` and `hang` is set.
    """

    operations: frozenset[str] | None = None
    when: str = "before"
    status: int | None = None
    delay: tuple[float, float] | None = None
    drop: bool = False
    hang: bool = False
    times: int | None = None
    probability: float = 1.0
    document: dict[str, Any] = field(default_factory=dict)
    applied: int = 0

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read a fault that keeps to control.yaml."""
        given = {name: value for name, value in document.items() if name not in ("operations", "delay")}
        if "operations" in document:
            given["operations"] = frozenset(document["operations"])
        if "delay" in document:
            least = document["delay"]["from"]
            given["delay"] = (least, document["delay"].get("to", least))
        return cls(**given, document=document)

    @property
    def ends(self) -> bool:
        """Whether it decides what the client gets; a delay alone does not."""
        return self.status is not None or self.drop or self.hang

    def matches(self, operation_id: str, when: str) -> bool:
        """Say whether it meets a request to this operation at this time."""
        exhausted = self.times is not None and self.applied >= self.times
        return not exhausted and self.when == when and (self.operations is None or operation_id in self.operations)

    def __str__(self) -> str:
        effects = [f"{self.delay[0]:g} to {self.delay[1]:g} s late"] if self.delay else []
        effects += [f"status {self.status}"] if self.status is not None else []
        effects += ["dropped"] if self.drop else []
        effects += ["hung"] if self.hang else []
        return f"{', '.join(effects)} ({self.when} the change)" if effects else "nothing"


class Faults:
    """The faults of one organisation; `are_set` says whether there are any.

    Which requests the improbable ones meet is decided by a seed.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self.replace(())

    def replace(self, faults: Iterable[Fault]) -> None:
        """Set these faults in place of those there are."""
        self._faults = list(faults)
        self.are_set = bool(self._faults)
        self._random = Random(self._seed)

    def add(self, faults: Iterable[Fault]) -> None:
        """Set these faults behind those there are, which stay as they are: also what they have left of their times."""
        self._faults += faults
        self.are_set = bool(self._faults)

    def meet(self, operation_id: str, when: str) -> list[Fault]:
        """Return the faults that a request to this operation meets then, in order, and count them as applied.

        The first one that ends the request is the last one it meets: those behind it keep their times.
        """
        applied = []
        for fault in self._faults:
            if fault.matches(operation_id, when) and self._random.random() < fault.probability:
                fault.applied += 1
                applied.append(fault)
                if fault.ends:
                    break
        return applied

    def seconds(self, fault: Fault) -> float:
        """Return how long this fault delays a request, in seconds."""
        return self._random.uniform(*fault.delay) if fault.delay else 0.0

    def __len__(self) -> int:
        return len(self._faults)

    def documents(self) -> list[dict[str, Any]]:
        """Return the faults as they were given, with how often each was applied."""
        return [fault.document | {"struck": fault.applied} for fault in self._faults]
