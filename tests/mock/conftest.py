import pytest


@pytest.fixture
def records(organisation: str) -> str:
    """The URL of the records of an organisation that no other test uses, 60 of them."""
    return f"{organisation}/training/record/"
