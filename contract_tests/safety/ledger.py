"""The ledger: what this run created, written down before and after, so that all of it can be deleted again.

One JSON object a line, appended and flushed, so that a killed run leaves a file that still tells everything:

    {"event": "run", "prefix": ..., "target": ..., "collection": ..., "record": ...}
    {"event": "intent", "n": 1, "api_id": "..." or null, "marker": {...}}     before a POST or a rename
    {"event": "made", "n": 1, "api_id": "...", "assigned": "..."}              after it, with its date_assigned
    {"event": "refused", "n": 1}
    {"event": "found", "api_id": "..."}                                        the service was seen to have it
    {"event": "loose", "api_id": "..."}                                        its record may be another one by now
    {"event": "risked", "api_id": "..."}                                       before a DELETE or a rename of a given id
    {"event": "held", "api_id": "..."}                                         after it, where it was refused
    {"event": "deleted", "api_id": "..."} and {"event": "gone", "api_id": "..."}
    {"event": "foreign", "api_ids": [...]}                                     seen, and not ours
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from ..instants import parse_instant

REFERENCES = ("person_api_id", "package_api_id")

MARKER_FIELDS = (*REFERENCES, "date_started", "date_completed")


class LedgerError(ValueError):
    """A file that is no ledger. The message names the file and the line."""


@dataclass
class Intent:
    """One POST (or rename) that was about to be sent."""

    n: int
    api_id: str | None
    marker: dict[str, Any]
    made: str | None = None
    refused: bool = False
    twice: bool = False
    """Whether it was answered with the api_id of a record that we have already."""

    def fits(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is as this POST would have made it."""
        refers = any(isinstance(self.marker.get(name), str) for name in REFERENCES)
        return refers and all(_same(sent, record.get(name)) for name, sent in self.marker.items())


@dataclass
class Entry:
    """One record of ours."""

    api_id: str
    deleted: bool = False
    gone: bool = False
    """Verified after the DELETE."""
    found: bool = False
    """Whether the service was ever seen to have it."""
    loose: bool = False
    """Whether the service says that our record has moved away from this api_id, or perhaps to it."""
    risked: bool = False
    """Whether a DELETE or a rename of it was sent and not answered yet, or never so that its outcome is known."""
    assigned: str | None = None
    """The date_assigned that the service answered when it made it: no record that comes after it has the same."""
    recognised: bool = False
    """Whether a record with that date_assigned was read at this api_id by the clean-up of an earlier run."""


