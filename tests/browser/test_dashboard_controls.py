"""Clock, scenario, coverage and the way to other organisations."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Page, expect

from mock_server import MockServer

INSTANT = "2026-02-01T08:00:00Z"


@pytest.fixture
def control(organisation: str) -> str:
    return f"{organisation}/_mock"


def clock(http: requests.Session, control: str) -> dict[str, Any]:
    answer: dict[str, Any] = http.get(f"{control}/clock").json()
    return answer


def freeze(http: requests.Session, control: str) -> None:
    http.put(f"{control}/clock", json={"freeze": INSTANT}).raise_for_status()


def test_the_clock_is_frozen_now_and_runs_on(dashboard: Page, http: requests.Session, control: str) -> None:
    expect(dashboard.locator("#clock-badge")).to_have_text("running")
    dashboard.get_by_role("button", name="Freeze now").click()
    expect(dashboard.locator("#clock-badge")).to_have_text("frozen")
    frozen = clock(http, control)
    assert frozen["frozen"]
    expect(dashboard.locator("#clock-time")).to_have_text(frozen["now"][11:19])
    dashboard.get_by_role("button", name="Run", exact=True).click()
    expect(dashboard.locator("#clock-badge")).to_have_text("running")
    assert clock(http, control)["frozen"] is False


def test_a_running_clock_is_seen_to_run(dashboard: Page) -> None:
    before = dashboard.locator("#clock-time").inner_text()
    expect(dashboard.locator("#clock-time")).not_to_have_text(before)


def test_the_clock_is_frozen_at_an_instant(dashboard: Page, http: requests.Session, control: str) -> None:
    dashboard.get_by_label("Freeze at").fill("2026-02-01T09:00:00+01:00")
    dashboard.get_by_label("Freeze at").press("Enter")
    expect(dashboard.locator("#clock-time")).to_have_text("08:00:00")
    expect(dashboard.locator("#clock-date")).to_have_text("1 Feb 2026 UTC")
    assert clock(http, control) == {"now": INSTANT, "frozen": True}


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("Back one day", timedelta(days=-1)),
        ("Advance one hour", timedelta(hours=1)),
        ("Advance one day", timedelta(days=1)),
        ("Advance one week", timedelta(weeks=1)),
        ("Advance 30 days", timedelta(days=30)),
    ],
)
def test_the_clock_goes_on_by_one_click(
    dashboard: Page, http: requests.Session, control: str, name: str, by: timedelta
) -> None:
    freeze(http, control)
    expect(dashboard.locator("#clock-badge")).to_have_text("frozen")
    dashboard.get_by_role("button", name=name).click()
    then = datetime.fromisoformat(INSTANT) + by
    expect(dashboard.locator("#clock-time")).to_have_attribute("datetime", f"{then:%Y-%m-%dT%H:%M:%S}")
    assert datetime.fromisoformat(clock(http, control)["now"]) == then


def test_the_clock_goes_on_by_a_duration(dashboard: Page, http: requests.Session, control: str) -> None:
    freeze(http, control)
    dashboard.get_by_label("Advance by").fill("P1DT12H")
    dashboard.get_by_role("button", name="Advance", exact=True).click()
    expect(dashboard.locator("#clock-time")).to_have_attribute("datetime", "2026-02-02T20:00:00")


@pytest.mark.parametrize(("label", "text"), [("Advance by", "a while"), ("Freeze at", "yesterday")])
def test_what_the_clock_cannot_do_is_said(dashboard: Page, label: str, text: str) -> None:
    field = dashboard.get_by_label(label)
    field.fill(text)
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(dashboard.locator("#clock-error")).to_contain_text("must")


def test_the_clock_that_another_client_sets_shows_up(dashboard: Page, http: requests.Session, control: str) -> None:
    freeze(http, control)
    expect(dashboard.locator("#clock-time")).to_have_attribute("datetime", "2026-02-01T08:00:00")


def test_another_scenario_is_one_click_away(dashboard: Page, http: requests.Session, control: str) -> None:
    dashboard.locator("#scenario").get_by_role("button", name="edge-cases").click()
    expect(dashboard.locator("#records-count")).to_have_text("40")
    expect(dashboard.get_by_role("button", name="edge-cases")).to_have_attribute("aria-pressed", "true")
    assert http.get(f"{control}/scenario").json()["name"] == "edge-cases"


def test_a_scenario_from_a_document_shows_up(dashboard: Page, http: requests.Session, control: str) -> None:
    people = [{"api_id": "usr-1", "name": "One"}]
    document = {"people": people, "packages": [], "records": []}
    http.put(f"{control}/scenario", json={"document": document}).raise_for_status()
    expect(dashboard.locator("#records-empty")).to_contain_text("no records yet")
    expect(dashboard.locator("#scenario-names [aria-pressed=true]")).to_be_disabled()


def test_reset_goes_back_to_the_start(dashboard: Page, organisation: str, http: requests.Session, control: str) -> None:
    http.delete(f"{organisation}/training/record/rec-0001/").raise_for_status()
    http.put(f"{control}/faults", json={"faults": [{"operations": ["get_record"], "hang": True}]}).raise_for_status()
    freeze(http, control)
    expect(dashboard.locator("#records-count")).to_have_text("59")
    expect(dashboard.locator("#faults-count")).to_have_text("1")
    dashboard.get_by_role("button", name="Reset").click()
    expect(dashboard.locator("#records-count")).to_have_text("60")
    expect(dashboard.locator("#faults-empty")).to_be_visible()
    expect(dashboard.locator("#clock-badge")).to_have_text("running")
    expect(dashboard.locator("#journal-empty")).to_be_visible()


def test_coverage_follows_and_names_what_is_missing(dashboard: Page, organisation: str, http: requests.Session) -> None:
    deletion = dashboard.locator("#coverage-rows > li", has_text="delete_record")
    expect(deletion.locator(".missing")).to_contain_text("204")
    http.delete(f"{organisation}/training/record/rec-0001/").raise_for_status()
    expect(deletion.locator(".fraction")).to_have_text("1/3")
    expect(deletion.locator(".missing li")).to_have_text(["400", "404"])
    expect(deletion.get_by_role("meter")).to_have_attribute("value", "1")


def test_coverage_counts_nothing_that_the_page_itself_reads(dashboard: Page) -> None:
    dashboard.get_by_label("Search records").fill("fire")
    expect(dashboard.locator("#records-count")).not_to_have_text("60")
    dashboard.reload()
    expect(dashboard.locator("#coverage-rows > li")).to_have_count(6)
    expect(dashboard.locator("#coverage-count")).to_have_text(re.compile("^0 of "), timeout=5000)


def test_a_living_organisation_is_gone_to(dashboard: Page, server: MockServer, http: requests.Session) -> None:
    name = f"other-{uuid4().hex[:8]}"
    http.get(f"{server.url}/org/{name}/training/record/").raise_for_status()
    dashboard.get_by_role("button", name="Organisation").click()
    link = dashboard.get_by_role("dialog").get_by_role("link", name=name)
    expect(link).to_contain_text("default · 60 records")
    link.click()
    expect(dashboard).to_have_url(f"{server.url}/org/{name}/_mock/")
    expect(dashboard.locator("#organisation-name")).to_have_text(name)
    expect(dashboard.locator("#connection")).to_have_text("Live")


def test_a_new_organisation_is_gone_to(dashboard: Page, server: MockServer) -> None:
    name = f"new-{uuid4().hex[:8]}"
    dashboard.get_by_role("button", name="Organisation").click()
    dashboard.get_by_label("Go to").fill(name)
    dashboard.keyboard.press("Enter")
    expect(dashboard).to_have_url(f"{server.url}/org/{name}/_mock/")
    expect(dashboard.locator("#records-count")).to_have_text("60")


def test_the_default_organisation_is_at_the_root(dashboard: Page, server: MockServer) -> None:
    dashboard.get_by_role("button", name="Organisation").click()
    dashboard.get_by_label("Go to").fill("default")
    dashboard.get_by_role("button", name="Open", exact=True).click()
    expect(dashboard).to_have_url(f"{server.url}/_mock/")
    expect(dashboard.locator("#connection")).to_have_text("Live")


def test_a_name_that_none_can_have_is_refused(dashboard: Page) -> None:
    dashboard.get_by_role("button", name="Organisation").click()
    dashboard.get_by_label("Go to").fill("a/b")
    dashboard.keyboard.press("Enter")
    expect(dashboard.locator("#organisation-error")).to_contain_text("1 to 64")
    expect(dashboard.get_by_label("Go to")).to_have_attribute("aria-invalid", "")
