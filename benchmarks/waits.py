"""How long a light client waits while a large request is answered, and how much longer a large organisation takes.

    python benchmarks/waits.py [--rounds 1] [--against REVISION]

The light client reads one record of another organisation, one read after the other, on a connection of its own. Its
waits during each large request stand beside those when all is calm, taken before each in the same run, as a ratio of
the medians and of the worst. The large request comes from a thread that reads the answer and looks at nothing of it.
With --against another revision is measured too, in turn. Of several rounds the medians are shown.

Waits show what one client can do to all others: the server answers from one event loop. At the end stand the times
of a deep page and of a search in 100,000 records as multiples of those in 100.
"""

import argparse
import asyncio
import re
import socket
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import orjson
from pressure.server import Server, serving
from pressure.wire import Answer, Connection, NoAnswer, request
from throughput import checkout

ROOT = Path(__file__).parent.parent

RECORDS = "/training/record/"
LIGHT = "/org/light/training/record/rec-0003/"
HUGE, TOLD = "/org/huge", "/org/told"

RECORD_COUNT = 200_000
CALM = 1.0
"""Seconds for which all is calm before each large request."""

PATIENCE = 600.0


class Waits(NamedTuple):
    """What a light client waited, in milliseconds."""

    median: float
    worst: float


class Large(NamedTuple):
    """A large request, answered: status, bytes of the answer, seconds, the waits before and during it.

    `lost` is how many light requests got no answer, and `resident` the server's memory after it, in MB.
    """

    status: int
    size: int
    seconds: float
    calm: Waits
    during: Waits
    lost: int
    resident: float


class Case(NamedTuple):
    """A large request: what is sent, made when it is its turn; and what is done before, which is not measured."""

    method: str
    path: str
    body: Callable[[dict[str, bytes]], bytes | None] = lambda _: None
    before: tuple[tuple[str, str, bytes | None], ...] = ()


def _generated(records: int) -> bytes:
    return orjson.dumps({"document": {"generate": {"seed": 1, "people": 400, "packages": 40, "records": records}}})


def _unknown(_: dict[str, bytes]) -> bytes:
    properties = b",".join(b'"%x":0' % number for number in range(100_000))
    return b'{"person_api_id":"usr-00001","package_api_id":"pkg-00001",%b}' % properties


def _wrong(_: dict[str, bytes]) -> bytes:
    return b'{"people":[%b],"packages":[],"records":[]}' % b",".join([b"1"] * 1_000_000)


_FILL = ("GET", f"{TOLD}{RECORDS}?limit=300", None)
"""An answer of which the journal keeps as much as it ever does of one."""

CASES = {
    "PUT scenario, 200,000 generated": Case("PUT", f"{HUGE}/_mock/scenario", lambda _: _generated(RECORD_COUNT)),
    "list all": Case("GET", HUGE + RECORDS),
    "list all again": Case("GET", HUGE + RECORDS),
    "search that matches much": Case("GET", f"{HUGE}{RECORDS}?search=a"),
    "search with limit 20": Case("GET", f"{HUGE}{RECORDS}?search=ada&limit=20"),
    "page at 199,980": Case("GET", f"{HUGE}{RECORDS}?limit=20&offset=199980"),
    "GET state": Case("GET", f"{HUGE}/_mock/state"),
    "PUT state": Case("PUT", f"{HUGE}/_mock/state", lambda kept: kept["GET state"]),
    "reset": Case("POST", f"{HUGE}/_mock/reset"),
    "first write after a reset": Case("PATCH", f"{HUGE}{RECORDS}rec-000001/", lambda _: b'{"date_started":null}'),
    "journal, full": Case(
        "GET", f"{TOLD}/_mock/journal", before=(("PUT", f"{TOLD}/_mock/scenario", b'{"name":"large"}'), *[_FILL] * 1000)
    ),
    "journal.har, full": Case("GET", f"{TOLD}/_mock/journal.har"),
    "POST, 100,000 unknown properties": Case("POST", TOLD + RECORDS, _unknown),
    "PUT state, a million wrong": Case("PUT", f"{HUGE}/_mock/state", _wrong),
    "reset after all of it": Case("POST", f"{HUGE}/_mock/reset"),
}
"""In their order: each finds what those before it left."""

