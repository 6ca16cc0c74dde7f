"""What every way of showing a report says in the same words."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..result import Basis, Exit, Report, RuleResult, Safety, Verdict

VERDICTS = (Verdict.BROKEN, Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED, Verdict.KEPT)
"""The order in which they matter to a reader."""

WORDS: Mapping[Verdict, str] = {verdict: verdict.value.replace("-", " ") for verdict in Verdict}

NO_REASON: Mapping[Verdict, str] = {
    Verdict.KEPT: "",
    Verdict.BROKEN: "",
    Verdict.INCONCLUSIVE: "others changed the data meanwhile, or the service would not let it be set up",
    Verdict.NOT_EXERCISED: "no answer came on which it could be checked",
}


def number(count: int, noun: str) -> str:
    """Return `1 rule`, `2 rules`, `1,423 requests`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def reason(rule: RuleResult) -> str:
    """Why a rule could not be checked, or what there is to add to its verdict."""
    if rule.message or rule.verdict in (Verdict.KEPT, Verdict.BROKEN):
        return rule.message
    return next((check.message for check in rule.checks if check.message), NO_REASON[rule.verdict])


def answers(rule: RuleResult) -> int:
    """On how many answers a rule was judged."""
    return sum(check.evaluations for check in rule.checks)


def origin(rule: RuleResult) -> str:
    """What the rule's sentence is."""
    return "The document" if rule.basis is Basis.DOCUMENTED else "Assumed"


def sentence(rule: RuleResult) -> str:
    """The document's words in quotation marks, or the reason of the assumption as it is."""
    return f"“{rule.sentence}”" if rule.basis is Basis.DOCUMENTED else rule.sentence


def counts(report: Report) -> str:
    """How many rules got which verdict; those that none got are left out."""
    found = [f"{report.count(verdict)} {WORDS[verdict]}" for verdict in VERDICTS if report.count(verdict)]
    return ", ".join(found) or "no rules"


def conclusion(report: Report) -> str:
    """What the exit code says, in words."""
    if report.exit_code is Exit.COULD_NOT_RUN:
        return " ".join(_troubles(report))
    return _judgement(report)


def _judgement(report: Report) -> str:
    rules, broken, kept = len(report.rules), len(report.broken), report.count(Verdict.KEPT)
    if broken:
        return f"{broken} of {number(rules, 'rule')} {'is' if broken == 1 else 'are'} broken."
    if kept < rules:
        return f"No rule is broken; {kept} of {rules} are kept, {rules - kept} could not be checked."
    return "The rule is kept." if rules == 1 else f"All {rules} rules are kept."


def _troubles(report: Report) -> Iterator[str]:
    if report.problem:
        yield f"The run could not be finished: {report.problem.rstrip('.')}."
    if report.safety.leftovers:
        yield f"{number(len(report.safety.leftovers), 'record')} not deleted."
    if report.safety.possible_leftovers:
        yield f"{number(len(report.safety.possible_leftovers), 'record')} perhaps not deleted."
    if report.broken:
        yield _judgement(report)


def left(safety: Safety) -> list[str]:
    """A line for each record that is not deleted, and how to delete them."""
    lines = [f"not deleted: {api_id}" for api_id in safety.leftovers]
    lines += [
        f"perhaps not deleted (it may be somebody else's, and was not touched): {api_id}"
        for api_id in safety.possible_leftovers
    ]
    return [*lines, f"delete what is left with: {cleanup_command(safety)}"] if safety.ledger else lines


def troubles(report: Report) -> list[str]:
    """What kept the run from its end or left something; empty for a run that says what is kept and what is broken."""
    return [conclusion(report), *left(report.safety)] if report.exit_code is Exit.COULD_NOT_RUN else []


def clean_up(safety: Safety) -> str:
    """What was created, and that it is gone."""
    if not safety.created:
        return "No record was created."
    if safety.leftovers or safety.possible_leftovers:
        return f"{number(safety.created, 'record')} created, {safety.deleted:,} deleted."
    return f"{number(safety.created, 'record')} created, all of them deleted."


def refusals(safety: Safety) -> str:
    """How many requests the guard blocked."""
    blocked = len(safety.blocked)
    what = "what it did" if blocked == 1 else "what they did"
    return f"{number(blocked, 'request')} blocked by the guard, as {what} might have met others' data, or stayed."


def unsent(report: Report) -> list[str]:
    """How many generated cases could not be sent, and a line for each reason; empty when all could."""
    if not report.unsent:
        return []
    reasons = [f"{count:,} {why}" for why, count in report.unsent.items()]
    return [f"{number(sum(report.unsent.values()), 'generated case')} could not be sent:", *reasons]


# Commands


def run_command(report: Report) -> str:
    """Return the command that makes the same run again; the values of headers are not known here."""
    return shlex.join(["training-contract", report.target, *report.arguments])


def replay_command(report: Report, file: Path, rule: str = "") -> str:
    """Return the command that sends the requests of one counterexample (or of all) again.

    It repeats the options of the run, as the same requests mean another thing to another person or under another
    overlay; the values of headers are not known here.
    """
    words = ["training-contract", "replay", str(file), report.target, *report.arguments]
    return shlex.join([*words, *(["--rule", rule] if rule else [])])


def cleanup_command(safety: Safety) -> str:
    """Return the command that deletes what is left; empty when nothing is."""
    return shlex.join(["training-contract", "cleanup", safety.ledger]) if safety.ledger else ""
