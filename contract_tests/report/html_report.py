"""report.html: one file that needs no network, and no script to be read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from ..report import wording
from ..result import OperationCoverage, Report, RuleResult, Verdict
from .counterexample_text import status
from .json_layout import laid_out
from .plain_text import shortened, visible

LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Group:
    """The rules that stand with one operation; `operation` is None for those of the whole API."""

    id: str
    operation: OperationCoverage | None
    rules: tuple[RuleResult, ...]


def html_report(report: Report) -> bytes:
    """Return the page in UTF-8."""
    script = _part("page.js")
    page = _template().render(
        report=report,
        groups=_groups(report),
        statuses=_statuses(report.coverage),
        parameters=_parameters(report.coverage),
        seen_statuses=sum(o.statuses.get(status, 0) > 0 for o in report.coverage for status in o.documented),
        documented_statuses=sum(len(o.documented) for o in report.coverage),
        sent_parameters=sum(count > 0 for o in report.coverage for count in o.parameters.values()),
        known_parameters=sum(len(o.parameters) for o in report.coverage),
        conclusion=wording.conclusion(report),
        clean_up=wording.clean_up(report.safety),
        run_command=wording.run_command(report),
        variables=wording.variables(report),
        cleanup_command=wording.cleanup_command(report),
        replay_command=lambda rule: wording.replay_command(report, Path("report.json"), rule.id),
        style=Markup(_part("page.css")),  # noqa: S704 - this file's own
        script=Markup(script),  # noqa: S704 - this file's own
        script_hash=_hash(script),
    )
    return page.encode("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_seen, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        WORDS=wording.WORDS,
        CHECK_WORDS=wording.CHECK_WORDS,
        HABITS=wording.HABITS,
        VERDICTS=wording.VERDICTS,
        Verdict=Verdict,
        reason=wording.reason,
        sentence=wording.sentence,
        origin=wording.origin,
        answers=wording.answers,
        number=wording.number,
        refusals=wording.refusals,
        status=status,
    )
    environment.filters.update(laid_out=laid_out, brief=lambda text: shortened(text, LONGEST_TEXT))
    return environment.from_string(_part("page.html"))


def _seen(value: Any) -> Any:
    """What every value in the page goes through before it is escaped."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(script: str) -> str:
    """What the page's Content-Security-Policy allows to run: this script alone."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _groups(report: Report) -> list[Group]:
    operations = {operation.operation: operation for operation in report.coverage}
    found: dict[str, list[RuleResult]] = {}
    for rule in report.rules:
        found.setdefault(rule.operation, []).append(rule)
    return [Group(name, operations.get(name), tuple(rules)) for name, rules in found.items()]


def _statuses(coverage: Sequence[OperationCoverage]) -> list[str]:
    return sorted({status for operation in coverage for status in operation.statuses})


def _parameters(coverage: Sequence[OperationCoverage]) -> list[str]:
    return list(dict.fromkeys(name for operation in coverage for name in operation.parameters))
