"""Waiting because the service asks for it: with a bound in sum, and not in silence."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

LONGEST = 120.0
"""Seconds that are waited in sum."""

SLICE = 0.2
"""Seconds of sleep after which it is asked whether to stop."""


def never() -> bool:
    """Nothing stops it."""
    return False


def nothing(_: str) -> None:
    """Nobody is told."""


@dataclass
class Patience:
    """How long is still waited for a service that wants to be left alone."""

    say: Callable[[str], None] = nothing
    """Told, in words, for how long is waited and why."""
    stop: Callable[[], bool] = never
    """Asked all the while; once it says so no more is waited."""
    sleep: Callable[[float], None] = time.sleep
    left: float = LONGEST

    def renewed(self) -> Self:
        """The same, with nothing waited yet."""
        return replace(self, left=LONGEST)

    def allows(self, seconds: float) -> bool:
        """Whether so long may still be waited."""
        return seconds <= self.left

    def wait(self, seconds: float, why: str) -> None:
        """Wait because the service asks for it, and say so unless it is hardly noticed."""
        self.left -= seconds
        if seconds >= 1:
            self.say(f"the service asks to wait {seconds:.0f} s ({why})")
        self.rest(seconds)

    def rest(self, seconds: float) -> None:
        """Sleep in slices, so that whoever is impatient need not wait for the end."""
        while seconds > 0 and not self.stop():
            self.sleep(min(SLICE, seconds))
            seconds -= SLICE
