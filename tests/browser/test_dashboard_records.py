"""The table of records: found, filtered, paged, created, changed and deleted through the API itself."""

import re
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, Route, expect

from .conftest import open_dashboard

STATES = ("assigned", "started", "completed")


@pytest.fixture
def records(organisation: str) -> str:
    return f"{organisation}/training/record/"


def state(record: dict[str, Any]) -> str:
    if record["date_completed"]:
        return "completed"
    return "started" if record["date_started"] else "assigned"


def row(page: Page, api_id: str) -> Locator:
    return page.locator(f'#records-rows tr[data-row="{api_id}"]')


def scenario(http: requests.Session, organisation: str, name: str) -> None:
    http.put(f"{organisation}/_mock/scenario", json={"name": name}).raise_for_status()


def test_a_record_shows_names_and_ids(dashboard: Page) -> None:
    first = row(dashboard, "rec-0001")
    for text in ("Amara Okafor", "usr-amara-okafor", "Fire Safety", "pkg-fire-safety", "completed", "13 Jan 2025"):
        expect(first).to_contain_text(text)


def test_a_date_has_its_exact_value_as_title(
    page: Page, organisation: str, http: requests.Session, records: str
) -> None:
    scenario(http, organisation, "edge-cases")
    exact = http.get(f"{records}edge-microsecond/").json()["date_assigned"]
    shown = row(open_dashboard(page, organisation), "edge-microsecond").get_by_title(exact)
    expect(shown).to_have_text("2 Jun 2025 09:00")


def test_search_is_the_api_s_own(dashboard: Page, http: requests.Session, records: str) -> None:
    dashboard.get_by_label("Search records").fill("fire")
    found = http.get(records, params={"search": "fire"}).json()["count"]
    expect(dashboard.locator("#records-count")).to_have_text(str(found))
    expect(dashboard.locator("#records-rows tr")).to_have_count(found)


@pytest.mark.parametrize("wanted", STATES)
def test_the_state_filter_leaves_those_of_one_state(
    dashboard: Page, http: requests.Session, records: str, wanted: str
) -> None:
    dashboard.get_by_label(wanted.capitalize(), exact=True).check()
    found = [record for record in http.get(records).json()["results"] if state(record) == wanted]
    expect(dashboard.locator("#records-rows .badge")).to_have_text([wanted] * len(found))


def test_all_takes_the_filter_off(dashboard: Page) -> None:
    dashboard.get_by_label("Started", exact=True).check()
    expect(dashboard.locator("#records-count")).not_to_have_text("60")
    dashboard.get_by_label("All", exact=True).check()
    expect(dashboard.locator("#records-count")).to_have_text("60")


def test_ten_thousand_records_are_paged(page: Page, organisation: str, http: requests.Session) -> None:
    scenario(http, organisation, "large")
    shown = open_dashboard(page, organisation).locator("#records-range")
    expect(shown).to_have_text("1–50 of 10,000")
    for name, text in (
        ("Last page", "9,951–10,000 of 10,000"),
        ("Previous page", "9,901–9,950 of 10,000"),
        ("Next page", "9,951–10,000 of 10,000"),
        ("First page", "1–50 of 10,000"),
    ):
        page.get_by_role("button", name=name).click()
        expect(shown).to_have_text(text)
    expect(page.get_by_role("button", name="First page")).to_be_disabled()


def test_ten_thousand_records_are_filtered(page: Page, organisation: str, http: requests.Session, records: str) -> None:
    scenario(http, organisation, "large")
    open_dashboard(page, organisation).get_by_label("Completed", exact=True).check()
    found = sum(state(record) == "completed" for record in http.get(records).json()["results"])
    expect(page.locator("#records-range")).to_have_text(f"1–50 of {found:,}")


def test_rows_says_how_many_are_on_a_page(dashboard: Page) -> None:
    dashboard.get_by_label("Rows", exact=True).select_option("25")
    expect(dashboard.locator("#records-range")).to_have_text("1–25 of 60")
    expect(dashboard.locator("#records-rows tr")).to_have_count(25)


