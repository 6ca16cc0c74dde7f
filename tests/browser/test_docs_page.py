"""The page made for the spec, in a browser: it fits, needs nothing from elsewhere, and can be printed."""

import pytest
from playwright.sync_api import Page, expect

from mock_server import MockServer

WIDTHS = (390, 768, 1280, 1600)


@pytest.fixture
def docs(page: Page, server: MockServer) -> Page:
    page.goto(f"{server.url}/docs/")
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_it_never_scrolls_sideways(docs: Page, width: int) -> None:
    docs.set_viewport_size({"width": width, "height": 900})
    assert docs.evaluate("document.documentElement.scrollWidth") == width
    beyond = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth).length"
    assert docs.evaluate(beyond) == 0


def test_it_is_read_without_script(docs: Page) -> None:
    assert docs.locator("script").count() == 0
    expect(docs.get_by_role("heading", level=1)).to_have_text("Training Record API")


@pytest.mark.parametrize("width", WIDTHS)
def test_words_and_assumptions_stand_side_by_side_where_there_is_room(docs: Page, width: int) -> None:
    docs.set_viewport_size({"width": width, "height": 900})
    said = docs.locator("#api-id-kept").bounding_box()
    taken = docs.locator("#package-desc-is-the-same").bounding_box()
    assert said is not None
    assert taken is not None
    assert (taken["x"] > said["x"] + said["width"]) == (width >= 1280)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_documented_and_assumed_differ_in_more_than_colour(docs: Page, scheme: str) -> None:
    docs.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for rule, label, line in (("api-id-kept", "Documented", "solid"), ("api-id-form", "Assumed", "dashed")):
        expect(docs.locator(f"#{rule} .label")).to_have_text(label)
        expect(docs.locator(f"#{rule}")).to_have_css("border-inline-start-style", line)


def test_a_rule_is_found_by_its_address(page: Page, server: MockServer) -> None:
    page.goto(f"{server.url}/docs/#api-id-kept")
    expect(page.locator("#api-id-kept")).to_be_in_viewport()
    expect(page.locator("#api-id-kept")).to_have_css("outline-style", "solid")


def test_the_first_key_skips_to_the_text(docs: Page) -> None:
    docs.keyboard.press("Tab")
    expect(docs.get_by_role("link", name="Skip to the text")).to_be_focused()
    expect(docs.get_by_role("link", name="Skip to the text")).to_be_in_viewport()
    docs.keyboard.press("Enter")
    expect(docs.get_by_role("main")).to_be_focused()


def test_it_can_be_printed(docs: Page) -> None:
    docs.emulate_media(media="print")
    expect(docs.get_by_role("navigation", name="On this page")).to_be_hidden()
    printed = docs.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") > 10


def test_the_front_page_leads_to_it(page: Page, server: MockServer) -> None:
    page.goto(f"{server.url}/org/x/")
    page.locator('a[href$="/docs/"]').click()
    expect(page).to_have_url(f"{server.url}/org/x/docs/")
