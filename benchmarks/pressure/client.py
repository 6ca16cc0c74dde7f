"""One client of the soak: its connection, its random choices, and what every answer must be."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from random import Random
from time import perf_counter
from typing import Any

from pressure.laws import Breach, Laws
from pressure.server import Server
from pressure.wire import Answer, Connection, MalformedAnswer, NoAnswer

RECORDS = "/training/record/"
PERSON = "usr-amara-okafor"
PACKAGES = ("pkg-fire-safety", "pkg-data-protection")
"""What every scenario that the soak uses has."""

Act = Callable[[], Awaitable[None]]


class Client:
    """Does one thing after the other in one organisation, each chosen by its weight, until the time is over.

    Subclasses give the things to do in `acts`, and in `begin` what makes their model true (anew, after a breach).
    """

    def __init__(self, name: str, organisation: str, server: Server, laws: Laws, seed: str) -> None:
        self.name = name
        self.organisation = organisation
        self.root = f"/org/{organisation}"
        self.records = self.root + RECORDS
        self.server = server
        self.laws = laws
        self.random = Random(f"{seed}/{name}")
        self._connection: Connection | None = None
        self._numbers = 0

    def acts(self) -> list[tuple[float, Act]]:
        """Return what this client does, each with its weight."""
        raise NotImplementedError

    async def begin(self) -> None:
        """Make ready; called again after a breach."""

    async def end(self) -> None:
        """Verify what only shows at the end."""

    async def run(self, until: float) -> None:
        """Act until then, on the clock of perf_counter; enter every breach."""
        weights, acts = zip(*((weight, act) for weight, act in self.acts()), strict=True)
        ready = False
        while perf_counter() < until and self.server.runs:
            if not ready:
                ready = await self._guarded(self.begin)
                continue
            [act] = self.random.choices(acts, weights)
            ready = await self._guarded(act)
        if ready and self.server.runs:
            await self._guarded(self.end)
        self.leave()

    async def _guarded(self, act: Act) -> bool:
        name = act.__name__.replace("_", " ")
        try:
            await act()
        except Breach as breach:
            self.laws.breach(breach.law, breach.by or name, f"{self.name}: {breach.detail}")
        except MalformedAnswer as error:
            self.laws.breach("malformed answer", name, f"{self.name}: {error}")
        except (NoAnswer, OSError) as error:
            self.laws.breach("no answer", name, f"{self.name}: {error}")
        else:
            self.laws.done[name] += 1
            return True
        self.leave()
        await asyncio.sleep(0.05)
        return False

    def leave(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def connection(self) -> Connection:
        """Return the connection, a new one where there is none."""
        if self._connection is None:
            self._connection = await self.another()
        surplus = self._connection.surplus()
        if surplus:
            raise Breach("malformed answer", f"bytes beyond the last answer: {surplus[:300]!r}")
        return self._connection

    async def another(self, unread: int | None = None) -> Connection:
        """Return a connection beside the client's own."""
        return await Connection.open(self.server.port, unread)

    async def ask(
        self, method: str, path: str, body: object = None, headers: str = "", due: Collection[int] = (200,)
    ) -> Answer:
        """Send a request on the client's connection and return its answer, whose status must be due."""
        connection = await self.connection()
        answer = await connection.ask(method, path, body, headers)
        if answer.headers.get("connection") == "close":
            self.leave()
        self.check(answer, f"{method} {path}", due, body)
        return answer

    def check(self, answer: Answer, what: str, due: Collection[int], body: object = None) -> None:
        """See that an answer has a status that is due. Raises Breach."""
        if answer.status in due:
            return
        law = "unasked 5xx" if answer.status >= 500 else "wrong status"
        sent = "" if body is None else f" with {str(body)[:200]}"
        raise Breach(law, f"{answer.status} for {what}{sent}, due {sorted(due)}: {answer.body[:300]!r}")

    def number(self) -> int:
        """Return the next number of this client."""
        self._numbers += 1
        return self._numbers

    def new_record(self, person: str = PERSON, named: bool = True) -> dict[str, Any]:
        """Return the body of a creation that is told from all others by its `date_started`."""
        number = self.number()
        body: dict[str, Any] = {"person_api_id": person, "package_api_id": self.random.choice(PACKAGES)}
        if named:
            body["api_id"] = f"{self.name}-{number}"
        seconds, micro = divmod(number * 7, 999_999)
        body["date_started"] = f"2026-01-05T{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        body["date_started"] += f".{micro + 1:06}Z"
        return body


def is_over(answer: Answer) -> bool:
    """Say whether an answer tells that the organisation was reset or dropped while the request was under way."""
    if answer.status != 503:
        return False
    detail = str(answer.json().get("detail", ""))
    return "reset" in detail or "dropped" in detail


def differences(shown: dict[str, Any], model: dict[str, Any]) -> str:
    """Return in which fields a record as it is shown differs from the model."""
    fields = sorted(shown.keys() | model.keys())
    return ", ".join(
        f"{name} is {shown.get(name)!r} and not {model.get(name)!r}"
        for name in fields
        if shown.get(name) != model.get(name)
    )
