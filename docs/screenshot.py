"""Make docs/dashboard.png: the dashboard of a mock that an app has just used.

    .venv/bin/python docs/screenshot.py

Needs Chromium, found in the PATH.
"""

import shutil
from pathlib import Path

import requests
from playwright.sync_api import expect, sync_playwright

from mock_server import MockServer

PICTURE = Path(__file__).parent / "dashboard.png"
NAMES = ("chromium", "chromium-browser", "google-chrome")


def use(url: str) -> None:
    """Do what an app in development does: list, create, get one thing wrong, meet a fault."""
    records, control = f"{url}/training/record/", f"{url}/_mock"
    mine = {"api_id": "rec-mine", "person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
    requests.put(f"{control}/clock", json={"freeze": "2026-02-01T08:00:00Z"}, timeout=5)
    requests.get(records, params={"search": "fire", "limit": 20}, timeout=5)
    requests.post(records, json={"api_id": "rec-mine", "person_api_id": "usr-ben-carlisle"}, timeout=5)
    requests.post(records, json=mine, timeout=5)
    requests.patch(f"{records}rec-mine/", json={"date_started": "2026-02-01T08:00:00+01:00"}, timeout=5)
    faults = [{"operations": ["create_record"], "when": "after", "status": 503, "times": 1}]
    requests.put(f"{control}/faults", json={"faults": faults}, timeout=5)
    requests.post(records, json=mine | {"api_id": "rec-next"}, timeout=5)
    requests.get(f"{records}rec-next/", timeout=5)


def picture(url: str) -> None:
    """Write what the dashboard shows, 1280 pixels wide."""
    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", color_scheme="light")
        page.goto(f"{url}/_mock/")
        expect(page.locator("#connection")).to_have_text("Live")
        expect(page.locator("#records-range")).to_contain_text(" of ")
        expect(page.locator("#coverage-rows > li")).to_have_count(6)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    with MockServer() as server:
        use(server.url)
        picture(server.url)
