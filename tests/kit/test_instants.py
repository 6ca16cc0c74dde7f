"""An instant is the same however it is written, and a service may write it in many ways."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.instants import DAY, MINUTE, SECOND, looks_like_a_date, parse_instant, read_instant

MOMENT = datetime(2026, 1, 31, 9, 0, 15, 250_000)

SPELLINGS = [
    "2026-01-31T09:00:15.250Z",
    "2026-01-31T09:00:15.250000+00:00",
    "2026-01-31T14:30:15.250+05:30",
    "2026-01-31T14:30:15.25+0530",
    "2026-01-31 09:00:15.250 UTC",
    "2026-01-31T09:00:15,250Z",
    "20260131T090015.250Z",
    "+002026-01-31T09:00:15.250Z",
    "2026-01-31T09:00:15.250Z[UTC]",
    "/Date(1769850015250)/",
    1769850015250,
    1769850015.25,
]

COARSE = [
    ("2026-01-31T09:00:15Z", SECOND),
    ("2026-01-31T09:00Z", MINUTE),
    ("2026-01-31", DAY),
    ("Sat, 31 Jan 2026 09:00:15 GMT", SECOND),
    (1769850015, SECOND),
]


@pytest.mark.parametrize("written", SPELLINGS, ids=str)
def test_every_spelling_of_an_instant_is_read_as_that_instant(written: object) -> None:
    instant = read_instant(written)
    assert instant is not None
    assert instant.moment == MOMENT


@pytest.mark.parametrize(("written", "unit"), COARSE, ids=str)
def test_an_instant_that_is_cut_off_is_near_the_one_that_was_sent_to_the_unit_it_is_written_in(
    written: object, unit: timedelta
) -> None:
    shown, sent = read_instant(written), parse_instant("2026-01-31T09:00:15.25Z")
    assert shown is not None
    assert sent is not None
    assert shown.unit == unit
    assert shown.near(sent)
    assert not shown.near(parse_instant(f"2026-02-0{1 + 2}T09:00:15Z") or sent)


@pytest.mark.parametrize("written", ["yesterday", "", "31", True, None, [], {}, "2026-13-45T99:99:99Z", 10**40])
def test_what_is_no_date_is_not_read_as_one(written: object) -> None:
    assert read_instant(written) is None


@pytest.mark.parametrize("written", ["+010000-01-01T13:59:00.000Z", "31.01.2026 09:00", {"$date": "2026-01-31"}, 0])
def test_a_date_in_a_form_that_nobody_here_can_read_is_still_taken_for_one(written: object) -> None:
    assert looks_like_a_date(written)


@pytest.mark.parametrize("written", ["yesterday", "soon", True, [], "p-1", {"a": 1 == 2}])
def test_what_can_mean_no_date_is_not_taken_for_one(written: object) -> None:
    assert not looks_like_a_date(written)


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
offsets = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


@given(moments, offsets)
def test_a_lost_offset_is_not_near_where_another_one_is_written(moment: datetime, offset: timedelta) -> None:
    sent = read_instant((moment.replace(tzinfo=UTC) + offset).replace(tzinfo=None).isoformat() + _written(offset))
    lost = read_instant((moment + offset).isoformat() + "Z")
    assert sent is not None
    assert lost is not None
    assert lost.near(sent) == (not offset)


@given(moments, offsets)
def test_without_an_offset_it_is_near_on_the_clock_of_any_place(moment: datetime, offset: timedelta) -> None:
    sent, local = read_instant(moment.isoformat() + "Z"), read_instant((moment + offset).isoformat())
    assert sent is not None
    assert local is not None
    assert local.near(sent)


@given(moments, st.sampled_from([1, 1000, 1_000_000]))
def test_numbers_of_any_unit_are_near_the_moment_that_they_count(moment: datetime, parts: int) -> None:
    sent = read_instant(moment.isoformat() + "Z")
    counted = read_instant(int((moment - datetime(1970, 1, 1)) / timedelta(seconds=1) * parts))
    assert sent is not None
    assert counted is not None
    assert counted.near(sent)


def _written(offset: timedelta) -> str:
    minutes = int(offset / MINUTE)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