def test_a_page_past_the_end_becomes_the_last_one(dashboard: Page, organisation: str, http: requests.Session) -> None:
    dashboard.get_by_role("button", name="Last page").click()
    expect(dashboard.locator("#records-range")).to_have_text("51–60 of 60")
    scenario(http, organisation, "edge-cases")
    expect(dashboard.locator("#records-range")).to_have_text("1–40 of 40")


def test_a_record_is_created(dashboard: Page, http: requests.Session, records: str) -> None:
    dashboard.get_by_role("button", name="New record").click()
    dashboard.get_by_label("person_api_id").fill("usr-ben-carlisle")
    expect(dashboard.locator("#record-person-hint")).to_have_text("Ben Carlisle")
    dashboard.get_by_label("package_api_id").fill("pkg-first-aid")
    dashboard.locator("#record-id").fill("rec-mine")
    expect(dashboard.locator("#record-preview")).to_contain_text('"api_id": "rec-mine"')
    dashboard.get_by_role("button", name="Create", exact=True).click()
    expect(dashboard.get_by_role("dialog")).to_be_hidden()
    expect(dashboard.locator("#notices")).to_contain_text("Created rec-mine")
    expect(dashboard.locator("#records-count")).to_have_text("61")
    stored = http.get(f"{records}rec-mine/").json()
    assert (stored["person_api_id"], stored["package_api_id"]) == ("usr-ben-carlisle", "pkg-first-aid")


def test_an_empty_record_marks_its_required_fields(dashboard: Page) -> None:
    dashboard.get_by_role("button", name="New record").click()
    dashboard.get_by_role("button", name="Create", exact=True).click()
    for field in ("person", "package"):
        expect(dashboard.locator(f"#record-{field}")).to_have_attribute("aria-invalid", "true")
        expect(dashboard.locator(f"#record-{field}-error")).to_have_text("is required")
    expect(dashboard.locator("#record-person")).to_be_focused()


def test_a_conflict_marks_its_field(dashboard: Page) -> None:
    dashboard.get_by_role("button", name="New record").click()
    dashboard.get_by_label("person_api_id").fill("usr-nobody")
    dashboard.get_by_label("package_api_id").fill("pkg-first-aid")
    dashboard.get_by_role("button", name="Create", exact=True).click()
    expect(dashboard.locator("#record-person-error")).to_contain_text("there is no person with this api_id")
    expect(dashboard.locator("#record-package-error")).to_be_empty()


def test_an_answer_without_pointers_is_shown_above_the_form(
    dashboard: Page, organisation: str, http: requests.Session
) -> None:
    faults = [{"operations": ["create_record"], "status": 503, "times": 1}]
    http.put(f"{organisation}/_mock/faults", json={"faults": faults}).raise_for_status()
    dashboard.get_by_role("button", name="New record").click()
    dashboard.get_by_role("button", name="Create", exact=True).click()
    expect(dashboard.locator("#record-trouble")).to_contain_text("503")


def test_an_edit_sends_what_was_changed(dashboard: Page, http: requests.Session, records: str) -> None:
    before = http.get(f"{records}rec-0003/").json()
    dashboard.get_by_role("button", name="Edit rec-0003").click()
    dashboard.get_by_label("date_started", exact=True).fill("2026-02-01T08:00:00+01:00")
    expect(dashboard.locator("#record-preview")).to_have_text(
        re.compile(r'PATCH /training/record/rec-0003/\s+\{\s+"date_started": "2026-02-01T08:00:00\+01:00"\s+\}')
    )
    dashboard.get_by_role("button", name="Save").click()
    expect(row(dashboard, "rec-0003").locator(".badge")).to_have_text("started")
    assert http.get(f"{records}rec-0003/").json() == before | {"date_started": "2026-02-01T07:00:00Z"}


