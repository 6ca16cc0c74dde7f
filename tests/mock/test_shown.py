"""A record as it is shown: what the contract has found good about it stays true."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server import create_app
from mock_server.organisation.record import Package
from mock_server.organisation.shown import Shown

CHANGES: list[Callable[[Any], object]] = [
    lambda shown: shown.__setitem__("api_id", "other"),
    lambda shown: shown.__delitem__("api_id"),
    lambda shown: shown.__ior__({"api_id": "other"}),
    lambda shown: shown.update(api_id="other"),
    lambda shown: shown.setdefault("colour", "red"),
    lambda shown: shown.pop("api_id"),
    lambda shown: shown.popitem(),
    lambda shown: shown.clear(),
]


@pytest.fixture
def shown() -> Shown:
    return create_app().organisations.default.get("rec-0001")


@pytest.mark.parametrize("change", CHANGES)
def test_it_cannot_be_changed(shown: Shown, change: Callable[[Any], object]) -> None:
    before = {**shown}
    with pytest.raises(TypeError, match="cannot be changed"):
        change(shown)
    assert before == shown


def test_what_is_made_of_it_is_another_dictionary(shown: Shown) -> None:
    assert type(shown | {"api_id": "other"}) is dict
    assert type({**shown}) is dict


def test_it_is_remembered_only_as_long_as_record_and_package_are_what_they_were() -> None:
    organisations = create_app().organisations
    organisation, other = organisations.default, organisations["other"]
    before = organisation.get("rec-0001")
    assert organisation.get("rec-0001") is before
    assert other.get("rec-0001") is before
    organisation.put_package(Package(before["package_api_id"], "Fire safety", "Put out a fire"))
    assert other.get("rec-0001") == before
    assert organisation.get("rec-0001") == before | {"package_desc": "Put out a fire"}
    organisation.update("rec-0001", date_completed="2026-02-01T08:00:00Z")
    after = {"package_desc": "Put out a fire", "date_completed": "2026-02-01T08:00:00Z"}
    assert organisation.get("rec-0001") == before | after
