"""Organisations whose world is changed under the feet of those who work there."""

import asyncio
from typing import Any

from pressure.client import PACKAGES, PERSON, Act, Client, differences, is_over
from pressure.laws import Breach
from pressure.wire import NoAnswer, request

FAULT = 555
"""The status of faults that are set for everybody: nothing else answers with it."""


class Changes:
    """How many changes of a world were sent, and how many of them answered."""

    def __init__(self) -> None:
        self.sent = 0
        self.answered = 0

    def quiet(self) -> int | None:
        """Return the number of this world where no change is under way, else None."""
        return self.sent if self.sent == self.answered else None

    def lasts(self, world: int | None) -> bool:
        """Say whether the world with this number is surely still the one there is."""
        return world is not None and self.quiet() == world


class Sharer(Client):
    """Works in a world that others change: what it made is there for as long as no change was sent."""

    def __init__(self, *args: Any, changes: Changes) -> None:
        super().__init__(*args)
        self.changes = changes
        self.world: int | None = None
        self.model: dict[str, dict[str, Any]] = {}

    def acts(self) -> list[tuple[float, Act]]:
        """Return what it does."""
        return [(5, self.create), (5, self.read), (2, self.list_all), (2, self.patch), (1, self.delete)]

    async def begin(self) -> None:
        """Know nothing."""
        self.world, self.model = None, {}

    async def create(self) -> None:
        """Create a record, which is there if no change met it."""
        world = self._world()
        body = self.new_record(named=self.random.random() < 0.7)
        answer = await self.ask("POST", self.records, body, due=(201, 503, FAULT))
        self._asked_for(answer, world)
        if answer.status == 201 and self.changes.lasts(world):
            record = answer.json()
            if record["date_started"] != body["date_started"] or record["api_id"] in self.model:
                raise Breach("foreign answer", f"{record} for {body}")
            self.model[record["api_id"]] = record

    async def read(self) -> None:
        """Read a record that was made in this world."""
        if not self._world_of_model():
            await self.create()
            return
        api_id = self.random.choice(list(self.model))
        world = self.world
        answer = await self.ask("GET", f"{self.records}{api_id}/", due=(200, 404, 503, FAULT))
        self._asked_for(answer, world)
        if answer.status == 404 and self.changes.lasts(world):
            raise Breach("lost", f"404 for {self.records}{api_id}/, created in this world")
        if answer.status == 200 and self.changes.lasts(world) and answer.json() != self.model[api_id]:
            raise Breach("changed", differences(answer.json(), self.model[api_id]))

    async def patch(self) -> None:
        """Change a record."""
        if not self._world_of_model():
            return
        api_id, world = self.random.choice(list(self.model)), self.world
        changes = {"package_api_id": self.random.choice(PACKAGES)}
        answer = await self.ask("PATCH", f"{self.records}{api_id}/", changes, due=(200, 404, 503, FAULT))
        self._asked_for(answer, world)
        if not self.changes.lasts(world):
            return
        if answer.status == 404:
            raise Breach("lost", f"404 for PATCH of {self.records}{api_id}/, created in this world")
        if answer.status == 200:
            self.model[api_id] = answer.json()
        else:
            del self.model[api_id]  # it is not known what it is now

    async def delete(self) -> None:
        """Delete a record."""
        if not self._world_of_model():
            return
        api_id, world = self.random.choice(list(self.model)), self.world
        answer = await self.ask("DELETE", f"{self.records}{api_id}/", due=(204, 404, 503, FAULT))
        del self.model[api_id]
        self._asked_for(answer, world)
        if answer.status == 404 and self.changes.lasts(world):
            raise Breach("lost", f"404 for DELETE of {self.records}{api_id}/, created in this world")

    async def list_all(self) -> None:
        """List the organisation: each record once, and all that were made in this world."""
        known = dict(self.model) if self._world_of_model() else {}
        world = self.world
        answer = await self.ask("GET", self.records, due=(200, 503, FAULT))
        self._asked_for(answer, world)
        if answer.status != 200:
            return
        results = {record["api_id"]: record for record in answer.json()["results"]}
        if len(results) != answer.json()["count"]:
            raise Breach("doubled", f"count {answer.json()['count']}, {len(results)} api_ids in GET {self.records}")
        if self.changes.lasts(world):
            for api_id, record in known.items():
                if results.get(api_id) != record:
                    raise Breach("lost", f"{api_id} of this world is not listed as it is: {results.get(api_id)}")

    def _world(self) -> int | None:
        world = self.changes.quiet()
        if world != self.world:
            self.world, self.model = world, {}
        return world

    def _world_of_model(self) -> bool:
        return self._world() is not None and bool(self.model)

    def _asked_for(self, answer: Any, world: int | None) -> None:
        if answer.status == 503 and (not is_over(answer) or self.changes.lasts(world)):
            raise Breach("unasked 5xx", f"503 where nothing was reset: {answer.body[:300]!r}")