def test_an_emptied_date_is_cleared(dashboard: Page, http: requests.Session, records: str) -> None:
    dashboard.get_by_role("button", name="Edit rec-0002").click()
    dashboard.get_by_label("date_started", exact=True).fill("")
    dashboard.get_by_role("button", name="Save").click()
    expect(row(dashboard, "rec-0002").locator(".badge")).to_have_text("assigned")
    assert http.get(f"{records}rec-0002/").json()["date_started"] is None


def test_another_api_id_renames(dashboard: Page) -> None:
    dashboard.get_by_role("button", name="Edit rec-0001").click()
    dashboard.locator("#record-id").fill("rec-renamed")
    dashboard.get_by_role("button", name="Save").click()
    expect(row(dashboard, "rec-renamed")).to_be_visible()
    expect(row(dashboard, "rec-0001")).to_have_count(0)


@pytest.mark.parametrize("date", ["Started", "Completed"])
def test_now_is_by_the_clock_of_the_organisation(
    dashboard: Page, organisation: str, http: requests.Session, date: str
) -> None:
    http.put(f"{organisation}/_mock/clock", json={"freeze": "2031-05-06T07:08:09Z"}).raise_for_status()
    dashboard.get_by_role("button", name="New record").click()
    dashboard.get_by_role("button", name=f"{date} now").click()
    expect(dashboard.get_by_label(f"date_{date.lower()}", exact=True)).to_have_value("2031-05-06T07:08:09Z")


def test_a_record_is_deleted(dashboard: Page, http: requests.Session, records: str) -> None:
    dashboard.get_by_role("button", name="Delete rec-0002").click()
    expect(dashboard.get_by_role("dialog")).to_contain_text("Amara Okafor · Data Protection")
    dashboard.get_by_role("button", name="Delete", exact=True).click()
    expect(row(dashboard, "rec-0002")).to_have_count(0)
    assert http.get(f"{records}rec-0002/").status_code == 404
    # The row is gone, and the focus goes to the one in its place.
    expect(dashboard.get_by_role("button", name="Delete rec-0003")).to_be_focused()


def test_keep_deletes_nothing(dashboard: Page, http: requests.Session, records: str) -> None:
    dashboard.get_by_role("button", name="Delete rec-0002").click()
    dashboard.get_by_role("button", name="Keep").click()
    expect(dashboard.get_by_role("dialog")).to_be_hidden()
    assert http.get(f"{records}rec-0002/").status_code == 200


def test_what_another_client_does_shows_up(dashboard: Page, http: requests.Session, records: str) -> None:
    body = {"api_id": "rec-theirs", "person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
    http.post(records, json=body).raise_for_status()
    expect(dashboard.locator("#records-count")).to_have_text("61")
    http.delete(f"{records}rec-0001/").raise_for_status()
    expect(row(dashboard, "rec-0001")).to_have_count(0)


def test_a_renamed_person_shows_up(dashboard: Page, organisation: str, http: requests.Session) -> None:
    name = {"name": "Amara Renamed"}
    http.put(f"{organisation}/_mock/people/usr-amara-okafor", json=name).raise_for_status()
    expect(row(dashboard, "rec-0001")).to_contain_text("Amara Renamed")


def test_markup_is_shown_as_text(page: Page, organisation: str, http: requests.Session) -> None:
    scenario(http, organisation, "edge-cases")
    open_dashboard(page, organisation)
    leap = row(page, "edge-leap-day")
    expect(leap).to_contain_text("<b>Robin</b> & <script>alert('x')</script>")
    expect(leap).to_contain_text("<i>Markup</i>")
    leap.get_by_role("button", name="Edit").click()
    expect(page.locator("#record-person-hint")).to_contain_text("<b>Robin</b>")
    page.keyboard.press("Escape")
    leap.get_by_role("button", name="Delete").click()
    expect(page.locator("#deletion-text")).to_contain_text("<b>Robin</b>")
    assert page.locator("#records-rows :is(b, i, script), dialog img, #deletion-text b").count() == 0


def test_an_organisation_without_records_says_what_to_do(page: Page, organisation: str, http: requests.Session) -> None:
    scenario(http, organisation, "empty")
    open_dashboard(page, organisation)
    expect(page.locator("#records-empty")).to_contain_text("no records yet")
    page.get_by_role("button", name="Create a record").click()
    expect(page.get_by_role("dialog", name="New record")).to_be_visible()


def test_a_search_that_finds_nothing_is_widened_with_one_click(dashboard: Page) -> None:
    dashboard.get_by_label("Search records").fill("archery")
    dashboard.get_by_role("button", name="Show all records").click()
    expect(dashboard.locator("#records-count")).to_have_text("60")
    expect(dashboard.get_by_label("Search records")).to_be_focused()


def test_a_list_that_cannot_be_read_is_asked_for_again(dashboard: Page) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=503, content_type="application/problem+json", body='{"detail": "Closed for lunch."}')

    dashboard.route("**/training/record/?*", fail)
    dashboard.get_by_label("Search records").fill("fire")
    expect(dashboard.locator("#records-trouble")).to_contain_text("503: Closed for lunch.")
    expect(row(dashboard, "rec-0001")).to_be_visible()
    dashboard.unroute("**/training/record/?*")
    dashboard.get_by_role("button", name="Try again").click()
    expect(dashboard.locator("#records-trouble")).to_be_hidden()


