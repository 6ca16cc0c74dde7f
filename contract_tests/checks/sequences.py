"""Any operations in any order over several records of the same person and package, compared after every step."""

from __future__ import annotations

from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from .context import Check, CheckContext, check
from .dialogue import Dialogue, SetupFailed
from .strategies import both_dates, changes, records

MOST_RECORDS = 6


@check("update-touches-one-record")
def any_order(context: CheckContext) -> None:
    """Create, replace, update, rename, delete, read, list, page and search; then all own records are compared."""
    bench = context.bench
    machine = _machine(context)
    # As @seed does for a test: the machine's own TestCase would not take one.
    hypothesis.seed(context.seed())(machine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=bench.profile.sequences,
            stateful_step_count=bench.profile.sequence_steps,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    context.reraise()


def _machine(context: CheckContext) -> type[RuleBasedStateMachine]:  # noqa: C901 - one class, whose rules need the context
    people, packages = context.people[:2], context.packages[:2]
    bodies = records(people, packages)
    indices = st.integers(0, MOST_RECORDS - 1)

    class Sequence(RuleBasedStateMachine):
        """The judge is the reference model: it sees every exchange, and a walk after every change."""

        def __init__(self) -> None:
            super().__init__()
            self.dialogue: Dialogue = context.dialogue()
            self.ids: list[str] = []

        def act(self, step: Any) -> None:
            """Take one step unless something is found already; whatever ends the run is kept for later."""
            if context.halted or self.dialogue.judge.findings.found:
                return
            try:
                step()
            except SetupFailed as exc:
                context.inconclusive.append(str(exc))
            except Exception as exc:
                context.halt(exc)

        def chosen(self, index: int) -> str | None:
            return self.ids[index % len(self.ids)] if self.ids else None

        @initialize()
        def two_of_a_kind(self) -> None:
            """Two records that only their ids tell apart, as most faults about neighbours need."""

            def step() -> None:
                self.ids.append(self.dialogue.create(context.body(api_id=self.dialogue.new_id("s"))))
                self.ids.append(self.dialogue.create(context.body()))
                self.dialogue.walk()

            self.act(step)

        @rule(body=bodies, choose=st.booleans(), tail=st.sampled_from(["x", "Xy", "~.a"]))
        def create(self, body: dict[str, Any], choose: bool, tail: str) -> None:
            def step() -> None:
                if len(self.ids) < MOST_RECORDS:
                    chosen = {"api_id": self.dialogue.new_id(tail)} if choose else {}
                    self.ids.append(self.dialogue.create({**chosen, **body}))
                    self.dialogue.walk()

            self.act(step)

        @rule(index=indices, body=bodies)
        def replace(self, index: int, body: dict[str, Any]) -> None:
            def step() -> None:
                if api_id := self.chosen(index):
                    self.dialogue.put(api_id, body)
                    self.compare(api_id)

            self.act(step)

        @rule(index=indices, change=changes(people, packages, nulls=not context.documented))
        def update(self, index: int, change: dict[str, Any]) -> None:
            def step() -> None:
                if api_id := self.chosen(index):
                    self.dialogue.patch(api_id, change)
                    self.compare(api_id)

            self.act(step)

        @rule(index=indices, dates=both_dates(), whole=st.booleans())
        def rename(self, index: int, dates: dict[str, str], whole: bool) -> None:
            def step() -> None:
                api_id = self.chosen(index)
                if api_id is None or context.documented:
                    return  # whether an update renames is assumed
                new = self.dialogue.new_id("r")
                if whole:
                    self.dialogue.put(api_id, context.body(0, 1, api_id=new, **dates))
                else:
                    self.dialogue.patch(api_id, {"api_id": new})
                self.ids[self.ids.index(api_id)] = new
                self.compare(new)

            self.act(step)

        @rule(index=indices)
        def delete(self, index: int) -> None:
            def step() -> None:
                if api_id := self.chosen(index):
                    self.ids.remove(api_id)
                    self.dialogue.delete(api_id)
                    if api_id.startswith("<<run>>"):
                        self.dialogue.read(api_id)
                    self.dialogue.walk()

            self.act(step)

        @rule(offset=st.integers(0, 70), limit=st.integers(1, 25))
        def page(self, offset: int, limit: int) -> None:
            def step() -> None:
                self.dialogue.page(offset=offset + context.dialect.region.first, limit=limit)
                self.dialogue.walk()

            self.act(step)

        @rule(term=st.sampled_from(["", "a", "e", "safety", "SAFETY"]))
        def search(self, term: str) -> None:
            def step() -> None:
                self.dialogue.page(search=term)
                self.dialogue.walk()

            self.act(step)

        def compare(self, api_id: str) -> None:
            """The record alone, and then all of them in the list."""
            self.dialogue.read(api_id)
            self.dialogue.walk()

        def teardown(self) -> None:
            context.collect(self.dialogue)
            if not context.halted:
                try:
                    self.dialogue.clear()
                except Exception as exc:
                    context.halt(exc)

    return Sequence


CHECKS: tuple[Check, ...] = (any_order,)
