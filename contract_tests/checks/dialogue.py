"""A dialogue: a few steps that make their own records, judged as they go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import requests

from ..client.exchange import Exchange
from ..client.service import Service
from ..client.step import WALK, Step, Symbols, query, quoted
from ..client.walk import Walk
from ..judge import Judge
from ..safety.guard import Blocked
from ..safety.ownership import State

JSON = ("Content-Type", "application/json")

WALKS = 3


class SetupFailed(Exception):
    """The service would not let the dialogue be set up; whatever rule that breaks is noted by the judge."""


@dataclass(frozen=True)
class Performed:
    """A step and the last exchange of it; None when the guard blocked it."""

    step: Step
    exchange: Exchange | None


class Dialogue:
    """Performs steps against the service and lets the judge see every exchange.

    All ids here are symbolic: `<<run>>x` lies under this dialogue's own prefix, `<<made:1>>` is what the service gave.
    """

    def __init__(self, service: Service, judge: Judge, symbols: Symbols) -> None:
        self.service = service
        self.judge = judge
        self.symbols = symbols
        self.performed: list[Performed] = []
        self._made = 0
        self._ids = 0

    # Performing

    def perform(self, step: Step) -> Exchange | None:
        """Perform one step; return the exchange, or None when it can't be sent or the guard blocks it."""
        if step.method == WALK:
            return self._walk_step(step).last
        if self.symbols.lack_any(step.target) or self.symbols.lack_any(step.body or ""):
            # The step that would have given it its name was left out, or failed: there is nothing to ask for.
            self.performed.append(Performed(step, None))
            return None
        target = self.symbols.in_target(step.target)
        body = None if step.body is None else self.symbols.in_body(step.body).encode("utf-8", "surrogatepass")
        try:
            exchange = self.service.send(step.method, target, body, dict(step.headers), self._observe)
        except (Blocked, requests.exceptions.InvalidURL):
            self.performed.append(Performed(step, None))
            return None
        self.performed.append(Performed(step, exchange))
        if step.names and exchange.ok and isinstance(exchange.answer, dict):
            api_id = exchange.answer.get("api_id")
            if isinstance(api_id, str):
                self.symbols.values[step.names] = api_id
        return exchange

    def take(self, step: Step, exchange: Exchange) -> None:
        """Take in and judge an exchange that somebody else sent; what it made is named, to be deleted with the rest."""
        if exchange.method == "POST" and exchange.ok and isinstance(exchange.answer, dict):
            api_id = exchange.answer.get("api_id")
            if isinstance(api_id, str) and not self.service.ledger.chosen(api_id):
                self._made += 1
                step = replace(step, names=f"made:{self._made}")
                self.symbols.values[step.names] = api_id
        self._observe(exchange)
        self.performed.append(Performed(step, exchange))

    def _observe(self, exchange: Exchange) -> None:
        self.judge.observe(exchange, self._number)

    @property
    def _number(self) -> int:
        """The number of the step that is being performed."""
        return len(self.performed) + 1

    def _walk_step(self, step: Step) -> Walk:
        unsettled = self.judge.lists.unsettled
        walk, settled = self._walk_once(), False
        for _ in range(WALKS - 1):
            if not unsettled(walk) or settled:
                break
            before, walk = walk, self._walk_once()
            settled = before.same(walk)
        self.judge.walked(walk, self._number, settled=settled or not unsettled(walk))
        self.performed.append(Performed(step, walk.last))
        return walk

    def _walk_once(self) -> Walk:
        return self.service.walk(lambda exchange: self.judge.observe(exchange, self._number, in_walk=True))

    # Steps

    def new_id(self, tail: str = "") -> str:
        """A symbolic api_id that no record of the run has yet."""
        self._ids += 1
        return f"<<run>>{self._ids}{tail}"

    def request(
        self,
        method: str,
        api_id: str | None = None,
        body: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        parameters: Sequence[tuple[str, str]] = (),
        names: str = "",
    ) -> Exchange | None:
        """Send any request to the collection, or to the record `api_id`."""
        return self.perform(Step(method, self.path(api_id) + query(parameters), body, tuple(headers), names))

    def path(self, api_id: str | None) -> str:
        """The path of a record, or of the collection for None, percent-encoded but for symbols."""
        spec = self.service.spec
        if api_id is None:
            return spec.collection
        head, _, rest = spec.record.partition("{")
        return head + quoted(api_id) + rest.partition("}")[2]

    def post(self, body: Any) -> Exchange | None:
        """POST any JSON value; name what it makes when the service chooses the id."""
        names = ""
        if not (isinstance(body, dict) and body.get("api_id")):
            self._made += 1
            names = f"made:{self._made}"
        return self.request("POST", body=json.dumps(body), headers=[JSON], names=names)

    def create(self, body: Mapping[str, Any]) -> str:
        """POST a valid record; return its symbolic api_id. Raises SetupFailed when it is refused."""
        exchange = self.post(dict(body))
        if exchange is None or not exchange.ok:
            raise SetupFailed(f"a record could not be created: {_shown(exchange)}")
        api_id = body.get("api_id")
        if not api_id:
            api_id = f"<<made:{self._made}>>"
            if api_id[2:-2] not in self.symbols.values:
                raise SetupFailed("the answer to a creation holds no api_id")
        return str(api_id)

    def read(self, api_id: str) -> Exchange | None:
        """GET a record."""
        return self.request("GET", api_id)

    def put(self, api_id: str, body: Any) -> Exchange | None:
        """PUT any JSON value to a record."""
        return self.request("PUT", api_id, json.dumps(body), [JSON])

    def patch(self, api_id: str, body: Any) -> Exchange | None:
        """PATCH a record with any JSON value."""
        return self.request("PATCH", api_id, json.dumps(body), [JSON])

    def delete(self, api_id: str) -> Exchange | None:
        """DELETE a record."""
        return self.request("DELETE", api_id)

    def page(self, **parameters: str | int | None) -> Exchange | None:
        """GET the list with these parameters."""
        given = [(name, str(value)) for name, value in parameters.items() if value is not None]
        return self.request("GET", parameters=given)

    def walk(self) -> Walk:
        """Read the whole list."""
        return self._walk_step(Step(WALK, self.service.spec.collection))

    # Ending

    def clear(self) -> None:
        """Delete what this dialogue made, unjudged. What can't be deleted stays in the ledger for the end."""
        prefix = self.symbols.values["run"]
        made = {value for name, value in self.symbols.values.items() if name.startswith("made:")}
        ledger = self.service.ledger
        for api_id in ledger.standing():
            mine = api_id.startswith(prefix) or (api_id in made and ledger.owns(api_id))
            if mine and ledger.state(api_id) not in (State.PLANNED, State.DELETED):
                try:
                    self.service.send("DELETE", self.path(api_id))
                except Blocked:
                    continue


def _shown(exchange: Exchange | None) -> str:
    return "the guard blocked the request" if exchange is None else f"{exchange.status} {exchange.text[:300]}"
