"""The journal: each exchange as it happens, and all there is to know of it."""

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

BODY = {"api_id": "rec-mine", "person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid", "mood": "it's"}


@pytest.fixture
def records(organisation: str) -> str:
    return f"{organisation}/training/record/"


def exchanges(page: Page) -> Locator:
    return page.locator("#journal-rows .exchange")


def test_an_exchange_shows_up_newest_first(dashboard: Page, http: requests.Session, records: str) -> None:
    http.get(records, params={"limit": 5})
    expect(exchanges(dashboard)).to_have_count(1)
    http.get(f"{records}nowhere/")
    expect(exchanges(dashboard)).to_have_count(2)
    expect(exchanges(dashboard).first).to_contain_text("/training/record/nowhere/")
    expect(exchanges(dashboard).first.locator(".status")).to_have_text("404")
    expect(exchanges(dashboard).last).to_contain_text("/training/record/?limit=5")


def test_what_was_before_the_page_is_there_too(
    page: Page, dashboard: Page, http: requests.Session, records: str
) -> None:
    for _ in range(3):
        http.get(records, params={"limit": 1})
    page.reload()
    expect(exchanges(dashboard)).to_have_count(3)


def test_a_burst_is_shown_whole(dashboard: Page, http: requests.Session, records: str) -> None:
    for number in range(250):
        http.get(f"{records}rec-{number}/")
    expect(dashboard.locator("#journal-count")).to_have_text("250")
    expect(exchanges(dashboard)).to_have_count(200)
    dashboard.get_by_role("button", name="Show older exchanges").click()
    expect(exchanges(dashboard)).to_have_count(250)
    expect(exchanges(dashboard).first).to_contain_text("rec-249")
    expect(exchanges(dashboard).last).to_contain_text("rec-0/")


def test_the_page_s_own_reads_are_left_out(dashboard: Page) -> None:
    dashboard.get_by_label("Search records").fill("fire")
    expect(dashboard.locator("#records-count")).not_to_have_text("60")
    expect(exchanges(dashboard)).to_have_count(0)


def test_an_exchange_opens_in_full(dashboard: Page, http: requests.Session, records: str) -> None:
    http.post(records, json=BODY, headers={"X-Request-Id": "42"})
    exchanges(dashboard).first.click()
    dialog = dashboard.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_have_text("POST 201")
    expect(dialog.get_by_role("table", name="Request headers")).to_contain_text("x-request-id")
    expect(dialog.get_by_label("Request body")).to_contain_text('{\n  "api_id": "rec-mine",\n  "person_api_id"')
    expect(dialog.get_by_label("Response body")).to_contain_text('"package_desc": "First aid')
    expect(dialog.get_by_role("list", name="Notes")).to_contain_text("mood")
    dashboard.keyboard.press("Escape")
    expect(exchanges(dashboard).first).to_be_focused()


def test_a_body_is_shown_as_it_was_sent(dashboard: Page, http: requests.Session, records: str) -> None:
    sent = '{"a": 12345678901234567890, "a": [], "b": "<b>x</b>"}'
    http.post(records, data=sent, headers={"Content-Type": "application/json"})
    exchanges(dashboard).first.click()
    shown = '{\n  "a": 12345678901234567890,\n  "a": [],\n  "b": "<b>x</b>"\n}'
    body = dashboard.get_by_label("Request body")
    expect(body).to_be_visible()
    assert body.text_content() == shown


def test_copy_as_curl_sends_the_same_again(dashboard: Page, http: requests.Session, records: str) -> None:
    http.post(records, json=BODY, headers={"X-Request-Id": "42"})
    exchanges(dashboard).first.click()
    dashboard.get_by_role("button", name="Copy as curl").click()
    expect(dashboard.get_by_role("dialog").get_by_text("Copied", exact=True)).to_be_attached()
    command = shlex.split(dashboard.evaluate("navigator.clipboard.readText()").replace("\\\n", ""))
    assert command[:4] == ["curl", "-X", "POST", records]
    assert json.loads(command[command.index("--data-raw") + 1]) == BODY
    headers = {value.lower() for flag, value in pairwise(command) if flag == "-H"}
    assert {"content-type: application/json", "x-request-id: 42"} <= headers


