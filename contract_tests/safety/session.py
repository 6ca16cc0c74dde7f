"""The one exit to the network. Whoever sends, Schemathesis too, sends through `GuardedSession.send`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import requests
from requests import PreparedRequest, Response
from urllib3.exceptions import NewConnectionError

from ..instants import utc_now
from ..json_text import parse_json
from ..records import record_in
from ..result import BlockedRequest
from .bounds import READ_TIMEOUT, BoundedAdapter, Endless
from .guard import Blocked, Guard
from .ledger import Ledger
from .ownership import Request as Planned
from .ownership import api_id_of

CONNECT_TIMEOUT = 3.0
"""Seconds."""


class BudgetExceeded(Exception):
    """The run has sent as many requests as --max-requests allows, or takes longer than --max-time."""


class GuardedSession(requests.Session):
    """A session that sends nothing that the guard blocks, keeps the ledger, and counts.

    It follows no redirect, verifies TLS, and takes no proxy or credentials from the environment
    (`trust_env` is off: a .netrc entry or a proxy would be one more party that sees the requests).
    Only REQUESTS_CA_BUNDLE is read, as the file with the authorities to trust.
    """

    def __init__(
        self,
        guard: Guard,
        ledger: Ledger,
        *,
        headers: Mapping[str, str] | None = None,
        rate: float | None = None,
        max_requests: int | None = None,
        max_time: float | None = None,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.requests = 0
        self.left = utc_now()
        """When the last request left, by the local clock, UTC."""
        self.read_timeout = READ_TIMEOUT
        self.blocked: list[BlockedRequest] = []
        self.cleaning = False
        """During clean-up no budget holds: what was created must be deleted."""
        self._guard = guard
        self._ledger = ledger
        self._added = dict(headers or {})
        self._pause = 1 / rate if rate else 0.0
        self._next = 0.0
        self._max_requests = max_requests
        self._max_time = max_time
        self._begun = time.monotonic()
        self._verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        for scheme in ("http://", "https://"):
            self.mount(scheme, BoundedAdapter(max_retries=0))

    def add_headers(self, headers: Mapping[str, str]) -> None:
        """Add these headers to every request from now on, in place of those of the same names."""
        names = {name.lower() for name in headers}
        kept = {name: value for name, value in self._added.items() if name.lower() not in names}
        self._added = kept | dict(headers)

    def get_redirect_target(self, resp: Response) -> str | None:  # noqa: ARG002 - it follows none, wherever it leads
        """No redirect is followed."""
        return None

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a request that the guard lets through.

        Raises Blocked before anything leaves, BudgetExceeded, Endless, and requests' own errors when no answer comes.
        """
        for name, value in self._added.items():
            request.headers[name] = value
        self._check(request)
        self._wait()
        self.requests += 1
        settle = self._announce(request)
        self.left = utc_now()
        try:
            response = super().send(
                request,
                **(
                    kwargs
                    | {
                        "allow_redirects": False,
                        "verify": self._verify,
                        "proxies": {},
                        "timeout": kwargs.get("timeout") or (CONNECT_TIMEOUT, self._read_timeout()),
                        "stream": False,
                    }
                ),
            )
        except requests.RequestException as exc:
            if never_left(exc):
                settle(None)
            self._check_time()
            raise
        except Endless as exc:
            self._check_time()
            raise Endless(_said_of(request, exc)) from exc
        settle(response)
        return response

    def _check(self, request: PreparedRequest) -> None:
        try:
            self._guard.check(request)
        except Blocked as exc:
            self.blocked.append(BlockedRequest(exc.method, exc.target, exc.reason))
            raise
        if self._max_requests is not None and self.requests >= self._max_requests and not self.cleaning:
            raise BudgetExceeded(f"the limit of {self._max_requests} requests is reached")
        self._check_time()

    def _check_time(self) -> None:
        if self.time_left() <= 0:
            raise BudgetExceeded(f"--max-time {self._max_time:g} is over")

    def time_left(self) -> float:
        """How many seconds of --max-time are left; without end when there is none, and during the clean-up."""
        if self._max_time is None or self.cleaning:
            return float("inf")
        return self._begun + self._max_time - time.monotonic()

    def _read_timeout(self) -> float:
        return min(self.read_timeout, max(0.1, self.time_left()))

    def _wait(self) -> None:
        if self._pause:
            now = time.monotonic()
            if now < self._next:
                time.sleep(min(self._next - now, max(0.0, self.time_left())))
                self._check_time()
            self._next = max(now, self._next) + self._pause

    def _announce(self, request: PreparedRequest) -> Callable[[Response | None], None]:
        """Write down what is to be done; return what to do with the answer, None when the request never left."""
        if request.method == "POST":
            body = _object(request.body)
            api_id = body.get("api_id")
            n = self._ledger.plan(api_id if isinstance(api_id, str) and api_id else None, body)
            return lambda response: self._settle_post(n, response)
        address = _last_segment(request)
        if request.method in ("PUT", "PATCH"):
            body = _object(request.body)
            # A service may take a number for the text of it.
            new = api_id_of(body) or address
            # An update may rename, and a service may take a PUT for a creation: both make an id that is ours.
            n = self._ledger.plan(new, {})
            if new != address:
                self._ledger.is_leaving(address)
            return lambda response: self._settle_update(n, address, new, response)
        if request.method == "DELETE":
            self._ledger.is_leaving(address)
            return lambda response: self._settle_delete(address, response)
        return lambda response: self._settle_read(request, address, response)

    def _settle_post(self, n: int, response: Response | None) -> None:
        planned = self._ledger.requests[n]
        if response is None:
            self._ledger.was_refused(n)
        elif response.ok:
            record = _made(_json(response), planned)
            api_id = api_id_of(record)
            told = api_id is not None and self._ledger.was_made(n, api_id, assigned=record.get("date_assigned"))
            if not told and planned.api_id is not None and self._ledger.chosen(planned.api_id):
                self._ledger.was_made(n, planned.api_id)
        elif 400 <= response.status_code < 500:
            self._ledger.was_refused(n)

    def _settle_update(self, n: int, address: str, new: str, response: Response | None) -> None:
        if response is not None and response.ok:
            self._ledger.was_updated(n, address, new, api_id_of(record_in(_json(response)) or {}))
        elif response is None or response.status_code < 500:
            self._ledger.was_refused(n)
            self._ledger.was_kept(address)

    def _settle_delete(self, address: str, response: Response | None) -> None:
        if response is None:
            self._ledger.was_kept(address)
            return
        if response.ok:
            self._ledger.was_there(address)
            self._ledger.was_deleted(address)
        elif response.status_code in (404, 410):
            self._ledger.was_unknown(address)
        elif response.status_code < 500:
            self._ledger.was_kept(address)

    def _settle_read(self, request: PreparedRequest, address: str, response: Response | None) -> None:
        if request.method != "GET" or response is None:
            return
        if response.ok:
            answer = _json(response)
            self._ledger.were_seen(api_ids_in(answer))
            self._ledger.recognise(address, record_in(answer) or {})
        elif response.status_code in (404, 410):
            self._ledger.was_gone(address)


