"""How a service writes dates, and how precisely it keeps them."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from .habit import habit
from .service import Row, TrainingService
from .web import Refused

HOUSE = timedelta(hours=5, minutes=30)
"""The house's time is so far ahead of UTC."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plain(instant: datetime, timespec: str = "seconds") -> str:
    return instant.replace(tzinfo=None).isoformat(timespec=timespec)


@habit("dates are kept to the millisecond")
class Milliseconds(TrainingService):
    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=instant.microsecond // 1000 * 1000)

    def written(self, instant: datetime) -> Any:
        return plain(instant, "milliseconds") + "Z"


@habit("dates are kept to the second")
class Seconds(TrainingService):
    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=0)


@habit("dates are rounded to the second")
class RoundedSeconds(TrainingService):
    def keep(self, instant: datetime | None) -> datetime | None:
        try:
            return instant and (instant + timedelta(microseconds=500_000)).replace(microsecond=0)
        except OverflowError:
            raise Refused(400, "out of range") from None


@habit("dates are kept to the minute")
class Minutes(TrainingService):
    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(second=0, microsecond=0)

    def written(self, instant: datetime) -> Any:
        return plain(instant, "minutes") + "Z"


@habit("dates are kept to the day")
class Days(TrainingService):
    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(hour=0, minute=0, second=0, microsecond=0)


@habit("dates have no offset, and are UTC")
class NoOffset(TrainingService):
    zone = UTC

    def written(self, instant: datetime) -> Any:
        return plain(instant, "microseconds")


@habit("dates are in the time of the house, without an offset")
class HouseTime(TrainingService):
    zone = timezone(HOUSE)

    def written(self, instant: datetime) -> Any:
        return shifted(instant).isoformat(timespec="seconds")

    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=0)


@habit("dates are in the time of the house, with its offset")
class HouseOffset(TrainingService):
    def written(self, instant: datetime) -> Any:
        return shifted(instant).isoformat() + "+05:30"


@habit("dates have a blank for the T")
class Blank(TrainingService):
    zone = UTC

    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=0)

    def written(self, instant: datetime) -> Any:
        return plain(instant).replace("T", " ")


@habit("dates have +0000 at the end")
class NoColon(TrainingService):
    def written(self, instant: datetime) -> Any:
        return plain(instant, "milliseconds") + "+0000"

    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=instant.microsecond // 1000 * 1000)


@habit("dates are written without hyphens and colons")
class BasicFormat(TrainingService):
    def written(self, instant: datetime) -> Any:
        return f"{plain(instant).replace('-', '').replace(':', '')}Z"

    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=0)


@habit("dates have nine digits behind the second")
class Nanoseconds(TrainingService):
    def written(self, instant: datetime) -> Any:
        return plain(instant, "microseconds") + "000Z"


@habit("dates have as many digits as they need")
class FewestDigits(TrainingService):
    def written(self, instant: datetime) -> Any:
        return plain(instant, "microseconds").rstrip("0").rstrip(".") + "Z"


@habit("dates are milliseconds since 1970")
class EpochMilliseconds(TrainingService):
    """Written as Jackson does, which reads other forms, too."""

    def instant(self, name: str, value: Any) -> datetime:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**13:
            return EPOCH + timedelta(milliseconds=value)
        return super().instant(name, value)

    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=instant.microsecond // 1000 * 1000)

    def written(self, instant: datetime) -> Any:
        return (instant - EPOCH) // timedelta(milliseconds=1)


@habit("dates are seconds since 1970, sent and shown")
class EpochSeconds(TrainingService):
    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=0)

    def written(self, instant: datetime) -> Any:
        return (instant - EPOCH) // timedelta(seconds=1)

    def instant(self, name: str, value: Any) -> datetime:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
            raise Refused(400, f"{name}: a Unix timestamp in seconds")
        return EPOCH + timedelta(seconds=value)


@habit("dates are as in an e-mail")
class EMail(TrainingService):
    def instant(self, name: str, value: Any) -> datetime:
        try:
            return parsedate_to_datetime(value).astimezone(UTC)
        except (AttributeError, TypeError, ValueError, OverflowError):
            return super().instant(name, value)

    def keep(self, instant: datetime | None) -> datetime | None:
        return instant and instant.replace(microsecond=0)

    def written(self, instant: datetime) -> Any:
        return format_datetime(instant, usegmt=True)


@habit("dates are as in an e-mail, and taken no other way")
class EMailAlone(EMail):
    def instant(self, name: str, value: Any) -> datetime:
        try:
            return parsedate_to_datetime(value).astimezone(UTC)
        except (AttributeError, TypeError, ValueError, OverflowError):
            raise Refused(400, f"{name} is not RFC 2822") from None


@habit("dates are 2024-01-31 09:00:00, and taken no other way")
class BlankAlone(Blank):
    def instant(self, name: str, value: Any) -> datetime:
        try:
            return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        except (TypeError, ValueError):
            raise Refused(422, f"The {name} does not match the format Y-m-d H:i:s.") from None


