"""Which record is ours, for all that a service shows of it."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.safety.ledger import Ledger
from contract_tests.safety.ownership import State, same_instant

LIST = "/training/record/"
BODY = {"person_api_id": "p", "package_api_id": "k", "date_started": "2026-01-31T09:00:00Z"}
ASSIGNED = "2026-02-01T08:00:00.123456Z"
OURS = {**BODY, "api_id": "57", "date_assigned": ASSIGNED, "date_completed": None}


@pytest.fixture
def ledger() -> Ledger:
    """Of a run that made the record 57, whose id the service gave."""
    ledger = Ledger.open(None, "http://127.0.0.1:9", LIST, LIST + "{api_id}/")
    ledger.was_made(ledger.plan(None, BODY), "57", assigned=ASSIGNED)
    return ledger


# Moments


@pytest.mark.parametrize(
    "shown",
    [
        "2026-02-01T08:00:00.123456Z",
        "2026-02-01T08:00:00.123456+00:00",
        "2026-02-01T08:00:00.123456",
        "2026-02-01 08:00:00.123456",
        "2026-02-01T13:30:00.123456+05:30",
        "2026-02-01T13:30:00.123456+0530",
        "2026-02-01T08:00:00.1234567Z",
        "2026-02-01T08:00:00.123Z",
        "2026-02-01T08:00:00.124Z",
        "2026-02-01T08:00:00,12Z",
        "2026-02-01T08:00:00Z",
        "2026-02-01T08:00:01Z",
        "2026-02-01 08:00:00",
    ],
)
def test_a_moment_is_the_same_however_it_is_written_cut_off_or_rounded(shown: str) -> None:
    assert same_instant(ASSIGNED, shown) is same_instant(shown, ASSIGNED) is True


@pytest.mark.parametrize(
    "shown",
    [
        "2026-02-01T08:00:00.123457Z",
        "2026-02-01T08:00:00.125Z",
        "2026-02-01T08:00:02Z",
        "2026-02-01T07:59:59Z",
        "2026-02-01T08:00:00.123456+01:00",
        "2026-02-02 08:00:00Z",
    ],
)
def test_another_moment_is_another(shown: str) -> None:
    assert same_instant(ASSIGNED, shown) is same_instant(shown, ASSIGNED) is False


@pytest.mark.parametrize(
    "shown",
    [
        None,
        17,
        "",
        "2026-02-01",
        "2026-02-01T08:00Z",
        "1 Feb 2026",
        "2026-13-01T08:00:00Z",
        "2026-02-01 10:00:00.123456",
    ],
)
def test_what_is_no_time_to_the_second_or_may_be_in_any_zone_tells_nothing(shown: object) -> None:
    assert same_instant(ASSIGNED, shown) is same_instant(shown, ASSIGNED) is None


def test_a_wall_clock_that_both_show_is_the_same_moment() -> None:
    assert same_instant("2026-02-01T13:30:00+05:30", "2026-02-01 13:30:00")
    assert same_instant("2026-02-01 13:30:00", "2026-02-01 13:30:01") is False


# A given id that may be somebody else's


@pytest.mark.parametrize("missed", ["a read", "a delete"])
@pytest.mark.parametrize("assigned", [ASSIGNED, "2026-02-01T08:00:00.123Z", "2026-02-01 08:00:00"])
def test_a_given_record_that_was_not_found_is_ours_once_it_is_read(ledger: Ledger, missed: str, assigned: str) -> None:
    ledger.is_leaving("57") if missed == "a delete" else None
    (ledger.was_unknown if missed == "a delete" else ledger.was_gone)("57")
    assert not ledger.owns("57")
    ledger.were_seen(["57"])
    ledger.recognise("57", {**OURS, "date_assigned": assigned})
    assert ledger.owns("57")
    assert ledger.late


@pytest.mark.parametrize(
    "other",
    [{"date_assigned": "2026-02-01T08:00:05Z"}, {"person_api_id": "q"}, {"date_assigned": None}, {"api_id": "58"}],
)
def test_another_record_where_ours_was_not_found_never_becomes_ours(ledger: Ledger, other: dict[str, Any]) -> None:
    ledger.was_gone("57")
    ledger.were_seen(["57"])
    ledger.recognise("57", {**OURS, **other})
    assert not ledger.owns("57")


def test_a_record_that_is_surely_another_is_not_ours_any_more(ledger: Ledger) -> None:
    """The service may have lost ours, and given its id to somebody else."""
    for faulty in ({"person_api_id": "q"}, {"date_assigned": "2026-02-01T08:00:05Z"}):
        ledger.recognise("57", {**OURS, **faulty})
        assert ledger.owns("57")
    ledger.recognise("57", {**OURS, "person_api_id": "q", "date_assigned": "2026-02-01T08:00:05Z"})
    assert not ledger.owns("57")


DIFFERENT = [
    {"date_assigned": "2026-02-01T08:00:05Z"},
    {"person_api_id": "q"},
    {"package_api_id": "l"},
    {"date_started": None},
    {"date_started": "2026-01-31T09:00:01Z"},
]


@pytest.mark.parametrize("other", DIFFERENT)
def test_what_has_the_id_of_a_deleted_record_and_differs_from_it_is_somebody_elses(
    ledger: Ledger, other: dict[str, Any]
) -> None:
    assert not ledger.is_another("57", {**OURS, **other})
    ledger.is_leaving("57")
    ledger.was_deleted("57")
    assert ledger.is_another("57", {**OURS, **other})


@pytest.mark.parametrize(
    "alike",
    [
        {},
        {"date_assigned": "2026-02-01 08:00:00"},
        {"date_started": "2026-01-31"},
        {"date_assigned": None},
        {"note": 1},
    ],
)
def test_what_is_like_a_deleted_record_is_ours_not_deleted(ledger: Ledger, alike: dict[str, Any]) -> None:
    ledger.is_leaving("57")
    ledger.was_deleted("57")
    assert not ledger.is_another("57", {**OURS, **alike})


def test_what_an_update_may_have_changed_tells_no_records_apart(ledger: Ledger) -> None:
    ledger.was_updated(ledger.plan("57", {}), "57", "57", "57")
    ledger.is_leaving("57")
    ledger.was_deleted("57")
    assert not ledger.is_another("57", {**OURS, "person_api_id": "q"})
    assert ledger.is_another("57", {**OURS, "date_assigned": "2026-02-01T08:00:05Z"})


def test_a_chosen_id_is_never_somebody_elses(ledger: Ledger) -> None:
    api_id = ledger.prefix + "a"
    ledger.was_made(ledger.plan(api_id, BODY), api_id, assigned=ASSIGNED)
    ledger.was_deleted(api_id)
    assert not ledger.is_another(api_id, {"api_id": api_id, "person_api_id": "q"})


# Records that show late


def test_an_accepted_record_that_was_not_found_stands(ledger: Ledger) -> None:
    chosen = ledger.prefix + "a"
    ledger.was_made(ledger.plan(chosen, BODY), chosen)
    for api_id in (chosen, "57"):
        ledger.was_gone(api_id)
        ledger.is_leaving(api_id)
        ledger.was_unknown(api_id)
        ledger.was_gone(api_id)
    assert ledger.standing() == [chosen, "57"]
    assert (ledger.created, ledger.deleted) == (2, 0)
    for api_id in (chosen, "57"):
        ledger.is_gone(api_id)
    assert ledger.standing() == []
    assert (ledger.created, ledger.deleted) == (2, 2)


def test_a_record_that_turns_up_at_its_address_was_not_misplaced(ledger: Ledger) -> None:
    chosen = ledger.prefix + "a"
    ledger.was_made(ledger.plan(chosen, BODY), chosen)
    ledger.was_gone(chosen)
    assert ledger.misplaced
    ledger.were_seen([chosen])  # in the list, with who knows which address
    assert ledger.misplaced
    ledger.recognise(chosen, {"api_id": chosen})
    assert not ledger.misplaced
    assert ledger.late


def test_a_delete_that_is_not_answered_leaves_nothing_to_recognise(ledger: Ledger) -> None:
    """It may be done yet, and the id given to somebody else, just when the record was read."""
    ledger.is_leaving("57")
    ledger.recognise("57", OURS)
    assert ledger.state("57") is State.DELETING
    assert not ledger.owns("57")


# Records that may be ours


@pytest.mark.parametrize(
    ("assigned", "told"),
    [
        ("2026-02-01T08:00:01Z", True),
        ("2026-02-01T07:59:58Z", True),
        ("2026-02-01 00:00:00", True),
        (None, True),
        ("2026-02-01T07:58:00Z", False),
        ("2026-01-30 08:00:00", False),
    ],
)
def test_what_is_older_than_the_run_was_not_made_by_a_request_without_an_answer(
    ledger: Ledger, assigned: str | None, told: bool
) -> None:
    """In a list that was never read before; a few seconds are nothing, as clocks differ."""
    ledger.plan(None, BODY)
    record = {**OURS, "api_id": "58", "date_assigned": assigned}
    assert ledger.perhaps_made([record]) == ([record] if told else [])


def test_what_was_listed_before_the_request_was_not_made_by_it(ledger: Ledger) -> None:
    ledger.were_seen(["57", "58"])
    ledger.plan(None, BODY)
    assert ledger.perhaps_made([{**OURS, "api_id": "58"}]) == []
    assert ledger.perhaps_made([{**OURS, "api_id": "59"}]) == [{**OURS, "api_id": "59"}]
