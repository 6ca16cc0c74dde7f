"""The dashboard is served whole from here: no file of it names another host."""

import re
from urllib.parse import urljoin

import pytest
import requests

from mock_server import MockServer
from mock_server.api.pages import DASHBOARD

SVG = "http://www.w3.org/2000/svg"  # a name, and never asked for

TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "html": "text/html"}


def served(http: requests.Session, url: str) -> dict[str, requests.Response]:
    """Return every file that a page leads to, through what it and they name, by URL."""
    found: dict[str, requests.Response] = {}
    to_see = [url]
    while to_see:
        at = to_see.pop()
        if at in found:
            continue
        answer = found[at] = http.get(at)
        assert answer.status_code == 200, at
        kind = answer.headers["content-type"].partition(";")[0]
        if kind == "text/html":
            names = re.findall(r'<(?:link|script|img|use)\b[^>]*?\b(?:href|src)="([^"#]+)', answer.text)
        elif kind == "text/javascript":
            names = re.findall(r'(?:from|import)\s*\(?"(\.[^"]+)"', answer.text)
        else:
            names = re.findall(r'url\("?([^")#]+)', answer.text) if kind == "text/css" else []
        to_see += [urljoin(at, name) for name in names if not name.startswith("data:")]
    return found


roots = pytest.mark.parametrize("root", ["", "/org/x", "/org/a.b~c"])


@roots
def test_page_is_html_at_each_organisation(http: requests.Session, server: MockServer, root: str) -> None:
    answer = http.get(f"{server.url}{root}/_mock/")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert answer.text.startswith("<!doctype html>")


@roots
def test_everything_that_it_leads_to_is_below_it_and_of_its_kind(
    http: requests.Session, server: MockServer, root: str
) -> None:
    page = f"{server.url}{root}/_mock/"
    files = served(http, page)
    del files[page]
    assert len(files) > 5
    for at, answer in files.items():
        assert at.startswith(f"{page}dashboard/")
        assert answer.headers["content-type"].partition(";")[0] == TYPES[at.rpartition(".")[2]]
        assert answer.content


def test_no_file_names_another_host(http: requests.Session, server: MockServer) -> None:
    for at, answer in served(http, f"{server.url}/_mock/").items():
        named = set(re.findall(r"""(?:https?:)?//[\w-]+\.[\w.-]+[^\s"'`)<]*""", answer.text)) - {SVG}
        assert named == set(), at


def test_every_module_of_the_dashboard_is_led_to(http: requests.Session, server: MockServer) -> None:
    page = f"{server.url}/_mock/"
    seen = {at.removeprefix(f"{page}dashboard/") for at in served(http, page)} - {page}
    there = {str(path.relative_to(DASHBOARD)) for path in DASHBOARD.rglob("*.*")} - {"index.html"}
    assert there - seen == set()


@pytest.mark.parametrize("name", ["nothing.js", "../pages.py", "%2e%2e/pages.py", "..%2fpages.py", "/etc/passwd", ""])
def test_nothing_but_its_files_is_served(http: requests.Session, server: MockServer, name: str) -> None:
    request = requests.Request("GET", "http://x").prepare()
    request.url = f"{server.url}/_mock/dashboard/{name}"
    assert http.send(request).status_code == 404


def test_front_page_links_to_it(http: requests.Session, server: MockServer) -> None:
    for root in ("", "/org/x"):
        page = http.get(f"{server.url}{root}/")
        links = [urljoin(page.url, link) for link in re.findall(r'<a[^>]* href="([^"]+)"', page.text)]
        assert f"{server.url}{root}/_mock/" in links


def test_address_without_its_slash_leads_to_it(http: requests.Session, server: MockServer) -> None:
    for root in ("", "/org/x"):
        answer = http.get(f"{server.url}{root}/_mock")
        assert (answer.status_code, answer.url) == (200, f"{server.url}{root}/_mock/")
