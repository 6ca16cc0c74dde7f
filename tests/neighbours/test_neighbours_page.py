"""docs/neighbours.md lets its reader install what the tests have tried."""

from importlib.metadata import version

from .page import installed_by
from .section import pinned

# Tried by hand: its 260 MB are too much to install for every build.
BY_HAND = {"@usebruno/cli@4.1.0"}


def test_page_installs_what_is_tested() -> None:
    generator = f"datamodel-code-generator=={version('datamodel-code-generator')}"
    assert installed_by("neighbours.md") == pinned("testers") | pinned("mock_servers") | BY_HAND | {generator}
