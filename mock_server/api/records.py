"""What the operations of the contract do, each under its operationId."""

from typing import Any

from mock_server.organisation.record import RecordView
from mock_server.sandbox.sandbox import Sandbox
from mock_server.values.page import Page


def list_records(sandbox: Sandbox, **window: Any) -> Page:
    """List all Training Records in this organisation."""
    return sandbox.organisation.page(**window)


def create_record(sandbox: Sandbox, body: dict[str, Any]) -> RecordView:
    """Create a new Training Record."""
    return sandbox.organisation.create(**body)


def get_record(sandbox: Sandbox, api_id: str) -> RecordView:
    """Get a single Training Record."""
    return sandbox.organisation.get(api_id)


def replace_record(sandbox: Sandbox, api_id: str, body: dict[str, Any]) -> RecordView:
    """ "Update ... the details of a Record." """
    return sandbox.organisation.replace(api_id, **body)


def update_record(sandbox: Sandbox, api_id: str, body: dict[str, Any]) -> RecordView:
    """ "... partially update the details of a Record." """
    return sandbox.organisation.update(api_id, **body)


def delete_record(sandbox: Sandbox, api_id: str) -> None:
    """Delete a Training Record."""
    sandbox.organisation.delete(api_id)
