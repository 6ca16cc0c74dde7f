"""The judge: looks at every exchange of a dialogue, in order, and says which rules it keeps and breaks.

A documented rule is broken only by what was accepted and then shown, never by a refusal: which ids, dates, pairs and
terms a service takes is its own affair. A refusal counts only where a step says so, as it asks for what any service
must take.

What it finds depends on the spec, on what the survey learnt, and on the exchanges it is shown, and on nothing else: no
two judges share anything that changes. So one judge serves the checks, the state machine and Schemathesis, tells
whether a shorter list of steps still shows a fault, and whether a replay does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..client.exchange import Exchange
from ..client.walk import Walk
from ..instants import parse_instant, read_instant
from ..json_text import MISSING
from ..records import is_record, record_in
from ..spec import Spec
from .expectations import Clock, Expectations
from .findings import Finding, Findings
from .lists import ListJudge
from .model import DATES, PLAIN, UNKNOWN, Gone, Known, Model, Write
from .requests import Expected, Fate, RequestJudge
from .shape import ANSWERS, ShapeJudge

__all__ = ["Clock", "Expectations", "Finding", "Findings", "Judge"]

KINDS = {"POST": "create", "PUT": "put", "PATCH": "patch"}
PLAIN_ID = 36
"""Up to so many characters an api_id is short."""

SIDE_EFFECTS = {"create": "package-has-many-records", "put": "update-touches-one-record"}


class Judge:
    """Judges the exchanges of one dialogue."""

    def __init__(self, spec: Spec, expectations: Expectations, judged: frozenset[str]) -> None:
        self._spec = spec
        self._expectations = expectations
        self._judged = judged
        self._take(Findings(judged), None)

    def _take(self, findings: Findings, model: Model | None) -> None:
        spec, expectations = self._spec, self._expectations
        self.findings = findings
        self.model = model or Model(expectations, findings, spec.fields)
        self.shape = ShapeJudge(spec, findings)
        self.lists = ListJudge(spec, self.model, self.shape, expectations, findings)
        self._requests = RequestJudge(spec, self.model, expectations)

    def complains(self, exchange: Exchange, about: frozenset[str]) -> bool:
        """Whether the answer to a reading would break one of these rules. It is not taken in: it may be asked again."""
        fork = self._fork(about)
        fork.observe(exchange, 0)
        return bool(fork.findings.found)

    def complains_of_walk(
        self, walk: Walk, exchanges: Sequence[Exchange], about: frozenset[str], *, settled: bool
    ) -> bool:
        """The same of a reading of the list, and the exchanges that it is made of."""
        fork = self._fork(about)
        for exchange in exchanges:
            fork.observe(exchange, 0, in_walk=True)
        fork.walked(walk, 0, settled=settled)
        return bool(fork.findings.found)

    def _fork(self, about: frozenset[str]) -> Judge:
        findings = Findings(self._judged & about)
        judge = Judge(self._spec, self._expectations, findings.judged)
        judge._take(findings, self.model.fork(findings))
        return judge

    def observe(self, exchange: Exchange, step: int, *, in_walk: bool = False, must: str = "") -> None:
        """Judge one exchange of the step of this number, counted from 1; a walk has several.

        `must` is the rule that is broken if the request is refused, which any service must take.
        """
        self.findings.step = step
        self.shape.judge(exchange)
        if must:
            self.findings.expect(must, exchange.ok, "success", f"{exchange.status} {exchange.text}")
        if exchange.ok and exchange.method in ("GET", "DELETE"):
            self.findings.evaluated("valid-request-is-accepted")
        if exchange.operation is None or exchange.status in (401, 403, 429):
            return
        operation = exchange.operation.id
        if operation not in ("list_records", "get_record"):
            self.lists.forget()
        if exchange.status is None or exchange.status >= 500:
            self._lose_sight(exchange)
        elif operation == "list_records":
            self.lists.judge(exchange, in_walk=in_walk)
        elif operation == "get_record":
            self._observe_read(exchange)
        elif operation == "delete_record":
            self._observe_delete(exchange)
        else:
            self._observe_write(exchange, KINDS[exchange.method])

    def _lose_sight(self, exchange: Exchange) -> None:
        """A request that crashed or was not answered may have been done, or half of it: nobody knows."""
        if exchange.method == "GET":
            return
        sent = exchange.body.get("api_id") if isinstance(exchange.body, dict) else None
        for api_id in (exchange.api_id, sent):
            if isinstance(api_id, str):
                self.model.forget(api_id)
        self.model.disturb("no-server-error", None)

    def walked(self, walk: Walk, step: int, *, settled: bool) -> None:
        """Judge a reading of the whole list; `settled` when a second one showed the same, should it be unsettled."""
        self.findings.step = step
        self.lists.walked(walk, settled=settled)

    # Reading

    def _observe_read(self, exchange: Exchange) -> None:
        api_id = exchange.api_id or ""
        known = self.model.records.get(api_id)
        expected = self._requests.of_address(exchange)
        if known is not None:
            self._read_own(exchange, known)
        elif exchange.ok:
            self._read_other(exchange, api_id, expected)
        elif exchange.refused and expected.fate in (Fate.UNKNOWN, Fate.INVALID):
            self._judge_status(exchange, expected)
            if api_id in self.model.gone:
                self.findings.evaluated(self.model.gone[api_id].rule)

    def _read_own(self, exchange: Exchange, known: Known) -> None:
        if not exchange.ok:
            if exchange.status in (404, 410):
                self._judge_absence(exchange, known)
            return
        record = self._record(exchange, "get-returns-record")
        if record is None:
            return
        for rule in [*self._read_rules(known), *known.disturbed]:
            self.findings.evaluated(rule)
        shown = record.get("api_id")
        if isinstance(shown, str) and shown != known.api_id:
            rule = "update-renames" if known.fresh and known.write.renamed else "get-returns-record"
            self.findings.find(rule, f"the record {known.api_id}", f"the record {shown}")
            return
        self.model.compare(known, record, "read")
        self.model.verified(known)

    def _judge_absence(self, exchange: Exchange, known: Known) -> None:
        rules = {self.model.absent(known, "read")}
        if known.write.kind == "create" and not known.seen:
            rules.add("create-returns-record")
        for rule in sorted(rules):
            self.findings.find(rule, f"the record {known.api_id}", f"{exchange.status} {exchange.text}")

    def _record(self, exchange: Exchange, rule: str) -> Mapping[str, Any] | None:
        """The record in an answer, judged by itself; None where there is none, which breaks `rule`."""
        record = record_in(exchange.answer)
        if record is None:
            self.findings.find(rule, "a JSON object with the record", exchange.text)
            return None
        bare = record is exchange.answer
        self.findings.expect("record-is-the-answer", bare, "the record itself", exchange.text)
        self.shape.judge_record(record)
        return record

    def _read_rules(self, known: Known) -> list[str]:
        """The rules that a read of a record evaluates."""
        rules = ["get-returns-record"]
        if known.fresh:
            rules += self._write_rules(known)
        return rules

    def _read_other(self, exchange: Exchange, api_id: str, expected: Expected) -> None:
        if not _shows_record(exchange) and expected.fate in (Fate.UNKNOWN, Fate.INVALID):
            self._judge_status(exchange, expected)  # it shows nothing, in its own way
            if api_id in self.model.gone:
                self.findings.evaluated(self.model.gone[api_id].rule)
            return
        record = self._record(exchange, "get-returns-record")
        if record is None:
            return
        shown = record.get("api_id")
        gone = self.model.gone.get(api_id)
        if gone is not None:
            self.findings.expect(
                gone.rule, not gone.is_back(record), f"no record {api_id}", f"{exchange.status} {exchange.text}"
            )
        elif expected.fate in (Fate.UNKNOWN, Fate.INVALID):
            self._judge_status(exchange, expected)
            # Whether ids that differ by case are one is the service's own affair.
            if str(shown).casefold() != api_id.casefold():
                self.findings.find("get-returns-record", f"no record {api_id}", f"the record {shown}")
        elif isinstance(shown, str) and self.findings.expect(
            "get-returns-record", shown.casefold() == api_id.casefold(), f"the record {api_id}", shown
        ):
            self.lists.read_of_another(record)

    def _judge_status(self, exchange: Exchange, expected: Expected) -> None:
        if exchange.status is None or exchange.status >= 500:
            return
        right = str(exchange.status) == expected.fate.value
        self.findings.expect(expected.rule, right, expected.fate.value, f"{exchange.status} {exchange.text}")
        if expected.fate is Fate.INVALID and expected.rule != "invalid-request-is-400" and right:
            self.findings.evaluated("invalid-request-is-400")

    # Deleting

    def _observe_delete(self, exchange: Exchange) -> None:
        api_id = exchange.api_id or ""
        known = self.model.records.get(api_id)
        expected = self._requests.of_address(exchange)
        if exchange.ok:
            nothing = not exchange.content.strip() or exchange.answer in (None, {}, [], "")
            self.findings.expect("delete-returns-nothing", nothing, "no body", exchange.text)
        if known is not None:
            if exchange.ok:
                self.model.disturb("delete-removes-one-record", api_id)
                self.model.take_out(api_id, "delete-removes-one-record")
            elif exchange.repeated:
                self.model.forget(api_id)  # it may be the one before that did it
            elif exchange.refused:
                self.findings.find(
                    "valid-request-is-accepted", f"{api_id} is deleted", f"{exchange.status} {exchange.text}"
                )
            return
        self.model.disturb("delete-removes-one-record", api_id)
        if expected.fate in (Fate.UNKNOWN, Fate.INVALID):
            self._judge_status(exchange, expected)
            self.model.gone.setdefault(api_id, Gone("unknown-record-is-404"))

    # Writing

    def _observe_write(self, exchange: Exchange, kind: str) -> None:
        expected = self._requests.of_write(exchange)
        before = self.model.records.get(exchange.api_id) if exchange.api_id is not None else None
        if exchange.ok:
            self._judge_success(exchange, kind, expected, before)
        elif expected.fate is Fate.ACCEPTED:
            self._judge_refused_write(exchange, kind, before)
        else:
            if exchange.refused and expected.fate is not Fate.OPEN:
                self._judge_status(exchange, expected)
                self._judge_errors_listed(exchange)
            self._nothing_changed(exchange, expected.rule or "invalid-request-is-400")

    def _nothing_changed(self, exchange: Exchange, rule: str) -> None:
        """A refused write must leave everything as it is; what it would have made must not be there."""
        self.model.disturb(rule, None)
        api_id = exchange.body.get("api_id") if isinstance(exchange.body, dict) else None
        for unborn in (api_id, exchange.api_id):
            ours = isinstance(unborn, str) and self._expectations.prefix in unborn
            if ours and unborn not in self.model.records:
                self.model.gone.setdefault(str(unborn), Gone(rule))

    def _judge_refused_write(self, exchange: Exchange, kind: str, before: Known | None) -> None:
        """The spec allows it, but that a service takes all of what the spec allows is assumed."""
        if exchange.repeated and before is not None:
            self.model.forget(before.api_id)
            return
        got = f"{exchange.status} {exchange.text}"
        self.findings.find("valid-request-is-accepted", "success", got)
        if self._has_ignored_members(exchange):
            self.findings.find("read-only-is-ignored", "success", got)
        elif before is not None and self._renames(exchange):
            self.findings.find("update-renames", "success", got)
        elif kind != "create" and any(exchange.body.get(name, "") is None for name in DATES):
            self.findings.find("null-clears-date", "success", got)
        elif kind == "create" and self._is_second(exchange.body) and _is_plain(exchange.body):
            self.findings.find("pair-may-repeat", "one more record for the person and the package", got)
        self._nothing_changed(exchange, "valid-request-is-accepted")

    def _is_second(self, body: Mapping[str, Any]) -> bool:
        """Whether the person of a body has a record of ours for its package."""
        pair = (body.get("person_api_id"), body.get("package_api_id"))
        return any((k.fields["person_api_id"], k.fields["package_api_id"]) == pair for k in self.model.records.values())

    def _renames(self, exchange: Exchange) -> bool:
        body = exchange.body
        return isinstance(body, dict) and body.get("api_id", exchange.api_id) != exchange.api_id

    def _has_ignored_members(self, exchange: Exchange) -> bool:
        operation = exchange.operation
        return operation is not None and any(name not in operation.body for name in exchange.body)

    def _judge_success(self, exchange: Exchange, kind: str, expected: Expected, before: Known | None) -> None:
        got = f"{exchange.status} {exchange.text}"
        if expected.fate in (Fate.INVALID, Fate.CONFLICT, Fate.UNKNOWN, Fate.MEDIA_TYPE):
            self.findings.find(expected.rule, expected.fate.value, got)
            self._after_wrong_success(exchange)
            return
        if expected.fate is Fate.ACCEPTED:
            self.findings.evaluated("valid-request-is-accepted")
            if self._has_ignored_members(exchange):
                self.findings.evaluated("read-only-is-ignored")
        if not isinstance(exchange.body, dict):
            return
        record = self._record(exchange, ANSWERS[exchange.operation.id] if exchange.operation else "")
        self._hold(exchange, kind, record or {}, before)

    def _after_wrong_success(self, exchange: Exchange) -> None:
        """What should have been refused was not: from here on nothing is known about the records it names."""
        answered = (record_in(exchange.answer) or {}).get("api_id")
        sent = exchange.body.get("api_id") if isinstance(exchange.body, dict) else None
        for api_id in (exchange.api_id, answered, sent):
            if isinstance(api_id, str):
                self.model.forget(api_id)
        self.model.disturb("update-touches-one-record", None)

    def _hold(self, exchange: Exchange, kind: str, record: Mapping[str, Any], before: Known | None) -> None:
        """Compare the answer with what the record must be now, and hold it."""
        sent: Mapping[str, Any] = exchange.body
        if kind != "create" and before is None:
            return  # somebody else's, or nothing that is known
        known = self.model.after(kind, sent, before)
        fields, renamed = known.fields, known.write.renamed
        answered = record.get("api_id")
        if kind == "create":
            self._judge_created(exchange, known, record)
        for rule in self._write_rules(known):
            self.findings.evaluated(rule)
        if not isinstance(answered, str) and not isinstance(fields["api_id"], str):
            if renamed and before is not None:
                self.model.forget(before.api_id)
            return  # under which id it is nobody knows
        if before is not None and self._took_another(before, str(sent.get("api_id", before.api_id)), answered):
            return
        if record:
            self.model.compare(known, record, "answer")
        if before is not None and isinstance(answered, str) and answered not in (before.api_id, sent.get("api_id")):
            # Under which of the ids it is now, nobody knows.
            self.model.records.pop(before.api_id)
            self.model.disturb("update-touches-one-record", None)
            return
        if isinstance(answered, str) and answered and (before or answered not in self.model.records):
            fields["api_id"] = answered
        self._learn_description(known, record)
        known.generated = before.generated if before else not sent.get("api_id")
        self.model.put_in(known, before.api_id if before else None)
        side_effect = SIDE_EFFECTS.get(kind, "update-touches-one-record")
        self.model.disturb(side_effect, known.api_id)

    def _took_another(self, before: Known, expected: str, answered: object) -> bool:
        """Whether the answer to an update shows another record of ours; then both are uncertain from here on."""
        if not isinstance(answered, str) or answered == before.api_id or answered not in self.model.records:
            return False
        self.findings.find(
            "update-touches-one-record", f"the record {expected} is updated", f"the record {answered} is"
        )
        for api_id in (before.api_id, str(answered)):
            self.model.records.pop(api_id)
        return True

    def _learn_description(self, known: Known, record: Mapping[str, Any]) -> None:
        """The first plain record of a package shows how the package is described."""
        description = record.get("package_desc")
        if known.write.kind == "create" and isinstance(description, str) and "package_desc" not in known.write.sent:
            self.model.descriptions.setdefault(str(known.fields["package_api_id"]), description)

    def _judge_created(self, exchange: Exchange, known: Known, record: Mapping[str, Any]) -> None:
        answered = record.get("api_id")
        if not known.write.sent.get("api_id") and not isinstance(answered, int):
            right = isinstance(answered, str) and answered != "" and answered not in self.model.records
            self.findings.expect("api-id-generated", right, "an api_id that no other record has", repr(answered))
        package = known.fields["package_api_id"]
        if any(other.fields["package_api_id"] == package for other in self.model.records.values()):
            self.findings.evaluated("package-has-many-records")
        if self._is_second(known.fields):
            self.findings.evaluated("pair-may-repeat")
        if record:
            self._judge_assigned(exchange, record.get("date_assigned"))

    def _judge_assigned(self, exchange: Exchange, value: Any) -> None:
        assigned = read_instant(value)
        if assigned is None:
            if value in (None, ""):
                self.findings.find("date-assigned-generated", "a date-time", repr(value))
            return
        denial = self._expectations.clock.denial(assigned, exchange, self._expectations.date_unit)
        self.findings.expect("date-assigned-generated", not denial, denial, value)
        exact = parse_instant(value)
        if exact is not None:
            complaint = self._expectations.clock.complaint(exact, exchange)
            self.findings.expect("date-assigned-is-now", not complaint, complaint, value)

    def _write_rules(self, known: Known) -> list[str]:
        """The rules that the record after this write evaluates, in the answer as in a read."""
        write, sent = known.write, known.write.sent
        rules = [PLAIN[write.kind]]
        if known.fields["package_desc"] is not UNKNOWN or isinstance(sent.get("package_desc"), str):
            rules += ["package-desc-populated", "package-desc-is-the-same"]
        if write.kind == "create":
            rules += ["api-id-kept"] if sent.get("api_id") else []
        else:
            rules += ["date-assigned-kept"]
            rules += ["package-desc-follows-package"] if self._moves(write) else []
            rules += ["update-renames"] if write.renamed else []
            rules += ["update-keeps-api-id"] if "api_id" not in sent else []
            rules += ["null-clears-date"] if any(sent.get(name, 0) is None for name in DATES) else []
        rules += ["dates-kept"] if any(sent.get(name) is not None for name in DATES) else []
        if write.kind != "patch" and any(name not in sent for name in DATES):
            rules += ["absent-dates-are-null"]
        return rules

    def _moves(self, write: Write) -> bool:
        """Whether an update gives the record another package, whose description is known."""
        package = write.sent.get("package_api_id")
        before = write.before or {}
        return package != before.get("package_api_id", package) and package in self.model.descriptions

    def _judge_errors_listed(self, exchange: Exchange) -> None:
        """A 400 lists every error, each with a pointer: every property of a wrong type must be among them."""
        problem, body = exchange.answer, exchange.body
        if exchange.status != 400 or body is MISSING or not isinstance(body, dict):
            return
        if not isinstance(problem, dict) or not isinstance(problem.get("errors"), list):
            return
        pointers = {str(error.get("pointer")) for error in problem["errors"] if isinstance(error, dict)}
        if "" in pointers:
            return  # the body as a whole was wrong, to this reader of JSON
        wrong = {f"/{name}" for name in ("person_api_id", "package_api_id") if not isinstance(body.get(name, ""), str)}
        wrong |= {f"/{name}" for name in DATES if not isinstance(body.get(name), (str, type(None)))}
        named = sorted(map(str, pointers))
        self.findings.expect("errors-are-problems", wrong <= pointers, f"errors at {sorted(wrong)}", f"at {named}")


def _shows_record(exchange: Exchange) -> bool:
    """Whether a record is in an answer: where there is none, some answer 200 with null, nothing, or an error in it."""
    record = record_in(exchange.answer)
    return isinstance(exchange.answer, list) or (record is not None and ("api_id" in record or is_record(record)))


def _is_plain(body: Mapping[str, Any]) -> bool:
    """Whether nothing in the body of a creation is odd but that the person has a record for the package."""
    api_id = str(body.get("api_id") or "id").replace("-", "")
    return api_id.isalnum() and len(api_id) < PLAIN_ID and not any(map(body.get, DATES))
