"""Waiting until something is so, for what another process or thread does in its own time."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

Found = TypeVar("Found")


def until(look: Callable[[], Found], seconds: float = 30) -> Found:
    """Look again and again until something is found, and return it. Fails after so many seconds."""
    end = monotonic() + seconds
    while not (found := look()):
        assert monotonic() < end, "it never came to be so"
        sleep(0.01)
    return found
