"""What the judge may take for granted about this service and this run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from ..client.exchange import Exchange
from ..instants import Instant, parse_instant

# A service's clock and that of whatever answers in front of it may differ a little; a time zone is an hour.
NEAR = timedelta(minutes=5)
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

    def complaint(self, assigned: Instant, exchange: Exchange) -> str:
        """Say why `assigned` can't be the time of this creation; empty when it can."""
        before, after = exchange.before, exchange.after
        if before is None or after is None:
            return ""
        server = exchange.server_clock
        if server is not None and not _between(assigned.moment, server, server, NEAR):
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
    """What the survey learnt, handed to every judge of the run."""

    strict: bool
    """Whether the assumptions hold too (`--basis all`), or only the document."""
    prefix: str
    people: frozenset[str]
    packages: frozenset[str]
    descriptions: Mapping[str, str]
    """package_desc by package, where all records of the package that were there before agree."""
    clock: Clock
