"""Sending a request until there is an answer that counts, whatever happens on the way and is no fault of a rule."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

import requests
from requests import PreparedRequest, Request, Response
from urllib3.exceptions import ReadTimeoutError

from ..instants import utc_now
from ..json_text import parse_json
from ..records import record_in
from ..safety.bounds import Endless
from ..safety.guard import Blocked
from ..safety.ledger import Ledger
from ..safety.session import CONNECT_TIMEOUT, GuardedSession, never_left
from .patience import LONGEST, Patience
from .repetition import Plan, Repetition, address_of, plan
from .retry_after import retry_after

PAUSES = (0.0, 0.25, 0.75)
"""Seconds before a request that failed is sent again, on a connection of its own."""

MOST_IN_VAIN = 3
"""How many requests may fail after all these pauses. After that a request is sent again once, and at once."""

MOST_WAITS = 5
"""How often in a row the service may ask to wait with one request."""

MOST_DEATHS = 3
"""How many kept connections may be found dead. After that each request has a connection of its own."""

SLOWER = ": pass a lower --rate"

LITTLE_PATIENCE = 5.0
"""Seconds for the first byte, of a service that is slow beyond all bounds, while it is cleaned up."""

MOST_WASTED = 60.0
"""Seconds that a clean-up spends in sum on such answers."""

Renewal = Callable[[], None]
"""Makes the session send credentials anew; raises Unreachable where it can't."""


class Unreachable(Exception):
    """No usable answer comes from the service any more. The message says why; secrets may be in it."""