def test_an_operation_is_picked_out(dashboard: Page, http: requests.Session, records: str) -> None:
    http.get(f"{records}rec-0001/")
    http.delete(f"{records}rec-0001/")
    dashboard.get_by_label("Operation", exact=True).select_option("delete_record")
    expect(exchanges(dashboard).locator(".method")).to_have_text(["DELETE"])
    http.delete(f"{records}rec-0002/")
    http.get(records)
    expect(exchanges(dashboard).locator(".method")).to_have_text(["DELETE", "DELETE"])


@pytest.mark.parametrize(("choice", "statuses"), [("4xx", ["404", "400"]), ("404", ["404"]), ("2xx", ["200"])])
def test_a_status_is_picked_out(
    dashboard: Page, http: requests.Session, records: str, choice: str, statuses: list[str]
) -> None:
    http.get(f"{records}rec-0001/")
    http.get(records, params={"limit": 0})
    http.get(f"{records}nowhere/")
    expect(exchanges(dashboard)).to_have_count(3)
    dashboard.locator("#journal").get_by_label("Status").select_option(label=choice)
    expect(exchanges(dashboard).locator(".status")).to_have_text(statuses)


def test_clear_empties_it(dashboard: Page, organisation: str, http: requests.Session, records: str) -> None:
    http.get(records)
    expect(exchanges(dashboard)).to_have_count(1)
    dashboard.locator("#journal").get_by_role("button", name="Clear").click()
    expect(dashboard.locator("#journal-empty")).to_contain_text("Nothing has been asked yet")
    assert http.get(f"{organisation}/_mock/journal").json()["exchanges"] == []


def test_an_empty_journal_says_how_to_fill_it(dashboard: Page, records: str) -> None:
    expect(dashboard.locator("#journal-empty")).to_contain_text(f"curl '{records}?limit=5'")


def test_the_journal_is_downloaded_as_har(
    dashboard: Page, http: requests.Session, records: str, tmp_path: Path
) -> None:
    http.get(f"{records}rec-0001/")
    with dashboard.expect_download() as download:
        dashboard.get_by_role("link", name="journal.har").click()
    file = tmp_path / "journal.har"
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8"))["log"]["version"] == "1.2"


def test_a_fault_is_marked(dashboard: Page, organisation: str, http: requests.Session, records: str) -> None:
    faults = [{"operations": ["get_record"], "status": 503}]
    http.put(f"{organisation}/_mock/faults", json={"faults": faults}).raise_for_status()
    http.get(f"{records}rec-0001/")
    expect(exchanges(dashboard).first.locator(".mark.fault")).to_contain_text("503")


def test_it_takes_one_stop_of_the_tab_key(dashboard: Page, http: requests.Session, records: str) -> None:
    for number in range(1, 4):
        http.get(f"{records}rec-000{number}/")
    expect(exchanges(dashboard)).to_have_count(3)
    exchanges(dashboard).first.focus()
    dashboard.keyboard.press("ArrowDown")
    expect(exchanges(dashboard).nth(1)).to_be_focused()
    dashboard.keyboard.press("End")
    expect(exchanges(dashboard).last).to_be_focused()
    dashboard.keyboard.press("Tab")
    assert dashboard.evaluate("document.activeElement.closest('#journal *')?.outerHTML ?? null") is None


def test_an_exchange_that_is_given_up_says_so_in_its_own_row(
    dashboard: Page, http: requests.Session, organisation: str, records: str
) -> None:
    http.put(f"{organisation}/_mock/faults", json={"faults": [{"hang": True, "times": 1}]}).raise_for_status()
    with pytest.raises(requests.ReadTimeout):
        http.get(records, timeout=0.5)
    http.get(records, params={"limit": 1})
    expect(exchanges(dashboard)).to_have_count(2)
    expect(exchanges(dashboard).last.locator(".status")).to_have_text("none")
    expect(exchanges(dashboard).last.locator(".note")).to_have_attribute(
        "title", re.compile("^client went away after ")
    )
    exchanges(dashboard).last.click()
    expect(dashboard.get_by_role("list", name="Notes")).to_contain_text("client went away after ")
