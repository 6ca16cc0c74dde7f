"""What an answer says, whatever the service is like; None stands for the exchange that did not take place."""

from __future__ import annotations

from ...client.exchange import Exchange
from ...records import Record, record_in


def ok(exchange: Exchange | None) -> bool:
    """Whether the request was taken."""
    return exchange is not None and exchange.ok


def record_of(exchange: Exchange | None) -> Record | None:
    """The record that it was answered with; None when it was refused, or answered with none."""
    return record_in(exchange.answer) if exchange is not None and exchange.ok else None


def holds_record(exchange: Exchange | None) -> bool:
    """Whether it was answered with a record: some answer 200 and null where there is none."""
    return "api_id" in (record_of(exchange) or {})
