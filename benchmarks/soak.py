"""Put the mock under mixed pressure for some minutes, and verify that nothing is lost, doubled or answered wrongly.

    python benchmarks/soak.py [--seconds 600] [--connections 64] [--seed 0]

Most clients know exactly what must be there: they create, read, list, search, change and delete records of their
own. Among them others send what no server can read, read slowly or not at all, vanish within a request or its
answer, reset the organisations that others work in, and make organisations that are dropped for room. The server
is a process of its own, and so is the soak. It ends with a table, and with 1 where a law was broken. What was sent
is decided by the seed; what meets what is not.

That memory is flat is claimed of four minutes and more: the mean of the last minute is within 5 % of the third's.
"""

import argparse
import asyncio
import statistics
import sys
import textwrap
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from pressure.client import RECORDS, Client
from pressure.keeper import Breaker, Keeper
from pressure.late import Late
from pressure.laws import LAWS, Laws
from pressure.nomad import ROOM, Nomad, Permits, Warden
from pressure.server import Server, serving
from pressure.shared import Changer, Changes, Sharer
from pressure.slow import Slow
from pressure.wire import Connection

ROOT = Path(__file__).parent.parent

ROLES = (Keeper, Late, Sharer, Nomad, Keeper, Slow, Changer, Breaker, Keeper, Keeper, Sharer, *[Keeper] * 5)
"""What sixteen connections are."""

HOMES, SHARED = 6, 4
"""In how many organisations keepers live, and how many are changed under the feet of those who work there."""

LARGE = "large"

JOURNAL = 1000
"""How many exchanges a journal holds: that of the large organisation is full, with long answers, from the start."""

GROWN = 240
"""Seconds from which on memory is judged."""


class Soak:
    """All clients of one soak, and what it measures beside them."""

    def __init__(self, connections: int, seed: str) -> None:
        self.laws = Laws()
        self._seed = seed
        self._roles = [ROLES[index % len(ROLES)] for index in range(connections)]
        self._changes = [Changes() for _ in range(SHARED)]
        late = [f"late-{index}" for index, role in enumerate(self._roles) if role is Late]
        homes, shared = [f"home-{n}" for n in range(HOMES)], [f"shared-{n}" for n in range(SHARED)]
        self.kept = [LARGE, *homes, *shared, *late]
        self.memory: list[float] = []
        self.journals = 0

    async def run(self, server: Server, seconds: float) -> None:
        """Put the server under pressure for so long."""
        await _make_large(server)
        permits = Permits()
        warden = Warden("warden", LARGE, server, self.laws, self._seed, kept=self.kept, permits=permits)
        clients = [self._client(index, role, server, permits) for index, role in enumerate(self._roles)]
        until = perf_counter() + seconds
        sampling = asyncio.create_task(self._sample(server))
        nomads = [asyncio.create_task(client.run(until)) for client in clients if isinstance(client, Nomad)]
        others = [asyncio.create_task(client.run(until)) for client in clients if not isinstance(client, Nomad)]
        keeping = asyncio.create_task(warden.run(until + 3600))  # no organisation may go before it is verified
        await asyncio.gather(*others)
        keeping.cancel()
        for nomad in nomads:  # they wait for permits that nobody gives any more
            nomad.cancel()
        await asyncio.gather(keeping, *nomads, return_exceptions=True)
        sampling.cancel()
        if server.runs:
            await self._measure_journals(server)

    def judge(self, server: Server, seconds: float) -> None:
        """Enter the breaches that only the whole shows."""
        if not server.runs:
            self.laws.breach("server log", "at the end", "the server has ended")
        for line in server.log:
            if line.startswith(("Traceback", "ERROR", "CRITICAL")):
                self.laws.breach("server log", "all the while", line)
        if seconds >= GROWN:
            third, last = statistics.fmean(self.memory[120:180]), statistics.fmean(self.memory[-60:])
            if abs(last / third - 1) > 0.05:
                self.laws.breach(
                    "memory", "all the while", f"{third:.0f} MB in the third minute, {last:.0f} MB in the last"
                )

    def _client(self, index: int, role: type[Client], server: Server, permits: Permits) -> Client:
        name = f"{role.__name__.lower()}{index:03}"
        common = server, self.laws, self._seed
        if issubclass(role, Keeper):
            return role(name, f"home-{index % HOMES}", *common)
        if role is Late:
            return Late(name, f"late-{index}", *common)
        if role is Slow:
            return Slow(name, LARGE, *common)
        if role is Nomad:
            return Nomad(name, "", *common, permits=permits)
        # The sharers of sixteen connections are in the organisation that their changer changes.
        number = index // len(ROLES) % SHARED
        assert role in (Sharer, Changer)
        return role(name, f"shared-{number}", *common, changes=self._changes[number])  # type: ignore[call-arg]

    async def _sample(self, server: Server) -> None:
        while server.runs:
            self.memory.append(server.resident())
            await asyncio.sleep(1)

    async def _measure_journals(self, server: Server) -> None:
        connection = await Connection.open(server.port)
        organisations = (await connection.ask("GET", "/_mock/organisations")).json()["organisations"]
        for organisation in organisations:
            answer = await connection.ask("GET", f"/org/{organisation['name']}/_mock/journal")
            self.journals += len(answer.body)
        connection.close()


