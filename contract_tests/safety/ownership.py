"""What is ours: a state for each record that this run asked for, made of the ledger's events and of nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from .redaction import HIDDEN

REFERENCES = ("person_api_id", "package_api_id")

ASSIGNED = "date_assigned"

MARKER_FIELDS = (*REFERENCES, "date_started", "date_completed")

DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:[.,](\d+))? ?(Z|z|UTC|[+-]\d{2}:?\d{2})?", re.ASCII
)

Moment = tuple[datetime, timedelta | None, int]
"""The wall clock that a date-time names, its offset if it has one, and the digits of its second's fraction."""

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
    """Made under a given id, by an earlier run, or not found there since. Until the very record is read there, what is
    there may be somebody else's."""
    DELETING = "deleting"
    """A DELETE or a renaming of a given id was sent, and how it ended is not known: the id may be somebody else's."""
    DELETED = "deleted"
    """The service says that it deleted it, or does not know it. Nobody has looked."""
    GONE = "gone"
    """A read found nothing: proof only of what was deleted, as a service may show late what it made."""
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
    """It was answered with the api_id of a record that was there already: where its own is, nobody knows."""


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
        return refers and not _contradicts(self.marker, record)


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
    """How many of them the service says it deleted, or are proven gone."""
    by: int = 0
    """The request that made it last."""
    missed: bool = False
    """Whether the last request that asked for it did not find it."""
    updated: bool = False
    """Whether an update was sent to it since, so that it may show something else than that request says."""
    plans: set[int] = field(default_factory=set)
    """The requests that would make it, and are not answered."""

    @property
    def accounted(self) -> bool:
        """Whether the service says of all that was made here, or may have been, that it deleted it."""
        return self.made <= self.deleted and not self.plans


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
    lost: set[str] = field(default_factory=set)
    """Chosen ids of records that were not at their address though nothing deleted them, and have not been since."""
    late: bool = False
    """Whether a read has shown a record after an earlier one, or a DELETE, did not find it: writes show up late."""
    astray: bool = False
    """Whether a record of ours turned up where it was not expected."""

    def apply(self, event: Event) -> None:  # noqa: C901 - one case for each event, so that none is forgotten
        """Take in an event, be it new or read from a file; raise ValueError for anything else."""
        match event:
            case {"event": "planned", "n": int(n), "api_id": str() | None as api_id, "marker": dict(marker)}:
                self._plan(Request(n, api_id, marker))
            case {"event": "made", "n": int(n), "api_id": str(api_id), **more} if n in self.requests:
                self._make(self.requests[n], api_id, more.get("assigned"), more.get("renamed_from"))
            case {"event": "unproven", "n": int(n), "api_id": str(api_id), **more} if n in self.requests:
                self._doubt(self.requests[n], api_id, more.get("assigned"))
            case {"event": "refused" | "updated", "n": int(n)} if n in self.requests:
                self.requests[n].outcome = Outcome.NOTHING
                self._settle_plan(self.requests[n])
            case {"event": "there", "api_id": str(api_id)} if api_id in self.records:
                self._show(self.records[api_id])
            case {"event": "seen", "api_id": str(api_id)} if api_id in self.records:
                self._see(self.records[api_id])
            case {"event": "found", "api_id": str(api_id)} if api_id in self.records:
                self.lost.discard(api_id)
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
            case {"event": "unknown", "api_id": str(api_id)} if api_id in self.records:
                self._miss(self.records[api_id], State.DELETED)
            case {"event": "gone", "api_id": str(api_id)} if api_id in self.records:
                self._miss(self.records[api_id], State.GONE)
            case {"event": "proven gone", "api_id": str(api_id)} if api_id in self.records:
                record = self.records[api_id]
                record.state, record.deleted = State.GONE, record.made
                record.plans.clear()
            case {"event": "not ours", "api_ids": list(api_ids)}:
                self.not_ours |= dict.fromkeys(map(str, api_ids), len(self.requests))
            case {"event": "resumed"}:
                for record in self.records.values():
                    if record.state is State.MADE and not self.chosen(record.api_id):
                        record.state = State.CLAIMED
            case {"event": "recognised", "api_id": str(api_id), "ours": bool(ours)} if api_id in self.records:
                record = self.records[api_id]
                self.late = self.late or (ours and record.missed)
                record.state = State.MADE if ours else State.CLAIMED
            case _:
                raise ValueError(f"{dict(event)} is not an event of a ledger")

    # Requests and their answers

    def _plan(self, request: Request) -> None:
        self.requests[request.n] = request
        if request.api_id in self.records:
            self.records[request.api_id].updated = True
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
        record.updated = record.updated and not free
        record.missed = False
        if isinstance(renamed_from, str):
            source = self.records[renamed_from]
            if source.made > source.deleted:
                source.made -= 1
                record.made += 1
            source.state = State.UNCERTAIN
        else:
            record.made += free

    def _doubt(self, request: Request, api_id: str, assigned: Any) -> None:
        """A record may be ours under an id that somebody else's was seen to have."""
        request.outcome = Outcome.REPEATED
        record = self.records.setdefault(api_id, Record(api_id, State.UNCERTAIN))
        record.state = State.UNCERTAIN
        record.made += 1
        record.by, record.updated, record.missed = request.n, False, False
        record.assigned = assigned if isinstance(assigned, str) else None

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
        self.astray = self.astray or record.state is State.UNCERTAIN
        self.late = self.late or (record.missed and record.made > record.deleted)
        record.missed = False
        if record.state is State.PLANNED:
            record.made += 1
        record.deleted = min(record.deleted, max(0, record.made - 1))
        record.state = State.MADE

    def _make_uncertain(self, api_id: str) -> None:
        self.records.setdefault(api_id, Record(api_id, State.UNCERTAIN)).state = State.UNCERTAIN

    def _misplace(self, address: str, answered: str) -> None:
        """An update of the record at `address` was answered with an api_id that nobody asked for."""
        self.astray = True
        there = self.records.get(answered)
        free = there is None or there.state in (State.PLANNED, State.DELETED, State.GONE)
        if free and answered not in self.not_ours:
            self._make_uncertain(address)
            self._make_uncertain(answered)

    def _delete(self, record: Record) -> None:
        record.deleted = min(record.made, record.deleted + 1)
        record.plans.clear()  # what they would have made would have been found here
        if record.state is not State.GONE:
            record.state = State.DELETED

    def _miss(self, record: Record, found: State) -> None:
        """A DELETE or a read did not find it, which may be too early to find it.

        A given id of which the service never said that it deleted its record is ours again once that is read there.
        """
        record.missed = True
        if self.chosen(record.api_id):
            if record.state is State.MADE and found is State.GONE:
                self.lost.add(record.api_id)
            record.state = State.GONE if record.state is State.GONE else found
        elif record.state is State.MADE or (record.state is State.DELETING and found is State.DELETED):
            record.state = State.CLAIMED
        elif record.state is not State.CLAIMED:
            record.state = State.GONE if record.state is State.GONE else found

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

    @property
    def misplaced(self) -> bool:
        """Whether a record of ours is not where the service said that it is, for all that was seen."""
        return self.astray or bool(self.lost)

    def is_it(self, api_id: str, shown: Mapping[str, Any]) -> bool:
        """Whether this is, for all that an answer can show, the very record that was made under this api_id.

        It must have the date_assigned that the service answered then, to the precision of the coarser one, seconds at
        least: no record that comes after ours has the same. And it must refer to whom and what ours does.
        """
        record = self.records.get(api_id)
        if record is None or api_id_of(shown) != api_id or not same_instant(record.assigned, shown.get(ASSIGNED)):
            return False
        return not _refers_otherwise(self._marker(record), shown)

    def is_another(self, api_id: str, shown: Mapping[str, Any]) -> bool:
        """Whether this is somebody else's record, under a given id that ours has left: services give ids again.

        Its date_assigned differs from that of ours, or else whom and what it refers to, or its dates.
        """
        record = self.records.get(api_id)
        if record is None or self.chosen(api_id) or api_id_of(shown) != api_id:
            return False
        if record.made > record.deleted and record.state is not State.DELETING:
            return False  # nothing says that ours has left
        if same_instant(record.assigned, shown.get(ASSIGNED)) is False:
            return True
        return _contradicts(self._marker(record), shown)

    def is_surely_not(self, api_id: str, shown: Mapping[str, Any]) -> bool:
        """Whether this can't be ours, though nothing says that ours has left.

        Its date_assigned differs from that of ours, and whom or what it refers to as well: one of both may be a fault.
        """
        record = self.records.get(api_id)
        if record is None or self.chosen(api_id) or api_id_of(shown) != api_id:
            return False
        differs = same_instant(record.assigned, shown.get(ASSIGNED)) is False
        return differs and _refers_otherwise(self._marker(record), shown)

    def _marker(self, record: Record) -> Mapping[str, Any]:
        """What a record of ours must still show; nothing of one that was updated."""
        request = self.requests.get(record.by)
        return {} if request is None or record.updated else request.marker

    # What is left

    @property
    def created(self) -> int:
        """How many records this run made."""
        return sum(record.made for record in self.records.values())

    @property
    def deleted(self) -> int:
        """How many of these the service says it deleted, or are proven gone, and were not shown since."""
        return sum(record.deleted for record in self.records.values())

    def standing(self) -> list[str]:
        """Ids to delete or to verify, the latest first: all but those that were deleted and that a read found gone."""
        return [
            record.api_id
            for record in reversed(self.records.values())
            if record.state is not State.GONE or not record.accounted
        ]

    def perhaps_made(self, records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Of records that are not known to be ours, those that look as if this run had made them, and are not older."""
        lost = [request for request in self.requests.values() if request.outcome not in (Outcome.NOTHING, Outcome.SEEN)]
        begun = self._begun()
        return [record for record in records if not _is_before(record, begun) and self._may_be_of(lost, record)]

    def _may_be_of(self, lost: Sequence[Request], record: Mapping[str, Any]) -> bool:
        """Whether one of these requests may have made it, of which nothing tells for sure where their record is."""
        there_since = self.not_ours.get(api_id_of(record) or "", len(self.requests))
        if there_since == 0:
            return False
        # Nobody else can know the prefix; but a service that mistakes records may have put it into somebody else's.
        mentioned = (str(record.get(name)).lower() for name in ("api_id", *REFERENCES))
        if any(self.prefix in text for text in mentioned):
            return True
        return any(request.n <= there_since and request.fits(record) for request in lost)

    def _begun(self) -> Moment | None:
        """The date_assigned of the first record that was answered with one that can be read."""
        return next(filter(None, (_read(record.assigned) for record in self.records.values())), None)

    def nameless(self) -> list[str]:
        """In words, the records that were asked for without an id, in requests that were never answered."""
        return [
            "a record without a known api_id"
            + "".join(f", {name} {request.marker[name]}" for name in REFERENCES if name in request.marker)
            for request in self.requests.values()
            if request.outcome is Outcome.OPEN and request.api_id is None
        ]


def api_id_of(record: Mapping[str, Any]) -> str | None:
    """The api_id of a record, as it stands in a path; a service may show a number. None for anything else."""
    api_id = record.get("api_id")
    if isinstance(api_id, int) and not isinstance(api_id, bool):
        return str(api_id)
    return api_id if isinstance(api_id, str) and api_id else None


def _refers_otherwise(marker: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Whether a record refers to somebody or something else than what was sent."""
    return any(marker[name] != shown.get(name) for name in REFERENCES if name in marker)


def _contradicts(marker: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Whether a record shows something else than what was sent: a date that is written differently does not.

    Nor does what was a secret, which the ledger does not tell.
    """
    told = {name: sent for name, sent in marker.items() if HIDDEN not in str(sent)}
    if _refers_otherwise(told, shown):
        return True
    pairs = [(sent, shown.get(name)) for name, sent in told.items() if name not in REFERENCES]
    return any((sent is None) != (date is None) or same_instant(sent, date) is False for sent, date in pairs)


def same_instant(one: object, other: object) -> bool | None:
    """Whether two texts name the same moment, to the precision of the coarser one, be it cut off or rounded.

    One without an offset may be in UTC, or in the other's offset. None when it can't be told: one of them is no
    date-time that is written to the second at least, or one alone has no offset and may be in any.
    """
    first, second = _read(one), _read(other)
    if first is None or second is None:
        return None
    (wall, offset, digits), (other_wall, other_offset, other_digits) = first, second
    utc = timedelta(0)
    gaps = [abs(wall - (offset or utc) - other_wall + (other_offset or utc))]
    one_sided = (offset is None) != (other_offset is None)
    if one_sided:
        gaps.append(abs(wall - other_wall))
    unit = timedelta(seconds=1) / 10 ** min(digits, other_digits)
    same = min(gaps) < unit if digits != other_digits else min(gaps) == timedelta(0)
    return None if one_sided and not same else same


def _is_before(record: Mapping[str, Any], begun: Moment | None) -> bool:
    """Whether a record was made before the run began, whichever clock and, without an offset, time zone it has."""
    made = _read(record.get(ASSIGNED))
    if made is None or begun is None:
        return False
    (wall, offset, _), (other_wall, other_offset, _) = made, begun
    unsure = timedelta(minutes=1) if (offset is None) == (other_offset is None) else timedelta(days=1)
    return wall - (offset or timedelta(0)) + unsure < other_wall - (other_offset or timedelta(0))


def _read(text: object) -> Moment | None:
    match = DATE_TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    digits = (fraction or "")[:6]
    try:
        wall = datetime.fromisoformat(f"{day}T{clock}").replace(microsecond=int(digits.ljust(6, "0")))
    except ValueError:
        return None
    if zone is None:
        return wall, None, len(digits)
    if not zone[-1].isdigit():
        return wall, timedelta(0), len(digits)
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return wall, -offset if zone[0] == "-" else offset, len(digits)
