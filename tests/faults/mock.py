"""All that the faults take from the mock, in one place."""

from mock_server.app import MockApp, create_app
from mock_server.organisation.clock import Clock, Source, system_time
from mock_server.organisation.errors import Conflict, RecordNotFound
from mock_server.organisation.organisation import MAX_RECORDS
from mock_server.organisation.record import Person, Record
from mock_server.organisation.record_store import RecordStore
from mock_server.sandbox.sandbox import Sandbox
from mock_server.server import Server, listen, url_of
from mock_server.values import instant
from mock_server.values.page import Page
from mock_server.values.violation import Violation
from mock_server.workbench.coverage import Coverage
from mock_server.workbench.journal import Journals

__all__ = [
    "MAX_RECORDS",
    "Clock",
    "Conflict",
    "Coverage",
    "Journals",
    "MockApp",
    "Page",
    "Person",
    "Record",
    "RecordNotFound",
    "RecordStore",
    "Sandbox",
    "Server",
    "Source",
    "Violation",
    "create_app",
    "instant",
    "listen",
    "system_time",
    "url_of",
]
