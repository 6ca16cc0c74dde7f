"""What has ended is freed at once: nothing waits for the collector of circles, which goes through every record.

The collector is off meanwhile, so that a circle stays.
"""

import gc
import socket
import struct
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from time import monotonic, sleep

import pytest

from mock_server import MockServer
from mock_server.web.cycle import Cycle
from mock_server.web.json import to_json
from mock_server.web.protocol import Protocol

GET = b"GET /training/record/?limit=1 HTTP/1.1\r\nHost: a\r\n\r\n"
LATE = GET.replace(b"\r\n\r\n", b"\r\nPrefer: delay=0.1\r\n\r\n")
BEGUN = b"POST /training/record/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"


@pytest.fixture(autouse=True)
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def own_server() -> Iterator[MockServer]:
    """A server whose connections are all of this test."""
    with MockServer() as server:
        yield server


def _live() -> set[int]:
    # By type(): isinstance asks each object for its class, and lazy ones of other libraries begin to work for that.
    return {id(thing) for thing in gc.get_objects() if type(thing) in (Protocol, Cycle)}


def _close(client: socket.socket) -> None:
    client.recv(65536)


def _half_close(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    client.recv(65536)


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


SENT = {
    "nothing": b"",
    "a request": GET,
    "a part of a head": b"GET / HTTP/1.1\r\nHo",
    "a part of a body": BEGUN,
    "three requests": GET * 3,
    "requests behind a late one": LATE + GET * 2,
    "a part of one behind a late one": LATE + BEGUN,
    "what is no request": b"\0\1\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "no host behind a request": GET + b"GET / HTTP/1.1\r\n\r\n",
    "a long address": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    "a long head": b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"a" * 70_000 + b"\r\n\r\n",
    "a coding that is not known": GET.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: gzip\r\n\r\n"),
    "a broken chunk": GET.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "an offer": GET.replace(b"\r\n\r\n", b"\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"),
    "a tunnel": b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
}


@pytest.mark.parametrize("end", [_close, _half_close, _reset])
@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_connection_that_has_ended_is_freed(
    own_server: MockServer, sent: bytes, end: Callable[[socket.socket], None]
) -> None:
    before = _live()
    place = "127.0.0.1", int(own_server.url.rsplit(":", 1)[1])
    with socket.create_connection(place, timeout=5) as client:
        client.sendall(sent)
        answered = sent not in (b"", SENT["a part of a head"], BEGUN)
        if answered or end is not _close:
            end(client)
    with socket.create_connection(place, timeout=5) as client:  # when it is answered, the one before has been seen
        client.sendall(GET)
        client.recv(65536)
    until = monotonic() + 10
    while _live() - before and monotonic() < until:
        sleep(0.01)
    assert _live() - before == set()


@pytest.mark.parametrize("size", [10, 600, 3000, 5000, 9000, 17_000, 40_000])
def test_json_holds_no_room_that_it_does_not_fill(size: int) -> None:
    value = "a" * size
    tracemalloc.start()
    try:
        text = to_json(value)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert text == b'"%b"' % value.encode()
    assert held < sys.getsizeof(text) + 100
