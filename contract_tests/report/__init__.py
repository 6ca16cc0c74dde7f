"""How a run is shown: in the terminal, as files, and to GitHub Actions. All of it renders `result.Report` alone."""

from .files import FILES, clear_reports, write_reports
from .github import github
from .html_report import html_report
from .json_report import json_report
from .junit import junit
from .terminal import Terminal

__all__ = ["FILES", "Terminal", "clear_reports", "github", "html_report", "json_report", "junit", "write_reports"]
