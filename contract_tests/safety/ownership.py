"""What is ours: a state for each record that this run asked for, made of the ledger's events and of nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ..instants import parse_instant

REFERENCES = ("person_api_id", "package_api_id")

MARKER_FIELDS = (*REFERENCES, "date_started", "date_completed")

Event = Mapping[str, Any]
"""One line of the ledger; ledger.py lists them."""


class State(Enum):
    """Where a record of ours is, for all that is known. *Chosen* ids have our random prefix, *given* ones do not.

    A chosen id may be changed and deleted in every state, as nobody else can have it; a given one only while MADE.
    """

    PLANNED = "planned"
    """Asked for under a chosen id, and not answered."""
    MADE = "made"
    """The service says that it made it, or a read shows it."""
    CLAIMED = "claimed"
    """An earlier run made it under a given id. Until it is read there it may be somebody else's."""
    DELETING = "deleting"
    """A DELETE or a renaming of a given id was sent, and how it ended is not known: the id may be somebody else's."""
    DELETED = "deleted"
    """The service says that it deleted it, or does not know it. Nobody has looked."""
    GONE = "gone"
    """A read found nothing."""
    UNCERTAIN = "uncertain"
    """Our record may have moved away from here, or to here."""


class Outcome(Enum):
    """What is known of the record that a request was to make."""

    OPEN = "open"
    """No answer, or one that says nothing."""
    NOTHING = "nothing"
    """None was made: it was refused, or changed one in its place."""
    ANSWERED = "answered"
    """The service says which it made; nobody has seen it."""
    SEEN = "seen"
    """It was seen where the service said."""
    REPEATED = "repeated"
    """It was answered with the api_id of a record that we had already: where its own is, nobody knows."""