@habit("dates are taken in UTC alone, with a Z")
class ZAlone(TrainingService):
    def instant(self, name: str, value: Any) -> datetime:
        if not str(value).endswith("Z"):
            raise Refused(400, f"{name} must end with Z")
        return super().instant(name, value)


@habit("dates are as JavaScript writes them")
class JavaScript(Milliseconds):
    """`toISOString` has six digits for a year past 9999."""

    def instant(self, name: str, value: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise Refused(400, f"{name}: Invalid Date") from None
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)

    def written(self, instant: datetime) -> Any:
        try:
            return super().written(instant.astimezone(UTC))
        except OverflowError:
            # The calendar repeats every 400 years.
            years = 400 if instant.year > 5000 else -400
            within = instant.replace(year=instant.year - years).astimezone(UTC)
            year = within.year + years
            return (f"{year:04}" if year < 10_000 else f"+{year:06}") + plain(within, "milliseconds")[4:] + "Z"


@habit("dates are as .NET writes them")
class DotNet(TrainingService):
    def written(self, instant: datetime) -> Any:
        return plain(instant, "microseconds") + "0+00:00"


@habit("dates are as old .NET wrote them")
class OldDotNet(EpochMilliseconds):
    def instant(self, name: str, value: Any) -> datetime:
        ticks = re.fullmatch(r"/Date\((-?\d{1,13})\)/", str(value))
        return super().instant(name, int(ticks[1]) if ticks else value)

    def written(self, instant: datetime) -> Any:
        return f"/Date({super().written(instant)})/"


@habit("an answer to a POST shows more digits than a read")
class MoreDigitsAtFirst(TrainingService):
    """What was made in memory is shown before the database has cut it."""

    def find(self, api_id: str) -> Row:
        return self.cut(super().find(api_id))

    def listed(self) -> list[Row]:
        return [self.cut(row) for row in super().listed()]

    def cut(self, row: Row) -> Row:
        dates = {name: getattr(row, name) for name in ("assigned", "started", "completed")}
        cut = {name: date and date.replace(microsecond=0) for name, date in dates.items()}
        return Row(row.api_id, row.person, row.package, **cut)


@habit("dates are kept in the offset that they came with")
class AsSent(TrainingService):
    def instant(self, name: str, value: Any) -> datetime:
        super().instant(name, value)
        return datetime.fromisoformat(value)

    def written(self, instant: datetime) -> Any:
        return instant.isoformat()


@habit("dates are of the years 1970 to 2037")
class FourBytes(TrainingService):
    def keep(self, instant: datetime | None) -> datetime | None:
        if instant is not None and not 1970 < instant.year < 2038:
            raise Refused(422, "out of range for a timestamp")
        return instant and instant.replace(microsecond=0)


def shifted(instant: datetime) -> datetime:
    """Return the time of the house, without an offset; the last hours of all time as they are."""
    try:
        return instant.replace(tzinfo=None) + HOUSE
    except OverflowError:
        raise Refused(400, "out of range") from None


@habit("dates are in the time of Berlin, summer and winter")
class Berlin(Seconds):
    def written(self, instant: datetime) -> Any:
        try:
            return instant.astimezone(ZoneInfo("Europe/Berlin")).isoformat()
        except OverflowError:
            return plain(instant) + "+00:00"


@habit("dates are seconds since 1970 with a fraction")
class EpochFraction(EpochMilliseconds):
    def written(self, instant: datetime) -> Any:
        return (instant - EPOCH) / timedelta(seconds=1)

    def instant(self, name: str, value: Any) -> datetime:
        if isinstance(value, float | int) and not isinstance(value, bool) and abs(value) < 10**10:
            return EPOCH + timedelta(seconds=value)
        return super().instant(name, str(value))


@habit("dates are lists of numbers")
class Numbers(Seconds):
    """So Jackson writes a LocalDateTime."""

    def written(self, instant: datetime) -> Any:
        return [instant.year, instant.month, instant.day, instant.hour, instant.minute, instant.second]

    def instant(self, name: str, value: Any) -> datetime:
        try:
            return datetime(*value, tzinfo=UTC) if isinstance(value, list) else super().instant(name, value)
        except (TypeError, ValueError):
            raise Refused(400, f"{name} is no date") from None


@habit("dates are 31/01/2024 09:00, taken no other way")
class DayFirst(Minutes):
    form = "%d/%m/%Y %H:%M"

    def written(self, instant: datetime) -> Any:
        return f"{instant:%d/%m/}{instant.year:04} {instant:%H:%M}"

    def instant(self, name: str, value: Any) -> datetime:
        try:
            return datetime.strptime(value, self.form).replace(tzinfo=UTC)
        except (TypeError, ValueError):
            raise Refused(400, f"{name} must be DD/MM/YYYY HH:MM") from None


@habit("dates are taken with at most three digits behind the second")
class ThreeDigits(Milliseconds):
    def instant(self, name: str, value: Any) -> datetime:
        if re.search(r"[.,]\d{4}", str(value)):
            raise Refused(400, f"{name} has too many digits")
        return super().instant(name, value)
