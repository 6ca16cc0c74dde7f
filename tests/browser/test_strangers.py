"""Pages of strangers in a real browser: what they send comes without leave, and changes nothing all the same."""

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mock_server import MockServer

from .conftest import ARGUMENTS, Watch, chromium

TOKEN = "correct-horse-battery-staple"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a web server on this machine, with a page in it."""
    handler = partial(_Quiet, directory=str(Path(__file__).parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page without a watch: a browser writes to the console of a stranger's what it keeps from it."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def stranger(tab: Page, port: int) -> Page:
    """A page of app.test. That it is on this machine too, the server can't know."""
    tab.goto(f"http://app.test:{port}/client.html")
    return tab


@pytest.fixture
def changed(http: requests.Session, organisation: str) -> str:
    """An organisation with 59 records, a fault and a journal, which any reset would undo."""
    http.delete(f"{organisation}/training/record/rec-0001/").raise_for_status()
    http.put(f"{organisation}/_mock/faults", json={"faults": [{"status": 503, "probability": 0}]}).raise_for_status()
    return organisation


def assert_unchanged(http: requests.Session, organisation: str) -> None:
    assert http.get(f"{organisation}/training/record/?limit=1").json()["count"] == 59
    assert len(http.get(f"{organisation}/_mock/faults").json()["faults"]) == 1
    assert http.get(f"{organisation}/_mock/journal").json()["exchanges"] != []
    assert http.get(f"{organisation}/_mock/scenario").json()["name"] == "default"


FETCHES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "reset", {}),
    ("POST", "reset", {"mode": "no-cors"}),
    ("POST", "reset", {"mode": "no-cors", "credentials": "include", "body": "a=b"}),
    ("PUT", "scenario", {"body": json.dumps({"name": "empty"}), "headers": {"Content-Type": "application/json"}}),
    ("DELETE", "faults", {}),
    ("DELETE", "journal", {"credentials": "include"}),
    ("GET", "state", {}),
    ("GET", "journal", {"cache": "force-cache"}),
    ("GET", "journal.har", {"headers": {"X-Other": "1"}}),
]
FETCH = """async ([url, method, options]) => {
  try {
    const answer = await fetch(url, { method, ...options });
    return answer.type === "opaque" ? "opaque" : await answer.text();
  } catch (error) { return "failed"; }
}"""


@pytest.mark.parametrize(("method", "path", "options"), FETCHES, ids=lambda value: str(value)[:40])
def test_fetch_of_a_stranger_reads_nothing_and_changes_nothing(
    stranger: Page, http: requests.Session, changed: str, method: str, path: str, options: dict[str, Any]
) -> None:
    assert stranger.evaluate(FETCH, [f"{changed}/_mock/{path}", method, options]) in ("failed", "opaque")
    assert_unchanged(http, changed)


@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
def test_form_of_a_stranger_is_told_why_it_changes_nothing(
    stranger: Page, http: requests.Session, changed: str, encoding: str
) -> None:
    origin = stranger.evaluate("location.origin")
    form = f'<form method="post" enctype="{encoding}" action="{changed}/_mock/reset"><input name="a" value="b"></form>'
    with stranger.expect_navigation():
        stranger.evaluate("(form) => { document.body.innerHTML = form; document.forms[0].submit(); }", form)
    assert origin in stranger.inner_text("body")
    assert "--cors-origin" in stranger.inner_text("body")
    assert_unchanged(http, changed)


def test_form_without_an_origin_changes_nothing(stranger: Page, http: requests.Session, changed: str) -> None:
    """In a sandboxed frame the origin is null."""
    form = f'<form method="post" action="{changed}/_mock/reset"></form><script>document.forms[0].submit()</script>'
    with stranger.expect_console_message(lambda message: "a status of 403" in message.text):
        stranger.evaluate(
            """(form) => { const frame = document.createElement("iframe"); frame.sandbox = "allow-scripts allow-forms";
                           frame.srcdoc = form; document.body.append(frame); }""",
            form,
        )
    assert_unchanged(http, changed)


