"""The ledger: what this run created, written down before and after, so that all of it can be deleted again.

One JSON object a line, appended and flushed, so that a killed run leaves a file that still tells everything:

    {"event": "run", "prefix": ..., "target": ..., "collection": ..., "record": ...}
    {"event": "intent", "n": 1, "api_id": "..." or null, "marker": {...}}     before a POST or a rename
    {"event": "made", "n": 1, "api_id": "..."}                                 after it
    {"event": "refused", "n": 1}
    {"event": "deleted", "api_id": "..."} and {"event": "gone", "api_id": "..."}
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

MARKER_FIELDS = ("person_api_id", "package_api_id", "date_started", "date_completed")


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


@dataclass
class Entry:
    """One record of ours."""

    api_id: str
    deleted: bool = False
    gone: bool = False
    """Verified by a GET after the DELETE."""


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
    foreign: set[str] = field(default_factory=set)
    """Every api_id that was seen on the service and is not ours."""
    created: int = 0
    deleted: int = 0
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
        return ledger

    def _read(self, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind == "intent":
            self.intents[event["n"]] = Intent(event["n"], event["api_id"], dict(event["marker"]))
        elif kind == "made":
            self.intents[event["n"]].made = event["api_id"]
            self.entries[event["api_id"]] = Entry(event["api_id"])
            self.created += 1
        elif kind == "refused":
            self.intents[event["n"]].refused = True
        elif kind == "deleted":
            self.entries.setdefault(event["api_id"], Entry(event["api_id"])).deleted = True
        elif kind == "gone":
            self.entries.setdefault(event["api_id"], Entry(event["api_id"])).gone = True
        elif kind == "foreign":
            self.foreign.update(event["api_ids"])

    # What is ours

    def chosen(self, api_id: str) -> bool:
        """Whether the id lies under the random prefix of this run, which nobody else can know."""
        return api_id.startswith(self.prefix)

    def owns(self, api_id: str) -> bool:
        """Whether a request may change the record of this id.

        An id that the service gave is ours until it is deleted: a service may give it to somebody else then.
        """
        if self.chosen(api_id):
            return True
        entry = self.entries.get(api_id)
        return entry is not None and not entry.deleted and not entry.gone and api_id not in self.foreign

    # What happens

    def seen(self, api_ids: Iterable[str]) -> None:
        """Ids in an answer to a GET: those that are not ours never become ours."""
        new = [a for a in api_ids if a not in self.foreign and not self.chosen(a) and a not in self.entries]
        if new:
            self.foreign.update(new)
            self._write(event="foreign", api_ids=new)

    def intend(self, api_id: str | None, body: Mapping[str, Any]) -> int:
        """Write down that a record is about to be made; return the number to settle it with."""
        n = len(self.intents) + 1
        marker = {
            name: body[name] for name in MARKER_FIELDS if isinstance(body.get(name), (str, type(None))) and name in body
        }
        self.intents[n] = Intent(n, api_id, marker)
        self._write(event="intent", n=n, api_id=api_id, marker=marker)
        return n

    def made(self, n: int, api_id: str, *, record: bool = True) -> bool:
        """The service says it made this record. Return False when it can't be ours: it was there before.

        `record` is False for a new name of a record that is counted already.
        """
        if not self.chosen(api_id) and (api_id in self.foreign or not api_id or set(api_id) <= {"."}):
            return False
        self.intents[n].made = api_id
        entry = self.entries.get(api_id)
        if entry is None or entry.deleted:
            self.created += record
        self.entries[api_id] = Entry(api_id)
        self._write(event="made", n=n, api_id=api_id)
        return True

    def refused(self, n: int) -> None:
        self.intents[n].refused = True
        self._write(event="refused", n=n)

    def was_deleted(self, api_id: str) -> None:
        entry = self.entries.get(api_id)
        if entry is not None and not entry.deleted:
            entry.deleted = True
            self.deleted += 1
            self._write(event="deleted", api_id=api_id)

    def was_found(self, api_id: str) -> None:
        """A read shows it: whatever a DELETE answered, it is still there."""
        entry = self.entries.get(api_id)
        if entry is not None and self.chosen(api_id):
            if entry.deleted:
                self.deleted -= 1
            entry.deleted = entry.gone = False

    def was_absent(self, api_id: str) -> None:
        entry = self.entries.get(api_id)
        if entry is not None and not entry.gone:
            entry.gone = True
            self._write(event="gone", api_id=api_id)

    def was_renamed(self, api_id: str) -> None:
        """Its record is under another id now, which is noted by itself; this one is nobody's, or soon another's."""
        if self.entries.pop(api_id, None) is not None:
            self._write(event="gone", api_id=api_id)

    # What is left

    def standing(self) -> list[str]:
        """Ids to delete or to verify: made and not verified gone, or asked for and never answered. Latest first."""
        asked = [i.api_id for i in self.intents.values() if i.api_id is not None and i.made is None and not i.refused]
        left = [entry.api_id for entry in self.entries.values() if not entry.gone]
        return list(dict.fromkeys(reversed([*left, *asked])))

    def unanswered(self) -> list[Intent]:
        """POSTs without an api_id of our own whose answer never came."""
        return [i for i in self.intents.values() if i.api_id is None and i.made is None and not i.refused]

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
