"""A sandbox: one organisation, and what a front-end team does to it beside calling it."""

from mock_server.organisation.clock import Clock
from mock_server.organisation.organisation import Organisation
from mock_server.organisation.scenario import Scenario
from mock_server.workbench.coverage import Coverage
from mock_server.workbench.fault import Faults
from mock_server.workbench.journal import Journal


class Sandbox:
    """One organisation together with its faults, its journal and its coverage.

    The name and the seed decide the row of api_ids and which requests improbable faults meet; there is room for `most`
    people, packages and records each.
    """

    def __init__(
        self, name: str, scenario: Scenario, clock: Clock, seed: int, coverage: Coverage, journal: Journal, most: int
    ) -> None:
        self.name = name
        self.scenario = scenario
        self.organisation = Organisation(scenario, clock, f"{seed}/{name}", most)
        self.faults = Faults(f"{seed}/{name}")
        self.journal = journal
        self.coverage = coverage

    def start_from(self, scenario: Scenario) -> None:
        """Be as if born from this scenario. Raises Full, and then has changed nothing."""
        self.organisation.start_from(scenario)
        self.scenario = scenario
        self._begin()

    def reset(self) -> None:
        """Be as at birth: records, people, packages, clock, ids, faults, journal and coverage."""
        self.organisation.start_from(self.scenario)
        self._begin()

    def end(self) -> None:
        """Let go of everything: there is no more use for it."""
        self.organisation.end()
        self.coverage.clear()  # into the archive
        self.journal.end()

    def _begin(self) -> None:
        self.faults.replace(())
        self.journal.reset()
        self.coverage.clear()
