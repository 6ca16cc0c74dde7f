"""A front end on another origin than the mock: its browser asks first (CORS), and lets it read every answer."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Page

RECORD = {"api_id": "rec-mine", "person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def other_origin() -> Iterator[str]:
    handler = partial(_Quiet, directory=str(Path(__file__).parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def client(page: Page, other_origin: str) -> Page:
    """A page of another origin than the mock's."""
    page.goto(f"{other_origin}/client.html")
    return page


@pytest.fixture
def records(organisation: str) -> str:
    return f"{organisation}/training/record/"


def call(client: Page, method: str, url: str, body: object = None) -> dict[str, Any]:
    answer: dict[str, Any] = client.evaluate("([method, url, body]) => call(method, url, body)", [method, url, body])
    return answer


def preflights(context: BrowserContext, client: Page) -> list[str]:
    """Return the list to which each method is added that the browser asks leave for."""
    asked: list[str] = []

    def sent(event: dict[str, Any]) -> None:
        if event["request"]["method"] == "OPTIONS":
            asked.append(event["request"]["headers"]["Access-Control-Request-Method"])

    session = context.new_cdp_session(client)
    session.on("Network.requestWillBeSent", sent)
    session.send("Network.enable")
    return asked


def test_post_put_patch_and_delete_are_preflighted_and_succeed(
    context: BrowserContext, client: Page, records: str
) -> None:
    # Each has a URL of its own: what a browser was allowed once, it does not ask for again.
    asked = preflights(context, client)
    assert call(client, "POST", records, RECORD)["status"] == 201
    assert call(client, "PUT", f"{records}rec-mine/", RECORD)["status"] == 200
    patched = call(client, "PATCH", f"{records}rec-0001/", {"date_completed": "2026-02-01T09:00:00Z"})
    assert patched["body"]["date_completed"] == "2026-02-01T09:00:00Z"
    assert call(client, "DELETE", f"{records}rec-0002/") == {"status": 204, "type": None, "body": ""}
    assert asked == ["POST", "PUT", "PATCH", "DELETE"]


def test_the_problem_of_a_400_is_read(client: Page, records: str) -> None:
    answer = call(client, "POST", records, {"person_api_id": 7})
    assert (answer["status"], answer["type"]) == (400, "application/problem+json")
    assert {error["pointer"] for error in answer["body"]["errors"]} == {"/person_api_id", "/package_api_id"}


def test_the_problem_of_a_409_is_read(client: Page, records: str) -> None:
    answer = call(client, "POST", records, RECORD | {"person_api_id": "usr-nobody"})
    assert (answer["status"], answer["type"]) == (409, "application/problem+json")
    assert [error["pointer"] for error in answer["body"]["errors"]] == ["/person_api_id"]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [({"status": 503}, 503), ({"drop": True}, 0)],
    ids=["answered 503", "connection dropped"],
)
def test_a_creation_that_fails_after_the_commit_is_ridden_out(
    client: Page, organisation: str, records: str, http: requests.Session, fault: dict[str, Any], failure: int
) -> None:
    faults = [{"operations": ["create_record"], "when": "after", "times": 1} | fault]
    http.put(f"{organisation}/_mock/faults", json={"faults": faults}).raise_for_status()
    answer = client.evaluate("([records, record]) => create(records, record)", [records, RECORD])
    assert answer["statuses"] == [failure, 409]
    assert answer["record"] == http.get(f"{records}rec-mine/").json()
    assert http.get(records).json()["count"] == 61
