"""The API under test: sends what it is told through the guarded session, and remembers what was exercised."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests import PreparedRequest, Request, Response

from .exchange import Exchange, Walk, exchange_of, query
from .instants import utc_now
from .ledger import Ledger
from .result import OperationCoverage
from .session import GuardedSession
from .spec import Spec

PAGE = 100
"""What a walk asks for at a time; services cap their pages, and then the walk takes what comes."""

LONGEST_PAUSE = 10.0


class Unreachable(Exception):
    """No answer comes from the service any more."""


class AccessRefused(Exception):
    """The service answers 401 or 403 to what the run must be able to do."""


@dataclass
class Coverage:
    """What of the spec was exercised."""

    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    parameters: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, exchange: Exchange) -> None:
        operation = exchange.operation
        if operation is None:
            return
        self.requests[operation.id] += 1
        self.statuses[operation.id, str(exchange.status or "none")] += 1
        names = {name for name, _ in exchange.query}
        if isinstance(exchange.body, dict):
            names |= exchange.body.keys()
        for name in (*operation.parameters, *operation.body):
            self.parameters[operation.id, name] += name in names

    def of(self, spec: Spec) -> tuple[OperationCoverage, ...]:
        """Return the table for the report."""
        rows = []
        for operation in spec.operations.values():
            seen = {status for name, status in self.statuses if name == operation.id}
            rows.append(
                OperationCoverage(
                    operation.id,
                    operation.method,
                    operation.path,
                    self.requests[operation.id],
                    {status: self.statuses[operation.id, status] for status in sorted(seen | set(operation.responses))},
                    {name: self.parameters[operation.id, name] for name in (*operation.parameters, *operation.body)},
                    tuple(sorted(operation.responses)),
                )
            )
        return tuple(rows)


class Service:
    """A thin client. `listener` hears of every exchange, whoever sent it."""

    def __init__(self, session: GuardedSession, spec: Spec, base_url: str, ledger: Ledger) -> None:
        self.session = session
        self.spec = spec
        self.base_url = base_url.rstrip("/")
        self.ledger = ledger
        self.coverage = Coverage()
        self.listener: Callable[[Exchange], None] | None = None
        self._last: Exchange | None = None
        self._sent_at = utc_now()
        session.listener = self._hear

    def send(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Exchange:
        """Send one request; return the exchange, with status None when the service closes without an answer.

        Raises Blocked, BudgetExceeded, and Unreachable when the service is gone for good, or wants to be left alone.
        """
        request = Request(method, self.base_url + target, data=body, headers=dict(headers or {}))
        for attempt in range(3):
            exchange = self._try(request, again=attempt == 0 and method == "GET")
            if exchange.status != 429:
                break
            time.sleep(min(LONGEST_PAUSE, _seconds(exchange.headers.get("retry-after", "1"))))
        else:
            raise Unreachable(
                f"{self.base_url} answers 429 again and again (at {method} {target}): pass a lower --rate"
            )
        if exchange.status is None and not self._alive():
            raise Unreachable(f"{self.base_url} stopped answering (at {method} {target})")
        return exchange

    def _try(self, request: Request, *, again: bool) -> Exchange:
        prepared = self.session.prepare_request(request)
        self._sent_at = utc_now()
        try:
            self.session.send(prepared)
        except requests.RequestException:
            # A connection kept alive may have been closed meanwhile; a GET can be sent once more.
            if again:
                return self._try(request, again=False)
        if self._last is None:
            raise Unreachable(f"{self.base_url} does not answer")
        return self._last

    def _alive(self) -> bool:
        try:
            self.session.get(self.base_url + self.spec.collection, params={"limit": 1})
        except requests.RequestException:
            return False
        return True

    def _hear(self, request: PreparedRequest, response: Response | None) -> None:
        after = utc_now()
        before = after - response.elapsed if response is not None else self._sent_at
        exchange = exchange_of(request, response, self.spec, self.base_url, before, after)
        self._last = exchange
        self.coverage.count(exchange)
        if self.listener is not None:
            self.listener(exchange)

    # The whole list

    def walk(self, records_of: Callable[[Exchange], list[Mapping[str, Any]] | None], search: str | None = None) -> Walk:
        """Read the whole list: what comes without a limit first, then from every next offset until nothing new comes.

        `records_of` finds the records in an answer, or says None when there are none to be found.
        """
        found: list[Mapping[str, Any]] = []
        searched = [("search", search)] if search is not None else []
        exchange = self.send("GET", self.spec.collection + query(searched))
        pages = 0
        while True:
            records = records_of(exchange) if exchange.ok else None
            if not records:
                # Past the end, anything but a list is that answer's own fault and is judged there.
                ended = records is not None
                return Walk(search, tuple(found), pages, complete=ended or pages > 0, ended=ended)
            known = {str(record.get("api_id")) for record in found}
            if all(str(record.get("api_id")) in known for record in records):
                return Walk(search, tuple(found), pages, complete=True, overlap=True)
            pages += 1
            found += records
            page = [*searched, ("limit", str(PAGE)), ("offset", str(len(found)))]
            exchange = self.send("GET", self.spec.collection + query(page))


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 1.0
