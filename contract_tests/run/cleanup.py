"""Deleting all that a run created, now or from the ledger of a run that was killed, and proving that it is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

import requests

from ..client.exchange import Exchange
from ..client.service import Service, Unreachable
from ..client.walk import Walk
from ..safety.guard import Blocked
from ..safety.ledger import Ledger
from ..safety.ownership import State
from ..safety.redaction import HIDDEN
from ..safety.session import api_ids_in

ROUNDS = 2
"""How often all that is left is gone through: the list may show what was thought to be gone."""

TRIES = 3
"""How often one record is deleted in a round, while a read shows a record all the same."""

UNDATED = b'{"date_started": null, "date_completed": null}'

UNREADABLE = Walk((), 0, None, complete=False)


@dataclass(frozen=True)
class Cleaned:
    """What a clean-up came to."""

    leftovers: tuple[str, ...] = ()
    """Ours, and still there or not proven gone."""
    possible: tuple[str, ...] = ()
    """Perhaps ours: where a record of ours was once, or as one that we asked for would be. They are not deleted."""

    @property
    def left(self) -> bool:
        """Whether there is anything to name."""
        return bool(self.leftovers or self.possible)

    @classmethod
    def unproven(cls, ledger: Ledger) -> Self:
        """What must be named when nothing was proven gone: all that the ledger does not know to be gone."""
        standing = ledger.standing()
        ours = tuple(api_id for api_id in standing if ledger.owns(api_id))
        return cls(ours, (*(api_id for api_id in standing if api_id not in ours), *ledger.nameless()))


class Cleaner:
    """Deletes what the ledger says is ours, and nothing else: the guard looks over each request.

    What is gone must be so by two witnesses, its own address and the list, of which neither may contradict: a service
    that forgets a record in the one often remembers it in the other.
    """

    def __init__(self, service: Service, stop: Callable[[], bool] = lambda: False) -> None:
        self._service = service
        self._stop = stop
        """Asked before each record: whether to stop deleting, and only name what is left."""
        self._ledger: Ledger = service.ledger
        self._resumed = any(record.state is State.CLAIMED for record in service.ledger.records.values())
        """Whether it is the ledger of an earlier run: an id that the service gave may be somebody else's by now."""
        self._reads: dict[str, Exchange | None] = {}
        """The last answer to a GET of each record that was not known to be gone before the clean-up."""
        self._list = UNREADABLE

    def run(self) -> Cleaned:
        """Delete and verify; never raises for what the service does."""
        if not self._ledger.requests:
            return Cleaned()
        self._service.session.cleaning = True
        try:
            self._look()
            for _ in range(ROUNDS):
                self._delete_all()
            return self._told()
        finally:
            self._service.session.cleaning = False

    def _look(self) -> None:
        """Read the whole list, and take in records that are certainly ours: those under our random prefix."""
        try:
            self._list = self._service.walk()
        except (requests.RequestException, Unreachable, Blocked):
            self._list = UNREADABLE
        for api_id in self._list.ids:
            if self._ledger.chosen(api_id) and api_id not in self._ledger.records:
                self._ledger.was_made(self._ledger.plan(api_id, {}), api_id)

    def _delete_all(self) -> None:
        """One round: delete, look whether it is gone, and note of what that is so."""
        standing = self._ledger.standing()
        if not standing:
            return
        self._reads |= dict.fromkeys(standing)
        try:
            for api_id in standing:
                if self._stop():
                    raise Unreachable("the clean-up was told to stop")
                if self._ledger.state(api_id) is State.PLANNED:
                    self._ledger.became_uncertain(api_id)  # asked for, and never answered
                self._reads[api_id] = self._delete(api_id)
        except Unreachable:
            self._list = UNREADABLE
            return
        self._look()
        for api_id in standing:
            if not self._there(api_id):
                self._ledger.was_gone(api_id)

    def _delete(self, api_id: str) -> Exchange | None:
        """Delete a record until its own address shows none; return what that shows."""
        read = None
        try:
            self._recognise(api_id)
            for again in range(TRIES):
                if self._ledger.owns(api_id) and (again or not self._deleted(api_id)):
                    if again:
                        # A service may keep what is started or completed.
                        self._service.send("PATCH", self._path(api_id), UNDATED, {"Content-Type": "application/json"})
                    self._service.send("DELETE", self._path(api_id))
                read = self._service.send("GET", self._path(api_id))
                if not self._ledger.owns(api_id) or (self._deleted(api_id) and not _shown(read)):
                    break
        except (requests.RequestException, Blocked):
            return None
        return read

    def _recognise(self, api_id: str) -> None:
        if self._resumed and not self._ledger.chosen(api_id):
            read = self._service.send("GET", self._path(api_id))
            self._ledger.recognise(api_id, read.answer if read.ok and isinstance(read.answer, dict) else {})

    def _deleted(self, api_id: str) -> bool:
        return self._ledger.state(api_id) in (State.DELETED, State.GONE)

    def _there(self, api_id: str) -> bool:
        """Whether a record is still there, or may be: whoever can tell must say that it is gone."""
        if api_id in self._list.ids or HIDDEN in api_id:
            return True  # also where nobody knows its name any more, as that was a secret
        if api_id not in self._reads or self._ledger.state(api_id) is State.GONE:
            return False  # a read found it gone
        read, deleted = self._reads[api_id], self._deleted(api_id)
        if read is None or read.status is None or api_id in _shown(read):
            return True
        if read.status in (404, 410) or (deleted and read.refused and read.status not in (401, 403, 429)):
            return False
        # A crash tells nothing, and an answer without the record little. Then the list must tell.
        return not (self._list.ended and (deleted or read.status < 500))

    def _told(self) -> Cleaned:
        left = [api_id for api_id in reversed(self._ledger.records) if self._there(api_id)]
        ours = tuple(api_id for api_id in left if self._ledger.owns(api_id))
        perhaps = [api_id for api_id in left if api_id not in ours]
        new = [record for record in self._list.records if str(record.get("api_id")) not in self._ledger.records]
        perhaps += [str(record.get("api_id")) for record in new if self._ledger.may_have_made(record)]
        perhaps += self._ledger.nameless() if self._list is UNREADABLE else []
        return Cleaned(ours, tuple(dict.fromkeys(perhaps)))

    def _path(self, api_id: str) -> str:
        head, _, rest = self._ledger.record.partition("{")
        return head + quote(api_id, safe="~") + rest.partition("}")[2]


def _shown(exchange: Exchange) -> list[str]:
    return api_ids_in(exchange.content) if exchange.ok else []
