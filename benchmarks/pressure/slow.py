"""Clients that read slowly, or not at all."""

import asyncio
import re

from pressure.client import Act, Client
from pressure.laws import Breach
from pressure.wire import Connection, MalformedAnswer, NoAnswer, request

UNREAD = 16384
"""Bytes that wait in this machine for a client that does not read."""

PAUSE = 0.02

_EVENT = re.compile(rb": .*|(id: \d+|event: amended)\ndata: \{.*\}|event: \w+\ndata: \w+")


class Slow(Client):
    """Lists a large organisation at a trickle, and opens event streams that it does not read."""

    def acts(self) -> list[tuple[float, Act]]:
        """Return what it does."""
        return [(3, self.trickle), (2, self.give_up), (2, self.ignore_events), (2, self.follow_events)]

    async def begin(self) -> None:
        """Learn what the large organisation's list is."""
        answer = await self.ask("GET", self.records)
        self.whole = answer.json()["results"]
        if len({record["api_id"] for record in self.whole}) != 10_000:
            raise Breach("lost", f"{len(self.whole)} records of 10,000")

    async def trickle(self) -> None:
        """Read a long list slowly, to its end."""
        connection = await self.another(UNREAD)
        try:
            await connection.send(request("GET", self.records))
            answering = _Trickle(connection)
            answer = await answering.answer()
            if answer != self.whole:
                raise Breach("malformed answer", "a long list that was read slowly is not the list")
        finally:
            connection.close()

    async def give_up(self) -> None:
        """Begin to read a long list or the archive, and go."""
        path = self.random.choice((self.records, f"{self.root}/_mock/state", f"{self.root}/_mock/journal.har"))
        connection = await self.another(UNREAD)
        await connection.send(request("GET", path))
        for _ in range(self.random.randrange(10)):
            await connection.receive(UNREAD)
            await asyncio.sleep(PAUSE)
        await asyncio.sleep(self.random.random() * 2)
        connection.vanish()

    async def ignore_events(self) -> None:
        """Open an event stream, and don't read it."""
        connection = await self._events(UNREAD)
        await asyncio.sleep(2 + self.random.random() * 8)
        connection.vanish()

    async def follow_events(self) -> None:
        """Read an event stream, whose events are whole and in order."""
        connection = await self._events(None)
        try:
            got = b""
            try:
                async with asyncio.timeout(2):
                    while data := await connection.receive():
                        got += data
            except TimeoutError:
                pass
            _see_events(got)
        finally:
            connection.close()

    async def _events(self, unread: int | None) -> Connection:
        root = self.root if self.random.random() < 0.5 else "/org/home-0"
        connection = await self.another(unread)
        await connection.send(request("GET", f"{root}/_mock/journal/events"))
        return connection


class _Trickle:
    """Reads an answer in small portions with pauses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def answer(self) -> object:
        """Return the records of the list that is the answer."""
        receive = self._connection.receive

        async def slowly(most: int) -> bytes:
            await asyncio.sleep(PAUSE)
            return await receive(min(most, UNREAD))

        self._connection.receive = slowly  # type: ignore[method-assign]
        return (await self._connection.answer()).json()["results"]


def _see_events(got: bytes) -> None:
    """See that what came of a stream is well-formed. Raises MalformedAnswer, NoAnswer."""
    if not got:
        raise NoAnswer("an event stream that does not begin")
    head, _, rest = got.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 503"):
        return  # there are enough of them already
    if b"text/event-stream" not in head:
        raise MalformedAnswer(f"no event stream: {head!r}")
    content = b"".join(_whole_chunks(rest))
    numbers = []
    for event in content.split(b"\n\n")[:-1]:
        if not _EVENT.fullmatch(event):
            raise MalformedAnswer(f"no event: {event[:300]!r}")
        numbers += [int(event[4 : event.index(b"\n")])] if event.startswith(b"id: ") else []
    if numbers != sorted(set(numbers)):
        raise MalformedAnswer(f"events out of order: {numbers}")


def _whole_chunks(rest: bytes) -> list[bytes]:
    chunks = []
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        try:
            length = int(size, 16)
        except ValueError:
            raise MalformedAnswer(f"no size of a chunk: {size[:100]!r}") from None
        if len(rest) < length + 2:
            break
        chunks.append(rest[:length])
        rest = rest[length + 2 :]
    return chunks
