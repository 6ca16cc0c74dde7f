"""How far a run has come: one moving line on a terminal, a few plain lines in a log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ..report import wording
from ..result import CheckOutcome, Verdict
from .plain_text import brief, encodable, one_line

Clock = Callable[[], float]
"""Seconds since some moment in the past, as `time.monotonic`."""

LOG_EVERY = 10.0
"""How many seconds pass at least between two lines in a log."""

SAMPLE = 0.1
"""Which part of the checks must be done before the rest can be estimated: they differ, but many are alike."""

BAR = 10

WIDE = 110
"""From how many columns on there is room for a bar."""

STYLES = {
    Verdict.KEPT: "green",
    Verdict.BROKEN: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_EXERCISED: "blue",
}


@dataclass
class Phase:
    """How far a part of the run is: the checks, or what follows them."""

    what: str
    """What is counted, in the plural: `checks`."""
    of: int
    begun: float
    first: int = 0
    """How many were done when it began."""
    done: int = 0
    seconds: float = 0.0
    """From its beginning to the last of those that are done."""
    most: float = 0.0
    """The seconds that one more takes at most; 0 when nobody knows."""
    sample: float = 0.0
    """Which part of all must be done before there is anything to go by."""

    def words(self) -> str:
        """Return `12 of 71 checks, about 20 s left`."""
        counted = self.what if self.of != 1 else re.sub(r"s\b", "", self.what, count=1)
        return ", ".join(filter(None, (f"{self.done} of {self.of:,} {counted}", self._left())))

    def _left(self) -> str:
        done, left = self.done - self.first, self.of - self.done
        if left <= 0:
            return ""
        if done > 0 and done >= self.sample * self.of:
            return f"about {_coarse(self.seconds / done * left)} left"
        return f"at most {_coarse(self.most * left)} left" if self.most else ""


def _coarse(seconds: float) -> str:
    """Seconds, or minutes, no more precise than can be known."""
    if seconds > 90:
        return f"{ceil(seconds / 60)} min"
    step = 5 if seconds > 10 else 1
    return f"{max(1, ceil(seconds / step)) * step} s"


class Tally:
    """What is known so far. Rich asks it for the moving line, several times a second."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.requests = 0
        self.seconds = 0.0
        self.current = ""
        self.verdicts: Counter[Verdict] = Counter()
        self.phase = Phase("checks", 0, clock())
        self._spinner = Spinner("line", style="cyan")

    def begin(self, checks: int) -> None:
        """So many checks will run."""
        self.phase = Phase("checks", checks, self.clock(), sample=SAMPLE)

    def add(self, outcome: CheckOutcome) -> None:
        """Take in what a check came to."""
        self.requests += outcome.requests
        self.seconds += outcome.seconds
        self.verdicts[outcome.verdict] += 1
        self.current = ""
        self._advance(self.phase.done + 1)

    def enter(self, what: str, done: int, of: int, most: int = 0) -> None:
        """Take in how far another phase is, of which one more takes at most so many requests, if that is known."""
        if (self.phase.what, self.phase.of) != (what, of):
            pace = self.seconds / self.requests if self.requests else 0.0
            self.phase = Phase(what, of, self.clock(), done, most=most * pace)
        self.current = ""
        self._advance(done)

    def _advance(self, done: int) -> None:
        self.phase.done, self.phase.seconds = done, self.clock() - self.phase.begun

    def words(self) -> Text:
        """Return `12 of 71 checks, about 20 s left, 512 requests, 11 passed, 1 broken`."""
        text = Text(self.phase.words())
        text.append(f", {wording.number(self.requests, 'request')}")
        for verdict in wording.VERDICTS:
            if self.verdicts[verdict]:
                text.append(", ").append(f"{self.verdicts[verdict]} {wording.CHECK_WORDS[verdict]}", STYLES[verdict])
        return text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        row = Table.grid(padding=(0, 1), expand=True)
        wide = options.max_width >= WIDE
        room = max(0, options.max_width - 3 - (BAR + 1) * wide)  # the spinner, and a blank between two columns
        words = _fitting(self.words(), room)
        left = room - len(words)
        current = Text(brief(self.current, left) if len(self.current.partition(" ")[0]) < left else "", style="dim")
        row.add_column(no_wrap=True)
        row.add_column(no_wrap=True)
        row.add_column(no_wrap=True, ratio=1)
        cells: list[RenderableType] = [self._spinner, words, current]
        if wide:
            row.add_column(no_wrap=True)
            done = ProgressBar(max(1, self.phase.of), self.phase.done, width=BAR, complete_style="cyan")
            cells.append(done)
        row.add_row(*cells)
        yield row


def _fitting(text: Text, most: int) -> Text:
    """The text, cut after a word where it is longer."""
    fits = brief(text.plain, most)
    return text if fits == text.plain else text[: len(fits) - 1].append("…") if fits else Text()


class Watch(Protocol):
    """One way to show progress."""

    def begin(self, tally: Tally, target: str, seed: int) -> None:
        """The run begins."""

    def finished(self, tally: Tally, outcome: CheckOutcome) -> None:
        """A check ended, and is in the tally."""

    def moved(self, tally: Tally) -> None:
        """The run came further."""

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

    def moved(self, tally: Tally) -> None:
        """Take note of it: whoever looks on sees the tally."""

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
        self._next = 0.0

    def begin(self, tally: Tally, target: str, seed: int) -> None:
        """Begin, with what is to be checked."""
        self._next = tally.clock() + LOG_EVERY
        self.note(f"checking {target}, seed {seed}: {wording.number(tally.phase.of, 'check')}")

    def finished(self, tally: Tally, outcome: CheckOutcome) -> None:
        """Take note of a check that ended."""
        if outcome.verdict is Verdict.BROKEN:
            self.note(f"broken: {outcome.rule} ({outcome.name})")
        self.moved(tally)

    def moved(self, tally: Tally) -> None:
        """Say how far the run is, unless that was said just now."""
        now = tally.clock()
        if now >= self._next:
            self._next = now + LOG_EVERY
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

    def __init__(self, console: Console, clock: Clock) -> None:
        self._tally = Tally(clock)
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
        self._tally.begin(checks)
        self._watch.begin(self._tally, target, seed)

    def check_started(self, name: str, rule: str) -> None:
        """One check begins."""
        self._tally.current = one_line(f"{name}, {rule}")

    def check_finished(self, outcome: CheckOutcome) -> None:
        """One check ended."""
        self._tally.add(outcome)
        self._watch.finished(self._tally, outcome)

    def phase(self, what: str, done: int, of: int, most: int = 0) -> None:
        """How far a phase after the checks is; one more takes at most so many requests, if that is known."""
        self._tally.enter(what, done, of, most)
        self._watch.moved(self._tally)

    def note(self, text: str) -> None:
        """Print a line that stays."""
        self._watch.note(text)