@dataclass
class Request:
    """One POST, or update that may rename or create, that was about to be sent."""

    n: int
    api_id: str | None
    """Under which a record was to be; None when the service was to give one."""
    marker: Mapping[str, Any]
    """What its record must show: members of the body that every record has."""
    outcome: Outcome = Outcome.OPEN

    def fits(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is as this request would have made it."""
        refers = any(isinstance(self.marker.get(name), str) for name in REFERENCES)
        return refers and all(_same(sent, record.get(name)) for name, sent in self.marker.items())


@dataclass
class Record:
    """One api_id of ours."""

    api_id: str
    state: State
    assigned: str | None = None
    """The date_assigned that the service answered when it made it: no record that comes after it has the same."""
    made: int = 0
    """How many records this run made here, and did not rename away."""
    deleted: int = 0
    """How many of them the service says it deleted."""
    by: int = 0
    """The request that made it last."""
    plans: set[int] = field(default_factory=set)
    """The requests that would make it, and are not answered."""


@dataclass
class Ownership:
    """The records of one run. Only `apply` changes it, so that a ledger that is read tells what the run knew."""

    prefix: str
    """Random, and in every id that we choose: nobody else can know it."""
    records: dict[str, Record] = field(default_factory=dict)
    """By api_id, in the order in which they were asked for."""
    requests: dict[int, Request] = field(default_factory=dict)
    not_ours: dict[str, int] = field(default_factory=dict)
    """Every api_id that was seen on the service and is not ours, with the number of requests by then."""
    misplaced: bool = False
    """Whether a record of ours was not where the service said that it is."""

    def apply(self, event: Event) -> None:  # noqa: C901 - one case for each event, so that none is forgotten
        """Take in an event, be it new or read from a file; raise ValueError for anything else."""
        match event:
            case {"event": "planned", "n": int(n), "api_id": str() | None as api_id, "marker": dict(marker)}:
                self._plan(Request(n, api_id, marker))
            case {"event": "made", "n": int(n), "api_id": str(api_id), **more} if n in self.requests:
                self._make(self.requests[n], api_id, more.get("assigned"), more.get("renamed_from"))
            case {"event": "refused" | "updated", "n": int(n)} if n in self.requests:
                self.requests[n].outcome = Outcome.NOTHING
                self._settle_plan(self.requests[n])
            case {"event": "there", "api_id": str(api_id)} if api_id in self.records:
                self._show(self.records[api_id])
            case {"event": "seen", "api_id": str(api_id)} if api_id in self.records:
                self._see(self.records[api_id])
            case {"event": "uncertain", "api_id": str(api_id)}:
                self._make_uncertain(api_id)
            case {"event": "misplaced", "api_id": str(api_id), "answered": str(answered)}:
                self._misplace(api_id, answered)
            case {"event": "deleting", "api_id": str(api_id)} if api_id in self.records:
                self.records[api_id].state = State.DELETING
            case {"event": "kept", "api_id": str(api_id)} if api_id in self.records:
                self.records[api_id].state = State.MADE
            case {"event": "deleted", "api_id": str(api_id)} if api_id in self.records:
                self._delete(self.records[api_id])
            case {"event": "gone", "api_id": str(api_id)} if api_id in self.records:
                record = self.records[api_id]
                self.misplaced = self.misplaced or (self.chosen(api_id) and record.state is State.MADE)
                record.state = State.GONE
            case {"event": "not ours", "api_ids": list(api_ids)}:
                self.not_ours |= dict.fromkeys(map(str, api_ids), len(self.requests))
            case {"event": "resumed"}:
                for record in self.records.values():
                    if record.state is State.MADE and not self.chosen(record.api_id):
                        record.state = State.CLAIMED
            case {"event": "recognised", "api_id": str(api_id), "ours": bool(ours)} if api_id in self.records:
                self.records[api_id].state = State.MADE if ours else State.CLAIMED
            case _:
                raise ValueError(f"{dict(event)} is not an event of a ledger")

    # Requests and their answers

    def _plan(self, request: Request) -> None:
        self.requests[request.n] = request
        if request.api_id is None or not self.chosen(request.api_id):
            return
        record = self.records.setdefault(request.api_id, Record(request.api_id, State.PLANNED))
        record.plans.add(request.n)
        if record.state is State.GONE:
            record.state = State.PLANNED  # whatever the answer, it is to be looked for again

    def _make(self, request: Request, api_id: str, assigned: Any, renamed_from: Any) -> None:
        before = self.records.get(api_id)
        free = self._free(before)
        request.outcome = Outcome.ANSWERED if free else Outcome.REPEATED
        self._settle_plan(request)
        record = self.records.setdefault(api_id, before or Record(api_id, State.MADE))
        record.state = State.MADE
        record.assigned = assigned if isinstance(assigned, str) else None
        record.by = request.n if free else record.by
        if isinstance(renamed_from, str):
            source = self.records[renamed_from]
            if source.made > source.deleted:
                source.made -= 1
                record.made += 1
            source.state = State.UNCERTAIN
        else:
            record.made += free

    def _settle_plan(self, request: Request) -> None:
        """The request was answered: what it asked for is not planned any more."""
        record = self.records.get(request.api_id or "")
        if record is None:
            return
        record.plans.discard(request.n)
        if record.state is State.PLANNED and not record.plans:
            if record.made:
                record.state = State.DELETED
            else:
                del self.records[record.api_id]

    # What answers show

    def _show(self, record: Record) -> None:
        request = self.requests.get(record.by)
        if request is not None and request.outcome is Outcome.ANSWERED:
            request.outcome = Outcome.SEEN

    def _see(self, record: Record) -> None:
        """A read shows it: whatever a DELETE or a renaming was answered, it is there."""
        self._show(record)
        if not self.chosen(record.api_id):
            return
        self.misplaced = self.misplaced or record.state is State.UNCERTAIN
        if record.state is State.PLANNED:
            record.made += 1
        record.deleted = min(record.deleted, max(0, record.made - 1))
        record.state = State.MADE

    def _make_uncertain(self, api_id: str) -> None:
        self.records.setdefault(api_id, Record(api_id, State.UNCERTAIN)).state = State.UNCERTAIN

    def _misplace(self, address: str, answered: str) -> None:
        """An update of the record at `address` was answered with an api_id that nobody asked for."""
        self.misplaced = True
        there = self.records.get(answered)
        if (there is None or there.state is State.PLANNED) and answered not in self.not_ours:
            self._make_uncertain(address)
            self._make_uncertain(answered)

    def _delete(self, record: Record) -> None:
        record.deleted = min(record.made, record.deleted + 1)
        if record.state is not State.GONE:
            record.state = State.DELETED

    # What is ours

    def chosen(self, api_id: str) -> bool:
        """Whether the id lies under the random prefix of this run, which nobody else can know.

        A few odd characters may stand before it, as some malformed ids of ours have them.
        """
        return re.match(rf"[^A-Za-z0-9]{{0,3}}{self.prefix}", api_id) is not None

    def owns(self, api_id: str) -> bool:
        """Whether a request may change the record of this id."""
        return self.chosen(api_id) or (self.state(api_id) is State.MADE and api_id not in self.not_ours)

    def state(self, api_id: str) -> State | None:
        """The state of a record of ours; None for any other id."""
        record = self.records.get(api_id)
        return None if record is None else record.state

    def _free(self, record: Record | None) -> bool:
        """Whether its id is nobody's, for all that we know, and may be somebody else's soon."""
        return record is None or record.state not in (State.MADE, State.CLAIMED)

    # What is left

    @property
    def created(self) -> int:
        """How many records this run made."""
        return sum(record.made for record in self.records.values())

    @property
    def deleted(self) -> int:
        """How many of these the service says it deleted, and has not shown since."""
        return sum(record.deleted for record in self.records.values())

    def standing(self) -> list[str]:
        """Ids to delete or to verify, the latest first: all but those that a read found gone."""
        return [record.api_id for record in reversed(self.records.values()) if record.state is not State.GONE]

    def may_have_made(self, record: Mapping[str, Any]) -> bool:
        """Whether a record that is not known to be ours looks as if this run had made it, and was not there before."""
        there_since = self.not_ours.get(str(record.get("api_id")), len(self.requests))
        if there_since == 0:
            return False
        # Nobody else can know the prefix; but a service that mistakes records may have put it into somebody else's.
        mentioned = (str(record.get(name)).lower() for name in ("api_id", *REFERENCES))
        if any(self.prefix in text for text in mentioned):
            return True
        return any(request.n <= there_since and request.fits(record) for request in self._lost())

    def _lost(self) -> Iterator[Request]:
        """Requests of which nothing tells for sure where the record is that they made."""
        settled = (Outcome.NOTHING, Outcome.SEEN)
        return (request for request in self.requests.values() if request.outcome not in settled)

    def nameless(self) -> list[str]:
        """In words, the records that were asked for without an id, in requests that were never answered."""
        return [
            "a record without a known api_id"
            + "".join(f", {name} {request.marker[name]}" for name in REFERENCES if name in request.marker)
            for request in self.requests.values()
            if request.outcome is Outcome.OPEN and request.api_id is None
        ]


def _same(sent: object, shown: object) -> bool:
    """Whether a member of a body is what a record shows."""
    instants = parse_instant(sent), parse_instant(shown)
    if instants[0] is not None and instants[1] is not None:
        return instants[1].same_when_shown(instants[0])
    return sent == shown
