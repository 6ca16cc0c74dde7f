"""Faults of the mock server that the contract kit must find: one table of them, grouped by topic."""

from . import corners, creating, deleting, errors, lists, updating
from .fault import FAULTS, Fault
from .faulty_mock import FaultyMock, served

TOPICS = (lists, creating, updating, deleting, errors, corners)

__all__ = ["FAULTS", "TOPICS", "Fault", "FaultyMock", "served"]
