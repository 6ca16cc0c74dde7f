"""The application is an ordinary one: any server serves it, any router mounts it."""

import asyncio
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect

from mock_server import create_app

LIST = "/training/record/"
ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}


@pytest.fixture(scope="module")
def mounted() -> TestClient:
    """A client of an application that has the mock at /api."""
    return TestClient(Starlette(routes=[Mount("/api", create_app())]))


@contextmanager
def uvicorn(*options: str) -> Iterator[str]:
    """Serve the application with uvicorn's own command and give its URL."""
    command = [sys.executable, "-m", "uvicorn", "--factory", "mock_server:create_app", "--port", "0", *options]
    environment = os.environ | {"PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            running = (re.search(r"running on (http://\S+)", line) for line in process.stderr)
            yield next(found[1] for found in running if found)
        finally:
            process.terminate()


def call(app: ASGIApp, path: str, **scope: Any) -> tuple[int, bytes]:
    """Call an application as a server does that gives no more than it must; return status and body."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    whole = {"type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "http", "headers": []}
    asyncio.run(app({"asgi": {"version": "3.0"}, "http_version": "1.1", **whole, **scope}, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_it_is_a_coroutine_function_as_servers_expect() -> None:
    assert inspect.iscoroutinefunction(create_app().__call__)


def test_uvicorn_serves_it_by_its_factory(http: requests.Session) -> None:
    with uvicorn() as url:
        page = http.get(f"{url}{LIST}?limit=1").json()
    assert page["count"] == 60
    assert page["next"] == f"{url}{LIST}?limit=1&offset=1"


def test_links_keep_the_root_path_that_a_server_is_given(http: requests.Session) -> None:
    with uvicorn("--root-path", "/api") as url:
        # The proxy in front has taken the prefix away already.
        page = http.get(f"{url}{LIST}?limit=1").json()
        assert http.get(f"{url}/openapi.json").json()["servers"] == [{"url": "/api"}]
    assert page["next"] == f"{url}/api{LIST}?limit=1&offset=1"


def test_starlettes_test_client_calls_it_with_its_lifespan() -> None:
    with TestClient(create_app("empty")) as client:
        assert client.get(LIST).json()["count"] == 0
        assert client.post(LIST, json={}).status_code == 400


def test_links_keep_the_mount(mounted: TestClient) -> None:
    page = mounted.get(f"/api{LIST}?limit=2").json()
    assert page["next"] == f"http://testserver/api{LIST}?limit=2&offset=2"
    assert mounted.get(page["next"]).json()["previous"] == f"http://testserver/api{LIST}?limit=2&offset=0"


def test_organisations_lie_below_the_mount(mounted: TestClient) -> None:
    page = mounted.get(f"/api/org/a{LIST}?limit=1").json()
    assert page["next"] == f"http://testserver/api/org/a{LIST}?limit=1&offset=1"
    assert mounted.post(f"/api/org/a{LIST}", json=ASSIGNED).status_code == 201
    assert mounted.get(f"/api/org/a{LIST}").json()["count"] == 61
    assert mounted.get(f"/api{LIST}").json()["count"] == 60


@pytest.mark.parametrize("root", ["/api", "/api/org/b"])
def test_pages_lead_on_below_the_mount(mounted: TestClient, root: str) -> None:
    front = mounted.get(f"{root}/").text
    links = re.findall(r'href="(/[^"]*)"', front)
    assert len(links) >= 3
    assert [link for link in links if not link.startswith(f"{root}/")] == []
    assert {link: mounted.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    assert mounted.get(f"{root}/openapi.json").json()["servers"] == [{"url": root}]
    assert mounted.get(f"{root}/_mock/openapi.json").json()["servers"] == [{"url": f"{root}/_mock"}]
    assert mounted.get(f"{root}/ui/openapi.json").json()["servers"] == [{"url": root}]


def test_journal_shows_the_whole_path(mounted: TestClient) -> None:
    mounted.get("/api/org/c/training/record/rec-0001/")
    exchanges = mounted.get("/api/org/c/_mock/journal").json()["exchanges"]
    assert [exchange["path"] for exchange in exchanges] == ["/api/org/c/training/record/rec-0001/"]


def test_two_of_them_share_nothing() -> None:
    both = TestClient(Starlette(routes=[Mount("/a", create_app()), Mount("/b", create_app())]))
    assert both.post(f"/a{LIST}", json=ASSIGNED).status_code == 201
    assert [both.get(f"/{name}{LIST}").json()["count"] for name in "ab"] == [61, 60]


@pytest.mark.parametrize("root", ["", "/api", "/api/", "/ä b"])
def test_server_may_leave_out_the_raw_path(root: str) -> None:
    app = create_app("edge-cases")
    status, body = call(app, f"{root.rstrip('/')}{LIST}", root_path=root, query_string=b"limit=1")
    assert status == 200
    assert b'"count"' in body


def test_path_that_is_only_known_decoded_is_the_same() -> None:
    app = create_app()
    assert call(app, f"{LIST}rec-0001/")[0] == 200
    assert call(app, f"{LIST}rec 0001/")[0] == 400
    assert call(app, f"{LIST}rec-0001/", raw_path=f"{LIST}rec%2D0001/".encode())[0] == 200


def test_scope_is_left_as_it_was() -> None:
    scope = {"root_path": "", "path": f"/org/a{LIST}", "type": "http", "method": "GET", "query_string": b""}
    scope |= {"scheme": "http", "headers": []}
    before = dict(scope)

    async def nothing(*_: Any) -> Any:
        return {"type": "http.request", "body": b""}

    asyncio.run(create_app()(scope, nothing, nothing))
    assert scope == before


def test_websocket_is_closed() -> None:
    client = TestClient(create_app("empty"))
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
        pass