KEPT = ("GET state",)
"""Cases whose answer another one sends."""


class LightClient:
    """Reads one record over and over, and remembers when and for how long it waited.

    `lost` are the requests whose connection was closed without an answer; it sends them again.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._taken: list[tuple[float, float]] = []
        self.lost = 0

    async def run(self) -> None:
        """Read until cancelled."""
        connection = await Connection.open(self._port)
        try:
            while True:
                start = perf_counter()
                while (answer := await self._ask(connection)) is None:
                    self.lost += 1
                    connection.close()
                    connection = await Connection.open(self._port)
                assert answer.status == 200, answer
                self._taken.append((start, perf_counter()))
        finally:
            connection.close()

    async def _ask(self, connection: Connection) -> Answer | None:
        try:
            return await connection.ask("GET", LIGHT)
        except NoAnswer:
            return None

    def waits(self, start: float, end: float) -> Waits:
        """Return the waits that began or ended within this time, or outlasted it."""
        taken = [(last - first) * 1000 for first, last in self._taken if last >= start and first <= end]
        return Waits(statistics.median(taken), max(taken))


def send(port: int, data: bytes, keep: bool) -> tuple[int, int, bytes]:
    """Send a request that ends the connection; return status and size of the answer, and the answer if it is kept."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        buffer, size, kept = bytearray(1 << 20), 0, []
        head = b""
        while count := connection.recv_into(buffer):
            if not size:
                head = bytes(buffer[:64])
            size += count
            if keep:
                kept.append(bytes(buffer[:count]))
    found = re.match(rb"HTTP/1.1 (\d{3})", head)
    return int(found[1]) if found else 0, size, b"".join(kept)


async def measure(server: Server, cases: dict[str, Case]) -> dict[str, Large]:
    """Send each large request beside a light client."""
    light = LightClient(server.port)
    reading = asyncio.create_task(light.run())
    measured, kept = {}, {}
    for name, case in cases.items():
        for method, path, body in case.before:
            await _send(server, method, path, body)
        data = request(case.method, case.path, case.body(kept), "Connection: close\r\n")
        await asyncio.sleep(0.2)
        calm_from = perf_counter()
        await asyncio.sleep(CALM)
        start = perf_counter()
        status, size, answer = await asyncio.to_thread(send, server.port, data, name in KEPT)
        end = perf_counter()
        await asyncio.sleep(0.1)
        assert not reading.done(), reading.exception()
        if answer:
            kept[name] = _body(answer)
        waits = light.waits(calm_from, start - 0.01), light.waits(start, end)
        measured[name] = Large(status, size, end - start, *waits, light.lost, server.resident())
        light.lost = 0
    reading.cancel()
    await asyncio.wait([reading])
    return measured


