"""report.json: the report for programs, and what `training-contract replay` reads."""

from __future__ import annotations

import json

from ..result import Report


def json_report(report: Report) -> bytes:
    """Return the report as JSON in UTF-8."""
    text = json.dumps(report.to_json(), indent=2, ensure_ascii=False)
    # UTF-8 has no lone surrogates; Python's way to spell one out is JSON's too.
    return (text + "\n").encode("utf-8", "backslashreplace")
