"""A run of the kit in which the requests are Schemathesis': it surveys, guards, judges and cleans up."""

from __future__ import annotations

import io
import threading
import time
from collections import Counter
from http.client import RemoteDisconnected
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import requests
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from ..checks.conformance import step
from ..checks.dialogue import Dialogue, SetupFailed
from ..checks.own_ids import OwnIds
from ..client.exchange import Exchange
from ..client.service import ObservedSession
from ..judge import Finding
from ..options import Options
from ..result import Report
from ..run.run import Run
from ..safety.guard import Blocked
from ..spec import Spec

MOST_WALKS = 20
"""How often the whole list is read between Schemathesis' requests: rules of the list need it, and it costs."""

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class GuardedRun:
    """The one run of a process. Schemathesis' threads take turns in it, so that the judge sees one story."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._run: Run | None = None
        self._dialogue: Dialogue | None = None
        self._own_ids: OwnIds | None = None
        self._walks = 0
        self._lag = 0.0
        """For how many seconds the service may show what was before a write."""
        self._written = 0.0
        """When the last write was answered, on the monotonic clock."""
        self._open = False
        """Whether the list was asked since the last write, and the whole list before that."""
        self._over = False
        self._blocked: WeakSet[PreparedRequest] = WeakSet()
        self._found: WeakKeyDictionary[PreparedRequest, tuple[Finding, ...]] = WeakKeyDictionary()
        self._judged: WeakKeyDictionary[PreparedRequest, frozenset[str]] = WeakKeyDictionary()
        self._late: list[Finding] = []

    # Its life

    def begin(self, options: Options, spec: Spec) -> None:
        """Connect and survey; raise UsageError. Where it can't be done, `end` says why."""
        run = Run(options, spec, checks=())
        with self._turn:
            run.__enter__()
            self._run = run
            if run.bench is not None:
                self._dialogue = run.bench.dialogue()
                self._own_ids = OwnIds(self._dialogue, {}, malformed=False)
                self._lag = run.bench.dialect.lag

    @property
    def ready(self) -> bool:
        """Whether it began, and Schemathesis may send."""
        return self._dialogue is not None

    @property
    def interrupted(self) -> bool:
        """Whether a signal broke it off while it began."""
        return self._run is not None and self._run.interrupted

    def end(self) -> Report | None:
        """Let nothing more leave, and clean up; return what came of it, None when there is nothing more to say."""
        with self._turn:
            run, over = self._run, self._over
            if run is None or over:
                return None
            self._over = True
            run.__exit__(None, None, None)
            return run.report

    # Requests

    def take(self, request: PreparedRequest) -> Response | None:
        """Send a request through the guarded session and judge the answer; None while there is no run yet.

        What may not leave is answered here, with a 400 that no check sees. Raises ConnectionError without an answer.
        """
        if self._run is None:
            return None
        with self._turn:
            if self._over or self._dialogue is None:
                return self._refuse(request)
            try:
                return self._sent(self._dialogue, request)
            except Blocked:
                return self._refuse(request)

    def _refuse(self, request: PreparedRequest) -> Response:
        self._blocked.add(request)
        raw = HTTPResponse(body=io.BytesIO(), headers={"Content-Length": "0"}, status=400, preload_content=False)
        return HTTPAdapter().build_response(request, raw)

    def _sent(self, dialogue: Dialogue, request: PreparedRequest) -> Response:
        self._settle()
        self._bracket(dialogue, request)
        findings = dialogue.judge.findings
        before, evaluated = len(findings.found), Counter(findings.evaluations)
        try:
            session = ObservedSession(dialogue.service, lambda exchange: self._observe(dialogue, exchange))
            response = session.send(request)
        except requests.ConnectionError:
            # As Schemathesis knows it from a connection that was closed unannounced: it asks once more.
            raise requests.ConnectionError(ProtocolError("no answer", RemoteDisconnected("no answer"))) from None
        finally:
            if request.method in WRITES:
                self._written = time.monotonic()
            self._found[request] = tuple(findings.found[before:])
            self._judged[request] = frozenset(findings.evaluations - evaluated)
        response.request = request
        return response

    def _settle(self) -> None:
        """Where writes show late, wait until the last one must be seen, and a little longer."""
        rest = self._written + 1.2 * self._lag - time.monotonic()
        if self._lag and rest > 0:
            time.sleep(rest)

    def _observe(self, dialogue: Dialogue, exchange: Exchange) -> None:
        dialogue.take(step(dialogue, exchange), exchange)

    def _bracket(self, dialogue: Dialogue, request: PreparedRequest) -> None:
        """Read the whole list before it is asked for in parts, and again before the next write."""
        listing = request.method == "GET" and dialogue.service.spec.collection + "?" in f"{request.url}?"
        opens = listing and not self._open and self._walks < MOST_WALKS
        if opens or (self._open and request.method in WRITES):
            self._walk(dialogue)
            self._open = opens

    def _walk(self, dialogue: Dialogue) -> None:
        before = len(dialogue.judge.findings.found)
        self._walks += 1
        dialogue.walk()
        self._late += dialogue.judge.findings.found[before:]

    # Cases and checks

    def put_ids_in(self, case: Any) -> None:
        """Have a case speak of our records, our people and our packages, where it can."""
        with self._turn:
            if self._own_ids is None or self._over:
                return
            try:
                self._own_ids.put_in(case)
            except (SetupFailed, Blocked, requests.RequestException):
                return  # the guard blocks what it may not do as it stands

    def is_blocked(self, request: Any) -> bool:
        """Whether this request never left."""
        return request in self._blocked

    def found(self, request: Any, rule: str) -> Finding | None:
        """What the answer to this request shows of a rule that it breaks."""
        return next((finding for finding in self._found.get(request, ()) if finding.rule == rule), None)

    def judged(self, request: Any, rule: str) -> bool:
        """Whether a rule was evaluated on the answer to this request."""
        return rule in self._judged.get(request, ())

    def found_late(self, rule: str) -> Finding | None:
        """What readings of the whole list show of a rule that is broken."""
        with self._turn:
            if self._open and self._dialogue is not None and not self._over:
                self._open = False
                self._walk(self._dialogue)
        return next((finding for finding in self._late if finding.rule == rule), None)
