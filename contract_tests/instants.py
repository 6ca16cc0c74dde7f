"""Date-times as instants: equal when they are the same moment, however and however precisely they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RFC3339 = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)

# ISO 8601 in its many forms: no seconds, no offset, no colons, a comma, years of more digits (ECMAScript), a day alone.
ISO8601 = re.compile(
    r"([+-]\d{6}|\d{4})-?(\d{2})-?(\d{2})"
    r"(?:[Tt _]?[ ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?"
    r"\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?(?:\[[\w/+-]+\])?)?",
    re.ASCII,
)

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)
"""All offsets of the world's clocks are whole multiples of it."""

EPOCH = datetime(1970, 1, 1)

EPOCH_UNITS = (10**6, 10**3, 1, 10**-3)
"""How many microseconds one is, where a number counts seconds, milliseconds, microseconds or nanoseconds since 1970."""

LIKELY = datetime(2020, 1, 1)

DOT_NET = re.compile(r"/Date\((-?\d{1,19})(?:[+-]\d{4})?\)/")


@dataclass(frozen=True)
class Instant:
    """A moment to the microsecond, and how it was written."""

    moment: datetime
    """Naive, in UTC; the same as `wall` when no offset was written."""
    unit: timedelta
    """To which it was written: a day, a minute, a second or less."""
    wall: datetime
    """The same as it was written, without the offset."""
    zoned: bool = True
    """Whether an offset was written; without one it may be anywhere's time."""
    also: tuple[datetime, ...] = ()
    """What else a number may mean, of which nobody knows whether it counts seconds or parts of them."""

    def same(self, other: Instant) -> bool:
        """Whether both are the same moment."""
        return self.moment == other.moment

    @property
    def grain(self) -> timedelta:
        """To which it seems to be kept, going by the zeros at its end: some write a fraction that is always zero."""
        if self.unit >= SECOND or not self.wall.microsecond:
            return max(self.unit, SECOND)
        digits = f"{self.wall.microsecond:06}".rstrip("0")
        return max(self.unit, timedelta(microseconds=10 ** (6 - len(digits))))

    def near(self, other: Instant, unit: timedelta = SECOND, *, exact: bool = False) -> bool:
        """Whether both may be the same moment, each kept to `unit` or as it is written, cut off or rounded.

        Without an offset it is that moment on the clock of any place, or the time as it was written. `exact` where
        `unit` is all that they may differ by.
        """
        slack = unit if exact else max(unit, self.unit, other.unit)
        if self.zoned and other.zoned:
            mine, others = (self.moment, *self.also), (other.moment, *other.also)
            return any(abs(one - another) <= slack for one in mine for another in others)
        if abs(self.wall - other.wall) <= slack:
            return True
        difference = abs(self.moment - other.moment)
        rest = difference % QUARTER
        return difference <= DAY and min(rest, QUARTER - rest) <= slack

    def same_when_shown(self, sent: Instant) -> bool:
        """Whether this shows `sent`, as precisely as it is shown here."""
        return self.near(sent, timedelta(0))


def parse_instant(text: object) -> Instant | None:
    """Return the instant that an RFC 3339 date-time with offset names; None for anything else."""
    match = RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    try:
        wall = datetime.fromisoformat(f"{day}T{clock}").replace(microsecond=_microseconds(fraction))
        return Instant(wall - _offset(zone), _unit(fraction), wall)
    except (ValueError, OverflowError):
        return None


def read_instant(value: object) -> Instant | None:
    """Return the instant that a service may mean by a value, in whatever form; None when it can't be told.

    ISO 8601, RFC 9110's HTTP dates and RFC 5322's, numbers since 1970 in seconds or parts of them, and lists such as
    `[2026, 1, 31, 9, 0]`.
    """
    if isinstance(value, list):
        return _of_parts(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if not isinstance(value, str):
        return _of_number(value)
    text = value.strip()
    if (number := DOT_NET.fullmatch(text)) is not None:
        return _of_number(int(number[1]))
    return parse_instant(text) or next(_readings(text), None)


def looks_like_a_date(value: object, depth: int = 3) -> bool:
    """Whether a value can be meant for a date-time at all, also one in a form, or of a year, that nobody here knows."""
    if isinstance(value, dict):
        return depth > 0 and any(looks_like_a_date(item, depth - 1) for item in value.values())  # {"$date": ...}
    if isinstance(value, str):
        numbers = re.findall(r"\d+", value)
        return read_instant(value) is not None or (len(numbers) >= 3 and any(len(digits) >= 4 for digits in numbers))
    return read_instant(value) is not None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _readings(text: str) -> Iterator[Instant]:
    for read in (_of_iso8601, _of_header, _of_digits):
        instant = read(text)
        if instant is not None:
            yield instant


def _of_iso8601(text: str) -> Instant | None:
    match = ISO8601.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        wall = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
        wall += timedelta(microseconds=_microseconds(fraction))
        moment = wall - (_offset(zone) if zone else timedelta(0))
    except (ValueError, OverflowError):
        return None
    unit = DAY if hour is None else MINUTE if second is None else _unit(fraction)
    return Instant(moment, unit, wall, zoned=zone is not None)


def _of_header(text: str) -> Instant | None:
    if not text[:3].isalpha() and not re.match(r"\d{1,2} [A-Z][a-z]{2}", text):
        return None
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    offset = read.utcoffset() or timedelta(0)
    wall = read.replace(tzinfo=None)
    return Instant(wall - offset, SECOND, wall, zoned=read.tzinfo is not None or text.endswith("-0000"))


def _of_digits(text: str) -> Instant | None:
    return _of_number(float(text) if "." in text else int(text)) if re.fullmatch(r"-?\d{9,19}(\.\d+)?", text) else None


def _of_number(number: float) -> Instant | None:
    """Seconds, milliseconds or less since 1970: what gives a year near ours is likely, the others are possible."""
    moments = [moment for micros in EPOCH_UNITS if (moment := _since_1970(number, micros)) is not None]
    if not moments:
        return None
    likely = min(moments, key=lambda moment: abs(moment - LIKELY))
    unit = SECOND if moments.index(likely) == 0 and isinstance(number, int) else timedelta(milliseconds=1)
    return Instant(likely, unit, likely, also=tuple(moments))


def _of_parts(parts: list[object]) -> Instant | None:
    """Year, month, day, and as much of the time as there is, the last of it in nanoseconds."""
    numbers = [part for part in parts if isinstance(part, int)]
    if len(numbers) != len(parts) or not 3 <= len(parts) <= 7:
        return None
    try:
        wall = datetime(*numbers[:6])  # type: ignore[arg-type]
        wall += timedelta(microseconds=numbers[6] // 1000 if len(numbers) > 6 else 0)
    except (ValueError, OverflowError):
        return None
    return Instant(wall, DAY if len(parts) == 3 else SECOND, wall, zoned=False)


def _since_1970(number: float, micros: float) -> datetime | None:
    try:
        return EPOCH + timedelta(microseconds=int(number * micros))
    except (OverflowError, ValueError):
        return None


def _microseconds(fraction: str | None) -> int:
    return int(((fraction or "") + "000000")[:6])


def _unit(fraction: str | None) -> timedelta:
    """What one step of the last digit of a second's fraction is."""
    return timedelta(microseconds=10 ** (6 - min(6, len(fraction or ""))))


def _offset(zone: str) -> timedelta:
    if zone in ("Z", "z", "UTC", "GMT"):
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(6, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:6]))
    return -offset if zone[0] == "-" else offset


def utc_now() -> datetime:
    """The local clock, naive, in UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