def test_beacon_of_a_stranger_changes_nothing(stranger: Page, http: requests.Session, changed: str) -> None:
    with stranger.expect_response("**/_mock/reset") as answered:
        stranger.evaluate("(url) => navigator.sendBeacon(url, 'a')", f"{changed}/_mock/reset")
    assert answered.value.status == 403
    assert_unchanged(http, changed)


OPENED = """(url) => new Promise((resolve) => {
  const source = new EventSource(url, { withCredentials: true });
  source.onopen = () => { source.close(); resolve("open"); };
  source.onerror = () => resolve("error");
})"""
LOADED = """([kind, url]) => new Promise((resolve) => {
  const part = document.createElement(kind);
  part.onload = () => resolve("load"); part.onerror = () => resolve("error");
  part.src = url; document.body.append(part);
})"""


def test_stranger_follows_no_events(stranger: Page, organisation: str) -> None:
    assert stranger.evaluate(OPENED, f"{organisation}/_mock/journal/events") == "error"


@pytest.mark.parametrize(("kind", "path"), [("img", "dashboard/icon.svg"), ("script", "dashboard/main.js")])
def test_stranger_has_no_part_of_the_dashboard_in_a_page(
    stranger: Page, organisation: str, kind: str, path: str
) -> None:
    assert stranger.evaluate(LOADED, [kind, f"{organisation}/_mock/{path}"]) == "error"


@pytest.mark.parametrize("path", ["/_mock/", "/", "/docs/", "/ui/", "/_mock/ui/"])
def test_no_page_is_shown_in_a_frame(stranger: Page, organisation: str, path: str) -> None:
    with stranger.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
        stranger.evaluate(LOADED, ["iframe", organisation + path])


def test_api_is_read_by_a_stranger_as_before(stranger: Page, organisation: str) -> None:
    read = json.loads(stranger.evaluate(FETCH, [f"{organisation}/training/record/?limit=1", "GET", {}]))
    assert read["count"] == 60


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "app.localhost"])
def test_page_of_this_machine_controls_and_follows(
    tab: Page, http: requests.Session, changed: str, port: int, host: str
) -> None:
    tab.goto(f"http://{host}:{port}/client.html")
    assert tab.evaluate(OPENED, f"{changed}/_mock/journal/events") == "open"
    put = {"body": json.dumps({"name": "empty"}), "headers": {"Content-Type": "application/json"}}
    assert "empty" in tab.evaluate(FETCH, [f"{changed}/_mock/scenario", "PUT", put])
    assert http.get(f"{changed}/training/record/").json()["count"] == 0


def test_page_that_took_a_name_which_leads_here_changes_and_reads_nothing(
    tab: Page, http: requests.Session, changed: str
) -> None:
    """After a rebinding such a page is of the server's own origin: no Origin, no preflight, no CORS keeps it away."""
    rebound = changed.replace("127.0.0.1", "evil.test")
    tab.goto(f"{rebound}/training/record/?limit=1")
    assert json.loads(tab.evaluate(FETCH, [f"{rebound}/training/record/?limit=1", "GET", {}]))["count"] == 59
    for method, path, options in FETCHES:
        if options.get("mode") != "no-cors":
            told = json.loads(tab.evaluate(FETCH, [f"{rebound}/_mock/{path}", method, options]))
            assert (told["status"], "--allowed-host evil.test" in told["detail"]) == (421, True)
    assert tab.evaluate(OPENED, f"{rebound}/_mock/journal/events") == "error"
    tab.goto(f"{rebound}/_mock/")
    assert "--allowed-host evil.test" in tab.inner_text("body")
    assert_unchanged(http, changed)


# What a browser keeps


def test_back_after_a_change_shows_what_is_there_now(page: Page, http: requests.Session, organisation: str) -> None:
    for number, path in ((1, "/"), (2, "/training/record/?limit=1")):
        page.goto(organisation + path)
        expect(page.locator("body")).to_contain_text(str(61 - number))
        page.goto(f"{organisation}/ui/")
        http.delete(f"{organisation}/training/record/rec-000{number}/").raise_for_status()
        page.go_back()
        expect(page.locator("body")).to_contain_text(str(60 - number))


