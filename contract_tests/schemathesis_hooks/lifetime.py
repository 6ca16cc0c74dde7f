"""When the guarded run begins and ends: with the spec read, and when Schemathesis is done or broken off."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from functools import partial
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
    schemathesis.cli.handler()(partial(Lifetime, run))  # type: ignore[arg-type]  # it makes one by calling it


class Lifetime(schemathesis.cli.EventHandler):  # type: ignore[type-arg]  # the type of its context is not public
    """Begins and ends a run at the events of Schemathesis' command."""

    def __init__(self, run: GuardedRun, *_: Any, **params: Any) -> None:
        self._run = run
        self._params = params

    def handle_event(self, ctx: Any, event: Any) -> None:
        """Begin when the spec is read; end when all phases are, so that it is told in the summary."""
        if isinstance(event, schemathesis.cli.LoadingFinished):
            self._begin(event)
        elif isinstance(event, EngineFinished):
            for line in self._end(ctx):
                ctx.add_summary_line(line)

    def shutdown(self, ctx: Any) -> None:
        """Clean up where the run did not come to its end."""
        for line in self._end(ctx):
            click.echo(line)

    def _begin(self, event: schemathesis.cli.LoadingFinished) -> None:
        try:
            self._run.begin(options(event.base_url, event.config, self._params), spec_of(event))
        except (UsageError, SpecError) as exc:
            click.secho(str(exc), fg="red")
        if self._run.interrupted:
            raise KeyboardInterrupt
        if not self._run.ready:
            raise click.Abort

    def _end(self, ctx: Any) -> list[str]:
        report = self._run.end()
        if report is None:
            return []
        if report.exit_code is Exit.COULD_NOT_RUN:
            ctx.exit_code = int(Exit.COULD_NOT_RUN)
        return list(lines(report))


def spec_of(event: schemathesis.cli.LoadingFinished) -> Spec:
    """The spec that Schemathesis has read; raise SpecError where it is another API's."""
    try:
        spec = Spec(copy.deepcopy(event.schema), event.location)
        _ = (spec.rules, spec.list_property, spec.record, spec.record_schema)
    except (KeyError, TypeError, AttributeError) as exc:
        raise SpecError(f"{event.location} is no spec of the Training Record API: it lacks {exc}") from exc
    return spec


def lines(report: Report) -> Iterator[str]:
    """What is to be said at the end: what was created and is gone, what was blocked, and what is left."""
    safety = report.safety
    yield f"Guard: {wording.clean_up(safety)}"
    if safety.blocked:
        yield f"Guard: {wording.refusals(safety)}"
        for reason, count in Counter(one_line(blocked.reason) for blocked in safety.blocked).most_common():
            yield f"  {count:,} {reason}"
    yield from wording.troubles(report)
