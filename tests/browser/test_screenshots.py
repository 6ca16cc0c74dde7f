"""Pictures of the dashboard for people to look at: SCREENSHOTS names the directory they are written to."""

import os
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from .conftest import open_dashboard

SIZES = {1280: 900, 390: 844}


@pytest.fixture
def album(tmp_path: Path) -> Path:
    directory = Path(os.environ.get("SCREENSHOTS", tmp_path))
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("scenario", ["default", "edge-cases", "empty"])
def test_the_dashboard_is_pictured(
    browser: Browser, organisation: str, http: requests.Session, album: Path, scheme: str, width: int, scenario: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    http.put(f"{organisation}/_mock/scenario", json={"name": scenario}).raise_for_status()
    if scenario != "empty":
        _use(http, organisation)
    open_dashboard(page, organisation)
    name = f"{scenario}-{width}-{scheme}"
    page.screenshot(path=album / f"{name}.png", full_page=width == 390)
    if scenario != "empty":
        _picture_dialogs(page, album, name)
    context.close()
    assert (album / f"{name}.png").stat().st_size > 10_000


def _use(http: requests.Session, organisation: str) -> None:
    """Do what an app does, so that every part of the page has something to show."""
    records, control = f"{organisation}/training/record/", f"{organisation}/_mock"
    first, second = http.get(records, params={"limit": 2}).json()["results"]
    mine = {"api_id": "rec-mine"} | {name: first[name] for name in ("person_api_id", "package_api_id")}
    http.get(records, params={"search": "fire", "colour": "red"})
    http.post(records, json=mine | {"mood": "curious"})
    http.post(records, json={"api_id": "rec-mine", "person_api_id": 7})
    http.post(records, json=mine)
    http.patch(f"{records}rec-mine/", json={"date_started": "2026-02-01T08:00:00+01:00"})
    faults = [
        {"operations": ["create_record"], "when": "after", "status": 503, "times": 1},
        {"operations": ["get_record"], "delay": {"from": 0.01, "to": 0.03}},
    ]
    http.put(f"{control}/faults", json={"faults": faults}).raise_for_status()
    http.get(f"{records}rec-mine/")
    http.get(f"{records}{second['api_id']}/")
    http.get(f"{records}rec-9999/")
    http.put(f"{control}/clock", json={"freeze": "2026-02-01T08:00:00Z"}).raise_for_status()


def _picture_dialogs(page: Page, album: Path, name: str) -> None:
    page.locator("#journal .exchange", has_text="400").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.screenshot(path=album / f"{name}-exchange.png")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove all").click()
    expect(page.locator("#faults-empty")).to_be_visible()
    page.get_by_role("button", name="New record").click()
    page.get_by_label("person_api_id").fill("usr-nobody")
    page.get_by_label("package_api_id").fill("pkg-nothing")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("#record-trouble")).to_be_visible()
    page.screenshot(path=album / f"{name}-form.png")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Organisation").click()
    expect(page.locator("#organisation-list a").first).to_be_visible()
    page.screenshot(path=album / f"{name}-organisations.png")