class Changer(Client):
    """Resets, replaces and disturbs one organisation."""

    def __init__(self, *args: Any, changes: Changes) -> None:
        super().__init__(*args)
        self.changes = changes

    def acts(self) -> list[tuple[float, Act]]:
        """Return what it does."""
        rest = self.look_on
        return [(2, self.reset), (1, self.scenario), (1, self.document), (1, self.state), (2, self.faults),
                (1, self.drop), (12, rest)]  # fmt: skip

    async def _change(self, method: str, path: str, body: object = None, due: tuple[int, ...] = (200, 204)) -> None:
        self.changes.sent += 1
        try:
            await self.ask(method, f"{self.root}/_mock/{path}", body, due=due)
        finally:
            self.changes.answered += 1

    async def look_on(self) -> None:
        """Read what the dashboard reads."""
        for path in ("people", "scenario", "coverage", "journal?limit=50&operation=create_record"):
            await self.ask("GET", f"{self.root}/_mock/{path}", headers="Prefer: unobserved\r\n")

    async def reset(self) -> None:
        """Reset the organisation."""
        await self._change("POST", "reset")

    async def scenario(self) -> None:
        """Start from another scenario."""
        await self._change("PUT", "scenario", {"name": self.random.choice(("empty", "default"))})

    async def document(self) -> None:
        """Start from a scenario that is sent, or try to with one that is wrong."""
        wrong = self.random.random() < 0.3
        person = {"api_id": PERSON, "name": "Amara Okafor"}
        packages = [{"api_id": p, "name": p, "description": f"About {p}"} for p in PACKAGES]
        document = {"people": [person, person] if wrong else [person], "packages": packages}
        await self._change("PUT", "scenario", {"document": document}, (400,) if wrong else (200,))

    async def state(self) -> None:
        """Put what was got, and get what was put."""
        path = f"{self.root}/_mock/state"
        state = (await self.ask("GET", path)).json()
        state["records"] = state["records"][:50]
        await self._change("PUT", "state", state)

    async def faults(self) -> None:
        """Make some requests slow, and some creations fail after they were stored."""
        slow = {"delay": {"from": 0.01, "to": 0.2}, "probability": 0.3}
        fail = {"operations": ["create_record"], "when": "after", "status": FAULT, "times": 3}
        await self.ask("PUT", f"{self.root}/_mock/faults", {"faults": [slow, fail]})

    async def drop(self) -> None:
        """Have one answer broken off in its middle, or never sent."""
        fault = {"operations": ["replace_record"], self.random.choice(("drop", "hang")): True}
        await self.ask("PUT", f"{self.root}/_mock/faults", {"faults": [fault]})
        connection = await self.another()
        try:
            await connection.send(request("PUT", f"{self.records}no-such/", self.new_record()))
            async with asyncio.timeout(0.3):
                answer = await connection.answer("PUT")
        except (NoAnswer, TimeoutError):
            return
        finally:
            connection.close()
        raise Breach("wrong status", f"{answer.status} where the answer was to be broken off or to hang")
