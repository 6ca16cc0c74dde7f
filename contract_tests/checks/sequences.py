"""Any operations in any order over several records of the same person and package, compared after every step."""

from __future__ import annotations

from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ..scenario import Scenario, SetupFailed
from ..strategies import both_dates, changes, records
from ..trial import Check, Trial, check

MOST_RECORDS = 6


@check("update-touches-one-record")
def any_order(trial: Trial) -> None:
    """Create, replace, update, rename, delete, read, list, page and search; then all own records are compared."""
    bench = trial.bench
    machine = _machine(trial)
    # As @seed does for a test: the machine's own TestCase would not take one.
    hypothesis.seed(trial.seed())(machine)
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
    trial.reraise()


def _machine(trial: Trial) -> type[RuleBasedStateMachine]:  # noqa: C901 - one class, whose rules need the trial
    people, packages = trial.people[:2], trial.packages[:2]
    bodies = records(people, packages)
    indices = st.integers(0, MOST_RECORDS - 1)

    class Sequence(RuleBasedStateMachine):
        """The judge is the reference model: it sees every exchange, and a walk after every change."""

        def __init__(self) -> None:
            super().__init__()
            self.scenario: Scenario = trial.bench.scenario()
            self.ids: list[str] = []

        def act(self, step: Any) -> None:
            """Take one step unless something is found already; whatever ends the run is kept for later."""
            if trial.halted or self.scenario.judge.findings.found:
                return
            try:
                step()
            except SetupFailed as exc:
                trial.doubts.append(str(exc))
            except Exception as exc:
                trial.halt(exc)

        def chosen(self, index: int) -> str | None:
            return self.ids[index % len(self.ids)] if self.ids else None

        @initialize()
        def two_of_a_kind(self) -> None:
            """Two records that only their ids tell apart, as most faults about neighbours need."""

            def step() -> None:
                self.ids.append(self.scenario.create(trial.body(api_id=self.scenario.new_id("s"))))
                self.ids.append(self.scenario.create(trial.body()))
                self.scenario.walk()

            self.act(step)

        @rule(body=bodies, choose=st.booleans(), tail=st.sampled_from(["x", "Xy", "~.a"]))
        def create(self, body: dict[str, Any], choose: bool, tail: str) -> None:
            def step() -> None:
                if len(self.ids) < MOST_RECORDS:
                    chosen = {"api_id": self.scenario.new_id(tail)} if choose else {}
                    self.ids.append(self.scenario.create({**chosen, **body}))
                    self.scenario.walk()

            self.act(step)

        @rule(index=indices, body=bodies)
        def replace(self, index: int, body: dict[str, Any]) -> None:
            def step() -> None:
                if api_id := self.chosen(index):
                    self.scenario.put(api_id, body)
                    self.compare(api_id)

            self.act(step)

        @rule(index=indices, change=changes(people, packages, nulls=trial.strict))
        def update(self, index: int, change: dict[str, Any]) -> None:
            def step() -> None:
                if api_id := self.chosen(index):
                    self.scenario.patch(api_id, change)
                    self.compare(api_id)

            self.act(step)

        @rule(index=indices, dates=both_dates(), whole=st.booleans())
        def rename(self, index: int, dates: dict[str, str], whole: bool) -> None:
            def step() -> None:
                api_id = self.chosen(index)
                if api_id is None or not trial.strict:
                    return  # whether an update renames is assumed
                new = self.scenario.new_id("r")
                if whole:
                    self.scenario.put(api_id, trial.body(0, 1, api_id=new, **dates))
                else:
                    self.scenario.patch(api_id, {"api_id": new})
                self.ids[self.ids.index(api_id)] = new
                self.compare(new)

            self.act(step)

        @rule(index=indices)
        def delete(self, index: int) -> None:
            def step() -> None:
                if api_id := self.chosen(index):
                    self.ids.remove(api_id)
                    self.scenario.delete(api_id)
                    if api_id.startswith("<<run>>"):
                        self.scenario.read(api_id)
                    self.scenario.walk()

            self.act(step)

        @rule(offset=st.integers(0, 70), limit=st.integers(1, 25))
        def page(self, offset: int, limit: int) -> None:
            def step() -> None:
                self.scenario.page(offset=offset, limit=limit)
                self.scenario.walk()

            self.act(step)

        @rule(term=st.sampled_from(["", "a", "e", "safety", "SAFETY"]))
        def search(self, term: str) -> None:
            def step() -> None:
                self.scenario.page(search=term)
                self.scenario.walk()

            self.act(step)

        def compare(self, api_id: str) -> None:
            """The record alone, and then all of them in the list."""
            self.scenario.read(api_id)
            self.scenario.walk()

        def teardown(self) -> None:
            trial.collect(self.scenario)
            if not trial.halted:
                try:
                    self.scenario.clear()
                except Exception as exc:
                    trial.halt(exc)

    return Sequence


CHECKS: tuple[Check, ...] = (any_order,)
