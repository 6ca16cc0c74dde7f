"""The one exit of this process: whoever sends, and by whatever session, sends through a guarded session or not at all.

Schemathesis has no public way to give it a session: `before_call` can't, and what it sends besides its cases (probes of
what the service can do, the same request without credentials or with another media type) passes by every hook. So
`requests.Session.send` is replaced for the process, and an audit hook refuses whatever would go out beside it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests import PreparedRequest, Response

from ..safety.session import GuardedSession

Take = Callable[[PreparedRequest], Response | None]
"""Answers a request in place of the network; None while there is no run yet."""

LEAVING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
"""Audit events of a socket that reaches out. A connection of the guarded session is its own, once it is made."""


class OneExit:
    """Takes every request to `take`. Before the run only a GET without a body leaves: it reads the spec."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._send = requests.Session.send
        self._leaving = threading.local()

    def install(self) -> None:
        """Close all other exits, for as long as the process lives."""

        def send(session: requests.Session, request: PreparedRequest, **kwargs: Any) -> Response:
            return self._sent(session, request, kwargs)

        requests.Session.send = send  # type: ignore[assignment,method-assign]
        sys.addaudithook(self._audit)

    def _sent(self, session: requests.Session, request: PreparedRequest, kwargs: dict[str, Any]) -> Response:
        if isinstance(session, GuardedSession):  # it has asked the guard already
            with self._open():
                return self._send(session, request, **kwargs)
        response = self._take(request)
        if response is not None:
            return response
        if request.method != "GET" or request.body:
            raise requests.ConnectionError(f"{request.method} {request.url} was not sent: there is no guarded run")
        with self._open():
            return self._send(session, request, **kwargs)

    @contextmanager
    def _open(self) -> Iterator[None]:
        before = getattr(self._leaving, "now", False)
        self._leaving.now = True
        try:
            yield
        finally:
            self._leaving.now = before

    def _audit(self, event: str, _: tuple[Any, ...]) -> None:
        if event in LEAVING and not getattr(self._leaving, "now", False):
            raise PermissionError("only the guarded session may reach out to the network")
