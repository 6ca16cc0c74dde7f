"""What GitHub Actions gets: an error for each broken rule, and the summary of the step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from ..report import wording
from ..result import Exit, Report
from .markdown import markdown
from .plain_text import encodable, shortened, visible

LONGEST_TEXT = 1000


def github(report: Report, environ: Mapping[str, str], stdout: TextIO) -> None:
    """Print the errors and append the summary, when this is a job of GitHub Actions; else do nothing."""
    if environ.get("GITHUB_ACTIONS") != "true":
        return
    for line in _commands(report):
        print(encodable(line, stdout.encoding), file=stdout)
    summary = environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(markdown(report))
        except OSError as exc:
            print(encodable(command("warning", "No step summary", str(exc)), stdout.encoding), file=stdout)
    stdout.flush()


def _commands(report: Report) -> Iterator[str]:
    if report.exit_code is Exit.COULD_NOT_RUN:
        yield command("error", "The contract could not be checked", wording.conclusion(report))
    for rule in report.broken:
        text = f"{wording.origin(rule)}: {wording.sentence(rule)}"
        if (example := rule.counterexample) is not None:
            expected, got = shortened(example.expected, LONGEST_TEXT), shortened(example.got, LONGEST_TEXT)
            text += f"\nexpected: {expected}\ngot: {got}"
        yield command("error", f"{rule.id} is broken", text)


def command(name: str, title: str, text: str) -> str:
    """Return a workflow command, in the one line that it must be."""
    return f"::{name} title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    # Newlines are all that `visible` leaves to escape: it has spelled out every carriage return.
    return visible(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
