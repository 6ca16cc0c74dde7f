"""A request that is on its way while the test does something else."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from mock.raw_http import head

from .waiting import until
from .world import ASSIGNED, put


@contextmanager
def delayed(
    http: requests.Session, control: str, records: str, body: Any = ASSIGNED, seconds: float = 1, **fault: Any
) -> Iterator["Future[requests.Response]"]:
    """Send a creation that a fault delays, and go on when it waits."""
    put(http, control + "faults", {"faults": [{"delay": {"from": seconds}, "times": 1} | fault]})
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(_post, records, body)
        until(lambda: http.get(control + "faults").json()["faults"][0]["struck"])
        yield answer


def _post(url: str, body: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url, json=body, timeout=60)


@contextmanager
def half_sent(method: str, url: str, body: bytes) -> Iterator[socket.socket]:
    """Send all of a request but the last byte of its body, and go on when the server reads it."""
    place = urlsplit(url)
    fields = ("Content-Type: application/json", f"Content-Length: {len(body)}", "Expect: 100-continue")
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(head(method, place.path, fields, host=place.netloc))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body[:-1])
        yield connection


def rest(connection: socket.socket) -> bytes:
    """Return what the server still has to say, up to the end of the connection or the last byte that is on its way."""
    connection.settimeout(30)
    return connection.recv(1 << 16)
