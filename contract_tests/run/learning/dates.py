"""How dates are written, which ones are taken, and how precisely they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ...client.dialect import FORMS, PLAIN_LATER, PLAIN_PAST, DateHabits
from ...instants import DAY, MINUTE, SECOND, Instant, read_instant
from .answers import record_of
from .asker import Asker

FINE = "2021-03-04T05:06:47.654321Z"
WHOLE_SECONDS = "2021-03-04T05:06:47Z"

ODD_DATES: Mapping[str, Mapping[str, str]] = {
    "offsets": {"date_started": "2021-03-04T05:06:07+05:30"},
    "fractions": {"date_started": FINE},
    "early": {"date_started": "1969-07-20T20:17:40Z"},
    "old": {"date_started": "2001-02-03T04:05:06Z"},
    "future": {"date_started": "2031-12-11T10:09:08Z"},
    "completed_alone": {"date_completed": PLAIN_LATER},
    "unordered": {"date_started": PLAIN_LATER, "date_completed": PLAIN_PAST},
}
"""What tells whether a service takes each kind of date, by the name of the habit."""

ALL_ODD_DATES = {"date_started": "2031-12-11T10:09:08.765432+05:30", "date_completed": "1969-07-20T20:17:40Z"}


def learn_dates(asker: Asker) -> None:
    """Learn the form in which dates are taken, which dates are, and the unit to which they are kept."""
    form = _form(asker)
    asker.know(dates=DateHabits(form=form))
    if form is None:
        return
    taken = _odd_dates(asker) if form == "RFC 3339" else dict.fromkeys(ODD_DATES, False)
    asker.know(dates=replace(asker.dialect.dates, **taken))
    asker.know(dates=replace(asker.dialect.dates, unit=_date_unit(asker)))


def _form(asker: Asker) -> str | None:
    """The first of FORMS in which a date is taken; None when it is in none."""
    plain = read_instant(PLAIN_PAST)
    assert plain is not None
    for form, spelling in FORMS.items():
        created = asker.try_with(date_started=plain.moment.strftime(spelling))
        if created is not None:
            asker.drop(created)
            return form
    return None


def _odd_dates(asker: Asker) -> dict[str, Any]:
    """Which kinds of ODD_DATES are taken, as far as that was asked: most are asked for all at once first."""
    names = ["completed_alone"] if _takes(asker, ALL_ODD_DATES) else [*ODD_DATES]
    return {name: _takes(asker, ODD_DATES[name]) for name in names}


def _takes(asker: Asker, dates: Mapping[str, str]) -> bool:
    created = asker.try_with(**dates)
    asker.drop(created)
    return created is not None


def _date_unit(asker: Asker) -> timedelta:
    """How precisely a date is kept, going by one that has seconds, at best a second; note how it is written."""
    dates = asker.dialect.dates
    sent = read_instant(FINE if dates.fractions and dates.form == "RFC 3339" else WHOLE_SECONDS)
    assert sent is not None
    text = FINE if dates.fractions else sent.moment.strftime(FORMS[dates.form or "RFC 3339"])
    created = asker.try_with(date_started=text)
    if created is None:
        return SECOND
    date = (record_of(asker.dialogue.read(created)) or {}).get("date_started", "")
    asker.drop(created)
    asker.learnt.written_date = str(date)
    shown = read_instant(date)
    return _unit(sent, shown) if shown is not None else SECOND


def _unit(sent: Instant, shown: Instant) -> timedelta:
    """The coarsest of some units of which a moment is a whole multiple, where it is not the one that was sent."""
    if shown.near(sent, SECOND):
        return SECOND
    for unit, whole in ((MINUTE, shown.wall.second == 0), (DAY, shown.wall.hour == 0 and shown.wall.minute == 0)):
        if whole and shown.near(sent, unit):
            return unit
    return SECOND
