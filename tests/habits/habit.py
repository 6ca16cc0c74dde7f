"""A habit: a freedom that the document leaves, and a service that takes it."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

from .hosting import Honest, hosted
from .service import TrainingService

Start = Callable[[], AbstractContextManager[Honest]]
Service = TypeVar("Service", bound=type[TrainingService])


@dataclass(frozen=True)
class Habit:
    """A service that keeps the document and is used to something else than most.

    `start` starts a fresh one. A run of the kit against it may end with exit 3 where `ends` is a part of the reason;
    `leaves` is how many records no client can delete, `inconclusive` how many rules can't be told.
    """

    name: str
    kind: str
    start: Start
    ends: str
    leaves: int
    inconclusive: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


HABITS: list[Habit] = []


def habit(
    name: str,
    *,
    ends: str = "",
    leaves: int = 0,
    inconclusive: int = 2,
    host: Callable[[TrainingService], AbstractContextManager[Honest]] = hosted,
) -> Callable[[Service], Service]:
    """Enter a service, of the kind that its module is named for."""

    def decorate(service: Service) -> Service:
        enter(name, service.__module__, lambda: host(service()), ends, leaves, inconclusive)
        return service

    return decorate


def framework(name: str, *, ends: str = "", leaves: int = 0, inconclusive: int = 2) -> Callable[[Start], Start]:
    """Enter a service that is written in a framework's own way; what is decorated starts it."""

    def decorate(start: Start) -> Start:
        enter(name, "frameworks", start, ends, leaves, inconclusive)
        return start

    return decorate


def enter(name: str, module: str, start: Start, ends: str, leaves: int, inconclusive: int) -> None:
    kind = module.rpartition(".")[2].replace("_", " ")
    HABITS.append(Habit(name, kind, start, ends, leaves, inconclusive))


def first_of_each_kind() -> list[Habit]:
    """Return one habit of each kind."""
    return list({habit.kind: habit for habit in reversed(HABITS)}.values())[::-1]


def checked() -> list[Habit]:
    """Return those that tests look at: the first of each kind, all with ALL_HABITS=1 or ALL_FAULTS=1."""
    return HABITS if os.environ.get("ALL_HABITS") or os.environ.get("ALL_FAULTS") else first_of_each_kind()
