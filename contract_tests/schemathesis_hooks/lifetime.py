"""When the guarded run begins and ends: with the spec read, and when Schemathesis is done or broken off."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click
import schemathesis.cli
from schemathesis.engine.events import EngineFinished

from api_spec.file import SpecError

from ..options import UsageError
from ..report import wording
from ..report.plain_text import one_line
from ..result import Exit, Report
from ..spec import Spec
from .guarded_run import GuardedRun
from .options import options


def register(run: GuardedRun) -> None:
    """Have Schemathesis' command tell what happens."""

    class Lifetime(schemathesis.cli.EventHandler):  # type: ignore[misc]
        """Begins and ends the run."""

        def __init__(self, *_: Any, **params: Any) -> None:
            self._params = params

        def handle_event(self, ctx: Any, event: Any) -> None:
            if isinstance(event, schemathesis.cli.LoadingFinished):
                begin(run, event, self._params)
            elif isinstance(event, EngineFinished):
                for line in self._end(ctx):
                    ctx.add_summary_line(line)

        def shutdown(self, ctx: Any) -> None:
            """Clean up where the run did not come to its end."""
            for line in self._end(ctx):
                click.echo(line)

        def _end(self, ctx: Any) -> list[str]:
            report = run.end()
            if report is None:
                return []
            if report.exit_code is Exit.COULD_NOT_RUN:
                ctx.exit_code = int(Exit.COULD_NOT_RUN)
            return list(lines(report))

    schemathesis.cli.handler()(Lifetime)


def begin(run: GuardedRun, event: schemathesis.cli.LoadingFinished, params: dict[str, Any]) -> None:
    """Begin the guarded run against the service that Schemathesis was told of; end the command where that can't be."""
    try:
        spec = Spec(copy.deepcopy(event.schema), event.location)
        _ = (spec.rules, spec.list_property, spec.record, spec.record_schema)
    except (SpecError, KeyError, TypeError, AttributeError) as exc:
        raise click.UsageError(f"{event.location} is no spec of the Training Record API: it lacks {exc}") from exc
    try:
        problem = run.begin(options(event.base_url, event.config, params), spec)
    except UsageError as exc:
        raise click.UsageError(str(exc)) from exc
    if problem:
        raise click.ClickException(f"The run could not be done: {problem}")


def lines(report: Report) -> Iterator[str]:
    """What is to be said at the end: what was created and is gone, what was blocked, and what is left."""
    safety = report.safety
    yield f"Guard: {wording.clean_up(safety)}"
    if safety.blocked:
        yield f"Guard: {wording.refusals(safety)}"
        for reason, count in Counter(one_line(blocked.reason) for blocked in safety.blocked).most_common():
            yield f"  {count:,} {reason}"
    yield from wording.troubles(report)
