"""Organisations that come and go: nomads leave them, and a warden keeps those that others live in."""

import asyncio
from collections import deque
from time import perf_counter
from typing import Any

from pressure.client import RECORDS, Act, Client, is_over
from pressure.laws import Breach
from pressure.wire import Connection, request

VISITS = 4
"""How many organisations are made or visited again in one round of the warden."""

ROOM = 3 * VISITS
"""How many organisations beside those that are kept there is room for.

Between two touches of one that is kept there are at most two rounds, and what the nomads were in before.
"""


class Permits:
    """How many more organisations may be visited in this round."""

    def __init__(self) -> None:
        self._left = asyncio.Semaphore(0)

    def give(self) -> None:
        """Allow the visits of one round, where those before have been made."""
        if self._left.locked():
            for _ in range(VISITS):
                self._left.release()

    async def take(self) -> None:
        """Wait for the next visit that is allowed."""
        await self._left.acquire()


class Warden(Client):
    """Uses every organisation that others work in, round after round, so that none of them is dropped for room."""

    def __init__(self, *args: Any, kept: list[str], permits: Permits) -> None:
        super().__init__(*args)
        self.kept = kept
        self.permits = permits

    def acts(self) -> list[tuple[float, Act]]:
        """Return the one thing it does."""
        return [(1, self.round)]

    async def round(self) -> None:
        """Use each organisation once, and let nomads come."""
        for organisation in self.kept:
            await self.ask("GET", f"/org/{organisation}/_mock/clock")
            if organisation in self.server.dropped:
                del self.server.dropped[organisation]
                raise Breach("dropped in use", organisation)
        self.permits.give()
        await asyncio.sleep(0.02)


class Nomad(Client):
    """Makes an organisation, works there for a moment, and leaves it to be dropped."""

    def __init__(self, *args: Any, permits: Permits) -> None:
        super().__init__(*args)
        self.permits = permits
        self.left: deque[tuple[str, set[str]]] = deque(maxlen=200)

    def acts(self) -> list[tuple[float, Act]]:
        """Return what it does."""
        return [(8, self.visit), (2, self.come_back), (1, self.be_dropped), (0.5, self.listen)]

    async def visit(self) -> None:
        """Create two records in a new organisation, and find them."""
        root = await self._arrive()
        made = set()
        for _ in range(2):
            body = self.new_record(named=self.random.random() < 0.5)
            made.add((await self.ask("POST", root + RECORDS, body, due=(201,))).json()["api_id"])
        there = await self._there(root)
        if there != made:
            raise Breach("lost" if made - there else "risen", f"made {sorted(made)}, listed {sorted(there)}")
        self.left.append((root, made))

    async def come_back(self) -> None:
        """Visit an organisation again: all is there, or it was dropped and nothing is."""
        if not self.left:
            return
        await self.permits.take()
        root, made = self.random.choice(self.left)
        there = await self._there(root)
        if there not in (made, set()):
            raise Breach("lost", f"neither all nor nothing: made {sorted(made)}, listed {sorted(there)}")
        self.left.remove((root, made))

    async def be_dropped(self) -> None:
        """Create a record in an organisation that is dropped meanwhile: it is not answered 201."""
        root = await self._arrive()
        body = self.new_record()
        sent = perf_counter()
        answer = await self.ask("POST", root + RECORDS, body, "Prefer: delay=3\r\n", (201, 503))
        answered = perf_counter()
        dropped = self.server.dropped.get(root.removeprefix("/org/"))
        fell = dropped is not None and sent + 0.5 < dropped < answered - 0.5
        if answer.status == 201 and fell:
            raise Breach("old world", "POST with Prefer: delay=3, its organisation was dropped meanwhile, and 201")
        if answer.status == 503 and not is_over(answer):
            raise Breach("unasked 5xx", f"for a creation that was under way: {answer.body[:300]!r}")

    async def listen(self) -> None:
        """Open an event stream in an organisation and leave it alone for so long that it may be dropped."""
        root = await self._arrive()
        stream = await self.another()
        try:
            await stream.send(request("GET", f"{root}/_mock/journal/events"))
            await asyncio.sleep(3)
            body = self.new_record()
            await self.ask("POST", root + RECORDS, body, due=(201,))
            if not await _told(stream, body["api_id"].encode()):
                raise Breach(
                    "dead stream", f"GET {root}/_mock/journal/events, 3 s later a POST there: no event, no end"
                )
        finally:
            stream.close()

    async def _arrive(self) -> str:
        await self.permits.take()
        return f"/org/{self.name}-{self.number()}"

    async def _there(self, root: str) -> set[str]:
        found = await self.ask("GET", root + RECORDS)
        return {record["api_id"] for record in found.json()["results"] if record["api_id"] != "rec-0001"}


async def _told(stream: Connection, what: bytes) -> bool:
    """Say whether a stream tells of this, or is ended, within a second."""
    got = b""
    try:
        async with asyncio.timeout(1):
            while data := await stream.receive():
                got += data
                if what in got:
                    return True
    except TimeoutError:
        return False
    except OSError:
        pass
    return True
