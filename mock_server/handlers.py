"""What the operations of the contract do, each under its operationId."""

from typing import Any

from mock_server.organisation.organisation import Organisation, Page


def list_records(organisation: Organisation, **window: Any) -> Page:
    return organisation.page(**window)


def create_record(organisation: Organisation, body: dict[str, Any]) -> dict[str, Any]:
    return organisation.create(**body)


def get_record(organisation: Organisation, api_id: str) -> dict[str, Any]:
    return organisation.get(api_id)


def replace_record(organisation: Organisation, api_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return organisation.replace(api_id, **body)


def update_record(organisation: Organisation, api_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return organisation.update(api_id, **body)


def delete_record(organisation: Organisation, api_id: str) -> None:
    organisation.delete(api_id)
