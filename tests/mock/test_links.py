"""Links from page to page: where they lead, and under which address."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from mock_server import MockServer

from .raw_http import HOST, request

LIST = "/training/record/"
SIZE = 60


@pytest.fixture(scope="module")
def behind_proxy() -> Iterator[MockServer]:
    with MockServer(trust_proxy=True) as server:
        yield server


def walk(http: requests.Session, url: str, link: str) -> Iterator[dict[str, Any]]:
    """Yield this page and all that its links lead to."""
    while url is not None:
        page = http.get(url).json()
        yield page
        url = page[link]


@pytest.mark.parametrize("limit", [1, 7, 20, 59, 60, 61])
def test_next_links_lead_through_every_record_once(http: requests.Session, records: str, limit: int) -> None:
    pages = [*walk(http, f"{records}?limit={limit}", "next")]
    whole = http.get(records).json()["results"]
    assert [record for page in pages for record in page["results"]] == whole
    assert {SIZE} == {page["count"] for page in pages}
    assert len(pages) == -(-SIZE // limit)


def test_previous_links_lead_back_to_the_start(http: requests.Session, records: str) -> None:
    offsets = [page["results"][0]["api_id"] for page in walk(http, f"{records}?limit=20&offset=50", "previous")]
    assert offsets == ["rec-0051", "rec-0031", "rec-0011", "rec-0001"]


@pytest.mark.parametrize(
    ("query", "following", "previous"),
    [
        ("", None, None),
        ("offset=5", None, None),
        ("limit=20", "limit=20&offset=20", None),
        ("limit=20&offset=20", "limit=20&offset=40", "limit=20&offset=0"),
        ("limit=20&offset=5", "limit=20&offset=25", "limit=20&offset=0"),
        ("limit=20&offset=40", None, "limit=20&offset=20"),
        ("limit=20&offset=39", "limit=20&offset=59", "limit=20&offset=19"),
        ("limit=60", None, None),
        (f"limit={10**30}", None, None),
    ],
)
def test_links_name_the_neighbouring_pages(
    http: requests.Session, records: str, query: str, following: str | None, previous: str | None
) -> None:
    page = http.get(f"{records}?{query}").json()
    assert (following, previous) == tuple(link and link.removeprefix(f"{records}?") for link in _links(page))


def _links(page: dict[str, Any]) -> tuple[str | None, str | None]:
    return page["next"], page["previous"]


@pytest.mark.parametrize("term", ["a", "e & o=x#?/+%", "Chloé", "a b", "🔥", "100%"])
def test_links_keep_search_and_limit(http: requests.Session, records: str, term: str) -> None:
    # Each term, put in a query, has to come back out of it; whether anything matches is beside the point here.
    page = http.get(records, params={"search": term, "limit": "1", "offset": "1"}).json()
    kept = parse_qs(urlsplit(page["previous"]).query, keep_blank_values=True)
    assert kept == {"search": [term], "limit": ["1"], "offset": ["0"]}


def test_empty_search_is_kept_in_links(http: requests.Session, records: str) -> None:
    page = http.get(f"{records}?search=&limit=1").json()
    assert page["next"] == f"{records}?search=&limit=1&offset=1"


def test_following_links_of_a_search_finds_what_the_search_finds(http: requests.Session, records: str) -> None:
    whole = http.get(f"{records}?search=fire").json()
    pages = [*walk(http, f"{records}?search=fire&limit=2", "next")]
    assert [record for page in pages for record in page["results"]] == whole["results"]
    assert {whole["count"]} == {page["count"] for page in pages}


def test_links_of_an_organisation_stay_in_it(http: requests.Session, server: MockServer) -> None:
    page = http.get(f"{server.url}/org/a.b~c{LIST}?limit=1").json()
    assert page["next"] == f"{server.url}/org/a.b~c{LIST}?limit=1&offset=1"


def test_links_of_the_root_stay_at_the_root(http: requests.Session, server: MockServer) -> None:
    page = http.get(f"{server.url}{LIST}?limit=1").json()
    assert page["next"] == f"{server.url}{LIST}?limit=1&offset=1"


def next_link(url: str, headers: list[str], path: str = LIST, host: str = HOST) -> str:
    return str(request(url, "GET", f"{path}?limit=1", headers, host=host).json()["next"])


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        (["X-Forwarded-Proto: https"], "https://127.0.0.1:8080"),
        (["X-Forwarded-Host: api.example.org"], "http://api.example.org"),
        (["X-Forwarded-Proto: https", "X-Forwarded-Host: api.example.org:8443"], "https://api.example.org:8443"),
        (["X-Forwarded-Proto: https, http", "X-Forwarded-Host: a.example , b.example"], "https://a.example"),
        (["X-Forwarded-Proto: https,http"], "https://127.0.0.1:8080"),
        (["X-Forwarded-Host: [2001:db8::1]:8443"], "http://[2001:db8::1]:8443"),
        (["X-Forwarded-Proto: javascript"], "http://127.0.0.1:8080"),
        (["X-Forwarded-Proto: "], "http://127.0.0.1:8080"),
        (["X-Forwarded-Host: evil.example/path?"], "http://127.0.0.1:8080"),
        (["X-Forwarded-Host: user@evil.example"], "http://127.0.0.1:8080"),
        (['X-Forwarded-Host: "><script>'], "http://127.0.0.1:8080"),
    ],
    ids=str,
)
def test_links_behind_a_trusted_proxy_are_those_of_the_client(
    behind_proxy: MockServer, headers: list[str], origin: str
) -> None:
    assert next_link(behind_proxy.url, headers) == f"{origin}{LIST}?limit=1&offset=1"


def test_links_behind_a_trusted_proxy_keep_the_organisation(behind_proxy: MockServer) -> None:
    headers = ["X-Forwarded-Proto: https", "X-Forwarded-Host: api.example.org"]
    path = f"/org/shop{LIST}"
    assert next_link(behind_proxy.url, headers, path) == f"https://api.example.org{path}?limit=1&offset=1"


def test_forwarded_headers_count_for_nothing_unless_trusted(server: MockServer) -> None:
    headers = ["X-Forwarded-Proto: https", "X-Forwarded-Host: api.example.org"]
    assert next_link(server.url, headers) == f"http://127.0.0.1:8080{LIST}?limit=1&offset=1"


@pytest.mark.parametrize("host", ["localhost:8080", "mock", "mock.test:80", "[::1]:8080"])
def test_links_name_the_host_that_was_asked(server: MockServer, host: str) -> None:
    assert next_link(server.url, [], host=host) == f"http://{host}{LIST}?limit=1&offset=1"


@pytest.mark.parametrize("host", ["", "a'b", "a%20b", "!$&()*+,;=:80", "localhost:"])
def test_host_that_may_stand_in_no_link_is_not_repeated_in_links(server: MockServer, host: str) -> None:
    assert next_link(server.url, [], host=host) == f"{server.url}{LIST}?limit=1&offset=1"