def _body(answer: bytes) -> bytes:
    """Return the body of a whole answer, which may be in chunks."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return rest
    parts, place = [], 0
    while True:
        end = rest.index(b"\r\n", place)
        size = int(rest[place:end], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(rest[end + 2 : end + 2 + size])
        place = end + 4 + size


async def _send(server: Server, method: str, path: str, body: bytes | None) -> None:
    data = request(method, path, body, "Connection: close\r\n")
    status, _, _ = await asyncio.to_thread(send, server.port, data, False)
    assert 200 <= status < 300, (method, path, status)


async def ratios(server: Server, times: int = 40) -> dict[str, tuple[float, float]]:
    """Return medians in milliseconds, in 100 and in 100,000 records."""
    connection = await Connection.open(server.port)
    sizes = (100, 100_000)
    for size in sizes:
        await _send(server, "PUT", f"/org/of-{size}/_mock/scenario", _generated(size))
    terms = ("".join(letters) for letters in product("aeioulnrst", repeat=3))
    queries = {
        "deep page": ("limit=20&offset={last}", False),
        "search": ("search=ada&limit=20", False),
        "search after a write": ("search=ada&limit=20", True),
        "deep page of a search": ("search=a&limit=20&offset={last}", False),
        "search that finds nothing": ("search=nobody&limit=20", False),
        "search by a new term": ("search={term}&limit=20", False),
        "search by a new term after a write": ("search={term}&limit=20", True),
    }
    results = {}
    for name, (query, write) in queries.items():
        taken: dict[int, list[float]] = {size: [] for size in sizes}
        for time in range(times):
            patch = b'{"person_api_id":"usr-%05d"}' % (time + 1)
            term = next(terms)
            for size in sizes:
                records = f"/org/of-{size}{RECORDS}"
                if write:
                    await connection.ask("PATCH", f"{records}rec-000050/", patch)
                start = perf_counter()
                answer = await connection.ask("GET", f"{records}?{query.format(last=size - 20, term=term)}")
                taken[size].append((perf_counter() - start) * 1000)
                assert answer.status == 200, answer
        results[name] = statistics.median(taken[sizes[0]]), statistics.median(taken[sizes[1]])
    connection.close()
    return results


def middle(rounds: Sequence[Any]) -> Any:
    """Return what these have in common, with the median of each number in its place."""
    first = rounds[0]
    if isinstance(first, dict):
        return {name: middle([one[name] for one in rounds]) for name in first}
    if not isinstance(first, tuple):
        return statistics.median_low(rounds)
    medians = [middle(parts) for parts in zip(*rounds, strict=True)]
    return first._make(medians) if hasattr(first, "_make") else tuple(medians)


def show(place: str, measured: dict[str, Large], multiples: dict[str, tuple[float, float]]) -> None:
    """Print what was measured of one revision."""
    print(f"\n{place}: waits of a light client in ms, calm and during, with their ratio")
    head = f"{'large request':34} {'status':>6} {'answer':>9} {'time':>8}"
    print(f"{head}   {'median: calm, during':>25}   {'worst: calm, during':>28}   resident")
    for name, large in measured.items():
        calm, during = large.calm, large.during
        print(
            f"{name:34} {large.status:6} {large.size / 1e6:6.1f} MB {large.seconds:6.2f} s"
            f"   {calm.median:7.2f} {during.median:9.2f} {during.median / calm.median:6.0f}x"
            f"   {calm.worst:7.1f} {during.worst:10.1f} {during.worst / calm.worst:8.0f}x   {large.resident:5.0f} MB"
            + (f"   {large.lost} light requests got no answer" if large.lost else "")
        )
    for name, (small, large) in multiples.items():
        print(f"{name:34} 100 records {small:7.2f} ms   100,000 records {large:7.2f} ms   {large / small:6.1f}x")


async def round_of(folder: Path) -> tuple[dict[str, Large], dict[str, tuple[float, float]]]:
    """Measure one revision once."""
    async with serving(folder) as server:
        measured = await measure(server, CASES)
    async with serving(folder) as server:
        return measured, await ratios(server)


@contextmanager
def folders(against: str | None) -> Iterator[dict[str, Path]]:
    """Give the folders to measure, by what they are called."""
    with nullcontext() if against is None else checkout(against) as other:
        yield {"this": ROOT} if other is None else {str(against): other, "this": ROOT}


def main() -> None:
    """Measure this checkout, and another revision in turn if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--against", metavar="REVISION")
    options: Any = parser.parse_args()
    with folders(options.against) as places:
        rounds: dict[str, list[Any]] = {place: [] for place in places}
        for _ in range(options.rounds):
            for place, folder in places.items():
                rounds[place].append(asyncio.run(round_of(folder)))
        for place, taken in rounds.items():
            show(place, *middle(taken))


if __name__ == "__main__":
    main()
