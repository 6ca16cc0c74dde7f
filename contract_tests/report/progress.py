"""How far a run has come: one moving line on a terminal, a few plain lines in a log."""

from __future__ import annotations

from collections import Counter
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ..report import wording
from ..result import CheckOutcome, Verdict
from .plain_text import encodable, one_line

LOG_EVERY = 10.0
"""How many seconds of checks pass between two lines in a log."""

WIDE = 110
"""From how many columns on there is room for a bar."""

STYLES = {
    Verdict.KEPT: "green",
    Verdict.BROKEN: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_EXERCISED: "blue",
}


class Tally:
    """What is known so far. Rich asks it for the moving line, several times a second."""

    def __init__(self) -> None:
        self.checks = 0
        self.finished = 0
        self.requests = 0
        self.seconds = 0.0
        self.current = ""
        self.verdicts: Counter[Verdict] = Counter()
        self._spinner = Spinner("line", style="cyan")

    def add(self, outcome: CheckOutcome) -> None:
        """Take in what a check came to."""
        self.finished += 1
        self.requests += outcome.requests
        self.seconds += outcome.seconds
        self.verdicts[outcome.verdict] += 1
        self.current = "making counterexamples short, cleaning up" if self.finished >= self.checks else ""

    def words(self) -> Text:
        """Return `12 of 71 checks, 512 requests, 11 kept, 1 broken`."""
        text = Text(f"{self.finished} of {wording.number(self.checks, 'check')}")
        text.append(f", {wording.number(self.requests, 'request')}")
        for verdict in wording.VERDICTS:
            if self.verdicts[verdict]:
                text.append(", ").append(f"{self.verdicts[verdict]} {wording.WORDS[verdict]}", STYLES[verdict])
        return text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        row = Table.grid(padding=(0, 1), expand=True)
        row.add_column(no_wrap=True)
        row.add_column(no_wrap=True, overflow="ellipsis")
        row.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        bar = ProgressBar(total=max(1, self.checks), completed=self.finished, width=10, complete_style="cyan")
        current = Text(self.current, style="dim")
        if options.max_width >= WIDE:
            row.add_column(no_wrap=True)
            row.add_row(self._spinner, self.words(), current, bar)
        else:
            row.add_row(self._spinner, self.words(), current)
        yield row


class Watch(Protocol):
    """One way to show progress."""

    def begin(self, tally: Tally, target: str, seed: int) -> None:
        """The run begins."""

    def finished(self, tally: Tally, outcome: CheckOutcome) -> None:
        """A check ended, and is in the tally."""

    def note(self, text: str) -> None:
        """Show a line that stays."""

    def end(self) -> None:
        """Leave the terminal as it was."""


class Moving:
    """For someone who looks on: one line at the bottom, gone in the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def begin(self, tally: Tally, target: str, seed: int) -> None:
        """Begin, with what is to be checked."""
        self.note(f"checking {target}, seed {seed}")
        self._live = Live(tally, console=self._console, transient=True, refresh_per_second=8, redirect_stdout=False)
        self._live.start()

    def finished(self, tally: Tally, outcome: CheckOutcome) -> None:
        """Take note of a check that ended."""

    def note(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(_line(self._console, text))

    def end(self) -> None:
        """Stop whatever moves."""
        if self._live is not None:
            self._live.stop()
            self._live = None


class Logged:
    """For a log: what was found broken at once, and now and then how far it is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = LOG_EVERY

    def begin(self, tally: Tally, target: str, seed: int) -> None:
        """Begin, with what is to be checked."""
        self.note(f"checking {target}, seed {seed}: {wording.number(tally.checks, 'check')}")

    def finished(self, tally: Tally, outcome: CheckOutcome) -> None:
        """Take note of a check that ended."""
        if outcome.verdict is Verdict.BROKEN:
            self.note(f"broken: {outcome.rule} ({outcome.name})")
        if tally.seconds >= self._next:
            self._next = tally.seconds + LOG_EVERY
            self.note(tally.words().plain)

    def note(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(_line(self._console, text), soft_wrap=True)

    def end(self) -> None:
        """Stop whatever moves."""


def _line(console: Console, text: str) -> Text:
    return Text(encodable(one_line(text), console.encoding), overflow="fold")


class RunProgress:
    """The `Progress` of a run, shown on a console. A context: leaving it stops whatever moves."""

    def __init__(self, console: Console) -> None:
        self._tally = Tally()
        self._watch: Watch = Moving(console) if console.is_interactive else Logged(console)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop whatever moves; more notes may follow."""
        self._watch.end()

    def started(self, target: str, seed: int, checks: int) -> None:
        """The service answers; this many checks will run."""
        self._tally.checks = checks
        self._watch.begin(self._tally, target, seed)

    def check_started(self, name: str, rule: str) -> None:
        """One check begins."""
        self._tally.current = one_line(f"{name}, {rule}")

    def check_finished(self, outcome: CheckOutcome) -> None:
        """One check ended."""
        self._tally.add(outcome)
        self._watch.finished(self._tally, outcome)

    def note(self, text: str) -> None:
        """Print a line that stays."""
        self._watch.note(text)
