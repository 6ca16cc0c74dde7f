"""The files of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ..result import Report
from .html_report import html_report
from .json_report import json_report
from .junit import junit

FILES: dict[str, Callable[[Report], bytes]] = {
    "report.json": json_report,
    "junit.xml": junit,
    "report.html": html_report,
}
"""What makes each file."""


def clear_reports(directory: Path) -> None:
    """Make the directory, and remove the reports of an earlier run: no other run's must be taken for this one's.

    Raises OSError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (directory / name).unlink(missing_ok=True)


def write_reports(report: Report, directory: Path) -> Report:
    """Write every file into a directory, which is made if need be; raises nothing.

    A file that can't be made or written is missing, and is the problem of the report that is returned and that stands
    in the other files.
    """
    problems = "; ".join(_write(report, directory))
    if not problems:
        return report
    told = replace(report, problem="; ".join(filter(None, (report.problem, problems))))
    for _ in _write(told, directory):
        pass  # it is told already
    return told


def _write(report: Report, directory: Path) -> Iterator[str]:
    """Write the files; give what went wrong with each."""
    for name, render in FILES.items():
        path = directory / name
        try:
            directory.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_bytes(render(report))
        except Exception as exc:
            yield f"{path} could not be written: {type(exc).__name__}: {exc}"
