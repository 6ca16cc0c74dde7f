"""The reference model: what the service must hold for each of our own records, and whom to blame when it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from ..instants import SECOND, Instant, parse_instant, read_instant
from ..json_text import MISSING
from .expectations import Expectations
from .findings import Findings

DATES = ("date_started", "date_completed")
INSTANTS = (*DATES, "date_assigned")
REFERENCES = ("person_api_id", "package_api_id")

PLAIN = {"create": "create-returns-record", "put": "put-updates", "patch": "patch-is-partial"}
"""The rule of each kind of write that says that the record is as it was written."""

NOTHING = (None, "", MISSING)
"""How services show a date that has not come yet."""


class Unknown:
    """The value of a field about which nothing is known; it equals everything."""

    def __repr__(self) -> str:
        return "anything"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Assumption:
    """A value that only an assumption of the spec asks for: any other breaks `rule`, and no documented one."""

    value: Any
    rule: str

    def __repr__(self) -> str:
        return repr(self.value)


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
    """Expected values by field: text, Instant, None, an Assumption, or UNKNOWN."""
    write: Write
    generated: bool = False
    fresh: bool = True
    """Not read since its last write."""
    seen: bool = False
    """Whether anything ever showed it, beside the answers to writes."""
    listed: bool = False
    """Whether the list did."""
    disturbed: list[str] = field(default_factory=list)
    """Rules to blame for a change that no write to this record asked for."""

    @property
    def api_id(self) -> str:
        """Under which it must be found."""
        return str(self.fields["api_id"])

    def copy(self) -> Known:
        """Return one that may be changed without changing this one."""
        return replace(self, fields=dict(self.fields), disturbed=list(self.disturbed))


@dataclass(frozen=True)
class Gone:
    """An api_id that no record may have, for all that we know."""

    rule: str
    """The rule that is broken when a record is found there after all."""
    last: Known | None = None
    """The record that was there under an id that the service gave, and that it may give again to somebody else."""

    def is_back(self, record: Mapping[str, Any]) -> bool:
        """Whether a record that is found there is the one that must be gone, and not another under the same id."""
        if self.last is None:
            return True
        return all(_alike(self.last.fields.get(name, UNKNOWN), record.get(name)) for name in (*REFERENCES, *INSTANTS))


class Model:
    """Our own records by api_id, in the order of their creation, and the ids that nobody may have."""

    def __init__(self, expectations: Expectations, findings: Findings, fields: tuple[str, ...]) -> None:
        self.records: dict[str, Known] = {}
        self.gone: dict[str, Gone] = {}
        self.descriptions: dict[str, str] = dict(expectations.descriptions or {})
        self._expectations = expectations
        self._findings = findings
        self._fields = fields

    def fork(self, findings: Findings) -> Model:
        """Return a model that knows the same, and can learn more without this one knowing."""
        model = Model(self._expectations, findings, self._fields)
        model.records = {api_id: known.copy() for api_id, known in self.records.items()}
        model.gone = dict(self.gone)
        model.descriptions = dict(self.descriptions)
        return model

    # Comparing

    def compare(self, known: Known, got: Mapping[str, Any], where: str) -> None:
        """Compare a record that was returned with what it must be; `where` is answer, read or list."""
        kept = [name for name in known.write.sent if name in got and name not in (*self._fields, *DATES)]
        if kept:
            self._findings.find("read-only-is-ignored", f"a record without {kept}, which no record has", _shown(got))
        for name in self._fields:
            self._compare_field(known, name, got.get(name, MISSING), got, where)

    def _compare_field(self, known: Known, name: str, value: Any, got: Mapping[str, Any], where: str) -> None:
        expected = known.fields.get(name, UNKNOWN)
        if value is MISSING:
            self._findings.find("all-fields-are-shown", f"a record with {name}", _shown(got))
            if name not in DATES and not (name == "package_desc" and expected is UNKNOWN):
                self._findings.find(self._missing_rule(known, where), f"a record with {name}", _shown(got))
            if name not in DATES:
                return
        elif _mistyped(name, value):
            return  # that is the rule field-types, and says nothing about the value
        if isinstance(expected, Assumption):
            if not self._equal(name, expected.value, value):
                rule = self._blame_assumption(known, name, value, expected)
                self._findings.find(rule, f"{name} is {expected}", f"{name} is {value!r}")
        elif not self._equal(name, expected, value) or self._has_moved(known, name, value):
            rule = self._blame(known, name, value, where)
            shown = expected.moment.isoformat() + "Z" if isinstance(expected, Instant) else repr(expected)
            self._findings.find(rule, f"{name} is {shown}", f"{name} is {value!r}")
            if where == "answer" and name != "api_id":
                # An answer that is wrong tells nothing about what is stored; the next read does.
                known.fields[name] = UNKNOWN
                return
        elif isinstance(expected, Instant):
            self._compare_precisely(name, expected, value)
        self._learn(known, name, value)

    def _compare_precisely(self, name: str, expected: Instant, value: Any) -> None:
        shown = parse_instant(value)
        if shown is not None:
            self._findings.expect(
                "dates-to-the-microsecond",
                shown.same(expected),
                f"{name} is {expected.moment.isoformat()}Z",
                f"{name} is {value!r}",
            )

    def verified(self, known: Known) -> None:
        """A read of this record was compared: from now on nothing but a new write may change it."""
        known.fresh = False
        known.seen = True
        known.disturbed.clear()

    def _equal(self, name: str, expected: Any, got: Any) -> bool:
        if expected is UNKNOWN:
            return True
        if name in INSTANTS:
            if got in NOTHING or expected is None:
                return expected is None and got in NOTHING
            instant = read_instant(got)
            return instant is None or instant.near(expected, self._expectations.date_unit)
        return bool(expected == got and type(expected) is type(got))

    def _has_moved(self, known: Known, name: str, value: Any) -> bool:
        """Whether date_assigned is another one than a reading showed, by more than both are written to."""
        expected, shown = known.fields.get(name), read_instant(value)
        if name != "date_assigned" or not known.seen or not isinstance(expected, Instant) or shown is None:
            return False
        return not shown.near(expected, max(shown.grain, expected.grain), exact=True)

    def _learn(self, known: Known, name: str, value: Any) -> None:
        """Take what the service shows for granted from now on, so that one fault is not reported as many."""
        if name == "api_id":
            return
        if name in INSTANTS:
            known.fields[name] = None if value in NOTHING else self._finer(known.fields.get(name), value)
        else:
            known.fields[name] = value

    def _finer(self, before: Any, value: Any) -> Any:
        """The instant that is shown; the one before where that says the same more precisely."""
        shown = read_instant(value)
        if shown is None:
            return UNKNOWN
        if isinstance(before, Instant) and before.zoned >= shown.zoned and before.unit < shown.unit:
            return before if shown.near(before, self._expectations.date_unit) else shown
        return shown

    # Blaming

    def _missing_rule(self, known: Known, where: str) -> str:
        if where == "list":
            return "list-has-records"
        return "get-returns-record" if where == "read" else PLAIN[known.write.kind]

    def _blame(self, known: Known, name: str, got: Any, where: str) -> str:
        """The most specific rule for a field that is not what it must be."""
        write = known.write
        if name == "package_desc":
            # Somebody may have edited the package's description; what the client sent it can't come from.
            return "package-desc-populated" if write.sent.get(name) == got else "package-desc-is-the-same"
        if where != "answer":
            # Of two suspects the write to another record is the likelier one, unless this one was updated since.
            if known.disturbed and (write.kind == "create" or not known.fresh):
                return known.disturbed[-1]
            if not known.fresh:
                return "list-has-records" if where == "list" else "get-returns-record"
        plain = PLAIN[write.kind]
        if where != "answer" and write.kind == "create" and not (name in DATES and _is_mangled(write, name, got)):
            return plain  # the answer was right, or this would not be known: it is not what was stored
        if name == "api_id":
            return _blame_api_id(write)
        if name == "date_assigned":
            return "date-assigned-generated" if write.kind == "create" else "date-assigned-kept"
        if name in DATES:
            return _blame_date(write, name, got, plain)
        return plain

    def _blame_assumption(self, known: Known, name: str, got: Any, expected: Assumption) -> str:
        """The rule of the assumption, unless a new record has the description of another package."""
        if name != "package_desc" or known.write.kind != "create":
            return expected.rule
        others = {text for package, text in self.descriptions.items() if package != known.fields["package_api_id"]}
        return "package-desc-populated" if got in others or got == known.write.sent.get(name) else expected.rule

    def absent(self, known: Known, where: str) -> str:
        """The rule to blame when a record that must exist is not found by its id or in the list."""
        if where == "list" and not known.listed and known.write.kind == "create":
            # What the list never showed nobody took out of it.
            return "api-id-queryable" if known.generated else "list-has-records"
        if where == "read" and not known.seen and known.write.kind == "create":
            return "api-id-generated" if known.generated else "api-id-kept"
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
        return PLAIN[known.write.kind]

    # Changing

    def after(self, kind: str, sent: Mapping[str, Any], before: Known | None) -> Known:
        """The record as it must be after a write that succeeded."""
        fields = self.expected_after(kind, sent, before)
        if before is None:
            return Known(fields, Write(kind, sent))
        renamed = sent.get("api_id", before.api_id) != before.api_id
        write = Write(kind, sent, dict(before.fields), renamed)
        return Known(fields, write, seen=before.seen, listed=before.listed)

    def expected_after(self, kind: str, sent: Mapping[str, Any], before: Known | None) -> dict[str, Any]:
        """The fields that a record must have after a write that succeeded."""
        old = before.fields if before else {}
        fields = {name: sent.get(name, old.get(name, UNKNOWN)) for name in REFERENCES}
        for name in DATES:
            fields[name] = _expected_date(kind, sent, name, old)
        fields["api_id"] = _expected_api_id(sent, old)
        fields["package_desc"] = self._expected_description(str(fields["package_api_id"]), old)
        fields["date_assigned"] = old.get("date_assigned", UNKNOWN)
        return fields

    def _expected_description(self, package: str, old: Mapping[str, Any]) -> Any:
        if package == old.get("package_api_id"):
            return old.get("package_desc", UNKNOWN)
        if package not in self.descriptions:
            return UNKNOWN
        rule = "package-desc-follows-package" if old else "package-desc-is-the-same"
        return Assumption(self.descriptions[package], rule)

    def put_in(self, known: Known, replaces: str | None = None) -> None:
        """Hold a record from now on; `replaces` is its id before a renaming, whose place in the order it keeps."""
        if replaces is not None and replaces in self.records:
            self.records = {
                (known.api_id if api_id == replaces else api_id): (known if api_id == replaces else record)
                for api_id, record in self.records.items()
            }
            if replaces != known.api_id:
                self.gone[replaces] = Gone("update-renames")
        else:
            self.records.pop(known.api_id, None)
            self.records[known.api_id] = known
        self.gone.pop(known.api_id, None)

    def take_out(self, api_id: str, rule: str) -> None:
        """A record is deleted; `rule` is broken when it is found after all."""
        known = self.records.pop(api_id, None)
        self.gone[api_id] = Gone(rule, known if self._expectations.prefix not in api_id else None)

    def forget(self, api_id: str) -> None:
        """Nobody knows any more what is, or is not, under this api_id."""
        self.records.pop(api_id, None)
        self.gone.pop(api_id, None)

    def disturb(self, rule: str, besides: str | None) -> None:
        """A write went out: whatever else changes now, that write did it."""
        for known in self.others(besides):
            known.disturbed.append(rule)

    def others(self, besides: str | None) -> Iterator[Known]:
        """All records but the one under this api_id."""
        return (known for api_id, known in self.records.items() if api_id != besides)


def _expected_date(kind: str, sent: Mapping[str, Any], name: str, old: Mapping[str, Any]) -> Any:
    if sent.get(name) is not None:
        return read_instant(sent[name]) or UNKNOWN
    if name in sent:
        return Assumption(None, "absent-dates-are-null" if kind == "create" else "null-clears-date")
    if kind != "patch":
        return Assumption(None, "absent-dates-are-null")
    # A service may derive a date that is not there from one that is given: what is completed was started.
    derived = old.get(name) is None and any(sent.get(other) is not None for other in DATES)
    return UNKNOWN if derived else old.get(name, UNKNOWN)


def _expected_api_id(sent: Mapping[str, Any], old: Mapping[str, Any]) -> Any:
    chosen = sent.get("api_id")
    if not isinstance(chosen, str) or not chosen:
        return old.get("api_id", UNKNOWN)
    # Whether an update renames is assumed.
    return chosen if not old or chosen == old["api_id"] else Assumption(chosen, "update-renames")


def _blame_api_id(write: Write) -> str:
    if write.kind == "create":
        return "api-id-kept" if write.sent.get("api_id") else "get-returns-record"
    return "update-keeps-api-id"


def _blame_date(write: Write, name: str, got: Any, plain: str) -> str:
    if write.sent.get(name) is None:
        return plain
    before = write.before.get(name) if write.before else None
    if _is_mangled(write, name, got):
        return "dates-kept"
    shown = read_instant(got)
    stale = shown is not None and isinstance(before, Instant) and shown.near(before)
    if write.kind != "create" and (got in NOTHING or stale):
        return plain
    return "dates-kept"


def _is_mangled(write: Write, name: str, got: Any) -> bool:
    shown, sent = read_instant(got), read_instant(write.sent.get(name))
    return shown is not None and sent is not None and _mangled(shown, sent)


def _mangled(shown: Instant, sent: Instant) -> bool:
    """Whether an instant is the one that was sent, but for its fraction or its offset."""
    near = abs(shown.moment - sent.moment) < timedelta(seconds=1)
    return near or shown.wall.replace(microsecond=0) == sent.wall.replace(microsecond=0)


def _mistyped(name: str, value: Any) -> bool:
    if name in INSTANTS:
        return value not in NOTHING and read_instant(value) is None
    return not isinstance(value, str)


def _alike(expected: Any, got: Any) -> bool:
    """Whether a field shows what was there, as far as that was known."""
    if isinstance(expected, (Unknown, Assumption)):
        return True
    if isinstance(expected, Instant):
        shown = read_instant(got)
        return shown is None or shown.near(expected, SECOND)
    return expected == got or (expected is None and got in NOTHING)


def _shown(record: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value!r}" for name, value in record.items())
