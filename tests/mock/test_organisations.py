"""Organisations: each a world of its own, born from the scenario when it is first asked for."""

import gc
from collections.abc import Iterator

import pytest
import requests

from mock_server import MockServer

from .problems import problem
from .raw_http import request

ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
LIST = "/training/record/"


@pytest.fixture
def small() -> Iterator[MockServer]:
    """A server on which no more than three organisations live at once."""
    with MockServer(max_organisations=3) as server:
        yield server


def count(http: requests.Session, server: MockServer, name: str | None = None) -> int:
    """Return how many records an organisation has; without a name, the one at the root."""
    at = "" if name is None else f"/org/{name}"
    number: int = http.get(f"{server.url}{at}{LIST}?limit=1").json()["count"]
    return number


def add(http: requests.Session, server: MockServer, name: str | None = None, body: dict[str, str] = ASSIGNED) -> str:
    """Create a record in an organisation and return its api_id."""
    at = "" if name is None else f"/org/{name}"
    api_id: str = http.post(f"{server.url}{at}{LIST}", json=body).json()["api_id"]
    return api_id


def test_organisations_see_nothing_of_each_other(http: requests.Session, organisation: str) -> None:
    other = f"{organisation}-other"
    for url in (organisation, other):
        assert http.get(f"{url}{LIST}").json()["count"] == 60
    http.delete(f"{organisation}{LIST}rec-0001/")
    http.patch(f"{organisation}{LIST}rec-0002/", json={"date_started": None})
    created = http.post(f"{organisation}{LIST}", json=ASSIGNED | {"api_id": "mine"})
    assert created.status_code == 201
    assert http.get(f"{other}{LIST}rec-0001/").status_code == 200
    assert http.get(f"{other}{LIST}rec-0002/").json()["date_started"] is not None
    problem(http.get(f"{other}{LIST}mine/"), 404)


def test_root_is_the_organisation_default(http: requests.Session, small: MockServer) -> None:
    api_id = add(http, small)
    assert http.get(f"{small.url}/org/default{LIST}{api_id}/").status_code == 200


@pytest.mark.parametrize("name", ["a", "A", "0", "...", ".a", "a.", "~", "-", "a.b_c~d-e", "x" * 64, "training"])
def test_name_may_have_this_form(server: MockServer, name: str) -> None:
    answer = request(server.url, "GET", f"/org/{name}{LIST}?limit=1")
    assert (answer.status_code, answer.json()["count"]) == (200, 60)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "%2e",
        ".%2E",
        "x" * 65,
        "x" * 5000,
        "a%20b",
        "%61",
        "é".encode(),
        "a%2Fb",
        "a:b",
        "a+b",
        "a%00",
        "*",
    ],
)
def test_name_of_another_form_is_404(server: MockServer, name: str | bytes) -> None:
    target = b"/org/" + (name if isinstance(name, bytes) else name.encode()) + LIST.encode()
    status = 400 if isinstance(name, bytes) else 404  # bytes that are no URI get no further than the parser
    problem(request(server.url, "GET", target), status)


def test_one_that_was_unused_for_longest_makes_room(http: requests.Session, small: MockServer) -> None:
    for name in ("a", "b"):
        add(http, small, name)
    count(http, small, "a")
    add(http, small, "c")
    assert [count(http, small, name) for name in ("a", "c")] == [61, 61]
    assert count(http, small, "b") == 60, "born again"


def test_default_is_never_dropped(http: requests.Session, small: MockServer) -> None:
    add(http, small)
    for number in range(10):
        add(http, small, str(number))
    assert count(http, small) == 61


def test_no_more_live_than_allowed(http: requests.Session, small: MockServer) -> None:
    for name in ("a", "b", "c", "d"):
        add(http, small, name)
    assert [count(http, small, name) for name in ("d", "c")] == [61, 61], "beside the default there is room for two"
    assert [count(http, small, name) for name in ("a", "b")] == [60, 60]


def test_same_seed_gives_the_same_api_ids(http: requests.Session) -> None:
    rows = []
    for seed in (5, 5, 6):
        with MockServer(seed=seed) as server:
            rows.append([add(http, server, name) for name in (None, "a", "b", "a")])
    assert rows[0] == rows[1]
    assert set(rows[0]) & set(rows[2]) == set()
    assert len(set(rows[0])) == 4, "each organisation has a row of its own"


def test_generated_api_id_is_never_one_that_is_taken(http: requests.Session) -> None:
    with MockServer() as first, MockServer() as second:
        row = [add(http, first) for _ in range(3)]
        for api_id in row[:2]:
            http.post(second.url + LIST, json=ASSIGNED | {"api_id": api_id})
        assert add(http, second) == row[2]


def test_api_id_that_was_deleted_is_not_given_again(http: requests.Session, organisation: str) -> None:
    records = organisation + LIST
    given = []
    for _ in range(5):
        given.append(http.post(records, json=ASSIGNED).json()["api_id"])
        http.delete(f"{records}{given[-1]}/")
    assert len(set(given)) == 5


def large_tables() -> int:
    """Return how many tables in memory are as large as those of the scenario `large`."""
    gc.collect()
    return sum(type(table) is dict and len(table) >= 10_000 for table in gc.get_objects())


def test_organisations_share_the_records_of_their_scenario_until_they_change_them(http: requests.Session) -> None:
    body = {"person_api_id": "usr-00001", "package_api_id": "pkg-00001"}
    with MockServer(scenario="large") as server:
        before = large_tables()
        assert {count(http, server, str(number)) for number in range(50)} == {10_000}
        assert large_tables() == before
        add(http, server, "7", body)
        assert large_tables() > before
        assert [count(http, server, name) for name in ("6", "7", "8")] == [10_000, 10_001, 10_000]
