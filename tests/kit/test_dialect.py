"""What a service does not take is written as something that it does, and what it takes as it is."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.dialect import FLUENT, FORMS, DateHabits, Dialect
from contract_tests.instants import parse_instant, read_instant

NOW = datetime(2026, 6, 1)
ODD = ["2031-12-11T10:09:08.765432+05:30", "1969-07-20T20:17:40Z", "2001-02-03T04:05:06Z", "2024-02-29T23:59:59-07:00"]


def body(started: Any = None, completed: Any = None) -> dict[str, Any]:
    given = {"person_api_id": "p", "date_started": started, "date_completed": completed}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize("date", ODD)
def test_a_service_that_takes_every_date_gets_it_as_it_is(date: str) -> None:
    assert DateHabits().spoken(body(date, date), NOW) == body(date, date)


def test_null_is_left_out_as_nobody_knows_what_it_means() -> None:
    assert DateHabits().spoken({"date_started": None, "person_api_id": "p"}, NOW) == {"person_api_id": "p"}


def test_a_service_that_takes_no_date_gets_none() -> None:
    assert DateHabits(form=None).spoken(body(*ODD[:2]), NOW) == body()


@pytest.mark.parametrize("date", ODD)
def test_without_offsets_the_same_moment_is_written_in_utc(date: str) -> None:
    spoken = DateHabits(offsets=False, fractions=False).spoken(body(date), NOW)["date_started"]
    sent, meant = parse_instant(spoken), parse_instant(date)
    assert sent is not None
    assert meant is not None
    assert spoken.endswith("Z")
    assert "." not in spoken
    assert sent.moment == meant.moment.replace(microsecond=0)


@pytest.mark.parametrize(
    ("habits", "date", "years"),
    [
        (DateHabits(early=False), "1969-07-20T20:17:40Z", range(1970, 2027)),
        (DateHabits(old=False), "2001-02-03T04:05:06Z", range(2016, 2027)),
        (DateHabits(future=False), "2031-12-11T10:09:08Z", range(2016, 2027)),
    ],
)
def test_a_date_of_a_kind_that_is_refused_becomes_a_plain_one_in_the_past(
    habits: DateHabits, date: str, years: range
) -> None:
    assert int(habits.spoken(body(date), NOW)["date_started"][:4]) in years


@pytest.mark.parametrize("form", FORMS)
def test_each_form_can_be_read_back(form: str) -> None:
    spoken = DateHabits(form=form).spoken(body("2024-02-29T00:00:00Z"), NOW)["date_started"]
    shown, sent = read_instant(spoken), parse_instant("2024-02-29T00:00:00Z")
    assert shown is not None
    assert sent is not None
    assert shown.near(sent)


instants = st.datetimes(datetime(2017, 1, 1), datetime(2026, 1, 1)).map(lambda moment: moment.isoformat() + "Z")


@given(instants, instants)
def test_where_order_matters_completion_does_not_come_before_the_start(started: str, completed: str) -> None:
    spoken = DateHabits(unordered=False).spoken(body(started, completed), NOW)
    dates = [read_instant(spoken[name]) for name in ("date_started", "date_completed")]
    assert dates[0] is not None
    assert dates[1] is not None
    assert dates[0].moment <= dates[1].moment


@given(st.text(st.sampled_from("aZ9-._~"), max_size=30))
def test_an_api_id_ends_in_signs_that_are_taken(tail: str) -> None:
    assert FLUENT.tail(tail) == tail
    spoken = Dialect(signs="_", capitals=False).tail(tail)
    assert len(spoken) == len(tail)
    assert not set(spoken) & set(".~")
    assert spoken == spoken.lower()
