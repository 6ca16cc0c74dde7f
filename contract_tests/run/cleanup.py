"""Deleting all that a run created, now or from the ledger of a run that was killed, and proving that it is gone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import requests

from ..client.exchange import Exchange
from ..client.service import Service, Unreachable
from ..client.walk import Walk
from ..records import record_in
from ..safety.guard import Blocked
from ..safety.ledger import Ledger
from ..safety.ownership import ASSIGNED, REFERENCES, State, api_id_of
from ..safety.redaction import HIDDEN
from ..safety.session import api_ids_in

SETTLE = 2.0
"""Seconds after a write in which an answer may still be from before it: of a replica, or of a cache."""

ROUNDS = 2
"""How often what is not proven gone is gone through again, at most: once for the addresses, once more for the list."""

UNDATED = b'{"date_started": null, "date_completed": null}'

UNREADABLE = Walk((), (), None, complete=False)

NOT_FOUND = (404, 410)
NOT_ALLOWED = (401, 403, 429)


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
    that forgets a record in the one often remembers it in the other. And a service may show its writes late. So what it
    does not say that it deleted, and what shows all the same, is looked for again once `settle` seconds have passed
    since it was written: all of it together, after one pause, and none where nothing is in doubt.

    One kind of record of ours is left and named: one under an api_id that the service gave, and that somebody else's
    record was seen to have before. They may have deleted theirs, and the service given its id again. But a service that
    overwrites a record with a new one answers and shows just the same; then it is theirs that would be deleted.
    """

    def __init__(
        self,
        service: Service,
        stop: Callable[[], bool] = lambda: False,
        *,
        settle: float = SETTLE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service = service
        self._stop = stop
        """Asked before each record: whether to stop deleting, and only name what is left."""
        self._settle = settle
        """Seconds; more than SETTLE for a service that is known to take longer to show a write."""
        self._sleep = sleep
        self._ledger: Ledger = service.ledger
        self._reads: dict[str, Exchange | None] = {}
        """The last answer to a GET of each record that was not known to be gone before the clean-up."""
        self._early: set[str] = set()
        """Which of these were read so soon after they were written that they may be there all the same."""
        self._refused: set[str] = set()
        """Which of these the service would not delete: they are there, and waiting changes nothing."""
        self._list = UNREADABLE
        self._listed: dict[str, Mapping[str, Any]] = {}
        """The records of the list by api_id, but for those whose api_id is none that can be asked for."""

    def run(self) -> Cleaned:
        """Delete and verify; never raises for what the service does."""
        if not self._ledger.requests:
            return Cleaned()
        self._service.session.cleaning = True
        try:
            with suppress(Unreachable):
                self._delete_all()
                self._look_through_the_list()
            return self._told()
        finally:
            self._service.session.cleaning = False

    # Each record at its own address

    def _delete_all(self) -> None:
        standing = self._ledger.standing()
        self._reads = dict.fromkeys(standing)
        for api_id in standing:
            if self._ledger.state(api_id) is State.PLANNED:
                self._ledger.became_uncertain(api_id)  # asked for, and never answered
        self._go_through(standing)
        doubtful = self._doubtful(standing)
        for _ in range(ROUNDS):
            if not doubtful:
                break
            self._wait(doubtful)
            self._go_through(doubtful, again=True)
            doubtful = self._doubtful(doubtful)

    def _doubtful(self, api_ids: Iterable[str]) -> list[str]:
        """Those that are shown all the same, or that nothing but an early read says to be gone.

        Where a write has shown up late already, no early read is believed, whatever a DELETE was answered.
        """
        unbelieved = {
            api_id for api_id in self._early if self._ledger.late or not self._ledger.records[api_id].accounted
        }
        return [api_id for api_id in api_ids if self._shown(api_id) or api_id in unbelieved]

    def _wait(self, api_ids: Iterable[str]) -> bool:
        """Wait until none of these was written within the last `settle` seconds; return whether that took any time."""
        ages = (self._ledger.age(api_id) for api_id in api_ids if api_id not in self._refused)
        rest = self._settle - min(ages, default=self._settle)
        if rest <= 0 or self._stop():
            return False
        self._sleep(rest)
        return True

    def _go_through(self, api_ids: Iterable[str], *, again: bool = False) -> bool:
        """Delete and read each; return whether any was deleted. `again` after a pause. Raises Unreachable."""
        deleted = False
        for api_id in api_ids:
            if self._stop():
                raise Unreachable("the clean-up was told to stop")
            early = not again and self._ledger.age(api_id) < self._settle
            _mark(self._early, api_id, early)
            try:
                deleted = self._delete(api_id, again=again) or deleted
            except (requests.RequestException, Blocked):
                self._reads[api_id] = None
        return deleted

    def _delete(self, api_id: str, *, again: bool) -> bool:
        """Delete a record if it may be there, and read it; return whether the service says that it deleted it."""
        deleted = shown = False
        look_first = self._ledger.state(api_id) is State.CLAIMED or (again and self._shown(api_id))
        if look_first:
            self._read(api_id)
            shown = self._shown(api_id)
        delete = self._ledger.owns(api_id) and (shown or self._may_be_there(api_id))
        if delete:
            if again and shown:
                self._undate(api_id)
            deleted = self._remove(api_id)
        if delete or not look_first:
            self._read(api_id)
        return deleted

    def _may_be_there(self, api_id: str) -> bool:
        """Whether nothing says that the record was deleted. What a read does not find may be there."""
        record = self._ledger.records[api_id]
        return not record.accounted or record.state not in (State.DELETED, State.GONE)

    def _remove(self, api_id: str) -> bool:
        """DELETE a record, as often as it was made; return whether the service says that it did."""
        exchange = self._send("DELETE", api_id)
        if exchange.refused and exchange.status not in (*NOT_FOUND, *NOT_ALLOWED):
            self._undate(api_id)
            exchange = self._send("DELETE", api_id)
        done = exchange.ok
        _mark(self._refused, api_id, not done and exchange.status not in NOT_FOUND)
        while exchange.ok and self._ledger.owns(api_id) and not self._ledger.records[api_id].accounted:
            exchange = self._send("DELETE", api_id)
        return done

    def _undate(self, api_id: str) -> None:
        """A service may keep what is started or completed."""
        with suppress(Blocked):
            self._send("PATCH", api_id, UNDATED, {"Content-Type": "application/json"})

    def _read(self, api_id: str) -> None:
        self._reads[api_id] = self._send("GET", api_id)

    def _send(self, method: str, api_id: str, body: bytes | None = None, headers: Any = None) -> Exchange:
        head, _, rest = self._ledger.record.partition("{")
        path = head + quote(api_id, safe="~") + rest.partition("}")[2]
        return self._service.send(method, path, body, headers)

    def _shown(self, api_id: str) -> bool:
        """Whether the last read shows a record there that may be ours; at a chosen address any is a sign of ours."""
        shown = self._ids_shown(api_id)
        if not shown or self._ledger.chosen(api_id):
            return bool(shown)
        read = self._reads[api_id]
        answer = (record_in(read.answer) if read is not None else None) or {}
        return api_id in shown and not self._ledger.is_another(api_id, answer)

    def _ids_shown(self, api_id: str) -> list[str]:
        read = self._reads.get(api_id)
        return api_ids_in(read.answer) if read is not None and read.ok else []

    # All of them in the list

    def _look_through_the_list(self) -> None:
        """Read the list; where it shows what should be gone, or more of ours, delete that and read it again."""
        # Only the list can show what was made by a request without an answer; a late one would have to be read twice.
        self._wait([*([""] if self._ledger.nameless() else []), *(self._ledger.records if self._ledger.late else [])])
        self._look()
        for _ in range(ROUNDS):
            listed = self._ours_in_the_list()
            waited = self._wait(listed)
            deleted = self._go_through(listed, again=True)
            if deleted or waited:
                self._look()
            if not deleted:
                return

    def _look(self) -> None:
        try:
            self._list = self._service.walk()
        except (requests.RequestException, Blocked):
            self._list = UNREADABLE
        named = ((api_id_of(record), record) for record in self._list.records)
        self._listed = {api_id: record for api_id, record in named if api_id is not None}

    def _ours_in_the_list(self) -> list[str]:
        """What the list shows of ours, and all under our random prefix, which are certainly ours."""
        for api_id in self._listed:
            if self._ledger.chosen(api_id) and api_id not in self._ledger.records:
                self._ledger.was_made(self._ledger.plan(None, {}), api_id)
        return [api_id for api_id in self._ledger.records if self._is_listed(api_id)]

    def _is_listed(self, api_id: str) -> bool:
        record = self._listed.get(api_id)
        return record is not None and not self._ledger.is_another(api_id, record)

    # What is left

    def _told(self) -> Cleaned:
        left = [api_id for api_id in reversed(self._ledger.records) if self._there(api_id)]
        ours = tuple(api_id for api_id in left if self._is_ours(api_id))
        for api_id in set(self._reads).difference(left):
            self._ledger.is_gone(api_id)
        perhaps = [api_id for api_id in left if api_id not in ours]
        new = (record for record in self._list.records if api_id_of(record) not in self._ledger.records)
        perhaps += map(_name, self._ledger.perhaps_made(new))
        perhaps += self._ledger.nameless() if not self._list.ended else []
        return Cleaned(ours, tuple(dict.fromkeys(perhaps)))

    def _there(self, api_id: str) -> bool:
        """Whether a record is still there, or may be: whoever can tell must say that it is gone."""
        shown = api_id in self._ids_shown(api_id)
        if self._is_listed(api_id) or (shown and self._shown(api_id)):
            return True
        if api_id not in self._reads:
            return False  # it was deleted, and a read found it gone
        if HIDDEN in api_id:
            return True  # nobody knows its name any more, as that was a secret
        record, read = self._ledger.records[api_id], self._reads[api_id]
        if read is None or read.status is None:
            return True
        if shown:
            return False  # it is somebody else's by now
        if record.accounted and (read.status in NOT_FOUND or (read.refused and read.status not in NOT_ALLOWED)):
            return False
        # A crash tells nothing, and an answer without the record little. Then the list must tell.
        deleted = record.state in (State.DELETED, State.GONE)
        return not (self._list.ended and (deleted or read.status < 500))

    def _is_ours(self, api_id: str) -> bool:
        return self._ledger.owns(api_id) or (
            self._ledger.state(api_id) is State.CLAIMED and self._ledger.is_it(api_id, self._listed.get(api_id, {}))
        )


def _mark(marked: set[str], api_id: str, yes: bool) -> None:
    marked.add(api_id) if yes else marked.discard(api_id)


def _name(record: Mapping[str, Any]) -> str:
    """What identifies a record: its api_id, or all that it shows where that is none that can be asked for."""
    api_id = api_id_of(record)
    if api_id is not None:
        return api_id
    shown = {name: record[name] for name in (*REFERENCES, ASSIGNED) if name in record}
    return f"a record with api_id {json.dumps(record.get('api_id'))}" + "".join(f", {n} {v}" for n, v in shown.items())
