"""Methods that a path does not list, and those that HTTP itself adds."""

import pytest
import requests

from .problems import problem
from .raw_http import request

COLLECTION = ("/training/record/", {"GET", "HEAD", "POST", "OPTIONS"})
ITEM = ("/training/record/rec-0001/", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})
KNOWN = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"]
UNUSUAL = ["PROPFIND", "M-SEARCH"]

paths = pytest.mark.parametrize(("path", "allowed"), [COLLECTION, ITEM], ids=["collection", "item"])


def allow(header: str) -> list[str]:
    return sorted(method.strip() for method in header.split(","))


@pytest.mark.parametrize(
    ("path", "allowed", "method"),
    [
        (path, allowed, method)
        for path, allowed in (COLLECTION, ITEM)
        for method in [*KNOWN, *UNUSUAL]
        if method not in allowed and method != "CONNECT"  # what follows CONNECT is no path
    ],
)
def test_other_method_is_405_with_the_exact_allow(
    http: requests.Session, organisation: str, path: str, allowed: set[str], method: str
) -> None:
    before = http.get(f"{organisation}/training/record/").json()
    answer = http.request(method, organisation + path, json={"person_api_id": "usr-mei-chen"})
    assert method in problem(answer, 405)["detail"]
    assert sorted(allowed) == allow(answer.headers["Allow"])
    assert http.get(f"{organisation}/training/record/").json() == before


@paths
@pytest.mark.parametrize("method", ["BREW", "get", "GETS"])
def test_method_that_no_one_knows_is_a_4xx(organisation: str, path: str, allowed: set[str], method: str) -> None:
    answer = request(organisation, method, path)
    assert answer.status_code in (400, 405)
    problem(answer, answer.status_code)
    assert answer.status_code == 400 or sorted(allowed) == allow(answer.headers["Allow"])


def test_connect_is_a_4xx(organisation: str) -> None:
    answer = request(organisation, "CONNECT", "127.0.0.1:80")
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "target",
    [
        "/training/record/",
        "/training/record/?limit=2&search=fire",
        "/training/record/?limit=0",
        "/training/record/rec-0001/",
        "/training/record/rec-9999/",
        "/training/record/-/",
        "/training/record",
        "/nowhere",
    ],
)
def test_head_is_get_without_its_body(http: requests.Session, organisation: str, target: str) -> None:
    get, head = http.get(organisation + target), http.head(organisation + target)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for headers in (get.headers, head.headers):
        headers.pop("date")
    assert head.headers == get.headers


@paths
def test_options_is_204_with_the_exact_allow(
    http: requests.Session, organisation: str, path: str, allowed: set[str]
) -> None:
    answer = http.options(organisation + path)
    assert (204, b"", sorted(allowed)) == (answer.status_code, answer.content, allow(answer.headers["Allow"]))


def test_method_in_small_letters_is_another_method(organisation: str, http: requests.Session) -> None:
    request(organisation, "delete", "/training/record/rec-0001/")
    assert http.get(f"{organisation}/training/record/rec-0001/").status_code == 200
