"""Requests that outlive their client or their world: what they began must not be done."""

import asyncio
from time import perf_counter
from typing import Any

from pressure.client import Act, Client, differences, is_over
from pressure.laws import Breach
from pressure.wire import Answer, Connection, NoAnswer, request

GONE_EARLY = 1.5
"""Seconds that a creation waits for a client that goes at once: far longer than the server is ever busy."""

DELAY = 0.4

SETTLED = 0.2
"""Seconds after which a request whose client went is done or never will be."""


class Late(Client):
    """Alone in an organisation, so that all that is there is known; creates, and vanishes or resets meanwhile."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.perhaps: set[str] = set()
        """What may have been created: also after a reset that overtook it."""

    def acts(self) -> list[tuple[float, Act]]:
        """Return what it does."""
        return [
            (6, self.create),
            (4, self.list_all),
            (3, self.vanish_within_the_body),
            (3, self.vanish_before_the_answer),
            (3, self.vanish_within_the_answer),
            (2, self.vanish_within_the_delay),
            (2, self.reset_within_the_delay),
            (2, self.reset_within_the_body),
        ]

    async def begin(self) -> None:
        """Start with nothing."""
        self.model: dict[str, dict[str, Any]] = {}
        await self.ask("POST", f"{self.root}/_mock/reset", due=(204,))

    async def end(self) -> None:
        """See that all is there."""
        await self.list_all()

    async def create(self) -> None:
        """Create a record, and sometimes start anew where there are many."""
        if len(self.model) > 40:
            await self.begin()
        body = self.new_record()
        answer = await self.ask("POST", self.records, body, due=(201,))
        self.model[body["api_id"]] = answer.json()

    async def list_all(self) -> None:
        """List the organisation: all that was answered, and nothing but that and what may have been done."""
        results = (await self.ask("GET", self.records)).json()["results"]
        shown = {record["api_id"]: record for record in results}
        if len(shown) < len(results):
            raise Breach("doubled", f"{len(results)} records have {len(shown)} api_ids")
        lost = self.model.keys() - shown.keys()
        if lost:
            raise Breach("lost", f"not listed: {sorted(lost)}")
        risen = shown.keys() - self.model.keys() - self.perhaps
        if risen:
            raise Breach("risen", f"listed: {sorted(risen)}")
        for api_id, record in self.model.items():
            if shown[api_id] != record:
                raise Breach("changed", differences(shown[api_id], record))

    async def vanish_within_the_body(self) -> None:
        """Go before the request is whole: it is none."""
        data = request("POST", self.records, self.new_record())
        await self._vanish_after(data[: -self.random.randrange(1, 60)])

    async def vanish_before_the_answer(self) -> None:
        """Go when all is sent: the creation may have been done or not."""
        body = self.new_record()
        self.perhaps.add(body["api_id"])
        await self._vanish_after(request("POST", self.records, body))

    async def vanish_within_the_answer(self) -> None:
        """Go when the answer begins."""
        connection = await self.another(unread=4096)
        await connection.send(request("GET", self.records) * 4)
        await connection.receive(100)
        connection.vanish()

    async def vanish_within_the_delay(self) -> None:
        """Go while a creation waits: it is not done."""
        body = self.new_record()
        connection = await self.another()
        await connection.send(request("POST", self.records, body, f"Prefer: delay={GONE_EARLY}\r\n"))
        await asyncio.sleep(0.05)
        connection.vanish()
        await asyncio.sleep(GONE_EARLY + 1)
        answer = await self.ask("GET", f"{self.records}{body['api_id']}/", due=(404, 200))
        if answer.status == 200:
            self.model[body["api_id"]] = answer.json()
            raise Breach("undone", f"POST with Prefer: delay={GONE_EARLY}, RST after 0.05 s, and it was created")

    async def reset_within_the_delay(self) -> None:
        """Change the world while a creation waits: it is not done in the new one."""
        await asyncio.sleep(SETTLED)
        body = self.new_record()
        connection = await self.another()
        try:
            sent = perf_counter()
            await connection.send(request("POST", self.records, body, f"Prefer: delay={DELAY}\r\n"))
            await asyncio.sleep(0.1)
            before = perf_counter()
            what = await self._new_world()
            after = perf_counter()
            answer = await _ended(connection)
            # It had begun before the world was changed, and ended after that.
            if perf_counter() - DELAY < before and after < sent + DELAY:
                await self._see_no_trace(body, answer, f"POST with Prefer: delay={DELAY}, {what} after 0.1 s")
            else:
                await self.begin()
        finally:
            connection.close()

    async def reset_within_the_body(self) -> None:
        """Change the world while the body of a creation is on its way: it is not done in the new one."""
        await asyncio.sleep(SETTLED)
        body = self.new_record()
        data = request("POST", self.records, body, "Expect: 100-continue\r\n")
        head, end, content = data.partition(b"\r\n\r\n")
        connection = await self.another()
        try:
            await connection.send(head + end)
            if (await connection.answer("POST")).status != 100:  # it says that the server has begun to read
                return
            await connection.send(content[:10])
            what = await self._new_world()
            await connection.send(content[10:])
            answer = await _ended(connection)
            await self._see_no_trace(body, answer, f"POST with half its body, {what}, the other half")
        finally:
            connection.close()

    async def _new_world(self) -> str:
        """Change the world, set a fault for the first creation in it, and return what was done."""
        path, method = f"{self.root}/_mock/", "PUT"
        content: object
        name = self.random.choice(("reset", "scenario", "state"))
        if name == "reset":
            method, content = "POST", None
        elif name == "scenario":
            content = {"name": "empty"}
        else:
            content = (await self.ask("GET", path + "state")).json() | {"records": []}
            await self.ask("DELETE", path + "journal", due=(204,))
        await self.ask(method, path + name, content, due=(200, 204))
        self.model = {}
        fault = {"operations": ["create_record"], "when": "after", "status": 556, "times": 1}
        await self.ask("PUT", path + "faults", {"faults": [fault]})
        return f"{method} {name}"

    async def _see_no_trace(self, body: dict[str, Any], answer: Answer | None, what: str) -> None:
        path = f"{self.root}/_mock/"
        traces = []
        if answer is not None and not is_over(answer):
            traces.append(f"it was answered {answer.status}")
        if (await self.ask("GET", f"{self.records}{body['api_id']}/", due=(404, 200))).status == 200:
            traces.append("the record is there")
        journal = (await self.ask("GET", path + "journal?operation=create_record")).json()["exchanges"]
        if any(body["api_id"] in exchange["request"]["body"] for exchange in journal):
            traces.append("it is in the new journal")
        faults = (await self.ask("GET", path + "faults")).json()["faults"]
        if faults[0]["struck"]:
            traces.append("it met the new world's fault")
        await self.begin()
        if traces:
            raise Breach("old world", f"{what}: {', '.join(traces)}")

    async def _vanish_after(self, data: bytes) -> None:
        connection = await self.another()
        await connection.send(data)
        if self.random.random() < 0.5:
            await asyncio.sleep(self.random.random() * 0.01)
        if self.random.random() < 0.5:
            connection.vanish()
        else:
            connection.close()


async def _ended(connection: Connection) -> Answer | None:
    """Return the answer that there is, if any: a world that is gone may also take its connections with it."""
    try:
        return await connection.answer("POST")
    except NoAnswer:
        return None