async def _make_large(server: Server) -> None:
    connection = await Connection.open(server.port)
    body = orjson.dumps({"name": "large"})
    answer = await connection.ask("PUT", f"/org/{LARGE}/_mock/scenario", body)
    assert answer.status == 200, answer
    for _ in range(JOURNAL):
        await connection.ask("GET", f"/org/{LARGE}{RECORDS}?limit=300")
    connection.close()


def show(soak: Soak, server: Server, seconds: float, peak: float) -> None:
    """Print what was done, what was measured, and each law."""
    laws, memory = soak.laws, soak.memory
    print(f"\n{sum(laws.done.values()):,} acts in {seconds:.0f} s:")
    acts = [f"{count:,} {name}" for name, count in laws.done.most_common()]
    print(textwrap.fill(", ".join(acts), 120, initial_indent="  ", subsequent_indent="  "))
    print(f"\n{server.drops:,} organisations were dropped for room")
    times = "  ".join(f"{name} {laws.quantile(share):.1f} ms" for name, share in (("p50", 0.5), ("p99", 0.99)))
    print(f"{len(laws.light):,} light requests: {times}  max {laws.quantile(1):.1f} ms")
    minutes = [statistics.fmean(memory[start : start + 60]) for start in range(0, len(memory), 60)]
    print(f"resident, mean of each minute: {', '.join(f'{mean:.0f}' for mean in minutes)} MB; peak {peak:.0f} MB")
    print(f"journals at the end: {soak.journals / 1e6:.1f} MB as JSON\n")
    for law, text in LAWS.items():
        print(f"{laws.broken[law].total():9,}  {law:16}  {text}")
        for act, count in laws.broken[law].most_common():
            print(f"{'':11}{count:,} times: {act}\n{'':13}{laws.examples[law, act]}")


async def soaked(seconds: float, connections: int, seed: str) -> bool:
    """Run the soak and show it; return whether every law held."""
    soak = Soak(connections, seed)
    room = str(1 + len(soak.kept) + ROOM)
    async with serving(ROOT, "--scenario", "empty", "--max-organisations", room) as server:
        await soak.run(server, seconds)
        soak.judge(server, seconds)
        peak = server.resident("VmHWM") if server.runs else 0.0
    show(soak, server, seconds, peak)
    return soak.laws.held


def main() -> None:
    """Read the options, run, and end with 1 where a law was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seed", default="0")
    options: Any = parser.parse_args()
    sys.exit(not asyncio.run(soaked(options.seconds, options.connections, options.seed)))


if __name__ == "__main__":
    main()
