"""A real browser, and pages in it that are watched for what no page of ours may do."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

ARGUMENTS = (
    "--no-sandbox",  # Chromium refuses to start as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Names that lead to this machine, as a stranger's may. All but theirs lead where they always do.
    "--host-resolver-rules=MAP *.test 127.0.0.1",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium here: the browser tests need /usr/bin/chromium, or chromium or google-chrome in the PATH"

# Playwright's 5 seconds are short for a machine that runs other tests at the same time.
expect.set_options(timeout=15_000)


def chromium() -> str | None:
    debian = Path("/usr/bin/chromium")
    return str(debian) if debian.exists() else next(filter(None, map(shutil.which, NAMES)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium, let one test stand for all of this folder: it says in one line why they are skipped."""
    if chromium() is not None or os.environ.get("CI"):
        return
    mine = [item for item in items if Path(__file__).parent in item.path.parents]
    if mine:
        mine[0].add_marker(pytest.mark.skip(reason=MISSING))
        items[:] = [item for item in items if item not in mine[1:]]
        config.hook.pytest_deselected(items=mine[1:])


# Not for the whole session: while it is open a loop runs in this thread, which tests elsewhere may want for theirs.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """What a page did that no page of ours may do."""

    def __init__(self, page: Page) -> None:
        self.hosts: set[str] = set()
        self.faults: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or request.url[:40]))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        # The browser itself reports each 4xx and 5xx there; tests ask for those on purpose.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def assert_clean(self) -> None:
        assert self.hosts <= {"127.0.0.1"}, "a request to another host"
        assert self.faults == []


# Pages share its cache and nothing else: the dashboard stores nothing in the browser.
@pytest.fixture(scope="package")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that calls no other host, throws no error, writes none to the console, and opens no alert."""
    page = context.new_page()
    watch = Watch(page)
    yield page
    page.close()  # its event stream holds one of the few connections that a browser makes to one host
    watch.assert_clean()


@pytest.fixture
def dashboard(page: Page, organisation: str) -> Page:
    """The dashboard of an organisation that no other test uses, in the scenario default."""
    return open_dashboard(page, organisation)


def open_dashboard(page: Page, organisation: str) -> Page:
    """Open the dashboard of an organisation, and wait until it shows everything and follows."""
    page.goto(f"{organisation}/_mock/")
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#records-range")).to_contain_text(" of ")
    expect(page.locator("#clock-badge")).not_to_be_empty()
    expect(page.locator("#coverage-rows > li")).to_have_count(6)
    return page
