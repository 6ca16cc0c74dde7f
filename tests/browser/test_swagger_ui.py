"""Swagger UI of both APIs in a real browser: what people see of the spec, and what happens at the first click."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from api_spec.effective import read_spec
from api_spec.provenance import METHODS, rules
from mock_server.bundled import control_spec

TITLES = {"/ui/": "Training Record API – Swagger UI", "/_mock/ui/": "Control API – Swagger UI"}
SPECS = {"/ui/": read_spec(), "/_mock/ui/": control_spec()}
both = pytest.mark.parametrize("path", TITLES)


def operations(path: str) -> list[dict[str, Any]]:
    return [item[method] for item in SPECS[path]["paths"].values() for method in METHODS if method in item]


def block(page: Page, operation: dict[str, Any]) -> Locator:
    return page.locator(f"#operations-{operation['tags'][0]}-{operation['operationId']}")


def press(button: Locator) -> None:
    """Press it where it is: scrolling to each of many takes most of the time, and test_strangers.py does it once."""
    button.dispatch_event("click")


def toggle(block: Locator) -> None:
    press(block.locator(".opblock-summary-control"))


@both
def test_first_execute_of_every_operation_succeeds(
    page: Page, organisation: str, http: requests.Session, path: str
) -> None:
    page.goto(organisation + path)
    expect(page.locator(".opblock")).to_have_count(len(operations(path)))
    statuses = {}
    for operation in operations(path):
        # Another world than the one before left; a reset would go back to the scenario that one chose.
        http.put(f"{organisation}/_mock/scenario", json={"name": "default"}).raise_for_status()
        one = block(page, operation)
        toggle(one)
        one.locator("tr.response").first.wait_for()  # the answers that the spec has: now it is ready for a click
        press(one.get_by_role("button", name="Execute"))
        answer = one.locator(".live-responses-table tr.response")
        statuses[operation["operationId"]] = answer.locator(".response-col_status").inner_text()
        assert "string" not in one.locator(".curl-command").inner_text()  # what is filled in where nothing is known
        toggle(one)
    assert statuses == {one["operationId"]: min(one["responses"]) for one in operations(path)}


@both
def test_it_says_which_api_it_shows_and_leads_to_the_other_pages(
    page: Page, organisation: str, http: requests.Session, path: str
) -> None:
    page.goto(organisation + path)
    assert page.title() == TITLES[path]
    links = page.get_by_role("navigation").get_by_role("link")
    addresses = {link.inner_text(): link.evaluate("link => link.href") for link in links.all()}
    spec = f"{organisation}{path.removesuffix('ui/')}openapi.yaml"
    assert addresses == {
        "Dashboard": f"{organisation}/_mock/",
        "Docs": f"{organisation}/docs/",
        "Swagger UI": f"{organisation}/ui/",
        "Control API": f"{organisation}/_mock/ui/",
        "openapi.yaml": spec,
    }
    assert {http.get(address).status_code for address in addresses.values()} == {200}
    assert page.locator("nav a[aria-current=page]").evaluate("link => link.href") == organisation + path


def test_every_rule_is_read_at_its_operation_and_leads_to_the_docs(page: Page, organisation: str) -> None:
    page.goto(f"{organisation}/ui/")
    page.locator(".info summary").click()
    places = {"": page.locator(".info")} | {one["operationId"]: block(page, one) for one in operations("/ui/")}
    for name, place in places.items():
        if name:
            toggle(place)
            expect(place.locator(".opblock-description")).to_be_visible()
        read = " ".join(place.locator(".renderedMarkdown").first.inner_text().split())
        for rule in (rule for rule in rules(SPECS["/ui/"]) if rule.operation == name):
            assert f"{rule.id} {rule.text}" in read
            link = place.get_by_role("link", name=rule.id, exact=True).first
            assert link.evaluate("link => link.href") == f"{organisation}/docs/#{rule.id}"
            assert rule.source in read


def test_parameters_answers_and_fields_say_where_they_come_from(page: Page, organisation: str) -> None:
    page.goto(f"{organisation}/ui/")
    listing = block(page, operations("/ui/")[0])
    toggle(listing)
    limit = listing.locator("tr[data-param-name=limit]")
    expect(limit).to_contain_text('Documented: "Number of results to return per page"')
    expect(limit.get_by_role("link", name="pages-are-full")).to_be_visible()
    expect(listing.locator("tr.response[data-code='400']")).to_contain_text("Assumed: The document names no errors")
    listing.locator("tr.response[data-code='200']").get_by_role("tab", name="Schema").click()
    fields = listing.locator("tr.response[data-code='200'] .model-box").first
    expect(fields).to_contain_text("Assumed: A client needs it to draw a pager. (question list-form)")


@both
@pytest.mark.parametrize("width", [390, 960])
def test_no_operation_is_wider_than_the_window(page: Page, organisation: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(organisation + path)
    expect(page.locator(".opblock")).to_have_count(len(operations(path)))
    for operation in operations(path):
        toggle(block(page, operation))
    expect(page.locator(".responses-table")).to_have_count(len(operations(path)))
    assert page.evaluate("document.documentElement.scrollWidth") == width
