"""The report as Markdown, for the summary page of a CI job."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ..report import wording
from ..result import Counterexample, Report, RuleResult, Verdict
from .counterexample_text import headline
from .plain_text import one_line, shortened, visible

MARKS = {Verdict.BROKEN: "❌", Verdict.INCONCLUSIVE: "❔", Verdict.NOT_EXERCISED: "➖", Verdict.KEPT: "✅"}

LONGEST = 900_000
"""GitHub takes at most 1 MiB for all summaries of one step."""

LONGEST_TEXT = 1000

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def markdown(report: Report) -> str:
    """Return the report in GitHub's Markdown."""
    head = "\n".join([*_head(report), *_table(report), *_habits(report), *_safety(report)])
    return head + _details(report, LONGEST - len(head.encode()))


def _head(report: Report) -> Iterator[str]:
    yield f"## {escaped(report.spec.title)}: {escaped(wording.conclusion(report))}"
    yield ""
    yield (
        f"{escaped(report.target)}, {wording.counts(report)}; {wording.number(report.requests, 'request')} "
        f"in {report.seconds:.1f} s, seed {report.seed}"
    )
    yield ""


def _table(report: Report) -> Iterator[str]:
    yield "| rule | basis | verdict | checks |"
    yield "| --- | --- | --- | ---: |"
    for rule in sorted(report.rules, key=lambda rule: wording.VERDICTS.index(rule.verdict)):
        why = wording.reason(rule)
        verdict = f"{MARKS[rule.verdict]} {wording.WORDS[rule.verdict]}" + (f": {escaped(why)}" if why else "")
        yield f"| {escaped(rule.id)} | {rule.basis.value} | {verdict} | {len(rule.checks)} |"
    yield ""


def _habits(report: Report) -> Iterator[str]:
    if report.habits:
        yield f"{wording.HABITS}:"
        yield ""
        yield from (f"* {escaped(wording.habit(habit))}" for habit in report.habits)
        yield ""


def _safety(report: Report) -> Iterator[str]:
    safety = report.safety
    yield wording.clean_up(safety) + (f" {wording.refusals(safety)}" if safety.blocked else "")
    yield ""
    for api_id in safety.leftovers:
        yield f"* not deleted: {escaped(api_id)}"
    for api_id in safety.possible_leftovers:
        yield f"* perhaps not deleted: {escaped(api_id)}"
    if command := wording.cleanup_command(report):
        yield fenced(command)
    yield ""


def _details(report: Report, room: int) -> str:
    parts: list[str] = []
    for rule in report.broken:
        part = "\n".join(_broken(rule)) + "\n"
        room -= len(part.encode())
        if room < 0:
            left_out = len(report.broken) - len(parts)
            return "".join(parts) + f"\n{wording.number(left_out, 'more broken rule')} in report.html.\n"
        parts.append(part)
    return "".join(parts)


def _broken(rule: RuleResult) -> Iterator[str]:
    yield f"<details><summary>{MARKS[rule.verdict]} {html.escape(one_line(rule.id))}</summary>"
    yield ""
    yield f"{wording.origin(rule)}: {escaped(wording.sentence(rule))}"
    yield ""
    if rule.counterexample is not None:
        yield from _example(rule.counterexample)
    yield "</details>"
    yield ""


def _example(example: Counterexample) -> Iterator[str]:
    yield f"* expected: {escaped(example.expected)}"
    yield f"* got: {escaped(example.got)}"
    yield ""
    for position, step in enumerate(example.steps, 1):
        yield f"{position}\\. {escaped(headline(step))}"
        yield ""
        yield fenced(step.curl)
        if step.answer:
            yield fenced(step.answer)


def escaped(text: str) -> str:
    """Return text that Markdown and HTML leave alone, in one line."""
    return _PUNCTUATION.sub(r"\\\1", shortened(one_line(text), LONGEST_TEXT))


def fenced(text: str) -> str:
    """Return a block of code, in a fence that nothing in the text can close."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{visible(text)}\n{fence}\n"
