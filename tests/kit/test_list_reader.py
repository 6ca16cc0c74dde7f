"""The list is read to its end by whatever pages the service gives, and no further."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from contract_tests.client.delivery import Unreachable
from contract_tests.client.exchange import Exchange
from contract_tests.client.list_reader import MOST_PAGES, ListReader
from contract_tests.client.walk import Region
from kit.exchanges import answered

Pages = Callable[[int | None, int], tuple[int, list[str]]]


def record(n: int) -> dict[str, str]:
    return {"api_id": f"r{n}", "person_api_id": "p", "package_api_id": "k"}


class Listing:
    """A list of so many records; `answer` gives status and document for a limit and an offset."""

    def __init__(self, total: int, *, cap: int = 10**9, refuses: bool = False, past_end: int = 200) -> None:
        self.records = [record(n) for n in range(total)]
        self.cap, self.refuses, self.past_end = cap, refuses, past_end
        self.asked: list[dict[str, str]] = []

    def __call__(self, parameters: Sequence[tuple[str, str]]) -> Exchange:
        given = dict(parameters)
        self.asked.append(given)
        limit, offset = int(given.get("limit", 10**9)), int(given.get("offset", 0))
        if self.refuses and "limit" in given and limit > self.cap:
            return answered("GET", 422)
        if offset and offset >= len(self.records) and self.past_end != 200:
            return answered("GET", self.past_end)
        page = self.records[offset : offset + min(limit, self.cap)]
        return answered("GET", 200, {"results": page})


def ids(listing: Listing) -> tuple[str, ...]:
    return tuple(item["api_id"] for item in listing.records)


@pytest.mark.parametrize("total", [0, 1, 9, 10, 100, 101, 250])
@pytest.mark.parametrize("listing", [{}, {"cap": 10}, {"cap": 50, "refuses": True}, {"past_end": 404}], ids=str)
def test_all_of_it_is_read_once_and_in_order(total: int, listing: dict[str, Any]) -> None:
    service = Listing(total, **listing)
    walk = ListReader("results").read(service)
    assert walk.ids == ids(service)
    assert walk.complete
    assert not walk.overlap


def test_a_page_size_that_was_refused_is_not_asked_for_again() -> None:
    service, reader = Listing(120, cap=20, refuses=True), ListReader("results")
    reader.read(service)
    before = len(service.asked)
    reader.read(service)
    assert {asked.get("limit") for asked in service.asked[before:]} == {None, "20"}


def test_a_region_is_read_from_its_offset_to_the_end_or_for_its_size() -> None:
    service = Listing(300, cap=50)
    tail = ListReader("results").read(service, Region(270))
    assert (tail.ids, tail.first, tail.total, tail.ended) == (ids(service)[270:], 270, 300, True)
    head = ListReader("results").read(service, Region(0, 40))
    assert head.ids[:40] == ids(service)[:40]
    assert not head.ended
    assert len(head.ids) <= 50


def test_a_list_that_shows_the_same_page_at_every_offset_is_not_read_for_ever() -> None:
    walk = ListReader("results").read(lambda _: answered("GET", 200, {"results": [record(1), record(2)]}))
    assert walk.overlap
    assert not walk.ended
    assert walk.ids == ("r1", "r2")


def test_a_list_without_end_ends_the_run() -> None:
    numbers = iter(range(10**6))
    with pytest.raises(Unreachable, match=f"more than {MOST_PAGES:,} pages"):
        ListReader("results").read(lambda _: answered("GET", 200, {"results": [record(next(numbers))]}))


def test_a_list_that_can_not_be_read_is_not_complete() -> None:
    walk = ListReader("results").read(lambda _: answered("GET", 404))
    assert not walk.complete
    assert not walk.ended
    assert json.dumps(walk.ids) == "[]"