def test_back_to_a_page_that_was_set_aside_whole_shows_what_is_there_now(
    browser: Browser, http: requests.Session, organisation: str
) -> None:
    """Playwright's own browser sets no page aside (back/forward cache); that of users does, whatever a page says."""
    kept = browser.browser_type.launch(
        executable_path=chromium(), args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = kept.new_page()
    page.goto(f"{organisation}/")
    page.goto(f"{organisation}/ui/")
    http.delete(f"{organisation}/training/record/rec-0001/").raise_for_status()
    page.evaluate("history.back()")
    expect(page.locator("body")).to_contain_text("59 records")
    kept.close()


def test_page_reads_what_the_address_bar_has_shown_before(tab: Page, organisation: str, port: int) -> None:
    for path in ("/training/record/?limit=1", "/openapi.json", "/ui/swagger-ui.css"):
        tab.goto(organisation + path)
        tab.goto(f"http://app.test:{port}/client.html")
        for cache in ("default", "force-cache"):
            assert len(tab.evaluate(FETCH, [organisation + path, "GET", {"cache": cache}])) > 100


# Pages of ours


@pytest.mark.parametrize("path", ["/ui/", "/_mock/ui/"])
def test_swagger_ui_works_under_its_policy(page: Page, organisation: str, path: str) -> None:
    page.goto(organisation + path)
    page.locator(".opblock-get .opblock-summary").first.click()
    page.locator("tr.response").first.wait_for()  # before that it is not ready for a click
    page.get_by_role("button", name="Execute").first.click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")


def test_front_page_shows_the_command_for_its_own_address(page: Page, organisation: str) -> None:
    page.goto(f"{organisation}/")
    expect(page.locator("pre")).to_have_text(f"curl '{organisation}/training/record/?limit=5'")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "704px"


# The token


@pytest.fixture(scope="module")
def guarded() -> Iterator[MockServer]:
    with MockServer(control_token=TOKEN) as server:
        yield server


@pytest.fixture
def guest(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def test_dashboard_asks_once_for_the_token_and_says_when_it_is_wrong(
    guest: BrowserContext, guarded: MockServer
) -> None:
    page = guest.new_page()
    watch = Watch(page)
    page.goto(f"{guarded.url}/org/x/_mock/")
    page.get_by_label("Control token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the token.")
    page.get_by_label("Control token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_have_text("Live")
    assert page.url == f"{guarded.url}/org/x/_mock/"
    page.goto(f"{guarded.url}/org/y/_mock/")
    expect(page.locator("#connection")).to_have_text("Live")
    page.get_by_role("button", name="Freeze now").click()
    expect(page.locator("#clock-badge")).to_contain_text("rozen")
    assert guest.cookies()[0].get("httpOnly")
    assert TOKEN not in str(guest.cookies())
    watch.assert_clean()


def test_dashboard_asks_again_when_the_token_is_another(guest: BrowserContext, guarded: MockServer) -> None:
    page = guest.new_page()
    page.goto(f"{guarded.url}/_mock/")
    page.get_by_label("Control token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_have_text("Live")
    guest.clear_cookies()
    page.get_by_role("button", name="Freeze now").click()
    expect(page.get_by_label("Control token")).to_be_focused()


def test_who_is_signed_in_and_follows_a_link_of_another_site_is_not_asked_again(
    guest: BrowserContext, guarded: MockServer, port: int
) -> None:
    page = guest.new_page()
    page.goto(f"{guarded.url}/_mock/")
    page.get_by_label("Control token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_have_text("Live")
    page.goto(f"http://app.test:{port}/client.html")
    link = f'<a href="{guarded.url}/_mock/">the dashboard</a>'
    page.evaluate("(link) => { document.body.innerHTML = link; }", link)
    page.get_by_role("link").click()
    expect(page.locator("#connection")).to_have_text("Live")


def test_pages_of_the_same_host_with_the_cookie_are_strangers_all_the_same(
    guest: BrowserContext, guarded: MockServer, port: int
) -> None:
    """To cookies all ports of a host are one site."""
    page = guest.new_page()
    page.goto(f"{guarded.url}/_mock/")
    page.get_by_label("Control token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_have_text("Live")
    page.goto(f"http://app.test:{port}/client.html")
    for credentials in ("include", "omit"):
        asked = [f"{guarded.url}/_mock/state", "GET", {"credentials": credentials}]
        assert page.evaluate(FETCH, asked) == "failed"
