"""The clock of an organisation: it stands, moves on and runs, and date_assigned follows it."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from mock.problems import pointers

from mock_server.organisation.clock import Clock, parse_duration
from mock_server.values.instant import parse

from .world import ASSIGNED, NOON, put, world

FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"


def assigned(http: requests.Session, records: str) -> str:
    """Create a record and return its date_assigned."""
    answer = http.post(records, json=ASSIGNED)
    assert answer.status_code == 201, answer.text
    date: str = answer.json()["date_assigned"]
    return date


@pytest.mark.parametrize("at", [NOON, "1970-01-01T00:00:00Z", "2026-02-01T12:00:00.000001Z", FIRST, LAST])
def test_frozen_clock_stands_and_date_assigned_follows(
    http: requests.Session, control: str, records: str, at: str
) -> None:
    assert put(http, control + "clock", {"freeze": at}).json() == {"now": at, "frozen": True}
    assert [assigned(http, records) for _ in range(2)] == [at, at]
    assert http.get(control + "clock").json() == {"now": at, "frozen": True}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2026-02-01T13:00:00+01:00", NOON),
        ("2026-02-01t12:00:00z", NOON),
        ("2026-02-01T12:00:00.1234567Z", "2026-02-01T12:00:00.123456Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ],
)
def test_clock_is_told_in_utc(http: requests.Session, control: str, given: str, shown: str) -> None:
    assert put(http, control + "clock", {"freeze": given}).json()["now"] == shown


@pytest.mark.parametrize(
    ("duration", "now"),
    [
        ("P1D", "2026-02-02T12:00:00Z"),
        ("P1W", "2026-02-08T12:00:00Z"),
        ("PT36H", "2026-02-03T00:00:00Z"),
        ("PT90M", "2026-02-01T13:30:00Z"),
        ("PT0.000001S", "2026-02-01T12:00:00.000001Z"),
        ("PT1.5S", "2026-02-01T12:00:01.500000Z"),
        ("P1W2DT3H4M5.6S", "2026-02-10T15:04:05.600000Z"),
        ("PT0S", NOON),
        ("P00D", NOON),
        ("-P1D", "2026-01-31T12:00:00Z"),
        ("-PT0.5S", "2026-02-01T11:59:59.500000Z"),
        ("P2912111D", "9999-03-06T12:00:00Z"),
    ],
)
def test_frozen_clock_advances_by_a_duration_and_stays_frozen(
    http: requests.Session, control: str, records: str, duration: str, now: str
) -> None:
    put(http, control + "clock", {"freeze": NOON})
    assert put(http, control + "clock", {"advance": duration}).json() == {"now": now, "frozen": True}
    assert assigned(http, records) == now


def test_running_clock_advances_and_goes_on_running(http: requests.Session, control: str, records: str) -> None:
    put(http, control + "clock", {"freeze": NOON})
    put(http, control + "clock", {"run": True})
    moved = put(http, control + "clock", {"advance": "-P3650D"}).json()
    first, second = assigned(http, records), assigned(http, records)
    assert moved["frozen"] is False
    instants = [*map(parse, ("2016-02-04T12:00:00Z", moved["now"], first, second, "2016-02-05T12:00:00Z"))]
    assert instants == sorted(set(instants))


def test_clock_runs_on_from_where_it_stood(http: requests.Session, control: str, records: str) -> None:
    put(http, control + "clock", {"freeze": NOON})
    running = put(http, control + "clock", {"run": True}).json()
    assert running["frozen"] is False
    assert parse(NOON) < parse(running["now"]) < parse(assigned(http, records)) < parse(NOON) + timedelta(days=1)


def test_run_leaves_a_running_clock_alone(http: requests.Session, control: str) -> None:
    put(http, control + "clock", {"freeze": NOON})
    times = [put(http, control + "clock", {"run": True}).json()["now"] for _ in range(3)]
    instants = [*map(parse, (NOON, *times, "2026-02-02T00:00:00Z"))]
    assert instants == sorted(set(instants))


def test_no_change_of_the_clock_changes_a_record(http: requests.Session, control: str, records: str) -> None:
    before = http.get(records).content
    for change in ({"freeze": NOON}, {"advance": "P1D"}, {"run": True}):
        put(http, control + "clock", change)
    assert before == http.get(records).content


def test_update_keeps_date_assigned_whatever_the_clock(http: requests.Session, control: str, records: str) -> None:
    put(http, control + "clock", {"freeze": "1999-01-01T00:00:00Z"})
    before = http.get(f"{records}rec-0001/").json()["date_assigned"]
    for method in ("PUT", "PATCH"):
        assert http.request(method, f"{records}rec-0001/", json=ASSIGNED).json()["date_assigned"] == before


def test_other_organisations_have_a_time_of_their_own(http: requests.Session, lived_in: str) -> None:
    other = lived_in.replace("/_mock", "-other/_mock")
    put(http, other + "clock", {"freeze": "1999-01-01T00:00:00Z"})
    assert http.get(lived_in + "clock").json() == {"now": NOON, "frozen": True}


NO_DURATIONS = [
    *(
        "",
        "P",
        "-P",
        "PT",
        "P1DT",
        "P1Y",
        "P1M",
        "1D",
        "p1d",
        "P1D ",
        " P1D",
        "P1D\n",
        "P1D\0",
        "P-1D",
        "+P1D",
        "--P1D",
    ),
    *("P1.5D", "PT.5S", "PT1,5S", "PT1.S", "PT1.0000000S", "PT1e3S", "P1H", "PT1D", "P1D1W", "PT1S1M", "P1DT1"),
    *("P9999999999D", "P١D", "tomorrow"),
]


@pytest.mark.parametrize("duration", NO_DURATIONS, ids=ascii)
def test_what_is_no_duration_is_400(http: requests.Session, lived_in: str, duration: str) -> None:
    before = world(http, lived_in)
    assert pointers(http.put(lived_in + "clock", json={"advance": duration})) == ["body/advance"]
    assert before == world(http, lived_in)


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize(
    "duration", ["P999999999D", "-P999999999D", "P999999999W", "-P999999999W", "PT999999999H", "P3000000D", "-P800000D"]
)
def test_clock_never_leaves_the_years_there_are(
    http: requests.Session, control: str, frozen: bool, duration: str
) -> None:
    put(http, control + "clock", {"freeze": NOON})
    if not frozen:
        put(http, control + "clock", {"run": True})
    assert pointers(http.put(control + "clock", json={"advance": duration})) == ["body/advance"]
    after = http.get(control + "clock").json()
    assert after["frozen"] is frozen
    assert parse(NOON) <= parse(after["now"]) < parse(NOON) + timedelta(days=1)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_instant_that_utc_has_no_year_for_is_400(http: requests.Session, lived_in: str, at: str) -> None:
    before = world(http, lived_in)
    assert pointers(http.put(lived_in + "clock", json={"freeze": at})) == ["body/freeze"]
    assert before == world(http, lived_in)


@pytest.mark.parametrize("change", [{}, {"freeze": NOON, "run": True}, {"advance": "P1D", "run": True}])
def test_exactly_one_of_freeze_advance_and_run(
    http: requests.Session, lived_in: str, change: dict[str, object]
) -> None:
    before = world(http, lived_in)
    assert pointers(http.put(lived_in + "clock", json=change)) == ["body"]
    assert before == world(http, lived_in)


@pytest.mark.parametrize("at", [FIRST, LAST])
def test_clock_at_either_end_of_time_can_be_run_and_every_request_is_still_answered(
    http: requests.Session, control: str, records: str, at: str
) -> None:
    put(http, control + "clock", {"freeze": at})
    statuses = [
        http.put(control + "clock", json={"run": True}).status_code,
        http.get(control + "clock").status_code,
        http.get(control + "state").status_code,
        http.post(records, json=ASSIGNED).status_code,
        http.put(control + "clock", json={"advance": "PT1S"}).status_code,
        http.get(control + "clock").status_code,
        http.put(control + "clock", json={"freeze": NOON}).status_code,
    ]
    assert [status for status in statuses if status >= 500] == []
    assert http.get(control + "clock").json() == {"now": NOON, "frozen": True}


numbers = st.integers(0, 999_999_999)
parts = st.fixed_dictionaries({}, optional=dict.fromkeys("WDHM", numbers)).flatmap(
    lambda whole: st.tuples(st.just(whole), st.one_of(st.none(), st.tuples(numbers, st.integers(0, 999_999))))
)


def written(whole: dict[str, int], seconds: tuple[int, int] | None) -> str:
    """Write a duration in ISO 8601."""
    date = "".join(f"{whole[unit]}{unit}" for unit in "WD" if unit in whole)
    time = "".join(f"{whole[unit]}{unit}" for unit in "HM" if unit in whole)
    time += f"{seconds[0]}.{seconds[1]:06}S" if seconds else ""
    return f"P{date}" + (f"T{time}" if time else "")


@given(parts=parts, back=st.booleans())
@example(parts=({}, (999_999_999, 999_999)), back=False)
def test_duration_is_the_sum_of_its_parts_to_the_microsecond(
    parts: tuple[dict[str, int], tuple[int, int] | None], back: bool
) -> None:
    whole, seconds = parts
    text = ("-" if back else "") + written(whole, seconds)
    if text in ("P", "-P"):
        with pytest.raises(ValueError, match="not an ISO 8601 duration"):
            parse_duration(text)
        return
    units = {"W": 7 * 86400, "D": 86400, "H": 3600, "M": 60}
    micros = sum(whole.get(unit, 0) * size for unit, size in units.items()) * 1_000_000
    micros += seconds[0] * 1_000_000 + seconds[1] if seconds else 0
    try:
        expected = timedelta(microseconds=-micros if back else micros)
    except OverflowError:
        with pytest.raises(OverflowError):
            parse_duration(text)
        return
    assert expected == parse_duration(text)


@given(text=st.text(st.sampled_from("-+P0123456789WDTHMSY., é"), max_size=12) | st.text(max_size=8))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        duration = parse_duration(text)
    except (ValueError, OverflowError):
        return
    assert isinstance(duration, timedelta)
    assert text.lstrip("-").startswith("P")


instants = st.datetimes(timezones=st.just(UTC))
moves = st.one_of(
    st.tuples(st.just("advance"), st.timedeltas()),
    st.tuples(st.just("freeze"), instants),
    st.tuples(st.just("run"), st.none()),
    st.tuples(st.just("reset"), st.none()),
    st.tuples(st.just("pass"), st.timedeltas(timedelta(), timedelta(days=1))),
)


@given(start=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), steps=st.lists(moves))
def test_clock_shows_what_its_moves_add_up_to(start: datetime, steps: list[tuple[str, object]]) -> None:
    source = [start]
    clock = Clock(lambda: source[0])
    shown, frozen = start, False
    for step, value in steps:
        if isinstance(value, datetime):
            clock.freeze(value)
            shown, frozen = value, True
        elif step == "advance":
            assert isinstance(value, timedelta)
            try:
                clock.advance(value)
            except OverflowError:
                continue
            shown += value
        elif isinstance(value, timedelta):
            source[0] += value
            try:
                shown += timedelta() if frozen else value
            except OverflowError:  # the end of time: what it shows there is another law
                return
        elif step == "run":
            clock.run()
            frozen = False
        else:
            clock.reset()
            shown, frozen = source[0], False
        assert (shown, frozen) == (clock.now(), clock.frozen)
