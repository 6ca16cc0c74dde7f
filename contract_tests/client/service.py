"""The API under test: sends what it is told through the guarded session, and returns how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests import PreparedRequest, Request, Response

from ..records import Path, Record, records_in
from ..safety.ledger import Ledger
from ..safety.session import GuardedSession
from ..spec import Spec
from .coverage import Coverage
from .delivery import Delivery, Renewal, Unreachable
from .exchange import Exchange, exchange_of
from .list_reader import ListReader
from .patience import Patience
from .step import query
from .walk import WHOLE, Region, Walk

__all__ = ["ObservedSession", "Renewal", "Service", "Unreachable", "nobody"]

Observer = Callable[[Exchange], None]
"""Whoever wants to see an exchange, also those of which the caller gets only the last."""


def nobody(_: Exchange) -> None:
    """The observer of what nobody judges."""


class Service:
    """A thin client. Every exchange is returned to whoever asked for it, and shown to the observer of that call.

    A request that fails is sent again where that is safe; what is returned, shown and counted is the one that counts.
    """

    def __init__(
        self,
        session: GuardedSession,
        spec: Spec,
        base_url: str,
        ledger: Ledger,
        patience: Patience | None = None,
        renew: Renewal | None = None,
    ) -> None:
        self.session = session
        self.spec = spec
        self.base_url = base_url.rstrip("/")
        self.ledger = ledger
        self.coverage = Coverage()
        self._reader = ListReader(spec.list_property)
        patience = patience or Patience()
        self._run = Delivery(session, ledger, self.base_url, patience, renew)
        self._clean_up = Delivery(session, ledger, self.base_url, patience.renewed(), renew)

    def send(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        observer: Observer = nobody,
    ) -> Exchange:
        """Send a request; return the exchange that counts, with status None when the service closes without an answer.

        Raises Blocked, BudgetExceeded, and Unreachable when the service is gone for good, wants to be left alone,
        answers without end, or lets us in no more.
        """
        request = Request(method, self.base_url + target, data=body, headers=dict(headers or {}))
        exchange, _ = self.exchange(self.session.prepare_request(request), observer)
        return exchange

    def exchange(self, request: PreparedRequest, observer: Observer = nobody) -> tuple[Exchange, Response | None]:
        """Send a prepared request as `send` does; return the response too, of which the exchange was made."""
        sent = (self._clean_up if self.session.cleaning else self._run).deliver(request)
        exchange = exchange_of(sent, self.spec, self.base_url)
        self.coverage.count(exchange)
        observer(exchange)
        return exchange, sent.response

    def records_in(self, exchange: Exchange) -> list[Record] | None:
        """The records in a list's answer, wherever they stand in it; None when there are none to be found."""
        return records_in(exchange.answer, self.spec.list_property, self._reader.path)

    @property
    def list_path(self) -> Path:
        """Where in an answer the list stands, as far as one was read; empty before."""
        return self._reader.path

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
