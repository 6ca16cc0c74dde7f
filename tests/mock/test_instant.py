"""Instants: what is read as one, and how it is told again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.values.instant import is_instant, normalise, parse, render

MINUTES = st.integers(-(23 * 60 + 59), 23 * 60 + 59)
OFFSETS = MINUTES.map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A day from either end, every offset leaves the year within 1 to 9999.
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=OFFSETS)
ANY_MOMENT = st.datetimes(timezones=OFFSETS)


@given(MOMENTS)
def test_instant_is_kept(moment: datetime) -> None:
    assert moment == parse(moment.isoformat()) == datetime.fromisoformat(normalise(moment.isoformat()))


@given(MOMENTS)
def test_instant_is_told_in_utc(moment: datetime) -> None:
    assert normalise(moment.isoformat()).endswith("Z")
    assert parse(moment.isoformat()).utcoffset() == timedelta()


@given(ANY_MOMENT)
def test_normalising_twice_is_normalising_once(moment: datetime) -> None:
    once = normalise(moment.isoformat())
    assert once == normalise(once)


@given(ANY_MOMENT)
def test_rendering_is_read_again_as_the_same(moment: datetime) -> None:
    assert moment == parse(render(moment))


@given(MOMENTS, OFFSETS)
def test_one_instant_has_one_form_whatever_its_offset(moment: datetime, offset: timezone) -> None:
    assert normalise(moment.isoformat()) == normalise(moment.astimezone(offset).isoformat())


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2026-02-01T08:00:00Z", "2026-02-01T08:00:00Z"),
        ("2026-02-01t08:00:00z", "2026-02-01T08:00:00Z"),
        ("2026-02-01T08:00:00+00:00", "2026-02-01T08:00:00Z"),
        ("2026-02-01T08:00:00-00:00", "2026-02-01T08:00:00Z"),
        ("2026-02-01T08:00:00+05:45", "2026-02-01T02:15:00Z"),
        ("2026-02-01T08:00:00-23:59", "2026-02-02T07:59:00Z"),
        ("2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00Z"),
        ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"),
        ("2026-02-01T08:00:00.5Z", "2026-02-01T08:00:00.500000Z"),
        ("2026-02-01T08:00:00.000000Z", "2026-02-01T08:00:00Z"),
        ("2026-02-01T08:00:00.000001Z", "2026-02-01T08:00:00.000001Z"),
        ("2026-02-01T08:00:00.1234567Z", "2026-02-01T08:00:00.123456Z"),
        ("2026-02-01T08:00:00.9999999999999Z", "2026-02-01T08:00:00.999999Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500000Z"),
        ("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"),
        ("2016-12-31T15:59:60-08:00", "2017-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00-23:59", "0001-01-01T23:59:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:59:59+23:59", "9999-12-31T00:00:59Z"),
        # In UTC these would be in the years 0 and 10000.
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00"),
        ("9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59-01:00"),
    ],
)
def test_date_time_has_this_normal_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-02-01",
        "2026-02-01T08:00:00",
        "2026-02-01T08:00Z",
        "2026-02-01T08Z",
        "2026-02-01 08:00:00Z",
        "2026-02-01_08:00:00Z",
        "2026-02-01T08:00:00 Z",
        " 2026-02-01T08:00:00Z",
        "2026-02-01T08:00:00Z ",
        "2026-02-01T08:00:00Z\n",
        "2026-02-01T08:00:00Z\x00",
        "20260201T080000Z",
        "2026-W05-7T08:00:00Z",
        "2026-032T08:00:00Z",
        "26-02-01T08:00:00Z",
        "2026-2-1T8:0:0Z",
        "+2026-02-01T08:00:00Z",
        "-2026-02-01T08:00:00Z",
        "12026-02-01T08:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-00-01T08:00:00Z",
        "2026-13-01T08:00:00Z",
        "2026-02-00T08:00:00Z",
        "2026-02-30T08:00:00Z",
        "2026-02-29T08:00:00Z",
        "1900-02-29T08:00:00Z",
        "2026-04-31T08:00:00Z",
        "2026-02-01T24:00:00Z",
        "2026-02-01T08:60:00Z",
        "2026-02-01T08:00:61Z",
        "2026-02-01T08:00:60Z",
        "2016-12-31T23:59:60+01:00",
        "2026-02-01T08:00:00.Z",
        "2026-02-01T08:00:00,5Z",
        "2026-02-01T08:00:00+01",
        "2026-02-01T08:00:00+0100",
        "2026-02-01T08:00:00+1:00",
        "2026-02-01T08:00:00+24:00",
        "2026-02-01T08:00:00+01:60",
        "2026-02-01T08:00:00+01:00:00",
        "2026-02-01T08:00:00\u221201:00",
        "2026-02-01T08:00:00ZZ",
        "2026-02-01T08:00:00Europe/London",
        "2026-02-01T08:00:00EST",
        "٢٠٢٦-02-01T08:00:00Z",
        "２０２６-02-01T08:00:00Z",
        "2026-02-01T08:00:00.٥Z",
        "2026-02-01T08:00:00+٠١:00",
        "1769932800",
    ],
    ids=ascii,
)
def test_anything_else_is_no_instant(text: str) -> None:
    assert not is_instant(text)
    with pytest.raises(ValueError, match=r"."):
        parse(text)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:60Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:60-00:01"])
def test_either_end_of_time_is_read_or_refused_and_never_an_overflow(text: str) -> None:
    assert not is_instant(text) or is_instant(normalise(text))


@given(st.text(max_size=30) | st.text("0123456789-:T.Z+", min_size=20, max_size=30))
def test_text_is_an_instant_with_an_offset_or_a_value_error(text: str) -> None:
    if is_instant(text):
        assert parse(text).tzinfo is not None
        assert normalise(text) == normalise(normalise(text))


def test_present_is_rendered_to_the_microsecond() -> None:
    assert render(datetime(2026, 2, 1, 8, 0, 0, 42, tzinfo=UTC)) == "2026-02-01T08:00:00.000042Z"
