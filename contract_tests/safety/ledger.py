"""The ledger: what this run made, written down before and after, so that all of it can be deleted again.

One JSON object a line, appended and flushed, so that a killed run leaves a file that still tells everything. The first
line is of the run, each other one an event that `Ownership.apply` takes, when it is written as when it is read:

    {"event": "run", "prefix": ..., "target": ..., "collection": ..., "record": ..., "number": ...}
    {"event": "planned", "n": 1, "api_id": "..." or null, "marker": {...}}     before a POST or an update
    {"event": "made", "n": 1, "api_id": "...", "assigned": "..."}              after it, with its date_assigned
    {"event": "made", "n": 1, "api_id": "...", "renamed_from": "..."}          after an update that renamed
    {"event": "unproven", "n": 1, "api_id": "...", "assigned": "..."}          the same, of an id of somebody else
    {"event": "refused", "n": 1} and {"event": "updated", "n": 1}              after it, when nothing new was made
    {"event": "deleting", "api_id": "..."}                                     before a DELETE or a rename of a given id
    {"event": "kept", "api_id": "..."}                                         after it, when it was refused
    {"event": "deleted", "api_id": "..."}                                      the service says so
    {"event": "unknown", "api_id": "..."}                                      a DELETE found nothing
    {"event": "gone", "api_id": "..."}                                         a read found nothing
    {"event": "proven gone", "api_id": "..."}                                  so it is for good, as a clean-up proved
    {"event": "seen", "api_id": "..."} and {"event": "there", "api_id": "..."} a read, or another answer, shows it
    {"event": "found", "api_id": "..."}                                        it is at its address after all
    {"event": "uncertain", "api_id": "..."}                                    its record may be another one by now
    {"event": "misplaced", "api_id": "...", "answered": "..."}                 an update answered with an odd api_id
    {"event": "not ours", "api_ids": [...]}                                    seen, and not ours
    {"event": "resumed"}                                                       by a clean-up of an earlier run
    {"event": "recognised", "api_id": "...", "ours": true or false}            a read shows the very record, or another
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from .ownership import MARKER_FIELDS, Outcome, Ownership, State, api_id_of


class LedgerError(ValueError):
    """A file that is not a ledger. The message names the file and the line."""


class LedgerLost(Exception):
    """The ledger can't be written any more, so that nothing more may be made."""