def _said_of(request: PreparedRequest, error: Endless) -> str:
    """What the service does, with its name and that of the request."""
    parts = urlsplit(str(request.url))
    target = urlunsplit(("", "", *parts[2:]))
    return f"{parts.scheme}://{parts.netloc} {error} (at {request.method} {target})"


def never_left(error: Exception) -> bool:
    """Whether a request failed before any of it was sent, as nobody took the connection."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def api_ids_in(answer: Any) -> list[str]:
    """Every api_id in an answer's JSON, be it of one record, of a list, or of anything inside them."""
    return list(_api_ids(answer))


def _api_ids(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        api_id = api_id_of(document)
        if api_id is not None:
            yield api_id
        document = list(document.values())
    if isinstance(document, list):
        for item in document:
            yield from _api_ids(item)


def _made(answer: Any, planned: Planned) -> Mapping[str, Any]:
    """The record that a POST is answered with; inside another object only where it is just what was asked for."""
    record = record_in(answer)
    return record if record is not None and (record is answer or planned.fits(record)) else {}


def _json(response: Response) -> Any:
    return parse_json(response.content, response.headers.get("Content-Type", ""))


def _object(body: str | bytes | Any) -> dict[str, Any]:
    """The JSON object in a body; an empty one when it is anything else."""
    if not isinstance(body, (str, bytes)):
        return {}
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _last_segment(request: PreparedRequest) -> str:
    return unquote(urlsplit(str(request.url)).path.rstrip("/").rpartition("/")[2])
