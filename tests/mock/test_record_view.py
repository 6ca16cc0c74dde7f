"""A record as it is shown: what the contract has found good about it stays true."""

import gc
from collections.abc import Callable
from typing import Any

import pytest

from mock_server import create_app
from mock_server.organisation.record import Package, RecordView

CHANGES: list[Callable[[Any], object]] = [
    lambda view: view.__setitem__("api_id", "other"),
    lambda view: view.__delitem__("api_id"),
    lambda view: view.__ior__({"api_id": "other"}),
    lambda view: view.update(api_id="other"),
    lambda view: view.setdefault("colour", "red"),
    lambda view: view.pop("api_id"),
    lambda view: view.popitem(),
    lambda view: view.clear(),
]


@pytest.fixture
def view() -> RecordView:
    return create_app().sandboxes.default.organisation.get("rec-0001")


@pytest.mark.parametrize("change", CHANGES)
def test_it_cannot_be_changed(view: RecordView, change: Callable[[Any], object]) -> None:
    before = {**view}
    with pytest.raises(TypeError, match="cannot be changed"):
        change(view)
    assert before == view


def test_what_is_made_of_it_is_another_dictionary(view: RecordView) -> None:
    assert type(view | {"api_id": "other"}) is dict
    assert type({**view}) is dict


def test_it_is_remembered_only_as_long_as_record_and_package_are_what_they_were() -> None:
    sandboxes = create_app().sandboxes
    organisation, other = sandboxes.default.organisation, sandboxes["other"].organisation
    before = organisation.get("rec-0001")
    assert organisation.get("rec-0001") is before
    assert other.get("rec-0001") is before
    organisation.put_package(Package(before["package_api_id"], "Fire safety", "Put out a fire"))
    assert other.get("rec-0001") == before
    assert organisation.get("rec-0001") == before | {"package_desc": "Put out a fire"}
    organisation.update("rec-0001", date_completed="2026-02-01T08:00:00Z")
    after = {"package_desc": "Put out a fire", "date_completed": "2026-02-01T08:00:00Z"}
    assert organisation.get("rec-0001") == before | after


def test_it_goes_with_its_record() -> None:
    organisation = create_app().sandboxes.default.organisation
    views = len(living_views())
    organisation.create("usr-ben-carlisle", "pkg-first-aid", "mine")
    assert len(living_views()) == views + 1
    organisation.delete("mine")
    assert len(living_views()) == views


def living_views() -> list[object]:
    """Return all views that anything remembers."""
    gc.collect()
    return [thing for thing in gc.get_objects() if type(thing) is RecordView]
