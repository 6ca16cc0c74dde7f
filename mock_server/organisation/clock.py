"""The time of day in one organisation."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Source = Callable[[], datetime]
"""Returns the present instant, in UTC."""


def system_time() -> datetime:
    """Return the present instant of this machine, in UTC."""
    return datetime.now(UTC)


class Clock:
    """A clock that can be stopped, set and moved on.

    It runs `ahead` of its source, or stands at an instant. Raises OverflowError where it would leave the
    years 1 to 9999, and then stays as it is.
    """

    def __init__(self, source: Source = system_time) -> None:
        self._source = source
        self.reset()

    def reset(self) -> None:
        """Tell the source's time again."""
        self._ahead = timedelta()
        self._stands_at: datetime | None = None

    @property
    def frozen(self) -> bool:
        """Whether it stands."""
        return self._stands_at is not None

    def now(self) -> datetime:
        """Return the present instant, in UTC. At either end of the years 1 to 9999 time stands still."""
        if self._stands_at is not None:
            return self._stands_at
        try:
            return self._source() + self._ahead
        except OverflowError:
            end = datetime.max if self._ahead > timedelta() else datetime.min
            return end.replace(tzinfo=UTC)

    def freeze(self, at: datetime) -> None:
        """Stand at this instant."""
        self._stands_at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Go on, or back, by so much; frozen or running as before."""
        if self._stands_at is not None:
            self._stands_at += by
        else:
            ahead = self._ahead + by
            self._source() + ahead  # raises where no year would hold it
            self._ahead = ahead

    def run(self) -> None:
        """Run on from where it stands."""
        if self._stands_at is not None:
            self._ahead = self._stands_at - self._source()
            self._stands_at = None

    def set(self, now: datetime, frozen: bool) -> None:
        """Show this instant, and stand there or run on."""
        self.freeze(now)
        if not frozen:
            self.run()


_DURATION = re.compile(r"(-)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Return the ISO 8601 duration that `text` names in weeks, days, hours, minutes and seconds.

    Years and months are no durations: how long they are depends on when. Raises ValueError for them,
    and OverflowError for more than timedelta holds.
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        raise ValueError(f"not an ISO 8601 duration in weeks, days, hours, minutes and seconds: {text!r}")
    sign, *parts = match.groups()
    weeks, days, hours, minutes, seconds = (float(part) if part else 0 for part in parts)
    duration = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -duration if sign else duration
