"""The one exit to the network. Whoever sends, Schemathesis too, sends through `GuardedSession.send`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from .guard import Blocked, Guard
from .ledger import Ledger
from .result import BlockedRequest

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 30.0


class BudgetExceeded(Exception):
    """The run has sent as many requests as --max-requests allows."""


class GuardedSession(requests.Session):
    """A session that refuses what the guard refuses, keeps the ledger, and counts.

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
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.requests = 0
        self.blocked: list[BlockedRequest] = []
        self.listener: Callable[[PreparedRequest, Response | None], None] | None = None
        """Told of every request that left, with None when no answer came."""
        self.cleaning = False
        """During clean-up no budget holds: what was created must be deleted."""
        self._guard = guard
        self._ledger = ledger
        self._added = dict(headers or {})
        self._pause = 1 / rate if rate else 0.0
        self._next = 0.0
        self._max_requests = max_requests
        self.read_timeout: float | None = None
        """Another patience than the usual, for as long as it is set."""
        self._verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        for scheme in ("http://", "https://"):
            self.mount(scheme, HTTPAdapter(max_retries=0))

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a request that the guard lets through.

        Raises Blocked before anything leaves, BudgetExceeded, and requests' own errors when no answer comes.
        """
        for name, value in self._added.items():
            request.headers[name] = value
        self._check(request)
        self._wait()
        self.requests += 1
        settle = self._announce(request)
        response: Response | None = None
        try:
            response = super().send(
                request,
                **(
                    kwargs
                    | {
                        "allow_redirects": False,
                        "verify": self._verify,
                        "proxies": {},
                        "timeout": (CONNECT_TIMEOUT, self.read_timeout or READ_TIMEOUT),
                        "stream": False,
                    }
                ),
            )
        finally:
            settle(response)
            if self.listener is not None:
                self.listener(request, response)
        return response

    def _check(self, request: PreparedRequest) -> None:
        try:
            self._guard.check(request)
        except Blocked as exc:
            self.blocked.append(BlockedRequest(exc.method, exc.target, exc.reason))
            raise
        if self._max_requests is not None and self.requests >= self._max_requests and not self.cleaning:
            raise BudgetExceeded(f"the limit of {self._max_requests} requests is reached")

    def _wait(self) -> None:
        if self._pause:
            now = time.monotonic()
            if now < self._next:
                time.sleep(self._next - now)
            self._next = max(now, self._next) + self._pause

    def _announce(self, request: PreparedRequest) -> Callable[[Response | None], None]:
        """Write the intent down; return what to do with the answer."""
        if request.method == "POST":
            body = _object(request.body)
            api_id = body.get("api_id")
            n = self._ledger.intend(api_id if isinstance(api_id, str) and api_id else None, body)
            return lambda response: self._settle_post(n, api_id, response)
        address = _last_segment(request)
        if request.method in ("PUT", "PATCH"):
            body = _object(request.body)
            target = body.get("api_id", address)
            new = target if isinstance(target, str) and target else address
            # An update may rename, and a service may take a PUT for a creation: both make an id that is ours.
            n = self._ledger.intend(new, {})
            return lambda response: self._settle_update(n, address, new, response)
        if request.method == "DELETE":
            return lambda response: self._settle_delete(address, response)
        return lambda response: self._settle_read(request, address, response)

    def _settle_post(self, n: int, api_id: object, response: Response | None) -> None:
        if response is None:
            return
        answered = _answer(response).get("api_id")
        if response.ok and isinstance(answered, str) and self._ledger.made(n, answered):
            return
        if response.ok and isinstance(api_id, str) and api_id and self._ledger.chosen(api_id):
            self._ledger.made(n, api_id)
        elif 400 <= response.status_code < 500:
            self._ledger.refused(n)

    def _settle_update(self, n: int, address: str, new: str, response: Response | None) -> None:
        if response is None:
            return
        if not response.ok:
            if response.status_code < 500:
                self._ledger.refused(n)
            return
        known = address in self._ledger.entries
        if new != address and _answer(response).get("api_id") == address:
            self._ledger.refused(n)  # the service does not rename
        elif new != address and known:
            self._ledger.made(n, new, record=False)
            self._ledger.was_renamed(address)
        elif not known or self._ledger.entries[address].deleted:
            self._ledger.made(n, new)
        else:
            self._ledger.intents[n].refused = True

    def _settle_delete(self, address: str, response: Response | None) -> None:
        if response is not None and (response.ok or response.status_code in (404, 410)):
            self._ledger.was_deleted(address)

    def _settle_read(self, request: PreparedRequest, address: str, response: Response | None) -> None:
        if response is None or request.method != "GET":
            return
        self._ledger.seen(api_ids_in(response))
        if response.ok and _answer(response).get("api_id") == address:
            self._ledger.was_found(address)
        elif response.status_code in (404, 410):
            self._ledger.was_absent(address)


def api_ids_in(response: Response) -> list[str]:
    """Every api_id of a record in an answer, be it one record, a list, or a list in an object."""
    if not response.ok:
        return []
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        return []
    documents = [document]
    if isinstance(document, dict):
        documents += [item for value in document.values() if isinstance(value, list) for item in value]
    elif isinstance(document, list):
        documents = document
    return [d["api_id"] for d in documents if isinstance(d, dict) and isinstance(d.get("api_id"), str)]


def _answer(response: Response) -> dict[str, Any]:
    return _object(response.content)


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