@dataclass
class Ledger:
    """What is ours. `path` None keeps it in memory only (a read-only run)."""

    prefix: str
    target: str
    collection: str
    record: str
    number: int
    """A random integer of this run, for bodies whose api_id is wrongly a number."""
    path: Path | None = None
    intents: dict[int, Intent] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)
    """Every api_id that was seen on the service and is not ours, with the number of intents by then."""
    created: int = 0
    deleted: int = 0
    astray: bool = False
    """Whether a record of ours was not where the service said that it is."""
    resumed: bool = False
    """Whether it is that of an earlier run: an id that the service gave may be somebody else's by now."""
    _file: IO[str] | None = None

    @classmethod
    def open(cls, path: Path | None, target: str, collection: str, record: str) -> Self:
        """Begin a new ledger under a new random prefix, of a fixed length and fit to start any api_id."""
        prefix = f"kit-{secrets.token_hex(6)}-"
        ledger = cls(prefix, target, collection, record, secrets.randbelow(9 * 10**14) + 10**14, path)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            ledger._file = path.open("x", encoding="utf-8")
        ledger._write(
            event="run", prefix=prefix, target=target, collection=collection, record=record, number=ledger.number
        )
        return ledger

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the ledger of an earlier run and go on appending to it; raise LedgerError."""
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as exc:
            raise LedgerError(f"cannot read {path}: {exc}") from exc
        events = []
        for number, line in enumerate(lines, 1):
            try:
                events.append(json.loads(line))
            except ValueError as exc:
                if number == len(lines) and events:
                    break  # the run was killed while it wrote this line; what it announced was never sent
                raise LedgerError(f"{path}, line {number}: no JSON") from exc
        if not events or not isinstance(events[0], dict) or events[0].get("event") != "run":
            raise LedgerError(f"{path} is no ledger: its first line is not that of a run")
        first = events[0]
        try:
            ledger = cls(first["prefix"], first["target"], first["collection"], first["record"], first["number"], path)
            for event in events[1:]:
                ledger._read(event)
        except (KeyError, TypeError) as exc:
            raise LedgerError(f"{path} is no ledger: {exc}") from exc
        if not re.fullmatch(r"kit-[0-9a-f]{12}-", ledger.prefix):
            # The prefix is what tells ours from others': a ledger with another one would be a licence to delete.
            raise LedgerError(f"{path}: {ledger.prefix!r} is no prefix of a run")
        ledger._file = path.open("a", encoding="utf-8")
        ledger.resumed = True
        return ledger

    def _read(self, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind == "intent":
            self._intend(Intent(event["n"], event["api_id"], dict(event["marker"])))
        elif kind == "made":
            self._make(self.intents[event["n"]], event["api_id"], event.get("assigned"))
            self.created += 1
        elif kind == "refused":
            self.intents[event["n"]].refused = True
        elif kind == "deleted":
            self._entry(event["api_id"]).deleted = True
        elif kind == "gone":
            self._entry(event["api_id"]).gone = True
        elif kind == "found":
            self._entry(event["api_id"]).found = True
        elif kind == "loose":
            self._entry(event["api_id"]).loose = True
        elif kind in ("risked", "held"):
            self._entry(event["api_id"]).risked = kind == "risked"
        elif kind == "foreign":
            self.foreign |= dict.fromkeys(event["api_ids"], len(self.intents))

    # What is ours

    def chosen(self, api_id: str) -> bool:
        """Whether the id lies under the random prefix of this run, which nobody else can know.

        A few odd characters may stand before it, as some malformed ids of ours have them.
        """
        return re.match(rf"[^A-Za-z0-9]{{0,3}}{self.prefix}", api_id) is not None

    def owns(self, api_id: str) -> bool:
        """Whether a request may change the record of this id.

        An id that the service gave is ours until it is deleted or changed: a service may give it to somebody else then.
        """
        if self.chosen(api_id):
            return True
        entry = self.entries.get(api_id)
        known = entry is not None and (entry.recognised or not self.resumed)
        return known and not self._free(api_id) and api_id not in self.foreign

    def recognise(self, api_id: str, record: Mapping[str, Any]) -> None:
        """Say what is read at an api_id of an earlier run: only the very record that was made there is ours."""
        entry = self.entries.get(api_id)
        if entry is not None and entry.assigned is not None:
            entry.recognised = record.get("date_assigned") == entry.assigned

    def _free(self, api_id: str) -> bool:
        """Whether it is nobody's, for all that we know, and may be somebody else's soon."""
        entry = self.entries.get(api_id)
        return entry is None or entry.deleted or entry.gone or entry.loose or entry.risked

    # What happens

    def seen(self, api_ids: Iterable[str]) -> None:
        """Ids in an answer to a GET: those that are not ours never become ours."""
        new = []
        for api_id in dict.fromkeys(api_ids):
            self.was_found(api_id)
            if api_id not in self.foreign and not self.chosen(api_id) and self._free(api_id):
                new.append(api_id)
        if new:
            self.foreign |= dict.fromkeys(new, len(self.intents))
            self._write(event="foreign", api_ids=new)

    def intend(self, api_id: str | None, body: Mapping[str, Any]) -> int:
        """Write down that a record is about to be made; return the number to settle it with."""
        n = len(self.intents) + 1
        marker = {
            name: body[name] for name in MARKER_FIELDS if isinstance(body.get(name), (str, type(None))) and name in body
        }
        self._intend(Intent(n, api_id, marker))
        self._write(event="intent", n=n, api_id=api_id, marker=marker)
        return n

    def _intend(self, intent: Intent) -> None:
        self.intents[intent.n] = intent
        entry = self.entries.get(intent.api_id or "")
        if entry is not None and self.chosen(entry.api_id):
            entry.gone = False  # whatever the answer, it is to be looked for again

    def made(self, n: int, api_id: str, *, record: bool = True, assigned: object = None) -> bool:
        """The service says it made this record. Return False when it can't be ours: it was there before.

        `record` is False for a new name of a record that is counted already, `assigned` its date_assigned.
        """
        if set(api_id) <= {"."}:
            return False
        if api_id in self.foreign:
            self.was_loosened(api_id)  # unless its record was deleted meanwhile, and the service gave it anew
            return False
        self.created += record and self._free(api_id)
        self._make(self.intents[n], api_id, assigned)
        self._write(event="made", n=n, api_id=api_id, **({"assigned": assigned} if isinstance(assigned, str) else {}))
        return True

    def _make(self, intent: Intent, api_id: str, assigned: object = None) -> None:
        intent.made = api_id
        intent.twice = not self._free(api_id)
        self.entries[api_id] = Entry(api_id, assigned=assigned if isinstance(assigned, str) else None)

    def refused(self, n: int) -> None:
        self.intents[n].refused = True
        self._write(event="refused", n=n)

    def updated(self, n: int, address: str, new: str, answered: str | None) -> None:
        """An update is done: of the record at `address`, which was to be under `new` and is said to be `answered`."""
        known = self.entries.get(address)
        self.was_there(address)
        if new != address and answered == address:
            self.refused(n)  # the service does not rename
            self.was_held(address)
        elif known is None or (known.deleted and new == address):
            self.made(n, new)
        elif new != address:
            self.made(n, new, record=False)
            self.was_loosened(address)
        else:
            self.intents[n].refused = True
        if answered is not None and answered not in (address, new):
            self._strayed(address, answered)

    def _strayed(self, address: str, answered: str) -> None:
        """An update was answered with an api_id that nobody asked for."""
        self.astray = True
        if answered not in self.entries and answered not in self.foreign:
            self.was_loosened(address)
            self.was_loosened(answered)

    def was_loosened(self, api_id: str) -> None:
        """Our record may have gone to this api_id, or away from it: what is there may be somebody else's."""
        entry = self._entry(api_id)
        if not entry.loose:
            entry.loose = True
            self._write(event="loose", api_id=api_id)

    def risk(self, api_id: str) -> None:
        """Our record is about to leave this api_id. One that the service gave may be somebody else's from then on."""
        entry = self.entries.get(api_id)
        if entry is not None and not entry.risked and not self.chosen(api_id):
            entry.risked = True
            self._write(event="risked", api_id=api_id)

    def was_held(self, api_id: str) -> None:
        """The service refused to let our record leave this api_id."""
        entry = self.entries.get(api_id)
        if entry is not None and entry.risked:
            entry.risked = False
            self._write(event="held", api_id=api_id)

    def was_deleted(self, api_id: str) -> None:
        entry = self.entries.get(api_id)
        if entry is not None and not entry.deleted:
            entry.deleted = True
            self.deleted += not entry.loose
            self._write(event="deleted", api_id=api_id)

    def was_there(self, api_id: str) -> None:
        """Something shows that the service had a record of ours under this api_id."""
        entry = self.entries.get(api_id)
        if entry is not None and not entry.found:
            entry.found = True
            self._write(event="found", api_id=api_id)

    def was_found(self, api_id: str) -> None:
        """A read shows it: whatever a DELETE or a rename was answered, it is there."""
        self.was_there(api_id)
        entry = self.entries.get(api_id)
        if entry is not None and self.chosen(api_id):
            self.astray = self.astray or entry.loose
            self.deleted -= entry.deleted and not entry.loose
            entry.deleted = entry.gone = False

    def was_absent(self, api_id: str) -> None:
        entry = self.entries.get(api_id)
        if entry is not None and not entry.gone:
            self.astray = self.astray or (self.chosen(api_id) and not self._free(api_id))
            entry.gone = True
            self._write(event="gone", api_id=api_id)

    def _entry(self, api_id: str) -> Entry:
        return self.entries.setdefault(api_id, Entry(api_id))

    # What is left

    def standing(self) -> list[str]:
        """Ids to delete or to verify: made and not verified gone, or asked for and never answered. Latest first."""
        asked = [i.api_id for i in self.intents.values() if i.api_id is not None and i.made is None and not i.refused]
        left = [entry.api_id for entry in self.entries.values() if not entry.gone]
        return list(dict.fromkeys(reversed([*left, *(api_id for api_id in asked if api_id not in self.entries)])))

    def may_have_made(self, record: Mapping[str, Any]) -> bool:
        """Whether a record that is not known to be ours looks as if this run had made it, and was not there before."""
        there_since = self.foreign.get(str(record.get("api_id")), len(self.intents))
        if there_since == 0:
            return False
        # Nobody else can know the prefix; but a service that mistakes records may have put it into somebody else's.
        mentioned = (str(record.get(name)).lower() for name in ("api_id", *REFERENCES))
        if any(self.prefix in text for text in mentioned):
            return True
        return any(intent.n <= there_since and intent.fits(record) for intent in self._lost())

    def _lost(self) -> Iterator[Intent]:
        """POSTs of which nothing tells for sure where the record is that they made."""
        for intent in self.intents.values():
            entry = self.entries.get(intent.made or "")
            if not intent.refused and (entry is None or not entry.found or intent.twice):
                yield intent

    def close(self, *, remove: bool) -> None:
        """Close the file; remove it when nothing is left to clean up."""
        if self._file is not None:
            self._file.close()
            self._file = None
            if remove and self.path is not None:
                self.path.unlink(missing_ok=True)

    def _write(self, **event: Any) -> None:
        if self._file is not None:
            self._file.write(json.dumps(event, ensure_ascii=True) + "\n")
            self._file.flush()


def _same(sent: object, shown: object) -> bool:
    """Whether a member of a body is what a record shows."""
    instants = parse_instant(sent), parse_instant(shown)
    if instants[0] is not None and instants[1] is not None:
        return instants[1].same_when_shown(instants[0])
    return sent == shown
