"""The reference model: what the service must hold for each of our own records, and whom to blame when it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ..client.exchange import MISSING
from ..instants import Instant, parse_instant
from .expectations import Expectations
from .findings import Findings

DATES = ("date_started", "date_completed")
REFERENCES = ("person_api_id", "package_api_id")


class Unknown:
    """The value of a field about which nothing is known; it equals everything."""

    def __repr__(self) -> str:
        return "anything"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Write:
    """The last write to a record: what it was and what it said."""

    kind: str
    """`create`, `put` or `patch`."""
    sent: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    """The expected fields before an update."""
    renamed: bool = False


@dataclass
class Known:
    """One own record that must exist."""

    fields: dict[str, Any]
    """Expected values by field: text, Instant, None, or UNKNOWN."""
    write: Write
    generated: bool = False
    fresh: bool = True
    """Not read since its last write."""
    disturbed: list[str] = field(default_factory=list)
    """Rules to blame for a change that no write to this record asked for."""

    @property
    def api_id(self) -> str:
        """Under which it must be found."""
        return str(self.fields["api_id"])


class Model:
    """Our own records by api_id, in the order of their creation, and the ids that nobody may have."""

    def __init__(self, expectations: Expectations, findings: Findings, fields: tuple[str, ...]) -> None:
        self.records: dict[str, Known] = {}
        self.gone: dict[str, str] = {}
        """api_id -> the rule that is broken when it is found after all."""
        self.descriptions: dict[str, str] = dict(expectations.descriptions)
        self._expectations = expectations
        self._findings = findings
        self._fields = fields

    # Comparing

    def compare(self, known: Known, got: Mapping[str, Any], where: str) -> bool:
        """Compare a record that was returned with what it must be; `where` is answer, read or list."""
        held = True
        kept = [name for name in known.write.sent if name in got and name not in (*self._fields, *DATES)]
        if kept and self._expectations.strict:
            self._findings.find("read-only-is-ignored", f"a record without {kept}, which no record has", _shown(got))
            held = False
        for name in self._fields:
            value = got.get(name, MISSING)
            if value is MISSING:
                self._findings.find(self._missing_rule(known, where), f"a record with {name}", _shown(got))
                held = False
            elif _mistyped(name, value):
                continue  # that is the rule field-types, and says nothing about the value
            elif not self._equal(name, known.fields.get(name, UNKNOWN), value):
                rule = self._blame(known, name, value, where)
                expected = known.fields[name]
                shown = expected.moment.isoformat() + "Z" if isinstance(expected, Instant) else repr(expected)
                self._findings.find(rule, f"{name} is {shown}", f"{name} is {value!r}")
                held = False
                if where == "answer" and name != "api_id":
                    # An answer that is wrong tells nothing about what is stored; the next read does.
                    known.fields[name] = UNKNOWN
                    continue
            self._learn(known, name, value)
        return held

    def verified(self, known: Known) -> None:
        """A read of this record was compared: from now on nothing but a new write may change it."""
        known.fresh = False
        known.disturbed.clear()

    def _equal(self, name: str, expected: Any, got: Any) -> bool:
        if expected is UNKNOWN:
            return True
        if isinstance(expected, Instant):
            instant = parse_instant(got)
            if instant is None:
                return False
            if name in DATES and not self._expectations.strict:
                return instant.same_when_shown(expected)
            return instant.same(expected)
        return bool(expected == got and type(expected) is type(got))

    def _learn(self, known: Known, name: str, value: Any) -> None:
        """Take what the service shows for granted from now on, so that one fault is not reported as many."""
        if value is MISSING or name == "api_id":
            return
        if name in (*DATES, "date_assigned"):
            known.fields[name] = None if value is None else parse_instant(value) or UNKNOWN
        else:
            known.fields[name] = value

    # Blaming

    def _missing_rule(self, known: Known, where: str) -> str:
        if where == "list":
            return "list-has-records"
        if where == "read":
            return "get-returns-record"
        return {"create": "create-returns-record", "put": "put-updates", "patch": "patch-is-partial"}[known.write.kind]

    def _blame(self, known: Known, name: str, got: Any, where: str) -> str:
        """The most specific rule for a field that is not what it must be."""
        write = known.write
        if where != "answer":
            # Of two suspects the write to another record is the likelier one, unless this one was updated since.
            if known.disturbed and (write.kind == "create" or not known.fresh):
                return known.disturbed[-1]
            if not known.fresh:
                return "list-has-records" if where == "list" else "get-returns-record"
        plain = {"create": "create-returns-record", "put": "put-updates", "patch": "patch-is-partial"}[write.kind]
        if where != "answer" and write.kind == "create" and not (name in DATES and _is_mangled(write, name, got)):
            return plain  # the answer was right, or this would not be known: it is not what was stored
        if name == "api_id":
            return _blame_api_id(write)
        if name == "package_desc":
            return "package-desc-populated"
        if name == "date_assigned":
            return "date-assigned-generated" if write.kind == "create" else "date-assigned-kept"
        if name in DATES:
            return _blame_date(write, name, got, plain)
        return plain

    def absent(self, known: Known, where: str) -> str:
        """The rule to blame when a record that must exist is not found by its id or in the list."""
        if known.disturbed and (known.write.kind == "create" or not known.fresh):
            return known.disturbed[-1]
        if where == "list":
            return "api-id-queryable" if known.generated and known.fresh else "list-has-records"
        if not known.fresh:
            return "get-returns-record"
        if known.write.renamed:
            return "update-renames"
        if known.write.kind == "create":
            return "api-id-generated" if known.generated else "api-id-kept"
        return {"put": "put-updates", "patch": "patch-is-partial"}[known.write.kind]

    # Changing

    def expected_after(self, kind: str, sent: Mapping[str, Any], before: Known | None) -> dict[str, Any]:
        """The fields that a record must have after a write that succeeded."""
        old = before.fields if before else {}
        fields = {name: sent.get(name, old.get(name, UNKNOWN)) for name in REFERENCES}
        for name in DATES:
            fields[name] = self._expected_date(kind, sent, name, old)
        fields["api_id"] = self._expected_api_id(sent, old)
        same_package = fields["package_api_id"] == old.get("package_api_id")
        known = old.get("package_desc", UNKNOWN) if same_package else UNKNOWN
        fields["package_desc"] = self.descriptions.get(str(fields["package_api_id"]), known)
        fields["date_assigned"] = old.get("date_assigned", UNKNOWN)
        return fields

    def _expected_date(self, kind: str, sent: Mapping[str, Any], name: str, old: Mapping[str, Any]) -> Any:
        strict = self._expectations.strict
        if name in sent:
            if sent[name] is None:
                return None if strict else UNKNOWN
            return parse_instant(sent[name]) or UNKNOWN
        if kind == "patch":
            return old.get(name, UNKNOWN)
        return None if strict else UNKNOWN

    def _expected_api_id(self, sent: Mapping[str, Any], old: Mapping[str, Any]) -> Any:
        chosen = sent.get("api_id")
        if not isinstance(chosen, str) or not chosen:
            return old.get("api_id", UNKNOWN)
        if not old or self._expectations.strict or chosen == old["api_id"]:
            return chosen
        return UNKNOWN  # whether an update renames is assumed

    def put_in(self, known: Known, replaces: str | None = None) -> None:
        """Hold a record from now on; `replaces` is its id before a renaming, whose place in the order it keeps."""
        if replaces is not None and replaces in self.records:
            self.records = {
                (known.api_id if api_id == replaces else api_id): (known if api_id == replaces else record)
                for api_id, record in self.records.items()
            }
            if replaces != known.api_id:
                self.gone[replaces] = "update-renames"
        else:
            self.records.pop(known.api_id, None)
            self.records[known.api_id] = known
        self.gone.pop(known.api_id, None)

    def take_out(self, api_id: str, rule: str) -> None:
        """A record is deleted; `rule` is broken when it is found after all."""
        self.records.pop(api_id, None)
        self.gone[api_id] = rule

    def disturb(self, rule: str, besides: str | None) -> None:
        """A write went out: whatever else changes now, that write did it."""
        for known in self.others(besides):
            known.disturbed.append(rule)

    def others(self, besides: str | None) -> Iterator[Known]:
        """All records but the one under this api_id."""
        return (known for api_id, known in self.records.items() if api_id != besides)


def _blame_api_id(write: Write) -> str:
    if write.kind == "create":
        return "api-id-kept" if write.sent.get("api_id") else "get-returns-record"
    renames = write.before is not None and write.sent.get("api_id", write.before["api_id"]) != write.before["api_id"]
    return "update-renames" if renames else "update-keeps-api-id"


def _blame_date(write: Write, name: str, got: Any, plain: str) -> str:
    if name not in write.sent:
        return "absent-dates-are-null" if write.kind in ("create", "put") else plain
    if write.sent[name] is None:
        return "null-clears-date" if write.kind != "create" else plain
    before = write.before.get(name) if write.before else None
    if _is_mangled(write, name, got):
        return "dates-kept"
    shown = parse_instant(got)
    stale = shown is not None and isinstance(before, Instant) and shown.same(before)
    if write.kind != "create" and (got is None or stale):
        return plain
    return "dates-kept"


def _is_mangled(write: Write, name: str, got: Any) -> bool:
    shown, sent = parse_instant(got), parse_instant(write.sent.get(name))
    return shown is not None and sent is not None and _mangled(shown, sent)


def _mangled(shown: Instant, sent: Instant) -> bool:
    """Whether an instant is the one that was sent, but for its fraction or its offset."""
    near = abs(shown.moment - sent.moment) < timedelta(seconds=1)
    return near or shown.wall.replace(microsecond=0) == sent.wall.replace(microsecond=0)


def _mistyped(name: str, value: Any) -> bool:
    if name in DATES or name == "date_assigned":
        return value is not None and parse_instant(value) is None
    return not isinstance(value, str)


def _shown(record: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value!r}" for name, value in record.items())
