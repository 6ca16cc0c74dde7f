"""A sandbox: one organisation, and what a front-end team does to it beside calling it."""

from mock_server.organisation.clock import Clock
from mock_server.organisation.organisation import Organisation
from mock_server.organisation.scenario import Scenario
from mock_server.workbench.coverage import Coverage
from mock_server.workbench.fault import Faults
from mock_server.workbench.journal import Journal


class Sandbox:
    """One organisation together with its faults, its journal and its coverage.

    The name and the seed decide the row of api_ids and which requests improbable faults meet.
    """

    def __init__(self, name: str, scenario: Scenario, clock: Clock, seed: int, coverage: Coverage) -> None:
        self.name = name
        self.scenario = scenario
        self.organisation = Organisation(scenario, clock, f"{seed}/{name}")
        self.faults = Faults(f"{seed}/{name}")
        self.journal = Journal()
        self.coverage = coverage

    def start_from(self, scenario: Scenario) -> None:
        """Be as if born from this scenario."""
        self.scenario = scenario
        self.reset()

    def reset(self) -> None:
        """Be as at birth: records, people, packages, clock, ids, faults, journal and coverage."""
        self.organisation.start_from(self.scenario)
        self.faults.replace(())
        self.journal.reset()
        self.coverage.clear()