@dataclass(frozen=True)
class Sent:
    """A request as it was sent at last, and what came of it."""

    request: PreparedRequest
    before: datetime
    """The local clock when it left, naive, UTC."""
    after: datetime
    response: Response | None = None
    error: Exception | None = None
    """Why there is no response."""
    failures: tuple[int | None, ...] = ()
    """The statuses of the same request when it was sent before, None where no answer came."""

    @property
    def status(self) -> int | None:
        """Of the answer; None when none came."""
        return None if self.response is None else self.response.status_code

    @property
    def ok(self) -> bool:
        """Whether it was answered with 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether it was answered with 4xx."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def locked_out(self) -> bool:
        """Whether the service asks who sends it, says that he may not, or leads him to where he can log in."""
        return self.status in (401, 403) or (self.status is not None and 300 <= self.status < 400)

    @property
    def failed(self) -> bool:
        """Whether the same request may be answered in another way the next time.

        501 and 505 are about what the service can do, not about how it is.
        """
        if self.status is None:
            return not self.endless
        return self.status >= 500 and self.status not in (501, 505)

    @property
    def endless(self) -> bool:
        """Whether the answer was broken off, as it was beyond all bounds."""
        return isinstance(self.error, Endless)

    @property
    def timed_out(self) -> bool:
        """Whether nothing came for long, neither an answer nor the rest of one."""
        inner = self.error.args[0] if self.error is not None and self.error.args else None
        return isinstance(self.error, requests.ReadTimeout) or isinstance(inner, ReadTimeoutError)

    @property
    def unsent(self) -> bool:
        """Whether nobody took the connection."""
        return self.error is not None and never_left(self.error)

    @property
    def died(self) -> bool:
        """Whether the connection ended before the answer did."""
        return self.error is not None and not (self.timed_out or self.unsent)


@dataclass
class Delivery:
    """Delivers the requests of a run, or of the clean-up after it; each of them has one, as each has its patience."""

    session: GuardedSession
    ledger: Ledger
    base_url: str
    patience: Patience
    renew: Renewal | None = None
    _in_vain: int = 0
    _deaths: int = 0
    _wasted: float = 0.0
    _let_in: bool = False
    """Whether the service ever accepted a request."""
    _locked_out: str = ""
    """Why the service lets us in no more; empty while it does."""

    def deliver(self, request: PreparedRequest) -> Sent:
        """Send a request until there is an answer that counts, or none is to be had from a service that is there.

        Raises Blocked, BudgetExceeded, and Unreachable when the run can't go on.
        """
        sent = self._admitted(request)
        if sent.response is None and not sent.endless and not self._alive():
            if sent.timed_out:
                self.session.read_timeout = LITTLE_PATIENCE
            raise self._unreachable("stopped answering", request)
        return sent

    def _alive(self) -> bool:
        """Whether any answer comes."""
        return self._once(self._list(), timeout=LITTLE_PATIENCE).response is not None

    def _list(self) -> PreparedRequest:
        url = self.base_url + self.ledger.collection
        return self.session.prepare_request(Request("GET", url, params={"limit": 1}))

    def _unreachable(self, what: str, request: PreparedRequest, more: str = "") -> Unreachable:
        target = str(request.url).removeprefix(self.base_url)
        return Unreachable(f"{self.base_url} {what} (at {request.method} {target}){more}")

    # Who is let in

    def _admitted(self, request: PreparedRequest) -> Sent:
        """Send a request; when the session has ended, begin it anew and send it again."""
        for renewed in (False, True):
            sent = self._steadily(request)
            if not sent.locked_out:
                if sent.ok:
                    self._let_in, self._locked_out = True, ""
                return sent
            if self._locked_out:
                raise Unreachable(self._locked_out)
            if not (self._let_in or renewed or self.session.cleaning) or self._may_read():
                return sent
            if self.renew is None or renewed:
                break
            self.renew()
        self._locked_out = str(self._unreachable(f"answers {sent.status} now", request, f": {self._ended()}"))
        raise Unreachable(self._locked_out)

    def _may_read(self) -> bool:
        """Whether the list is not refused too: else a refusal was not about one request alone."""
        return not self._steadily(self._list()).locked_out

    def _ended(self) -> str:
        if self.renew is not None:
            return "what --header-command prints is refused too"
        if self.session.cleaning and not self._let_in:
            return "pass credentials with --header or --header-command"
        return "the session has ended; with --header-command the run begins another one"

    # Failures

    def _steadily(self, request: PreparedRequest) -> Sent:
        """Send a request, and again as long as it fails and may be sent again."""
        how = plan(request, self.ledger)
        precious = how.repetition is Repetition.NEVER or (self._deaths and how.repetition is not Repetition.FREE)
        if precious or self._deaths >= MOST_DEATHS:
            self.session.close()  # a connection of its own, as a kept one may be closed already
        sent = self._until_it_leaves(request)
        if not sent.failed or sent.unsent:
            return sent
        self.session.close()
        if sent.died:
            self._deaths += 1
        if how.repetition is Repetition.AFTER_A_LOOK:
            return self._after_a_look(sent, how.path)
        if request.method == "DELETE" and sent.status is not None:
            return self._deleted_after_all(sent, how)
        return sent if how.repetition is Repetition.NEVER else self._again(sent)

    def _until_it_leaves(self, request: PreparedRequest) -> Sent:
        """Send a request, and again while nobody takes the connection: then it may be any request."""
        sent = self._patiently(request)
        for pause in PAUSES:
            if not sent.unsent:
                break
            self.patience.rest(pause)
            sent = self._once_more(sent)
        return sent

    def _again(self, sent: Sent) -> Sent:
        """Send what failed again until it fails no more, or all pauses are over."""
        believed = self._in_vain >= MOST_IN_VAIN or sent.timed_out
        for pause in PAUSES[:1] if believed else PAUSES:
            self.patience.rest(pause)
            sent = self._once_more(sent)
            if not sent.failed:
                return sent
            self.session.close()
            if sent.timed_out:
                break
        self._in_vain += 1
        return sent

    def _once_more(self, sent: Sent) -> Sent:
        try:
            again = self._patiently(sent.request)
        except Blocked:  # what was known to be ours then is not so any more
            return sent
        return replace(again, failures=(*sent.failures, sent.status))

    def _after_a_look(self, sent: Sent, path: str) -> Sent:
        """Send what failed once more if it was not done; if it was, nobody knows what it was answered."""
        self.patience.rest(PAUSES[1])
        if not self._is_missing(path):
            return sent
        again = self._once_more(sent)
        if again.refused and not self._is_missing(path):
            return sent  # it was under way all the while
        return again

    def _deleted_after_all(self, sent: Sent, how: Plan) -> Sent:
        """Send a DELETE that the service failed in again if the record is still there."""
        if how.repetition is Repetition.NEVER and not self._was_kept(sent, how.path):
            return sent
        looked = self._look(how.path)
        return self._again(sent) if looked is not None and looked.ok else sent

    def _was_kept(self, sent: Sent, path: str) -> bool:
        """Whether a record is certainly still there whose id the service gave, and may have given anew.

        503 says that nothing was done. Who trusted in that alone might delete what somebody else made since then, so a
        read must show the very record too.
        """
        if sent.status != 503:
            return False
        api_id = address_of(sent.request)
        self.ledger.was_kept(api_id)
        same = False
        try:
            same = self._is_the_same(self._look(path), api_id)
        finally:
            if not same:
                self.ledger.became_uncertain(api_id)
        return same

    def _is_the_same(self, looked: Sent | None, api_id: str) -> bool:
        """Whether a read shows the very record that this run made: none that comes after it has its date_assigned."""
        known = self.ledger.records.get(api_id)
        if known is None or known.assigned is None or looked is None or looked.response is None:
            return False
        response = looked.response
        shown = record_in(parse_json(response.content, response.headers.get("Content-Type", "")))
        return shown is not None and shown.get("date_assigned") == known.assigned

    def _is_missing(self, path: str) -> bool:
        looked = self._look(path)
        return looked is not None and looked.status in (404, 410)

    def _look(self, path: str) -> Sent | None:
        """Read the record at a path; None when that is not allowed."""
        try:
            sent = self._patiently(self.session.prepare_request(Request("GET", self.base_url + path)))
        except (Blocked, requests.exceptions.InvalidURL):
            return None
        return self._again(sent) if sent.failed else sent

    # Waiting

    def _patiently(self, request: PreparedRequest) -> Sent:
        """Send a request, and again when the service has asked to wait, and that is over."""
        for waits in count():
            sent = self._once(request)
            asked = self._asked(sent, waits)
            if asked is None:
                return sent
            if waits == MOST_WAITS:
                raise self._unreachable(f"answers {sent.status} again and again", request, SLOWER)
            if not self.patience.allows(asked):
                enough = f", and {LONGEST:.0f} s in sum are enough{SLOWER}"
                raise self._unreachable(f"answers {sent.status} and asks to wait {asked:.0f} s", request, enough)
            pause = max(asked, 0.1 * 2**waits)  # who asks for nothing and means it may ask so without end
            self.patience.wait(min(pause, self.session.time_left()), f"{sent.status}, Retry-After")
            if self.patience.stop():
                raise self._unreachable("asks to wait, which was broken off", request)
            self.session.close()  # a connection may be closed while nobody uses it
        raise AssertionError

    def _asked(self, sent: Sent, waits: int) -> float | None:
        """For how long the service asks to wait before the same request is sent again; None when it does not."""
        if sent.response is None or sent.status not in (429, 503):
            return None
        asked = retry_after({name.lower(): value for name, value in sent.response.headers.items()}, utc_now())
        if sent.status == 429:
            return 2.0**waits if asked is None else asked
        # What may have been done is looked for before it is sent again, and that waits.
        return asked if plan(sent.request, self.ledger).repetition is Repetition.FREE else None

    def _once(self, request: PreparedRequest, timeout: float | None = None) -> Sent:
        """Send a request once; no answer is an outcome like any other.

        One beyond all bounds ends a run. A clean-up goes on, with little patience: what it asks for next may be done.
        """
        begun = time.monotonic()
        named = {} if timeout is None else {"timeout": (CONNECT_TIMEOUT, timeout)}
        try:
            response = self.session.send(request, **named)
        except requests.exceptions.InvalidURL:
            raise  # it never left
        except (requests.RequestException, Endless) as exc:
            sent = Sent(request, self.session.left, utc_now(), error=exc)
        else:
            return Sent(request, self.session.left, utc_now(), response)
        if sent.endless or (sent.timed_out and self.session.cleaning):
            self.session.read_timeout = LITTLE_PATIENCE
            self._wasted += time.monotonic() - begun
            if not self.session.cleaning or self._wasted > MOST_WASTED:
                raise Unreachable(str(sent.error)) from sent.error
        return sent
