"""pytest fixtures, found by every project that has this one installed.

`training_mock` is a server for the whole session, `training_organisation` a fresh organisation of it for
each test: tests never see each other's data, under pytest-xdist too.
"""

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mock_server.client import OrganisationClient
    from mock_server.server import MockServer

_numbers = count(1)


@pytest.fixture(scope="session")
def training_mock() -> "Iterator[MockServer]":
    """A mock server with the default scenario; `.url` is its address."""
    from mock_server.server import MockServer

    with MockServer() as server:
        yield server


@pytest.fixture
def training_organisation(training_mock: "MockServer") -> "OrganisationClient":
    """An organisation that no other test has seen."""
    from mock_server.client import OrganisationClient

    return OrganisationClient(f"{training_mock.url}/org/test-{next(_numbers)}")
