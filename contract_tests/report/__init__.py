"""How a run is shown: in the terminal, as files, and to GitHub Actions. All of it renders `result.Report` alone."""

from __future__ import annotations

from pathlib import Path

from ..result import Report
from .github import github
from .html_report import html_report
from .json_report import json_report
from .junit import junit
from .terminal import Terminal

__all__ = ["Terminal", "github", "html_report", "json_report", "junit", "write_reports"]


def write_reports(report: Report, directory: Path) -> None:
    """Write report.json, junit.xml and report.html into a directory, which is made if need be; raise OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.json").write_bytes(json_report(report))
    (directory / "junit.xml").write_bytes(junit(report))
    (directory / "report.html").write_bytes(html_report(report))
