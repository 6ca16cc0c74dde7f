"""The API under test: sends what it is told through the guarded session, and returns how it went."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests import PreparedRequest, Request, Response

from ..instants import utc_now
from ..safety.ledger import Ledger
from ..safety.session import GuardedSession
from ..spec import Spec
from .coverage import Coverage
from .exchange import Exchange, exchange_of
from .list_reader import ListReader
from .step import query
from .walk import WHOLE, Record, Region, Walk, records_in

LONGEST_PAUSE = 10.0

Observer = Callable[[Exchange], None]
"""Whoever wants to see an exchange, also those of which the caller gets only the last."""


class Unreachable(Exception):
    """No answer comes from the service any more."""


def nobody(_: Exchange) -> None:
    """The observer of what nobody judges."""


class Service:
    """A thin client. Every exchange is returned to whoever asked for it, and shown to the observer of that call."""

    def __init__(self, session: GuardedSession, spec: Spec, base_url: str, ledger: Ledger) -> None:
        self.session = session
        self.spec = spec
        self.base_url = base_url.rstrip("/")
        self.ledger = ledger
        self.coverage = Coverage()
        self._reader = ListReader(spec.list_property)

    def send(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        observer: Observer = nobody,
    ) -> Exchange:
        """Send one request; return the exchange, with status None when the service closes without an answer.

        Raises Blocked, BudgetExceeded, and Unreachable when the service is gone for good, or wants to be left alone.
        """
        request = Request(method, self.base_url + target, data=body, headers=dict(headers or {}))
        for attempt in range(3):
            exchange = self._try(request, observer, again=attempt == 0 and method == "GET")
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

    def _try(self, request: Request, observer: Observer, *, again: bool) -> Exchange:
        exchange, _ = self.exchange(self.session.prepare_request(request), observer)
        if exchange.status is None and again:
            # A connection kept alive may have been closed meanwhile; a GET can be sent once more.
            return self._try(request, observer, again=False)
        return exchange

    def exchange(self, request: PreparedRequest, observer: Observer = nobody) -> tuple[Exchange, Response | None]:
        """Send a prepared request once; return the exchange, and the response of which it was made if one came."""
        before = utc_now()
        response = None
        try:
            response = self.session.send(request)
            before = utc_now() - response.elapsed
        except requests.RequestException:
            pass  # no answer is an outcome like any other
        exchange = exchange_of(request, response, self.spec, self.base_url, before, utc_now())
        self.coverage.count(exchange)
        observer(exchange)
        return exchange, response

    def _alive(self) -> bool:
        try:
            self.session.get(self.base_url + self.spec.collection, params={"limit": 1})
        except requests.RequestException:
            return False
        return True

    def records_in(self, exchange: Exchange) -> list[Record] | None:
        """The records in a list's answer, wherever they stand in it; None when there are none to be found."""
        return records_in(exchange.answer, self.spec.list_property)

    # The whole list

    def walk(self, observer: Observer = nobody, region: Region = WHOLE) -> Walk:
        """Read the list, or a region of it: what comes without a limit, then from every next offset what is new."""
        collection = self.spec.collection
        return self._reader.read(
            lambda parameters: self.send("GET", collection + query(parameters), observer=observer), region
        )


class ObservedSession(requests.Session):
    """The service as a session, for a library that wants one to send through: each exchange goes to the observer."""

    def __init__(self, service: Service, observer: Observer) -> None:
        super().__init__()
        self.trust_env = False
        self.auth = service.session.auth
        self.cookies = service.session.cookies
        self._service = service
        self._observer = observer

    def send(self, request: PreparedRequest, **_: Any) -> Response:
        """Send a request as the service does; raise ConnectionError when no answer comes."""
        _exchange, response = self._service.exchange(request, self._observer)
        if response is None:
            raise requests.ConnectionError("no answer")
        return response


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 1.0