def test_a_record_is_created_with_the_keyboard_alone(dashboard: Page, http: requests.Session, records: str) -> None:
    press, write = dashboard.keyboard.press, dashboard.keyboard.insert_text
    dashboard.get_by_label("Search records").focus()
    for _ in ("the states", "New record"):
        press("Tab")
    expect(dashboard.locator("#record-new")).to_be_focused()
    press("Enter")
    expect(dashboard.locator("#record-person")).to_be_focused()
    write("usr-ben-carlisle")
    press("Tab")
    write("pkg-first-aid")
    for _ in ("date_started", "its Now", "date_completed", "its Now", "api_id"):
        press("Tab")
    write("rec-typed")
    press("Enter")
    expect(dashboard.get_by_role("dialog")).to_be_hidden()
    expect(dashboard.locator("#record-new")).to_be_focused()
    assert http.get(f"{records}rec-typed/").json()["person_api_id"] == "usr-ben-carlisle"


def test_escape_closes_the_form_and_the_focus_returns(dashboard: Page) -> None:
    edit = dashboard.get_by_role("button", name="Edit rec-0002")
    edit.press("Enter")
    expect(dashboard.get_by_role("dialog")).to_be_visible()
    dashboard.keyboard.press("Escape")
    expect(dashboard.get_by_role("dialog")).to_be_hidden()
    expect(edit).to_be_focused()


@pytest.mark.parametrize("button", ["Close", "Cancel"])
def test_the_form_closes_without_a_change(dashboard: Page, http: requests.Session, records: str, button: str) -> None:
    dashboard.get_by_role("button", name="Edit rec-0002").click()
    dashboard.get_by_label("package_api_id").fill("pkg-first-aid")
    dashboard.get_by_role("dialog").get_by_role("button", name=button).click()
    expect(dashboard.get_by_role("dialog")).to_be_hidden()
    assert http.get(f"{records}rec-0002/").json()["package_api_id"] == "pkg-data-protection"


def test_the_arrow_keys_move_between_rows(dashboard: Page) -> None:
    dashboard.get_by_role("button", name="Delete rec-0001").focus()
    dashboard.keyboard.press("ArrowDown")
    expect(dashboard.get_by_role("button", name="Delete rec-0002")).to_be_focused()
    dashboard.keyboard.press("Home")
    expect(dashboard.get_by_role("button", name="Delete rec-0001")).to_be_focused()
    dashboard.keyboard.press("Tab")
    assert not dashboard.evaluate("document.querySelector('#records-rows').contains(document.activeElement)")
