"""The page as a whole: where it leads, how it fits, and that anybody can read it."""

from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from mock_server import MockServer

from .conftest import open_dashboard

WIDTHS = (1280, 390)
CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")


def fill(http: requests.Session, organisation: str, scenario: str) -> None:
    """Have the organisation show one of everything."""
    records, control = f"{organisation}/training/record/", f"{organisation}/_mock"
    http.put(f"{control}/scenario", json={"name": scenario}).raise_for_status()
    http.get(records, params={"limit": "2", "colour": "red"})
    http.get(f"{records}nowhere/")
    http.post(records, json={"person_api_id": 7, "package_api_id": "<b>x</b>" * 50})
    faults = [
        {"operations": ["update_record"], "status": 503, "times": 1},
        {"operations": ["get_record"], "status": 500},
    ]
    http.put(f"{control}/faults", json={"faults": faults}).raise_for_status()
    http.patch(f"{records}rec-0001/", json={"date_started": None})


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scenario", ["default", "edge-cases", "empty"])
def test_it_never_scrolls_sideways(
    page: Page, organisation: str, http: requests.Session, width: int, scenario: str
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    fill(http, organisation, scenario)
    open_dashboard(page, organisation)
    page.locator("#fault-custom summary").click()
    page.get_by_role("button", name="Add fault").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator("#journal .exchange").nth(1).click()
    assert page.evaluate("document.querySelector('#exchange-body').scrollWidth") <= width
    assert page.evaluate("document.querySelector('#exchange-dialog').getBoundingClientRect().left") >= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_all_text_has_the_contrast_of_wcag_aa(
    page: Page, organisation: str, http: requests.Session, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    fill(http, organisation, "default")
    open_dashboard(page, organisation)
    page.get_by_role("switch", name="Slow").click()
    expect(page.get_by_role("switch", name="Slow")).to_be_checked()
    page.locator("#fault-custom summary").click()
    assert page.evaluate(CONTRAST) == []
    page.locator("#journal .exchange").nth(1).click()
    assert page.evaluate(CONTRAST) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New record").click()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("#record-trouble")).to_be_visible()
    assert page.evaluate(CONTRAST) == []


def test_every_control_has_a_name(dashboard: Page) -> None:
    controls = dashboard.locator("button, input, select, a, summary, dialog, section, meter")
    nameless = controls.evaluate_all(
        """controls => controls.filter(control => {
            const labelled = control.getAttribute("aria-labelledby");
            const named = control.getAttribute("aria-label") || labelled && document.getElementById(labelled)
                || control.labels?.length || control.textContent.trim();
            return !named;
        }).map(control => control.outerHTML)"""
    )
    assert nameless == []


def test_the_tab_key_goes_through_the_page_in_the_order_it_is_read(dashboard: Page) -> None:
    dashboard.keyboard.press("Tab")
    sections = []
    for _ in range(80):
        sections += dashboard.evaluate(
            "[document.activeElement.closest('header, .sections, section')]"
            ".filter(Boolean).map(part => part.id || part.className)"
        )
        dashboard.keyboard.press("Tab")
    order = list(dict.fromkeys(sections))
    assert order == ["bar", "sections", "records", "journal", "clock", "scenario", "faults"]


@pytest.mark.parametrize("section", ["Records", "Journal", "Clock", "Scenario", "Faults", "Coverage"])
def test_a_section_is_jumped_to(dashboard: Page, section: str) -> None:
    link = dashboard.get_by_role("navigation", name="Sections").get_by_role("link", name=section)
    link.press("Enter")
    expect(dashboard.locator(f"#{section.lower()}")).to_be_focused()


def test_nothing_moves_for_those_who_want_it_still(dashboard: Page, organisation: str, http: requests.Session) -> None:
    dashboard.emulate_media(reduced_motion="reduce")
    http.get(f"{organisation}/training/record/rec-0001/")
    exchange = dashboard.locator("#journal .exchange").first
    expect(exchange).to_have_css("animation-name", "none")
    exchange.click()
    expect(dashboard.locator("#exchange-dialog")).to_have_css("animation-name", "none")


def test_the_base_url_is_copied(dashboard: Page, organisation: str) -> None:
    dashboard.get_by_role("button", name="Copy the base URL").click()
    expect(dashboard.locator(".base").get_by_text("Copied", exact=True)).to_be_attached()
    assert dashboard.evaluate("navigator.clipboard.readText()") == organisation


@pytest.mark.parametrize(
    ("name", "path"),
    [("Training Record API mock", "/"), ("Docs", "/docs/"), ("Swagger UI", "/ui/"), ("Control API", "/_mock/ui/")],
)
def test_it_leads_to_the_other_pages(
    dashboard: Page, organisation: str, http: requests.Session, name: str, path: str
) -> None:
    href = dashboard.get_by_role("link", name=name).evaluate("link => link.href")
    assert href == organisation + path
    assert http.get(href).headers["content-type"].startswith("text/html")


def test_the_front_page_leads_to_it(page: Page, organisation: str) -> None:
    page.goto(f"{organisation}/")
    page.locator('a[href$="/_mock/"]').click()
    expect(page.locator("#connection")).to_have_text("Live")


def test_it_says_when_the_server_is_gone(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    with MockServer() as server:
        open_dashboard(page, server.url)
    expect(page.locator("#connection")).to_have_text("Disconnected")
    context.close()
