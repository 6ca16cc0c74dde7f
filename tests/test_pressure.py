"""The benchmarks that put the mock under pressure: what they say is true of what they saw."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mock_server import MockServer

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Imports a module of the benchmarks, which are scripts and no package."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))

    def load(name: str) -> ModuleType:
        __import__(name)
        return sys.modules[name]

    yield load
    for name in [name for name in sys.modules if name.partition(".")[0] in ("pressure", "soak", "waits", "throughput")]:
        del sys.modules[name]


def answered(wire: ModuleType, sent: bytes, then: Callable[[Any], Awaitable[Any]]) -> Any:
    """Return what `then` makes of a connection to a server that sends these bytes and closes."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        writer.close()
        await writer.wait_closed()

    async def run() -> Any:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            connection = await wire.Connection.open(server.sockets[0].getsockname()[1])
            try:
                return await then(connection)
            finally:
                connection.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_answer_is_told_as_malformed(benchmark: Callable[[str], ModuleType], sent: bytes) -> None:
    wire = benchmark("pressure.wire")
    with pytest.raises(wire.MalformedAnswer):
        answered(wire, sent, lambda connection: connection.answer())


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}"])
def test_an_answer_that_breaks_off_is_told_as_none(benchmark: Callable[[str], ModuleType], sent: bytes) -> None:
    wire = benchmark("pressure.wire")
    with pytest.raises(wire.NoAnswer):
        answered(wire, sent, lambda connection: connection.answer())


def test_an_answer_in_chunks_is_read_whole_and_what_follows_it_is_left(
    benchmark: Callable[[str], ModuleType],
) -> None:
    wire = benchmark("pressure.wire")
    sent = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\nrest"

    async def then(connection: Any) -> tuple[bytes, bytes]:
        return (await connection.answer()).body, connection.surplus()

    assert answered(wire, sent, then) == (b"{}", b"rest")


@pytest.mark.parametrize(
    ("harm", "law"),
    [
        (lambda organisation, api_id: organisation.delete(api_id), "lost"),
        (lambda organisation, api_id: organisation.update(api_id, date_completed="2020-01-01T00:00:00Z"), "changed"),
        (lambda organisation, _: organisation.create("usr-k", "pkg-fire-safety", "k-more"), "risen"),
    ],
)
def test_the_soak_tells_what_became_of_a_record(
    benchmark: Callable[[str], ModuleType], harm: Callable[[Any, str], object], law: str
) -> None:
    keeper, laws = benchmark("pressure.keeper"), benchmark("pressure.laws")

    async def run(server: MockServer) -> str:
        place = type("Place", (), {"port": int(server.url.rpartition(":")[2])})
        client = keeper.Keeper("k", "home", place, laws.Laws(), "0")
        await client.begin()
        await client.create()
        await client.end()
        harm(server.app.sandboxes["home"].organisation, next(iter(client.model)))
        try:
            await client.end()
        except laws.Breach as breach:
            return str(breach.law)
        finally:
            client.leave()
        return "nothing"

    with MockServer("empty") as server:
        assert asyncio.run(run(server)) == law


def test_the_soak_ends_with_1_where_a_law_was_broken_and_only_there() -> None:
    command = [sys.executable, "benchmarks/soak.py", "--seconds", "1", "--connections", "5"]
    run = subprocess.run(command, cwd=BENCHMARKS.parent, capture_output=True, text=True, timeout=100)
    assert run.stderr == ""
    counts = {
        name: int(count) for count, name in re.findall(r"^ +(\d+)  ([a-z5 ]+?)  +[a-z]", run.stdout, re.MULTILINE)
    }
    assert {"lost", "doubled", "unasked 5xx"} <= counts.keys()
    assert run.returncode == (1 if any(counts.values()) else 0)
    assert "p99" in run.stdout


def test_waits_are_measured_of_every_large_request(
    benchmark: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, server = benchmark("waits"), benchmark("pressure.server")
    monkeypatch.setattr(waits, "CALM", 0.05)
    monkeypatch.setattr(waits, "RECORD_COUNT", 200)
    generated = "PUT scenario, 200,000 generated"

    async def run() -> dict[str, Any]:
        async with server.serving(BENCHMARKS.parent) as mock:
            cases = {name: waits.CASES[name] for name in (generated, "list all", "GET state", "PUT state", "reset")}
            measured: dict[str, Any] = await waits.measure(mock, cases)
            return measured

    measured = asyncio.run(run())
    assert {large.status for large in measured.values()} == {200, 204}
    assert measured["list all"].size > 200 * 200
    assert all(large.during.worst > 0 and large.calm.worst > 0 for large in measured.values())


def test_rounds_of_waits_are_shown_by_the_median_of_each_number(benchmark: Callable[[str], ModuleType]) -> None:
    waits = benchmark("waits")

    def large(seconds: float, worst: float) -> Any:
        return waits.Large(200, 10, seconds, waits.Waits(0.1, 1.0), waits.Waits(0.2, worst), 0, 100.0)

    rounds = [({"list all": large(s, w)}, {"search": (s, w)}) for s, w in ((1.0, 30.0), (2.0, 10.0), (3.0, 20.0))]
    assert waits.middle(rounds) == ({"list all": large(2.0, 20.0)}, {"search": (2.0, 20.0)})
