"""A dialogue: a few steps that make their own records, judged as they go."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import requests

from ..client.dialect import FLUENT, PLAIN_LATER, PLAIN_PAST, Dialect
from ..client.exchange import Exchange
from ..client.retry_after import retry_after
from ..client.service import Service
from ..client.step import WALK, Step, Symbols, query, quoted
from ..client.walk import Walk
from ..instants import utc_now
from ..json_text import MISSING
from ..judge import Judge
from ..records import record_in
from ..safety.guard import Blocked
from ..safety.ownership import State

T = TypeVar("T")

JSON = ("Content-Type", "application/json")

WHOLE_DATES = {"date_started": PLAIN_PAST, "date_completed": PLAIN_LATER}

LONGEST_WAIT = 20.0
"""The most seconds that a service is left alone for, as it asks, before a dialogue is begun again."""

WALKS = 3

FIRST_PAUSE = 0.1
"""Seconds until a reading that shows a write late, or not at all, is repeated; each next pause is twice as long."""

LATE = frozenset(
    {
        "api-id-kept",
        "api-id-generated",
        "api-id-queryable",
        "create-returns-record",
        "get-returns-record",
        "list-has-records",
        "listed-once",
        "put-updates",
        "patch-is-partial",
        "update-touches-one-record",
        "update-renames",
        "update-keeps-api-id",
        "delete-removes-one-record",
        "dates-kept",
        "dates-to-the-microsecond",
        "date-assigned-kept",
        "absent-dates-are-null",
        "null-clears-date",
        "search-narrows",
        "package-has-many-records",
        "package-desc-populated",
        "package-desc-is-the-same",
        "package-desc-follows-package",
        "pair-may-repeat",
        "unknown-record-is-404",
        "api-id-taken-is-409",
        "rename-to-taken-is-409",
    }
)
"""The rules that a service seems to break as long as it shows what was before the last write."""


class SetupFailed(Exception):
    """The service would not let the dialogue be set up: it refused what it may refuse, or failed."""

    def __init__(self, why: str, *, passes_in: float | None = None) -> None:
        super().__init__(why)
        self.passes_in = passes_in
        """In how many seconds it may be tried again, as no answer came or a server error; None where that is no use."""


@dataclass(frozen=True)
class Manner:
    """How a dialogue speaks, and how long it waits."""

    dialect: Dialect = FLUENT
    adapts: bool = False
    """Whether a record that is refused is asked for in a plainer way."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Person and package of new records, in symbols, where no two may be the same; empty where they may."""
    patience: float = 0.0
    """For how many seconds a reading is repeated that breaks a rule of `about`, as writes may show late."""
    about: frozenset[str] = LATE
    pause: float = 0.0
    """For how many seconds after a write nothing is read: what is wrong then is not only late."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Performed:
    """A step and the last exchange of it; None when the guard blocked it."""

    step: Step
    exchange: Exchange | None


class Dialogue:
    """Performs steps against the service and lets the judge see every exchange.

    All ids here are symbolic: `<<run>>x` lies under this dialogue's own prefix, `<<made:1>>` is what the service gave.
    """

    def __init__(self, service: Service, judge: Judge, symbols: Symbols, manner: Manner | None = None) -> None:
        self.service = service
        self.judge = judge
        self.symbols = symbols
        self.manner = manner or Manner()
        self.performed: list[Performed] = []
        self.late = 0.0
        """After how many seconds a reading showed at last what it should; 0 while all did at once."""
        self._written = -1e9
        self._answered: set[str] = set()
        self._pairs = list(self.manner.pairs)
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
        body = None if step.body is None else _bytes(self.symbols.in_body(step.body))
        try:
            exchange = self._send(step, lambda: self.service.send(step.method, target, body, dict(step.headers)))
        except (Blocked, requests.exceptions.InvalidURL):
            self.performed.append(Performed(step, None))
            return None
        self.judge.observe(exchange, self._number, must=step.must)
        self.performed.append(Performed(step, exchange))
        record = record_in(exchange.answer) if step.method != "GET" and exchange.ok else None
        if record is not None and isinstance(record.get("api_id"), str):
            self._answered.add(record["api_id"])
            if step.names:
                self.symbols.values[step.names] = record["api_id"]
        return exchange

    def _send(self, step: Step, send: Callable[[], Exchange]) -> Exchange:
        """Send a request, again while its answer seems to come from before the last write."""
        if step.method == "GET":
            listing = step.target.partition("?")[0] == self.service.spec.collection
            self._settle(self.manner.dialect.lag if listing else 0.0)
            return self._waiting(lambda: _in_json(step, send), self._is_too_late)
        exchange = self._waiting(lambda: _in_json(step, send), self._is_too_early)
        self._written = time.monotonic()
        return exchange

    def _is_too_late(self, exchange: Exchange) -> bool:
        """Whether a reading seems to show what was before the last write."""
        return self.judge.complains(exchange, self.manner.about)

    def _is_too_early(self, exchange: Exchange) -> bool:
        """Whether a write went to a record of ours that the service does not know yet."""
        return exchange.status == 404 and exchange.api_id in self.judge.model.records

    def _waiting(self, ask: Callable[[], T], early: Callable[[T], bool]) -> T:
        """Ask, and again as long as the answer is too early and there is patience."""
        answer, waited, pause = ask(), 0.0, FIRST_PAUSE
        # What is found already needs no waiting for.
        patience = 0.0 if self.manner.about & self.judge.findings.rules else self.manner.patience
        while waited < patience and early(answer):
            self.manner.sleep(pause)
            waited, pause = waited + pause, pause * 2
            answer = ask()
        if waited and not early(answer):
            self.late = max(self.late, waited)
        return answer

    def _settle(self, lag: float) -> None:
        """Wait until the last write must be seen, where that takes its time."""
        rest = self._written + max(lag, self.manner.pause) - time.monotonic()
        if rest > 0:
            self.manner.sleep(rest)

    def take(self, step: Step, exchange: Exchange) -> None:
        """Take in and judge an exchange that somebody else sent; what it made is named, to be deleted with the rest."""
        record = record_in(exchange.answer) if exchange.method == "POST" and exchange.ok else None
        api_id = None if record is None else record.get("api_id")
        if isinstance(api_id, str) and not self.service.ledger.chosen(api_id):
            self._made += 1
            step = replace(step, names=f"made:{self._made}")
            self.symbols.values[step.names] = api_id
        self.judge.observe(exchange, self._number)
        self.performed.append(Performed(step, exchange))

    @property
    def _number(self) -> int:
        """The number of the step that is being performed."""
        return len(self.performed) + 1

    def _walk_step(self, step: Step) -> Walk:
        self._settle(self.manner.dialect.lag)
        (walk, seen), settled = self._waiting(self._walk_settled, self._walked_too_early)
        for exchange in seen:
            self.judge.observe(exchange, self._number, in_walk=True)
        self.judge.walked(walk, self._number, settled=settled)
        self.performed.append(Performed(step, walk.last))
        return walk

    def _walk_settled(self) -> tuple[tuple[Walk, list[Exchange]], bool]:
        """Read the list, again while it seems to move; say whether two readings were the same then."""
        unsettled = self.judge.lists.unsettled
        (walk, seen), settled = self._walk_once(), False
        for _ in range(WALKS - 1):
            if not unsettled(walk) or settled:
                break
            before = walk
            walk, seen = self._walk_once()
            settled = before.same(walk)
        return (walk, seen), settled or not unsettled(walk)

    def _walked_too_early(self, walked: tuple[tuple[Walk, list[Exchange]], bool]) -> bool:
        (walk, seen), settled = walked
        return self.judge.complains_of_walk(walk, seen, self.manner.about, settled=settled)

    def _walk_once(self) -> tuple[Walk, list[Exchange]]:
        seen: list[Exchange] = []
        return self.service.walk(seen.append, self.manner.dialect.region), seen

    # Steps

    def new_id(self, tail: str = "") -> str:
        """A symbolic api_id that no record of the run has yet."""
        self._ids += 1
        begin = f"<<run>>{self._ids}"
        room = self.manner.dialect.longest_id - len(self.symbols.plain(begin))
        return begin + self.manner.dialect.tail(tail)[: max(0, room)]

    def beside(self, api_id: str, tail: str) -> str:
        """A symbolic api_id that begins as another does, in signs that the service takes."""
        dialect = self.manner.dialect
        spoken = dialect.tail(tail)
        if not dialect.cases_differ or not dialect.capitals:
            spoken = "".join(f"{letter.lower()}2" if letter.isupper() else letter for letter in tail)
            spoken = dialect.tail(spoken)
        return api_id + spoken

    def request(
        self,
        method: str,
        api_id: str | None = None,
        body: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
        parameters: Sequence[tuple[str, str]] = (),
        names: str = "",
        must: str = "",
    ) -> Exchange | None:
        """Send any request to the collection, or to the record `api_id`; `must` is the rule that a refusal breaks."""
        return self.perform(Step(method, self.path(api_id) + query(parameters), body, tuple(headers), names, must))

    def path(self, api_id: str | None) -> str:
        """The path of a record, or of the collection for None, percent-encoded but for symbols."""
        spec = self.service.spec
        if api_id is None:
            return spec.collection
        head, _, rest = spec.record.partition("{")
        return head + quoted(api_id) + rest.partition("}")[2]

    def post(self, body: Any, must: str = "") -> Exchange | None:
        """POST any JSON value; name what it makes when the service chooses the id."""
        names = ""
        if not (isinstance(body, dict) and body.get("api_id")):
            self._made += 1
            names = f"made:{self._made}"
        return self.request("POST", body=json.dumps(body), headers=[JSON], names=names, must=must)

    def create(self, body: Mapping[str, Any], *, given: bool = False) -> str:
        """POST a valid record, or a plainer one; return its symbolic api_id. Raises SetupFailed if all are refused.

        `given` when it must be the service that gives it an api_id.
        """
        exchange, dialect = None, self.manner.dialect
        if self.manner.adapts and dialect.chosen_ids and not (given or dialect.given_ids or body.get("api_id")):
            body = {"api_id": self.new_id(), **body}
        for attempt in self._attempts(dict(body)):
            exchange = self.post(attempt)
            if exchange is not None and exchange.ok:
                return self._api_id_of(attempt)
            if exchange is None or not exchange.refused:
                break
        passes_in = None
        if exchange is not None and not exchange.refused:
            passes_in = min(LONGEST_WAIT, retry_after(exchange.headers, utc_now()) or 0.0)
        whom = " and ".join(self.symbols.plain(str(body.get(name))) for name in ("person_api_id", "package_api_id"))
        raise SetupFailed(
            f"no record of {whom} could be created ({_shown(exchange)}): "
            "other ids may help, with --person-api-id and --package-api-id",
            passes_in=passes_in,
        )

    def _attempts(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The body as the service takes it; then, where the dialogue adapts to it, without dates, and for others."""
        if not self.manner.adapts:
            yield body
            return
        if not self.manner.dialect.chosen_ids:
            body.pop("api_id", None)
        body = self.manner.dialect.dates.spoken(self._with_free_pair(body), utc_now())
        yield body
        undated = {name: value for name, value in body.items() if name not in ("date_started", "date_completed")}
        if undated != body:
            yield undated
        if self._pairs:
            yield self._with_free_pair(undated)
        if undated.get("api_id"):
            yield {**undated, "api_id": self.new_id()}

    def _with_free_pair(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body for another person, of the same package if possible, where a person may have one record for it."""
        if not self.manner.pairs:
            return body
        if not self._pairs:
            raise SetupFailed("every person that is known here has a record for every package: name more of them")
        wanted = (body.get("person_api_id"), body.get("package_api_id"))
        best = max(self._pairs, key=lambda pair: (pair == wanted, pair[1] == wanted[1], pair[0] == wanted[0]))
        self._pairs.remove(best)
        return {**body, "person_api_id": best[0], "package_api_id": best[1]}

    def _api_id_of(self, body: Mapping[str, Any]) -> str:
        api_id = body.get("api_id")
        if not api_id:
            api_id = f"<<made:{self._made}>>"
            if api_id[2:-2] not in self.symbols.values:
                raise SetupFailed("the answer to a creation holds no api_id")
        return str(api_id)

    def read(self, api_id: str) -> Exchange | None:
        """GET a record."""
        return self.request("GET", api_id)

    def put(self, api_id: str, body: Any, must: str = "") -> Exchange | None:
        """PUT any JSON value to a record."""
        return self.request("PUT", api_id, json.dumps(self._spoken_put(api_id, body)), [JSON], must=must)

    def patch(self, api_id: str, body: Any, must: str = "") -> Exchange | None:
        """PATCH a record with any JSON value."""
        media_type = self.manner.dialect.patch_type if self.manner.adapts else JSON[1]
        headers = [("Content-Type", media_type)]
        return self.request("PATCH", api_id, json.dumps(self._spoken(api_id, body)), headers, must=must)

    def _spoken(self, api_id: str, body: Any) -> Any:
        """The body of an update as the service takes it: it may not let go of the person or the package."""
        if not self.manner.adapts or not isinstance(body, dict):
            return body
        dialect = self.manner.dialect
        known = self.judge.model.records.get(self.symbols.plain(api_id))
        fixed = {"person_api_id": dialect.person_changes, "package_api_id": dialect.package_changes}
        kept = [name for name, changes in fixed.items() if not changes and name in body and known is not None]
        there = {name: self.symbols.symbolic(str(known.fields[name])) for name in kept if known is not None}
        return dialect.dates.spoken({**body, **there}, utc_now())

    def _spoken_put(self, api_id: str, body: Any) -> Any:
        spoken = self._spoken(api_id, body)
        if not self.manner.adapts or not isinstance(body, dict) or not self.manner.dialect.whole_puts:
            return spoken
        dates = self.manner.dialect.dates.spoken(WHOLE_DATES, utc_now())
        return {"api_id": api_id, **dates, **spoken}

    @property
    def made(self) -> int:
        """How many records were asked for without an api_id."""
        return self._made

    def delete(self, api_id: str, must: str = "") -> Exchange | None:
        """DELETE a record."""
        return self.request("DELETE", api_id, must=must)

    def page(self, must: str = "", **parameters: str | int | None) -> Exchange | None:
        """GET the list with these parameters."""
        dialect = self.manner.dialect
        if self.manner.adapts and dialect.needs_limit and dialect.limits:
            parameters.setdefault("limit", dialect.limits[-1])
        given = [(name, str(value)) for name, value in parameters.items() if value is not None]
        return self.request("GET", parameters=given, must=must)

    def walk(self) -> Walk:
        """Read the whole list."""
        return self._walk_step(Step(WALK, self.service.spec.collection))

    # Ending

    def clear(self) -> None:
        """Delete what this dialogue made, unjudged. What can't be deleted stays in the ledger for the end."""
        prefix = self.symbols.values["run"]
        made = self._answered | {value for name, value in self.symbols.values.items() if name.startswith("made:")}
        ledger = self.service.ledger
        for api_id in ledger.standing():
            mine = api_id.startswith(prefix) or (api_id in made and ledger.owns(api_id))
            if mine and ledger.state(api_id) not in (State.PLANNED, State.DELETED):
                try:
                    self.service.send("DELETE", self.path(api_id))
                except Blocked:
                    continue


def _bytes(text: str) -> bytes:
    """A body as it goes over the wire: also one that was no UTF-8, or holds half a character."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _in_json(step: Step, send: Callable[[], Exchange]) -> Exchange:
    """Send a request; once more if the answer is no JSON: it may be of somebody in between, and a moment's trouble."""
    exchange = send()
    again = step.method in ("GET", "PUT", "PATCH") and exchange.ok and exchange.answer is MISSING
    return send() if again else exchange


def _shown(exchange: Exchange | None) -> str:
    return "the guard blocked the request" if exchange is None else f"{exchange.status} {exchange.text[:300]}"
