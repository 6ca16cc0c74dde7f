"""What all tests share: a mock server, and an organisation of one's own on it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import requests

from mock_server import MockServer


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    with MockServer(scenario="default") as server:
        yield server


@pytest.fixture
def organisation(server: MockServer) -> str:
    """The URL of an organisation that no other test uses."""
    return f"{server.url}/org/{uuid4().hex}"


@pytest.fixture(scope="session")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False  # no proxy of this machine, and no ~/.netrc
        yield session


@pytest.fixture(autouse=True)
def own_connections(http: requests.Session) -> Iterator[None]:
    """Give each test connections of its own: one that was idle since the last test may be closed by now."""
    yield
    http.close()
