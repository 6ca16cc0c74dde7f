"""Date-times as instants: equal when they are the same moment, however they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

RFC3339 = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)

MILLISECOND_DIGITS = 3


@dataclass(frozen=True)
class Instant:
    """A moment to the microsecond, and how it was written."""

    moment: datetime
    """Naive, in UTC."""
    digits: int
    """How many digits of the second's fraction were written."""
    wall: datetime
    """The same as it was written, without the offset."""

    def same(self, other: Instant) -> bool:
        """Whether both are the same moment."""
        return self.moment == other.moment

    def same_when_shown(self, sent: Instant) -> bool:
        """Whether this shows `sent` to the precision shown here: milliseconds, cut off or rounded."""
        if self.digits != MILLISECOND_DIGITS:
            return self.moment == sent.moment
        return abs(self.moment - sent.moment) < timedelta(milliseconds=1)


def parse_instant(text: object) -> Instant | None:
    """Return the instant that an RFC 3339 date-time with offset names; None for anything else."""
    match = RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    try:
        wall = datetime.fromisoformat(f"{day}T{clock}").replace(microsecond=int(((fraction or "") + "000000")[:6]))
        return Instant(wall - _offset(zone), len(fraction or ""), wall)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta:
    if zone in "Zz":
        return timedelta(0)
    hours, minutes = zone[1:].split(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if zone[0] == "-" else offset


def utc_now() -> datetime:
    """The local clock, naive, in UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
