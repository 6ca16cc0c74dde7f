"""A service on bare sockets, for answers that no HTTP server would give: cut off, endless, dripping, or none."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from .fake_service import Answer, FakeService, record


@dataclass(frozen=True)
class Ask:
    """One request as it came, and on which connection."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass
class Wire:
    """Answers as a fake service does, unless `odd` gives the bytes to answer with instead; none: it just closes."""

    fake: FakeService
    asks: list[Ask] = field(default_factory=list)
    odd: Callable[[Ask], Iterable[bytes] | None] = lambda _: None
    url: str = ""

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Method and the last segment of the path of each request."""
        return [(ask.method, ask.target.partition("?")[0].split("/")[-2]) for ask in self.asks]

    def plain(self, ask: Ask) -> bytes:
        """The whole answer of the fake service."""
        return whole(*self.fake.handle(ask.method, ask.target, ask.headers, ask.body))

    def converse(self, sock: socket.socket, number: int) -> None:
        """Answer one connection's requests, one after the other."""
        with sock, sock.makefile("rb") as reads:
            while (ask := _ask(reads, number)) is not None:
                self.asks.append(ask)
                odd = self.odd(ask)
                if odd is None:
                    sock.sendall(self.plain(ask))
                    continue
                for part in odd:
                    sock.sendall(part)
                return


def whole(status: int, headers: dict[str, str], content: bytes) -> bytes:
    """An answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status} Any", *(f"{name}: {value}" for name, value in headers.items())]
    lines += [] if status == 204 else [f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def json_answer(status: int, document: object = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/json", **named}, json.dumps(document or {}).encode()


def _ask(reads: object, number: int) -> Ask | None:
    first = reads.readline().decode("latin-1").split()  # type: ignore[attr-defined]
    if len(first) != 3:
        return None
    headers = {}
    while (line := reads.readline().decode("latin-1").strip()) != "":  # type: ignore[attr-defined]
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = reads.read(int(headers.get("content-length", 0)))  # type: ignore[attr-defined]
    return Ask(first[0], first[1], headers, body, number)


@contextmanager
def wire_service(*api_ids: str) -> Iterator[Wire]:
    """Run a service on sockets with records of these ids that are not ours."""
    with closed_service(*api_ids) as (wire, start):
        start()
        yield wire


@contextmanager
def closed_service(*api_ids: str) -> Iterator[tuple[Wire, Callable[[], None]]]:
    """The same, which takes no connection until it is started."""
    wire = Wire(FakeService({api_id: record(api_id) for api_id in api_ids}))
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        wire.url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def start() -> None:
            server.listen()
            threading.Thread(target=_serve, args=(server, wire), daemon=True).start()

        yield wire, start
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)  # wakes whoever accepts


def _serve(server: socket.socket, wire: Wire) -> None:
    number = 0
    with suppress(OSError):
        while True:
            sock, _ = server.accept()
            number += 1
            threading.Thread(target=_quietly, args=(wire, sock, number), daemon=True).start()


def _quietly(wire: Wire, sock: socket.socket, number: int) -> None:
    with suppress(OSError):  # the kit may hang up
        wire.converse(sock, number)
