from uuid import uuid4

import pytest
import requests

from mock_server import create_app
from mock_server.app import MockApp

from .world import NOON


@pytest.fixture(scope="session")
def app() -> MockApp:
    """The application without a server, for tests in which time is of the essence."""
    return create_app()


@pytest.fixture
def root() -> str:
    """The path of an organisation that no other test uses."""
    return f"/org/{uuid4().hex}"


@pytest.fixture
def control(organisation: str) -> str:
    """The URL of the control API of an organisation that no other test uses."""
    return f"{organisation}/_mock/"


@pytest.fixture
def records(organisation: str) -> str:
    """The URL of the records of the same organisation, 60 of them."""
    return f"{organisation}/training/record/"


@pytest.fixture
def lived_in(http: requests.Session, control: str, records: str) -> str:
    """The URL of the control API of the same organisation, with something in each part of it that could get lost.

    Its clock stands, so that two looks at it without a change between them see the same bytes.
    """
    http.put(f"{control}clock", json={"freeze": NOON}).raise_for_status()
    http.patch(f"{records}rec-0003/", json={"date_started": NOON}).raise_for_status()
    http.delete(f"{records}rec-0001/").raise_for_status()
    http.put(f"{control}people/usr-new", json={"name": "Nia New"}).raise_for_status()
    http.put(f"{control}faults", json={"faults": [{"status": 503, "probability": 0}]}).raise_for_status()
    return control
