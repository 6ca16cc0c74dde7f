"""What the contract promises about lists: every record, in order, and windows of them."""

from urllib.parse import urlsplit

import pytest
import requests

from .problems import pointers
from .raw_http import request

SIZE = 60


def ids(answer: requests.Response) -> list[str]:
    return [record["api_id"] for record in answer.json()["results"]]


def test_list_is_an_object_that_includes_every_record(http: requests.Session, records: str) -> None:
    page = http.get(records).json()
    assert sorted(page) == ["count", "next", "previous", "results"]
    assert (page["count"], len({record["api_id"] for record in page["results"]})) == (SIZE, SIZE)
    assert page["results"][0] == http.get(f"{records}rec-0001/").json()


def test_order_is_that_of_creation(http: requests.Session, records: str) -> None:
    before = ids(http.get(records))
    for api_id in ("zz", "aa", "mm"):
        body = {"api_id": api_id, "person_api_id": "usr-mei-chen", "package_api_id": "pkg-first-aid"}
        http.post(records, json=body)
    assert ids(http.get(records)) == [*before, "zz", "aa", "mm"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_renamed_record_keeps_its_place(http: requests.Session, records: str, method: str) -> None:
    before = ids(http.get(records))
    body = {"api_id": "renamed", "person_api_id": "usr-mei-chen", "package_api_id": "pkg-first-aid"}
    http.request(method, f"{records}{before[2]}/", json=body)
    assert ids(http.get(records)) == [*before[:2], "renamed", *before[3:]]


@pytest.mark.parametrize(
    ("query", "window"),
    [
        ("", slice(None)),
        ("limit=1", slice(0, 1)),
        ("limit=7&offset=5", slice(5, 12)),
        ("offset=58&limit=5", slice(58, 60)),
        ("limit=61", slice(0, 60)),
        ("offset=60", slice(60, 60)),
        ("offset=61&limit=1", slice(60, 60)),
        ("limit=007&offset=00", slice(0, 7)),
        (f"limit={10**30}", slice(0, 60)),
        (f"offset={10**30}", slice(60, 60)),
        (f"limit={10**30}&search=", slice(0, 60)),
        (f"offset={10**30}&search=a", slice(60, 60)),
        ("limit=2&colour=red&colour=blue", slice(0, 2)),
        ("LIMIT=2", slice(None)),
        ("&&limit=2&", slice(0, 2)),
        ("l%69mit=%32", slice(0, 2)),
    ],
)
def test_window_is_that_slice_of_the_whole(http: requests.Session, records: str, query: str, window: slice) -> None:
    whole = http.get(records).json()["results"]
    assert http.get(f"{records}?{query}").json()["results"] == whole[window]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("limit=0", ["query/limit"]),
        ("limit=-1", ["query/limit"]),
        ("limit=1.0", ["query/limit"]),
        ("limit=1e3", ["query/limit"]),
        ("limit=", ["query/limit"]),
        ("limit", ["query/limit"]),
        ("limit=%201", ["query/limit"]),
        ("limit=%2B1", ["query/limit"]),
        ("limit=1_000", ["query/limit"]),
        ("limit=true", ["query/limit"]),
        ("limit=%D9%A3", ["query/limit"]),
        ("limit=1&limit=1", ["query/limit"]),
        ("limit=1&lim%69t=2", ["query/limit"]),
        (f"limit={'9' * 5000}", ["query/limit"]),
        ("offset=-1", ["query/offset"]),
        ("offset=abc", ["query/offset"]),
        ("offset=0&offset=0", ["query/offset"]),
        ("search=a&search=b", ["query/search"]),
        ("limit=0&offset=-1", ["query/limit", "query/offset"]),
        ("search=%ff", ["query/search"]),
        ("search=a%ED%A0%80", ["query/search"]),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_bad_parameter_is_400_that_names_it(http: requests.Session, records: str, query: str, where: list[str]) -> None:
    assert where == pointers(http.get(f"{records}?{query}"))


def test_bytes_that_are_no_uri_in_the_query_are_a_4xx(http: requests.Session, records: str) -> None:
    path = urlsplit(records).path.encode()
    for query in (b"limit=\xff", b"search=\xc3\xa9", b"limit=\x00", b"limit=1 2", b"limit=\t1"):
        answer = request(records, "GET", path + b"?" + query)
        assert (query, 400) == (query, answer.status_code)
        assert answer.headers["content-type"] == "application/problem+json"
    assert http.get(records).status_code == 200
