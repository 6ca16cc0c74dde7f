"""Faults: on and off with one click, and one's own."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

READS = ["list_records", "get_record"]
PRESETS: dict[str, dict[str, Any]] = {
    "Out of service": {"status": 503},
    "Stored, yet 503": {"operations": ["create_record"], "when": "after", "status": 503, "times": 1},
    "Slow": {"delay": {"from": 1, "to": 3}},
    "Flaky": {"operations": READS, "drop": True, "probability": 0.2},
    "Hang": {"hang": True},
}


@pytest.fixture
def faults(organisation: str) -> str:
    return f"{organisation}/_mock/faults"


def held(http: requests.Session, faults: str) -> list[dict[str, Any]]:
    """Return the faults that the server holds."""
    answer = http.get(faults).json()["faults"]
    return [{name: value for name, value in fault.items() if name != "struck"} for fault in answer]


def put(http: requests.Session, faults: str, *wanted: dict[str, Any]) -> None:
    http.put(faults, json={"faults": wanted}).raise_for_status()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_goes_on_and_off_with_one_click(
    dashboard: Page, http: requests.Session, faults: str, name: str
) -> None:
    switch = dashboard.get_by_role("switch", name=name)
    expect(switch).not_to_be_checked()
    switch.click()
    expect(switch).to_be_checked()
    assert held(http, faults) == [PRESETS[name]]
    switch.click()
    expect(switch).not_to_be_checked()
    assert held(http, faults) == []


def test_presets_add_up(dashboard: Page, http: requests.Session, faults: str) -> None:
    for name in ("Slow", "Flaky"):
        dashboard.get_by_role("switch", name=name).click()
        expect(dashboard.get_by_role("switch", name=name)).to_be_checked()
    assert held(http, faults) == [PRESETS["Slow"], PRESETS["Flaky"]]


def test_a_preset_that_is_used_up_goes_off_and_can_go_on_again(
    dashboard: Page, organisation: str, http: requests.Session, faults: str
) -> None:
    switch = dashboard.get_by_role("switch", name="Stored, yet 503")
    switch.click()
    expect(switch).to_be_checked()
    body = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
    assert http.post(f"{organisation}/training/record/", json=body).status_code == 503
    expect(dashboard.locator("#faults-active")).to_contain_text("applied 1×, used up")
    expect(switch).not_to_be_checked()
    switch.click()
    expect(switch).to_be_checked()
    assert held(http, faults) == [PRESETS["Stored, yet 503"]]


def test_how_often_one_struck_follows(dashboard: Page, organisation: str, http: requests.Session, faults: str) -> None:
    put(http, faults, {"operations": ["get_record"], "status": 500})
    expect(dashboard.locator("#faults-active")).to_contain_text("500 on get_record")
    for _ in range(3):
        http.get(f"{organisation}/training/record/rec-0001/")
    expect(dashboard.locator("#faults-active .applied")).to_have_text("applied 3×")


def test_one_is_removed_and_its_neighbour_keeps_its_times(
    dashboard: Page, organisation: str, http: requests.Session, faults: str
) -> None:
    put(http, faults, {"operations": ["get_record"], "status": 500, "times": 3}, {"operations": READS, "status": 502})
    http.get(f"{organisation}/training/record/rec-0001/")
    dashboard.get_by_role("button", name="Remove: 502").click()
    expect(dashboard.locator("#faults-active > li")).to_have_count(1)
    assert held(http, faults) == [{"operations": ["get_record"], "status": 500, "times": 2}]
    expect(dashboard.get_by_role("button", name="Remove: 500")).to_be_focused()


def test_all_are_removed(dashboard: Page, http: requests.Session, faults: str) -> None:
    put(http, faults, *PRESETS.values())
    expect(dashboard.locator("#faults-active > li")).to_have_count(5)
    dashboard.get_by_role("button", name="Remove all").click()
    expect(dashboard.locator("#faults-empty")).to_be_visible()
    assert held(http, faults) == []


@pytest.mark.parametrize(
    ("effect", "fields", "fault"),
    [
        ("Error status", {"Status": "418", "Times": "2"}, {"status": 418, "times": 2}),
        ("Delay", {"From": "0.5", "To": "1"}, {"delay": {"from": 0.5, "to": 1}}),
        ("Connection drops", {"Probability": "0.25"}, {"drop": True, "probability": 0.25}),
        ("No answer", {}, {"hang": True}),
    ],
)
def test_one_of_your_own_is_added(
    dashboard: Page,
    http: requests.Session,
    faults: str,
    effect: str,
    fields: dict[str, str],
    fault: dict[str, Any],
) -> None:
    form = dashboard.locator("#fault-custom")
    form.locator("summary").click()
    form.get_by_label("update_record").check()
    form.get_by_label("What happens").select_option(effect)
    form.get_by_label("When").select_option("After it is stored")
    for label, value in fields.items():
        form.get_by_role("textbox", name=label).fill(value)
    form.get_by_role("button", name="Add fault").click()
    expect(dashboard.locator("#faults-active > li")).to_have_count(1)
    assert held(http, faults) == [fault | {"operations": ["update_record"], "when": "after"}]


def test_a_wrong_one_is_refused_and_its_field_marked(dashboard: Page, http: requests.Session, faults: str) -> None:
    form = dashboard.locator("#fault-custom")
    form.locator("summary").click()
    form.get_by_role("textbox", name="Status").fill("200")
    form.get_by_role("button", name="Add fault").click()
    expect(form.get_by_role("textbox", name="Status")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_role("alert")).to_contain_text("400")
    assert held(http, faults) == []


def test_those_that_another_client_sets_show_up(dashboard: Page, http: requests.Session, faults: str) -> None:
    put(http, faults, PRESETS["Hang"])
    expect(dashboard.get_by_role("switch", name="Hang")).to_be_checked()
    http.delete(faults).raise_for_status()
    expect(dashboard.get_by_role("switch", name="Hang")).not_to_be_checked()
