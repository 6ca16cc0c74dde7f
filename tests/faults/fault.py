"""A fault of the mock: what it breaks, how it gets in, and what shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .ask import Ask
from .faulty_mock import FaultyMock

Injection = Callable[[FaultyMock], None]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a service.

    `shown_by` are requests, sent in this order to a fresh server, of which the last one is answered
    otherwise than by the good mock. `leaves`, empty for nearly all, says why a client can't delete its own
    records from a service with this fault; `unreadable` that nobody can learn from its list whom records may
    refer to.
    """

    name: str
    topic: str
    breaks: str
    shown_by: tuple[Ask, ...]
    inject: Injection
    leaves: str = ""
    unreadable: bool = False

    def __str__(self) -> str:
        return self.name


FAULTS: list[Fault] = []


def fault(
    name: str, *, breaks: str, shown_by: Sequence[Ask], leaves: str = "", unreadable: bool = False
) -> Callable[[Injection], Injection]:
    """Enter a function that puts a fault into a fresh mock."""

    def decorate(inject: Injection) -> Injection:
        topic = inject.__module__.rpartition(".")[2]
        FAULTS.append(Fault(name, topic, breaks, tuple(shown_by), inject, leaves, unreadable))
        return inject

    return decorate
