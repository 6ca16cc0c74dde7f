"""Hypothesis strategies for what a client may send."""

from __future__ import annotations

import string
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

ID_LETTERS = string.ascii_letters + string.digits + "._~-"

LONGEST_ID = 128

EARLIEST = datetime(1970, 1, 2)
LATEST = datetime(2099, 12, 30)

WRITABLE_DATES = ("date_started", "date_completed")


def id_tails(longest: int) -> st.SearchStrategy[str]:
    """What may follow the run's prefix in an api_id: mixed case, dots and tildes, up to the full length."""
    some = st.text(ID_LETTERS, min_size=1, max_size=min(longest, 20))
    full = st.sampled_from(["aZ" * longest, "Zz9.~_-" * longest]).map(lambda text: text[:longest])
    return st.one_of(some, some, full)


def _offset_text(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@st.composite
def instants(draw: st.DrawFn) -> str:
    """An RFC 3339 date-time: any offset, no fraction or one of up to six digits."""
    moment = draw(st.datetimes(EARLIEST, LATEST))
    digits = draw(st.sampled_from([6, 6, 6, 3, 1, 0]))
    minutes = draw(st.sampled_from([None, 0, 60, -300, 330, 345, -570, 840, -720, 1, -1]))
    text = moment.replace(microsecond=0).isoformat()
    if digits:
        text += "." + f"{moment.microsecond:06}"[:digits]
    return text + ("Z" if minutes is None else _offset_text(minutes))


@st.composite
def telling_instants(draw: st.DrawFn) -> str:
    """An instant whose microseconds and offset can't be lost unnoticed."""
    moment = draw(st.datetimes(EARLIEST, LATEST)).replace(microsecond=0)
    moment += timedelta(microseconds=draw(st.integers(1, 999_999).filter(lambda us: us % 1000)))
    minutes = draw(st.sampled_from([60, -300, 330, 345, -570, 840, -720]))
    return moment.isoformat() + _offset_text(minutes)


def dates() -> st.SearchStrategy[dict[str, str | None]]:
    """Each of the two dates: absent, null or an instant."""
    return st.fixed_dictionaries({}, optional={name: st.none() | instants() for name in WRITABLE_DATES})


def both_dates() -> st.SearchStrategy[dict[str, str]]:
    """Both dates, each an instant."""
    return st.fixed_dictionaries({name: instants() for name in WRITABLE_DATES})


def references(people: tuple[str, ...], packages: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    """Whom and what a record refers to."""
    return st.fixed_dictionaries(
        {"person_api_id": st.sampled_from(people), "package_api_id": st.sampled_from(packages)}
    )


@st.composite
def records(draw: st.DrawFn, people: tuple[str, ...], packages: tuple[str, ...]) -> dict[str, Any]:
    """A valid body without its api_id."""
    return {**draw(references(people, packages)), **draw(dates())}


@st.composite
def changes(draw: st.DrawFn, people: tuple[str, ...], packages: tuple[str, ...], *, nulls: bool) -> dict[str, Any]:
    """Any subset of what a PATCH may change; null dates only where they mean something."""
    date = instants() | st.none() if nulls else instants()
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "person_api_id": st.sampled_from(people),
                "package_api_id": st.sampled_from(packages),
                **dict.fromkeys(WRITABLE_DATES, date),
            },
        )
    )


def terms() -> st.SearchStrategy[str]:
    """Search terms of any kind."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