@dataclass
class Ledger(Ownership):
    """What is ours, as a file. `path` None keeps it in memory only (a read-only run)."""

    target: str = field(kw_only=True)
    """The service's base URL."""
    collection: str = field(kw_only=True)
    record: str = field(kw_only=True)
    """The path of one record, with a parameter in braces."""
    number: int = field(kw_only=True)
    """A random integer of this run, for bodies whose api_id is wrongly a number."""
    path: Path | None = field(default=None, kw_only=True)
    clock: Callable[[], float] = field(default=time.monotonic, kw_only=True, compare=False)
    """In seconds."""
    hide: Callable[[str], str] = field(default=str, kw_only=True, compare=False)
    """Takes the secrets out of a text; the file holds none, even where a service makes an api_id of one."""
    _names: dict[str, str] = field(default_factory=dict, kw_only=True, compare=False)
    """As what each text is written down: always the same, whatever `hide` has learnt since, and each another."""
    _file: IO[str] | None = field(default=None, kw_only=True, compare=False)
    _written: dict[str, float] = field(default_factory=dict, kw_only=True, compare=False)
    """When each record was written last, by api_id; under the empty text those whose id the service was to give."""
    _before: float = field(default=0.0, kw_only=True, compare=False)
    """When those of an earlier run were written, at the latest."""

    @classmethod
    def open(
        cls,
        path: Path | None,
        target: str,
        collection: str,
        record: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Begin a new ledger under a new random prefix, of a fixed length and fit to start any api_id."""
        ledger = cls(
            f"kit-{secrets.token_hex(6)}-",
            target=target,
            collection=collection,
            record=record,
            number=secrets.randbelow(9 * 10**14) + 10**14,
            path=path,
            clock=clock,
        )
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            # For nobody else to read, from its first moment on: it names records, and whom they refer to.
            ledger._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii")
        first = {name: getattr(ledger, name) for name in ("prefix", "target", "collection", "record", "number")}
        ledger._write({"event": "run", **first})
        return ledger

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the ledger of an earlier run, to clean up after it, and go on appending to it; raise LedgerError."""
        try:
            text = path.read_text("ascii")
        except (OSError, UnicodeDecodeError) as exc:
            raise LedgerError(f"cannot read {path}: {getattr(exc, 'strerror', None) or exc}") from exc
        idle = max(0.0, time.time() - path.stat().st_mtime)
        whole, _, _ = text.rpartition("\n")  # the run was killed while it wrote the rest, and sent nothing of it
        first, *lines = whole.split("\n")
        ledger = cls._of(path, first)
        ledger._before = ledger.clock() - idle
        for number, line in enumerate(lines, 2):
            try:
                ledger.apply(_event(line))
            except ValueError as exc:
                raise LedgerError(f"{path}, line {number}: {exc}") from exc
        ledger._names |= {api_id: api_id for api_id in ledger.records}  # as they stand in the file
        os.truncate(path, len(whole) + 1)  # all of it is ASCII
        ledger._file = path.open("a", encoding="utf-8")
        ledger._note(event="resumed")
        return ledger

    @classmethod
    def _of(cls, path: Path, first: str) -> Self:
        """The empty ledger that a first line begins."""
        try:
            match _event(first):
                case {
                    "event": "run",
                    "prefix": str(prefix),
                    "target": str(target),
                    "collection": str(collection),
                    "record": str(record),
                    "number": int(number),
                }:
                    pass
                case _:
                    raise ValueError("its first line is not that of a run")
        except ValueError as exc:
            raise LedgerError(f"{path} is not a ledger: {exc}") from exc
        if not re.fullmatch(r"kit-[0-9a-f]{12}-", prefix):
            # The prefix is what tells ours from others': a ledger with another one would be a licence to delete.
            raise LedgerError(f"{path}: {prefix!r} is not the prefix of a run")
        return cls(prefix, target=target, collection=collection, record=record, number=number, path=path)

    # Requests and their answers

    def plan(self, api_id: str | None, body: Mapping[str, Any]) -> int:
        """Write down that a record is about to be made; return the number to settle it with."""
        marker = {
            name: body[name] for name in MARKER_FIELDS if name in body and isinstance(body[name], (str, type(None)))
        }
        n = len(self.requests) + 1
        if api_id is not None and self.chosen(api_id):
            self._names.setdefault(api_id, api_id)  # made up by the kit: a secret in it is there by chance
        self._note(event="planned", n=n, api_id=api_id, marker=marker)
        self._written[api_id or ""] = self.clock()
        return n

    def was_made(self, n: int, api_id: str, *, assigned: object = None, renamed_from: str | None = None) -> bool:
        """The service says it made this record. Return False when it can't be ours: it was there before.

        `assigned` is its date_assigned; `renamed_from` the id under which the same record was before.
        """
        if set(api_id) <= {"."}:
            return False
        self._written[api_id] = self.clock()
        more: dict[str, Any] = {"assigned": assigned} if isinstance(assigned, str) else {}
        if api_id in self.not_ours:
            # Unless its record was deleted meanwhile, and the service gave it anew.
            self._note(event="unproven", n=n, api_id=api_id, **more)
            return False
        if renamed_from:
            more["renamed_from"] = renamed_from
        self._note(event="made", n=n, api_id=api_id, **more)
        return True

    def was_refused(self, n: int) -> None:
        """The service made nothing."""
        self._note(event="refused", n=n)

    def was_updated(self, n: int, address: str, new: str, answered: str | None) -> None:
        """An update is done: of the record at `address`, which was to be under `new` and is said to be `answered`."""
        state = self.state(address)
        self.was_there(address)
        if new != address and answered == address:
            self.was_refused(n)  # the service does not rename
            self.was_kept(address)
        elif state in (None, State.PLANNED) or (state is State.DELETED and new == address):
            self.was_made(n, new)
        elif new != address:
            if not self.was_made(n, new, renamed_from=address):
                self.became_uncertain(address)
        else:
            self._note(event="updated", n=n)
        if answered is not None and answered not in (address, new):
            self._note(event="misplaced", api_id=address, answered=answered)

    def is_leaving(self, api_id: str) -> None:
        """Our record is about to leave this api_id. One that the service gave may be somebody else's from then on."""
        if self.state(api_id) is State.MADE and not self.chosen(api_id):
            self._note(event="deleting", api_id=api_id)

    def was_kept(self, api_id: str) -> None:
        """The service refused to let our record leave this api_id."""
        if self.state(api_id) is State.DELETING:
            self._note(event="kept", api_id=api_id)

    def was_deleted(self, api_id: str) -> None:
        """The service says that it deleted it."""
        record = self.records.get(api_id)
        if record is not None and not (record.state is State.DELETED and record.accounted):
            self._note(event="deleted", api_id=api_id)
            self._written[api_id] = self.clock()

    def was_unknown(self, api_id: str) -> None:
        """The service says, to a DELETE, that it does not know it. It may know it a moment later."""
        record = self.records.get(api_id)
        if record is not None and not (record.state is State.DELETED and record.accounted):
            self._note(event="unknown", api_id=api_id)

    # What answers show

    def were_seen(self, api_ids: Iterable[str]) -> None:
        """Ids in an answer to a GET: those that are not ours never become ours."""
        others = []
        for api_id in dict.fromkeys(api_ids):
            record = self.records.get(api_id)
            if record is not None and (
                self._is_news(api_id) or (self.chosen(api_id) and record.state is not State.MADE)
            ):
                self._note(event="seen", api_id=api_id)
            if api_id not in self.not_ours and not self.chosen(api_id) and self._free(record):
                others.append(api_id)
        if others:
            self._note(event="not ours", api_ids=others)

    def was_there(self, api_id: str) -> None:
        """Something shows that the service had a record of ours under this api_id."""
        if self._is_news(api_id):
            self._note(event="there", api_id=api_id)

    def _is_news(self, api_id: str) -> bool:
        """Whether nobody has seen yet what the service says it made here."""
        record = self.records.get(api_id)
        request = None if record is None else self.requests.get(record.by)
        return request is not None and request.outcome is Outcome.ANSWERED

    def was_gone(self, api_id: str) -> None:
        """A read found nothing. Of what is only planned that says little: its request may still be under way."""
        if self.state(api_id) not in (None, State.GONE, State.PLANNED):
            self._note(event="gone", api_id=api_id)

    def is_gone(self, api_id: str) -> None:
        """A clean-up has proven that nothing of ours is there any more."""
        record = self.records.get(api_id)
        if record is not None and not (record.state is State.GONE and record.accounted):
            self._note(event="proven gone", api_id=api_id)

    def age(self, api_id: str) -> float:
        """Seconds since a record was last written; with an empty text, since one was whose id the service gives."""
        return self.clock() - self._written.get(api_id, self._before)

    def became_uncertain(self, api_id: str) -> None:
        """Our record may have gone to this api_id, or away from it: what is there may be somebody else's."""
        if self.state(api_id) is not State.UNCERTAIN:
            self._note(event="uncertain", api_id=api_id)

    def recognise(self, api_id: str, shown: Mapping[str, Any]) -> None:
        """Say what a read shows at an address: where it is not sure that ours is there, only the very same is ours."""
        state = self.state(api_id)
        if api_id in self.lost and api_id_of(shown) == api_id:
            self._note(event="found", api_id=api_id)
        elif state is State.CLAIMED and self.is_it(api_id, shown):
            self._note(event="recognised", api_id=api_id, ours=True)
        elif state is State.MADE and self.is_surely_not(api_id, shown):
            self._note(event="recognised", api_id=api_id, ours=False)

    # The file

    def close(self, *, remove: bool) -> None:
        """Close the file, and go on in memory; remove it when nothing is left to clean up."""
        if self._file is not None:
            with suppress(OSError):  # what is still to be written was raised when it was noted
                self._file.close()
            self._file = None
        if remove and self.path is not None:
            self.path.unlink(missing_ok=True)

    def _note(self, **event: Any) -> None:
        if self._file is not None:
            self._write(event | {name: self._named(value) for name, value in event.items() if name != "event"})
        self.apply(event)

    def _named(self, value: Any) -> Any:
        """A value of an event with no secret in it; a slash marks what is no api_id any more, and none can be asked."""
        if isinstance(value, str):
            if value not in self._names:
                hidden = self.hide(value)
                self._names[value] = value if hidden == value else f"{hidden}/{len(self._names)}"
            return self._names[value]
        if isinstance(value, dict):
            return {name: self._named(item) for name, item in value.items()}
        return [self._named(item) for item in value] if isinstance(value, list) else value

    def _write(self, event: Mapping[str, Any]) -> None:
        if self._file is not None:
            try:
                self._file.write(json.dumps(event, ensure_ascii=True) + "\n")
                self._file.flush()
            except OSError as exc:
                raise LedgerLost(f"the ledger {self.path} can't be written any more: {exc.strerror}") from exc


def _event(line: str) -> Mapping[str, Any]:
    document = json.loads(line)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document
