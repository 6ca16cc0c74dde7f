"""What every way of showing a report says in the same words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from api_spec.provenance import Basis

from ..result import PASSED, Exit, Habit, Report, RuleResult, Safety, Verdict
from .plain_text import unseen

PROGRAM = "training-contract"

CREDENTIALS = "CREDENTIALS"
"""The variable of the shell that stands for `user:password` of the base URL."""

UNTOLD = "..."
"""What stands among the arguments of a run for a value that is not told."""

_HEADER = re.compile(r"--header=(.*): \.\.\.", re.DOTALL)
"""A header among the arguments of a run."""

_DOUBLE = re.compile(r'[$`"\\]')
"""What a shell does not leave alone between double quotes."""

VERDICTS = (Verdict.BROKEN, Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED, Verdict.KEPT)
"""The order in which they matter to a reader."""

WORDS: Mapping[Verdict, str] = {verdict: verdict.value.replace("-", " ") for verdict in Verdict}

CHECK_WORDS: Mapping[Verdict, str] = {**WORDS, Verdict.KEPT: PASSED}
"""Checks pass, and rules are kept."""

HABITS = "What this service does where the document is silent"

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


def left(report: Report) -> list[str]:
    """A line for each record that is not deleted, and how to delete them."""
    safety = report.safety
    lines = [f"not deleted: {api_id}" for api_id in safety.leftovers]
    lines += [
        f"perhaps not deleted (it may be somebody else's, and was not touched): {api_id}"
        for api_id in safety.possible_leftovers
    ]
    return [*lines, f"delete what is left with: {cleanup_command(report)}"] if safety.ledger else lines


def troubles(report: Report) -> list[str]:
    """What kept the run from its end or left something; empty for a run that says what is kept and what is broken."""
    return [conclusion(report), *left(report)] if report.exit_code is Exit.COULD_NOT_RUN else []


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


def habit(learnt: Habit) -> str:
    """What a service does, in one line: `dates: keeps milliseconds`."""
    return f"{learnt.topic}: {learnt.text}"


def unsent(report: Report) -> list[str]:
    """How many generated cases could not be sent, and a line for each reason; empty when all could."""
    if not report.unsent:
        return []
    reasons = [f"{count:,} {why}" for why, count in report.unsent.items()]
    return [f"{number(sum(report.unsent.values()), 'generated case')} could not be sent:", *reasons]


# Commands


def run_command(report: Report) -> str:
    """Return the command that makes the same run again."""
    return " ".join([PROGRAM, *_address(report), *_words(report.arguments)])


def replay_command(report: Report, file: Path, rule: str = "") -> str:
    """Return the command that sends the requests of one counterexample (or of all) again.

    It has those options of the run that are not taken from the file.
    """
    only = ["--rule", rule] if rule else []
    words = [_path(file), *_address(report), *_words(report.replay_arguments), *map(shell, only)]
    return " ".join([PROGRAM, "replay", *words])


def cleanup_command(report: Report) -> str:
    """Return the command that deletes what is left; empty when nothing is."""
    if not report.safety.ledger:
        return ""
    # The ledger names the service, but for its credentials.
    address = _address(report) if report.credentials else []
    return " ".join(
        [PROGRAM, "cleanup", _path(Path(report.safety.ledger)), *address, *_words(report.cleanup_arguments)]
    )


def variables(report: Report) -> str:
    """The variables that must be set in the shell for these commands, as no secret is written down; mostly empty."""
    credentials = [f"{CREDENTIALS} (user:password of the URL, percent-encoded)"] if report.credentials else []
    headers = [
        f"{_variable(found[1])} (the header {found[1]})" for found in map(_HEADER.fullmatch, report.arguments) if found
    ]
    others = [f"{_variable(flag)} (the value of {flag})" for flag, word in _pairs(report.arguments) if word == UNTOLD]
    return ", ".join(dict.fromkeys([*credentials, *headers, *others]))


def _words(arguments: Sequence[str]) -> Iterator[str]:
    """Arguments as a shell takes them; what is not told is left to a variable."""
    for flag, word in _pairs(arguments):
        yield f'"${_variable(flag)}"' if word == UNTOLD else shell(word)


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each argument, with the one before it."""
    return zip(("", *arguments), arguments, strict=False)


def _address(report: Report) -> list[str]:
    """The base URL as a shell takes it; none when the mock was checked, which is started anew."""
    if report.mock:
        return []
    if report.credentials:
        scheme, _, rest = report.target.partition("://")
        return [f'"{_DOUBLE.sub(_escaped, scheme)}://${CREDENTIALS}@{_DOUBLE.sub(_escaped, rest)}"']
    return [shell(report.target)]


def _path(file: Path) -> str:
    """A path that is not taken for an option."""
    return shell(f"./{file}" if str(file).startswith("-") else str(file))


def shell(word: str) -> str:
    """Return a word as a shell takes it. The value of a header, which is not known here, is left to a variable."""
    header = _HEADER.fullmatch(word)
    if header is not None:
        return f'--header="{_DOUBLE.sub(_escaped, header[1])}: ${_variable(header[1])}"'
    if not any(map(unseen, word)) and "  " not in word:
        return shlex.quote(word)
    return "$'" + "".join(map(_spelled, word)) + "'"


def _spelled(letter: str) -> str:
    if letter in "\\'":
        return f"\\{letter}"
    return _byte_by_byte(letter) if letter == " " or unseen(letter) else letter


def _byte_by_byte(letter: str) -> str:
    # What Python reads of bytes that are no UTF-8, as in the name of a file, are those bytes again.
    errors = "surrogateescape" if "\udc80" <= letter <= "\udcff" else "surrogatepass"
    return "".join(f"\\x{byte:02x}" for byte in letter.encode("utf-8", errors))


def _variable(header: str) -> str:
    return re.sub(r"^(?=\d)", "_", re.sub(r"[^A-Z0-9]", "_", header.removeprefix("--").upper()))


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"
