"""What a search finds."""

from collections.abc import Iterator

import pytest
import requests

from mock_server import MockServer


@pytest.fixture(scope="module")
def edge_cases() -> Iterator[str]:
    with MockServer(scenario="edge-cases") as server:
        yield f"{server.url}/training/record/"


def ids(answer: requests.Response) -> list[str]:
    return [record["api_id"] for record in answer.json()["results"]]


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("Amara", ["usr-amara-okafor"]),
        ("mara ok", ["usr-amara-okafor"]),
        ("WEISS", ["usr-daniel-weiss"]),
        ("weiß", ["usr-daniel-weiss"]),
        ("CHLOÉ", ["usr-chloe-martin"]),
        ("o'brien", ["usr-liam-obrien"]),
    ],
)
def test_search_finds_by_the_persons_name_in_any_case(
    http: requests.Session, records: str, term: str, found: list[str]
) -> None:
    page = http.get(records, params={"search": term}).json()
    whole = http.get(records).json()["results"]
    assert page["results"] == [record for record in whole if record["person_api_id"] in found]
    assert page["count"] == len(page["results"]) > 0


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("anti-BRIBERY", "pkg-anti-bribery"),  # in its name and in its description
        ("Display Screen E", "pkg-display-screen"),
        ("whom to ask", "pkg-anti-bribery"),  # in its description alone
        ("TEN MINUTES", "pkg-first-aid"),
    ],
)
def test_search_finds_by_the_packages_name_and_description(
    http: requests.Session, records: str, term: str, found: str
) -> None:
    whole = http.get(records).json()["results"]
    expected = [record for record in whole if record["package_api_id"] == found]
    assert expected == http.get(records, params={"search": term}).json()["results"] != []


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("STRASSE", "pkg-unicode"),
        ("straße", "pkg-unicode"),
        ("FIRE", "pkg-unicode"),  # written with a ligature there
        ("σίσυφοσ", "pkg-unicode"),  # with a final sigma there
        ("安全", "pkg-unicode"),
        ("🔥", "pkg-unicode"),
        ("<img src=x", "pkg-markup"),
    ],
)
def test_search_folds_case_as_unicode_does(http: requests.Session, edge_cases: str, term: str, found: str) -> None:
    page = http.get(edge_cases, params={"search": term}).json()
    assert {found} == {record["package_api_id"] for record in page["results"]}


@pytest.mark.parametrize("term", ["archery", ".*", "%", "rec-0001", "2025", "null", "\x00", "   ", "x" * 9000])
def test_search_for_what_no_name_contains_finds_nothing(http: requests.Session, records: str, term: str) -> None:
    assert http.get(records, params={"search": term}).json() == {
        "count": 0,
        "next": None,
        "previous": None,
        "results": [],
    }


def test_empty_search_finds_all(http: requests.Session, records: str) -> None:
    assert http.get(f"{records}?search=").json() == http.get(records).json()


def test_search_comes_before_the_window(http: requests.Session, records: str) -> None:
    whole = ids(http.get(f"{records}?search=fire"))
    page = http.get(f"{records}?search=fire&limit=3&offset=2")
    assert (whole[2:5], len(whole)) == (ids(page), page.json()["count"])


def test_plus_in_a_search_is_a_space(http: requests.Session, records: str) -> None:
    assert ids(http.get(f"{records}?search=Amara+Okafor")) == ids(http.get(f"{records}?search=Amara%20Okafor")) != []
