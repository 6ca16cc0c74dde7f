"""How long a connection lives, and what is known of a client that says no more."""

import asyncio
import errno
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import MockServer, create_app
from mock_server.server import listen, url_of
from mock_server.web.limits import Limits
from mock_server.web.protocol import Protocol

from .problems import problem
from .raw_http import converse, parse

GET = b"GET /training/record/?limit=1 HTTP/1.1\r\nHost: a\r\n\r\n"
BODY = json.dumps({"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}).encode()
LENGTH = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
POST = b"POST /training/record/ HTTP/1.1\r\nHost: a\r\n" + LENGTH + BODY


@contextmanager
def serving(app: ASGIApp, limits: Limits, loop: str) -> Iterator[str]:
    """Serve an application on this kind of loop, with connections that have these limits; give its URL."""
    config = uvicorn.Config(
        app,
        http=partial(Protocol, limits=limits),  # type: ignore[arg-type]
        loop=loop,
        ws="none",
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as sock:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            yield url_of(sock)
        finally:
            server.should_exit = True
            thread.join()


Serve = Callable[..., AbstractContextManager[str]]


@pytest.fixture(params=["uvloop", "asyncio"])
def serve(request: pytest.FixtureRequest) -> Serve:
    """What serves an application with limits, on each kind of loop."""
    return partial(serving, loop=request.param)


def connect(url: str) -> socket.socket:
    place = urlsplit(url)
    assert place.hostname is not None
    return socket.create_connection((place.hostname, place.port or 80), timeout=20)


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the server closes."""
    return b"".join(iter(partial(connection.recv, 65536), b""))


# Kept alive


def test_answer_says_how_long_the_connection_stays_open(server: MockServer) -> None:
    with requests.Session() as session:
        headers = session.get(server.url + "/training/record/").headers
    assert (headers["Connection"], headers["Keep-Alive"]) == ("keep-alive", "timeout=75")


@pytest.mark.parametrize("request_", [GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), b"x\r\n\r\n"])
def test_answer_that_closes_says_that_alone(server: MockServer, request_: bytes) -> None:
    (answer,) = converse(server.url, request_)
    assert (answer.headers["Connection"], answer.headers["Keep-Alive"]) == ("close", None)


def test_connection_is_open_for_as_long_as_it_is_said(serve: Serve) -> None:
    with serve(create_app(), Limits(idle_time=1)) as url, connect(url) as used, connect(url) as silent:
        used.sendall(GET)
        assert b"keep-alive: timeout=1\r\n" in used.recv(65536)
        assert rest(used) == rest(silent) == b""


def test_answer_that_takes_longer_than_that_is_waited_for(serve: Serve) -> None:
    with serve(create_app(), Limits(idle_time=0.1)) as url:
        (answer,) = converse(url, GET.replace(b"?", b"?__delay=0.6&"))
    assert answer.status_code == 200


def test_client_of_http_1_0_gets_no_chunks(serve: Serve) -> None:
    with serve(in_parts, Limits()) as url, connect(url) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        head, _, body = rest(connection).partition(b"\r\n\r\n")
    assert (b"transfer-encoding" in head, body) == (False, b"onetwo")


async def in_parts(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await send({"type": "http.response.body", "body": b"two"})


def test_body_that_was_not_asked_for_is_not_waited_for(server: MockServer) -> None:
    """Whether the body comes after a final answer is the client's to choose, so the next bytes could be either."""
    large = b"POST /training/record/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n"
    (answer,) = converse(server.url, large + b"Content-Type: application/json\r\n\r\n")
    assert (answer.status_code, answer.headers["Connection"]) == (413, "close")


# Slow clients


@pytest.mark.parametrize("begun", [b"G", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
def test_head_that_takes_too_long_is_408(serve: Serve, begun: bytes) -> None:
    with serve(create_app(), Limits(head_time=0.3)) as url:
        before, answer = converse(url, GET, begun)
    assert before.status_code == 200
    assert "head" in problem(answer, 408)["detail"]


def test_body_that_stands_still_is_408_and_nothing_is_done(serve: Serve) -> None:
    with serve(create_app(), Limits(body_time=0.3)) as url:
        (answer,) = converse(url, POST[:-1])
        assert "body" in problem(answer, 408)["detail"]
        assert requests.get(url + "/training/record/?limit=1", timeout=20).json()["count"] == 60


def test_body_that_stands_still_behind_its_answer_ends_the_connection(serve: Serve) -> None:
    with serve(create_app(), Limits(body_time=0.3)) as url:
        (answer,) = converse(url, POST[:-1].replace(b"/record/", b"/unknown/"))
    assert answer.status_code == 404


def test_body_that_comes_slowly_is_waited_for(serve: Serve) -> None:
    with serve(create_app(), Limits(head_time=0.4, body_time=0.4)) as url, connect(url) as connection:
        for at in range(0, len(POST), len(POST) // 5):
            connection.sendall(POST[at : at + len(POST) // 5])
            threading.Event().wait(0.1)
        connection.shutdown(socket.SHUT_WR)
        assert [answer.status_code for answer in parse(rest(connection))] == [201]


SIZE = 32 * 1024 * 1024


async def large(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % SIZE)]})
    for _ in range(SIZE // 65536):
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body"})


async def large_at_once(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % SIZE)]})
    await send({"type": "http.response.body", "body": b"x" * SIZE})


@pytest.mark.parametrize("app", [large, large_at_once])
@pytest.mark.parametrize("closing", [b"", b"Connection: close\r\n"])
def test_client_that_reads_nothing_is_cut_off(serve: Serve, app: ASGIApp, closing: bytes) -> None:
    with serve(app, Limits(write_time=0.3)) as url, connect(url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n%b\r\n" % closing)
        assert reset_within(20, connection)


def reset_within(seconds: float, connection: socket.socket) -> bool:
    """Tell whether the server resets a connection that is not read from."""
    pause = threading.Event()
    return any(
        connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNRESET
        for _ in range(int(seconds / 0.02))
        if not pause.wait(0.02)
    )


@pytest.mark.parametrize("app", [large, large_at_once])
def test_client_that_reads_slowly_gets_all(serve: Serve, app: ASGIApp) -> None:
    with serve(app, Limits(write_time=0.4)) as url, connect(url) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = 0
        for _ in range(15):  # 1.5 s, in which the system asks for more only now and then
            received += len(connection.recv(65536))
            threading.Event().wait(0.1)
        received += len(rest(connection))
    assert received > SIZE


# Clients that say no more


def test_half_closed_connection_gets_its_answer(serve: Serve) -> None:
    with serve(create_app(), Limits()) as url:
        for pipeline, expected in (
            (GET, [200]),
            (POST + GET, [201, 200]),
            (GET.replace(b"1.1", b"1.0"), [200]),
            (GET.replace(b"?", b"?__delay=0.3&"), [200]),
            (GET.replace(b"?", b"?__delay=0.3&").replace(b"1.1", b"1.0"), [200]),
            (GET.replace(b"?", b"?__delay=0.3&") + GET, [200, 200]),
            (GET.replace(b"?", b"?__delay=0.3&") + b"garbage", [200, 400]),
            (GET + GET[:-1], [200, 400]),
            (GET + POST[:-1], [200]),
            (POST[:-1], []),
            (b"", []),
        ):
            answers = converse(url, pipeline, end=True)
            assert [answer.status_code for answer in answers] == expected, pipeline


def test_connection_that_ends_is_said_to(server: MockServer) -> None:
    slow = GET.replace(b"?", b"?__delay=0.1&")
    (answer,) = converse(server.url, slow, end=True)
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("requests_", [GET + GET, GET.replace(b"1.1", b"1.0")], ids=["1.1", "1.0"])
def test_client_that_has_gone_is_noticed_before_its_answer_begins(serve: Serve, requests_: bytes) -> None:
    told: Queue[str] = Queue()

    async def waiting(_scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["more_body"] is False
        told.put((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    with serve(waiting, Limits(idle_time=0.5)) as url:
        with connect(url) as connection:
            connection.sendall(requests_)
        assert told.get(timeout=20) == "http.disconnect"
    assert told.empty()  # what waited behind it has not been begun


def test_client_that_goes_within_a_body_is_noticed(serve: Serve) -> None:
    told: Queue[str] = Queue()

    async def reading(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (message := await receive())["type"] == "http.request":
            pass
        told.put(message["type"])

    with serve(reading, Limits()) as url:
        with connect(url) as connection:
            connection.sendall(POST[:-1])
        assert told.get(timeout=20) == "http.disconnect"


def test_application_is_woken_when_the_client_says_no_more(serve: Serve) -> None:
    """It has begun to answer: what it writes next shows whether anybody is there."""
    told: Queue[Any] = Queue()

    async def streaming(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        told.put(await receive())
        while not told.empty():
            await asyncio.sleep(0.02)
        await send({"type": "http.response.body", "body": b"more", "more_body": True})
        told.put((await receive())["type"])

    with serve(streaming, Limits()) as url:
        with connect(url) as connection:
            connection.sendall(GET)
            assert b"begun" in connection.recv(65536)
        assert told.get(timeout=20) == {"type": "http.request", "body": b"", "more_body": False}
        assert told.get(timeout=20) == "http.disconnect"
