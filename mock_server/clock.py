"""The time of day, as it is told to an organisation."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present instant, in UTC."""


def system_clock() -> datetime:
    """Return the present instant of this machine, in UTC."""
    return datetime.now(UTC)
