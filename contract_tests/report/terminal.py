"""The report in the terminal: progress while the run goes on, then what was found."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..report import wording
from ..result import Counterexample, Exit, Report, RuleResult, StepResult, Verdict
from .counterexample_text import request, status
from .plain_text import brief, encodable, one_line, shortened, visible
from .progress import STYLES, Clock, RunProgress

LOG_WIDTH = 100
"""How wide the tables are where nothing says how wide the screen is."""

NARROW = 60
"""Below so many columns the table does without its numbers."""

LABEL = 13
"""How wide labels are."""

LONGEST_TEXT = 1000
LONGEST_ANSWER = 400


class Terminal(RunProgress):
    """Shows progress on stderr and the report on stdout.

    It colours only what a person sees: no pipe, no file, and nothing where NO_COLOR is set. What is kept it only
    counts, unless it is `verbose`.
    """

    def __init__(
        self,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        environ: Mapping[str, str] | None = None,
        *,
        verbose: bool = False,
        clock: Clock = time.monotonic,
    ) -> None:
        self._verbose = verbose
        self._environ = os.environ if environ is None else environ
        self._out = _console(stdout or sys.stdout, self._environ)
        self._err = _console(stderr or sys.stderr, self._environ)
        super().__init__(self._err, clock)

    def show(self, report: Report, directory: Path | None = None) -> None:
        """Print the report; `directory` is where its files are, if any were written."""
        self.stop()
        with self._commands_off():
            if report.exit_code is not Exit.COULD_NOT_RUN or _told(report):
                self._show_rules(report)
            self._show_habits(report)
            self._show_run(report, directory)
        self._show_troubles(report)

    @contextmanager
    def _commands_off(self) -> Iterator[None]:
        """Keep GitHub's runner from obeying what an answer says: it takes lines of a log for commands."""
        if self._environ.get("GITHUB_ACTIONS") != "true":
            yield
            return
        token = secrets.token_hex(16)
        self._line(Text(f"::stop-commands::{token}"))
        try:
            yield
        finally:
            self._line(Text(f"::{token}::"))

    # Rules

    def _show_rules(self, report: Report) -> None:
        if self._verbose:
            self._out.print(self._table(report))
            self._out.print()
        for (verdict, why), rules in _untold(report).items():
            self._out.print(self._text(f"{wording.WORDS[verdict]} ({len(rules)})", STYLES[verdict]))
            self._quoted("", self._cut(why, LONGEST_TEXT))
            self._quoted("", ", ".join(rule.id for rule in rules), "dim")
            self._out.print()
        for rule in report.broken:
            self._show_broken(rule)
            self._out.print()

    def _table(self, report: Report) -> Table:
        wide = self._out.width >= NARROW
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
        table.add_column("rule", overflow="fold")
        table.add_column("basis", no_wrap=True)
        table.add_column("verdict", no_wrap=True)
        if wide:
            table.add_column("checks", justify="right")
            table.add_column("answers judged", justify="right")
        for rule in report.rules:
            numbers = (str(len(rule.checks)), f"{wording.answers(rule):,}") if wide else ()
            table.add_row(
                self._text(one_line(rule.id)),
                Text(rule.basis.value, style="dim"),
                Text(wording.WORDS[rule.verdict], style=STYLES[rule.verdict]),
                *numbers,
            )
        return table

    def _show_broken(self, rule: RuleResult) -> None:
        title = self._text(one_line(rule.id), "bold red")
        self._out.print(title.append(f"  {wording.WORDS[rule.verdict]}, {rule.basis.value}", "not bold dim"))
        self._quoted(wording.origin(rule), wording.sentence(rule))
        self._quoted("The rule", rule.text)
        if rule.message:
            self._quoted("Note", rule.message)
        if rule.counterexample is not None:
            self._show_example(rule.counterexample)

    def _show_example(self, example: Counterexample) -> None:
        self._quoted("Expected", self._cut(example.expected, LONGEST_TEXT), "green")
        self._quoted("Got", self._cut(example.got, LONGEST_TEXT), "red")
        for position, step in enumerate(example.steps, 1):
            self._show_step(position, step)

    def _show_step(self, position: int, step: StepResult) -> None:
        self._hanging(f"  {position:>2}. ", one_line(request(step)), "bold")
        # In one piece however long, so that it can be copied.
        self._line(Text("      ").append_text(self._text(step.curl, "cyan")))
        self._hanging("      ", self._cut(one_line(f"{status(step)} {step.answer}"), LONGEST_ANSWER), "dim")

    # The service

    def _show_habits(self, report: Report) -> None:
        if not report.habits:
            return
        self._out.print(self._text(wording.HABITS, "bold"))
        for habit in report.habits:
            text = one_line(habit.text)
            room = max(10, self._out.width - LABEL - 2)
            self._quoted(one_line(habit.topic), text if self._verbose else brief(text, room))
        self._out.print()

    # The run

    def _show_run(self, report: Report, directory: Path | None) -> None:
        safety = report.safety
        if safety.created or not report.problem:
            self._quoted("Safety", wording.clean_up(safety))
        if safety.blocked:
            self._quoted("", wording.refusals(safety))
        for blocked in safety.blocked:
            self._quoted("", one_line(f"{blocked.method} {blocked.target}: {blocked.reason}"), "dim")
        for line in wording.unsent(report):
            self._quoted("", line, "dim")
        numbers = f"{wording.number(report.requests, 'request')} in {report.seconds:.1f} s, seed {report.seed}"
        self._quoted("Run", f"{report.target}, {numbers}")
        if directory is not None:
            self._quoted("Reports", f"{directory / 'report.html'}, report.json, junit.xml")
        if report.broken:
            self._show_replay(report, directory)
        self._quoted("Rules", wording.counts(report))
        if report.exit_code is not Exit.COULD_NOT_RUN:
            style = "bold red" if report.broken else "bold green"
            self._out.print(Text("\n").append_text(self._text(wording.conclusion(report), style)))

    def _show_replay(self, report: Report, directory: Path | None) -> None:
        if directory is None:
            self._quoted("Replay", "--report-dir DIR keeps the requests for `training-contract replay`")
        else:
            self._command("Replay", wording.replay_command(report, directory / "report.json"))
        self._command("Again", wording.run_command(report))
        if variables := wording.variables(report):
            self._quoted("Set first", variables)

    def _show_troubles(self, report: Report) -> None:
        self._out.file.flush()
        for line in wording.left(report):
            self.note(line)
        if report.exit_code is Exit.COULD_NOT_RUN:
            self.note(f"training-contract: {wording.conclusion(report)}")

    # Text

    def _quoted(self, label: str, text: str, style: str = "") -> None:
        """Print text behind a label."""
        self._hanging(f"  {encodable(label, self._out.encoding):<{LABEL}}", text, style)

    def _command(self, label: str, text: str) -> None:
        """Print a command behind a label, in one piece."""
        self._line(Text(f"  {label:<{LABEL}}", "dim").append_text(self._text(text, "cyan")))

    def _cut(self, text: str, most: int) -> str:
        """The text, cut when it is longer than a reader wants who did not ask for more."""
        return text if self._verbose else shortened(text, most)

    def _hanging(self, head: str, text: str, style: str) -> None:
        """Print text with every further line of it indented like the first."""
        lines = self._text(text, style).wrap(self._out, max(10, self._out.width - len(head)), overflow="fold")
        for number, line in enumerate(lines or [Text()]):
            line.rstrip()
            self._line(Text.assemble((head if number == 0 else " " * len(head), "dim"), line))

    def _line(self, text: Text) -> None:
        self._out.print(text, soft_wrap=True)

    def _text(self, text: str, style: str = "") -> Text:
        return Text(encodable(visible(text), self._out.encoding), style=style)


def _console(file: TextIO, environ: Mapping[str, str]) -> Console:
    console = Console(
        file=file, markup=False, highlight=False, emoji=False, no_color=True if environ.get("NO_COLOR") else None
    )
    if not console.is_terminal and not environ.get("COLUMNS"):
        console.width = LOG_WIDTH
    return console


def _told(report: Report) -> bool:
    return any(rule.verdict in (Verdict.KEPT, Verdict.BROKEN) for rule in report.rules)


def _untold(report: Report) -> dict[tuple[Verdict, str], list[RuleResult]]:
    """The rules that could not be checked, together where the reason is the same."""
    found: dict[tuple[Verdict, str], list[RuleResult]] = {}
    for verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED):
        for rule in report.rules:
            if rule.verdict is verdict:
                found.setdefault((verdict, wording.reason(rule)), []).append(rule)
    return found
