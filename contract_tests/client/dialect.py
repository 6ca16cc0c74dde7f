"""How a service speaks where the document is silent, as far as the checks must speak like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..instants import SECOND, Instant, read_instant
from .walk import WHOLE, Region

DATES = ("date_started", "date_completed")

ODD_SIGNS = "._~"
"""What an api_id may hold, by the spec, beside letters, digits and hyphens."""

LONGEST_ID = 128

FORMS = {
    "RFC 3339": "%Y-%m-%dT%H:%M:%SZ",
    "without an offset": "%Y-%m-%dT%H:%M:%S",
    "with a space": "%Y-%m-%d %H:%M:%S",
    "the day alone": "%Y-%m-%d",
}
"""How a date may be written, the spec's way first; as strftime has it."""

NULLS = tuple((name, None) for name in DATES)

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
"""RFC 7396: a JSON object with the members that change."""

PLAIN_PAST = "2021-03-04T05:06:07Z"
PLAIN_LATER = "2021-05-06T07:08:09Z"


@dataclass(frozen=True)
class DateHabits:
    """Which dates a service takes. What it does not take is written as something that it does."""

    form: str | None = "RFC 3339"
    """One of FORMS; None when it takes no date at all."""
    offsets: bool = True
    fractions: bool = True
    early: bool = True
    """Before 1970."""
    old: bool = True
    """Some ten years ago or more."""
    future: bool = True
    unordered: bool = True
    """Whether a record may be completed before it was started."""
    completed_alone: bool = True
    """Whether a record may be completed that was never started."""
    unit: timedelta = SECOND
    """To which they are kept, at best a second."""

    def spoken(self, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """A body with its dates as the service takes them; `now` is naive, in UTC."""
        given = {name: read_instant(body[name]) for name in DATES if isinstance(body.get(name), str)}
        moments = {name: self._moment(instant, name, now) for name, instant in given.items() if instant is not None}
        rest = {name: value for name, value in body.items() if name not in moments and (name, value) not in NULLS}
        if self.form is None:
            return {name: value for name, value in rest.items() if name not in DATES}
        if not self.unordered and len(moments) == len(DATES) and moments[DATES[0]][0] > moments[DATES[1]][0]:
            moments = dict(zip(DATES, reversed([moments[name] for name in DATES]), strict=True))
        return {**rest, **{name: self._text(*moment, str(body[name])) for name, moment in moments.items()}}

    def _moment(self, instant: Instant, name: str, now: datetime) -> tuple[datetime, bool]:
        """The moment to write, and whether it is the one that was given."""
        year = instant.moment.year
        unfit = (
            (year < 1970 and not self.early)
            or (year < now.year - 10 and not self.old)
            or (instant.moment > now and not self.future)
        )
        if not unfit:
            return instant.moment, True
        plain = read_instant(PLAIN_PAST if name == DATES[0] else PLAIN_LATER)
        assert plain is not None
        # Different dates stay different ones.
        return plain.moment + timedelta(minutes=instant.moment.day * 60 + instant.moment.month), False

    def _text(self, moment: datetime, same: bool, text: str) -> str:
        instant = read_instant(text)
        plain = self.form == "RFC 3339" and same and instant is not None and instant.moment == moment
        if plain and (self.offsets or text[-1] in "Zz") and (self.fractions or "." not in text):
            return text
        return moment.strftime(FORMS[self.form or "RFC 3339"]).rjust(len("0001"), "0")


@dataclass(frozen=True)
class Dialect:
    """How a service speaks; as it stands here, it takes all that the spec allows."""

    chosen_ids: bool = True
    """Whether a client may choose an api_id of our kind; else all are given by the service."""
    given_ids: bool = True
    """Whether an api_id that the service gives names its record, and no other one later."""
    signs: str = ODD_SIGNS
    """Those of ODD_SIGNS that it takes in an api_id, and finds again."""
    lost_signs: str = ""
    """Those that it takes, but a record with one in its api_id has no address."""
    capitals: bool = True
    cases_differ: bool = True
    """Whether two api_ids may differ by capitals alone."""
    longest_id: int = LONGEST_ID
    dates: DateHabits = DateHabits()
    pairs_repeat: bool = True
    """Whether a person may have two records for one package."""
    patch_type: str = JSON
    """The media type in which it takes a PATCH."""
    person_changes: bool = True
    package_changes: bool = True
    whole_puts: bool = False
    """Whether a PUT must give every date too."""
    needs_limit: bool = False
    """Whether the list is refused without a limit."""
    limits: tuple[int, ...] = ()
    """Small limits that it takes; empty while none was tried."""
    words: tuple[str, ...] = ()
    """Common words that it searches for; empty while none was tried."""
    region: Region = WHOLE
    """Where in the list our records stand."""
    fresh: bool = True
    """Whether each write was seen at last, everywhere: else something may be kept for longer than anybody waited."""
    lag: float = 0.0
    """How many seconds it takes at most until a write is seen everywhere."""

    def tail(self, text: str) -> str:
        """The end of an api_id in signs that the service takes."""
        plain = "".join(letter if letter.isalnum() or letter == "-" or letter in self.signs else "x" for letter in text)
        return plain if self.capitals else plain.lower()


FLUENT = Dialect()
"""Of a service that takes all that the spec allows: what the assumptions ask for."""
