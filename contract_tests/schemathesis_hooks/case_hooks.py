"""Hooks on Schemathesis' cases: our ids go in before a case is sent, and what never left is no failure."""

from __future__ import annotations

from typing import Any

import schemathesis

from ..checks.strategies import instants
from .guarded_run import GuardedRun


def register(run: GuardedRun) -> None:
    """Register them for the process."""
    # As shipped it makes years and offsets that leave the calendar once they are turned into UTC.
    schemathesis.openapi.format("date-time", instants())

    @schemathesis.hook
    def before_call(_: schemathesis.HookContext, case: Any, __: dict[str, Any]) -> None:
        run.put_ids_in(case)

    @schemathesis.hook
    def filter_failure(_: schemathesis.HookContext, __: Any, ___: Any, response: schemathesis.Response) -> bool:
        return not run.is_blocked(response.request)
