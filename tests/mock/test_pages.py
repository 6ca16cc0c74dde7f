"""What the server shows beside the API: front page, spec and Swagger UI, all from itself."""

import re
from urllib.parse import urljoin, urlsplit

import openapi_spec_validator
import pytest
import requests
import yaml

from mock_server import MockServer

from .problems import SPEC, problem

roots = pytest.mark.parametrize("root", ["", "/org/shop.1~x"])
LINK = re.compile(r"""\b(?:href|src|url|configUrl)\s*[=:]\s*["']([^"']+)["']""")


def links(page: requests.Response) -> list[str]:
    """Return the address of everything that a page links to or loads."""
    return [urljoin(page.url, link) for link in LINK.findall(page.text) if not link.startswith("data:")]


@roots
@pytest.mark.parametrize("path", ["/", "/ui/", "/_mock/ui/"])
def test_page_links_to_nothing_but_what_this_server_has(
    http: requests.Session, server: MockServer, root: str, path: str
) -> None:
    page = http.get(server.url + root + path)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert len(links(page)) >= 3
    assert [link for link in links(page) if not link.startswith(f"{server.url}{root}/")] == []
    assert {link: http.get(link, stream=True).status_code for link in links(page)} == dict.fromkeys(links(page), 200)


@roots
def test_front_page_tells_whose_it_is_and_how_much_is_there(
    http: requests.Session, server: MockServer, root: str
) -> None:
    text = re.sub("<[^>]*>", "", http.get(f"{server.url}{root}/").text)
    name = root.removeprefix("/org/") or "default"
    assert [
        word for word in (name, "20 people", "8 packages", "60 records") if word not in " ".join(text.split())
    ] == []


def test_front_page_counts_what_is_there_now(http: requests.Session, organisation: str) -> None:
    http.delete(f"{organisation}/training/record/rec-0001/")
    assert ">59</strong> records" in http.get(f"{organisation}/").text


@roots
def test_spec_as_json_is_the_spec_at_this_address(http: requests.Session, server: MockServer, root: str) -> None:
    answer = http.get(f"{server.url}{root}/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == SPEC | {"servers": [{"url": root or "/"}]}
    openapi_spec_validator.validate(answer.json())


@roots
def test_spec_as_yaml_is_the_spec_at_this_address(http: requests.Session, server: MockServer, root: str) -> None:
    answer = http.get(f"{server.url}{root}/openapi.yaml")
    assert answer.headers["content-type"] == "application/yaml"
    assert yaml.safe_load(answer.content) == SPEC | {"servers": [{"url": root or "/"}]}


@roots
@pytest.mark.parametrize("base_path", ["", "/_mock"])
def test_swagger_ui_shows_a_spec_of_this_address(
    http: requests.Session, server: MockServer, root: str, base_path: str
) -> None:
    ui = f"{server.url}{root}{base_path}/ui/"
    assert [link for link in links(http.get(ui)) if link.endswith(".json")] == [f"{ui}openapi.json"]
    shown = http.get(f"{ui}openapi.json").json()
    assert shown["servers"] == [{"url": root + base_path or "/"}]
    openapi_spec_validator.validate(shown)


@pytest.mark.parametrize("path", ["/ui/", "/_mock/ui/"])
def test_swagger_ui_stays_below_a_prefix_that_the_server_does_not_know(
    http: requests.Session, server: MockServer, path: str
) -> None:
    assert [link for link in LINK.findall(http.get(server.url + path).text) if link.startswith(("/", "http"))] == []


@roots
def test_swagger_ui_without_its_slash_leads_there(http: requests.Session, server: MockServer, root: str) -> None:
    page = http.get(f"{server.url}{root}/ui")
    assert (200, f"{root}/ui/") == (page.status_code, urlsplit(page.url).path)


@roots
@pytest.mark.parametrize("path", ["/", "/openapi.json", "/openapi.yaml", "/ui/", "/docs/"])
def test_pages_are_read_only(http: requests.Session, server: MockServer, root: str, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = http.request(method, server.url + root + path)
        problem(answer, 405)
        assert {"GET", "HEAD"} <= {*answer.headers["Allow"].split(", ")} <= {"GET", "HEAD", "OPTIONS"}


@roots
def test_unknown_path_is_404_that_names_the_right_ones(http: requests.Session, server: MockServer, root: str) -> None:
    assert "/training/record/" in problem(http.get(f"{server.url}{root}/training/records/"), 404)["detail"]
