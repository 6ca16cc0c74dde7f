"""What the judge may take for granted about this service and this run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from ..client.exchange import Exchange
from ..instants import DAY, SECOND, Instant, parse_instant
from ..records import Path

# Clocks of services and of what stands before them differ by minutes; a wrong time zone is half an hour at least.
NEAR = timedelta(minutes=25)
# A service and what answers in front of it are expected to agree better than that.
CLOSE = timedelta(minutes=5)
# Without a Date header there is only the local clock to compare with.
ROUGHLY = timedelta(hours=14)
# How far date_assigned may drift against the local clock during one run, its precision included.
STEADY = timedelta(seconds=2.5)


@dataclass(frozen=True)
class Clock:
    """The service's clock against the local one, as the first record of the run showed it."""

    skew: timedelta | None = None
    """None while no record has shown it."""

    @classmethod
    def shown_by(cls, exchange: Exchange) -> Self:
        """What the answer to a creation shows; no skew when it has no date_assigned."""
        assigned = parse_instant(exchange.answer.get("date_assigned")) if isinstance(exchange.answer, dict) else None
        return cls(None if assigned is None or exchange.after is None else assigned.moment - exchange.after)

    def denial(self, assigned: Instant, exchange: Exchange, unit: timedelta) -> str:
        """Say why `assigned`, kept to `unit`, can't be the time of this creation on any clock; empty when it can.

        Clocks differ by minutes, and without an offset it may be the time of any place.
        """
        before, after = exchange.before, exchange.after
        if before is None or after is None:
            return ""
        slack = NEAR + max(unit, assigned.unit)
        told = [(before, after)] + ([(exchange.server_clock,) * 2] if exchange.server_clock is not None else [])
        if any(_between(assigned.moment, first, last, slack) for first, last in told):
            return ""
        if not assigned.zoned and _between(assigned.wall, before, after, DAY):
            return ""
        return f"about {after.isoformat(timespec='seconds')}Z"

    def complaint(self, assigned: Instant, exchange: Exchange) -> str:
        """Say why `assigned` does not agree with the service's own clock; empty when it does."""
        before, after = exchange.before, exchange.after
        if before is None or after is None:
            return ""
        server = exchange.server_clock
        if server is not None and not _between(assigned.moment, server, server, CLOSE):
            return f"within 5 minutes of {server.isoformat()}Z, the Date of the answer"
        if server is None and not _between(assigned.moment, before, after, ROUGHLY):
            return f"about {after.isoformat()}Z, the time here"
        if self.skew is not None and not _between(assigned.moment - self.skew, before, after, STEADY):
            return f"about {(after + self.skew).isoformat()}Z, going by the first record of this run"
        return ""


def _between(moment: datetime, first: datetime, last: datetime, slack: timedelta) -> bool:
    try:
        return first - slack <= moment <= last + slack
    except OverflowError:
        return False


@dataclass(frozen=True)
class Expectations:
    """What the survey learnt, handed to every judge of the run.

    Documented rules are judged by what the service does otherwise; assumptions by what the spec says.
    """

    prefix: str
    """In every api_id that this run chooses."""
    word: str = ""
    """Letters that this run made up, which are in nobody's name."""
    people: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    descriptions: Mapping[str, str] | None = None
    """package_desc by package, where all records of the package that were there before agree."""
    clock: Clock = Clock()
    date_unit: timedelta = SECOND
    """How precisely the service keeps dates, at best a second: how much finer is never charged."""
    own_dates: bool = False
    """Whether the service takes dates only in a form of its own, not as RFC 3339 has them."""
    patch_type: str = ""
    """The media type in which the service takes a PATCH, where that is not one of the spec's."""
    list_path: Path = ()
    """Where in an answer the list stands; empty while nobody knows."""
    first_index: int = 0
    """The offset of the list's first record."""
