"""Which requests may be sent again, and where to look for what became of one that may not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from requests import PreparedRequest

from ..safety.ledger import Ledger


class Repetition(Enum):
    """What may be done about a request that failed."""

    FREE = "free"
    """It does the same however often it is sent."""
    AFTER_A_LOOK = "after a look"
    """Once more, when a read shows that it was not done."""
    NEVER = "never"
    """Sent again it might do something else, and nothing tells whether it was done."""


@dataclass(frozen=True)
class Plan:
    """How a request may be sent again; with the path to look at where that must be looked for."""

    repetition: Repetition
    path: str = ""
    """Of the record that shows whether the request was done, below the base URL; empty where there is none."""


FREE = Plan(Repetition.FREE)


def plan(request: PreparedRequest, ledger: Ledger) -> Plan:
    """Return how a request may be sent again once it failed.

    A POST, and an update that renames, can be looked for under an id that we choose for their record, as nobody else
    can have it. What is at an id that the service gave, once a deletion or a renaming was asked for, may be somebody
    else's.
    """
    if request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return FREE
    address = address_of(request)
    if request.method == "DELETE":
        return Plan(Repetition.FREE if ledger.chosen(address) else Repetition.NEVER, record_path(ledger, address))
    named = _named(request.body)
    if request.method != "POST" and named in (None, address):
        return FREE
    if isinstance(named, str) and ledger.chosen(named) and (request.method == "POST" or ledger.chosen(address)):
        return Plan(Repetition.AFTER_A_LOOK, record_path(ledger, named))
    return Plan(Repetition.NEVER)


def address_of(request: PreparedRequest) -> str:
    """The last segment of the path, decoded: the api_id where it names a record."""
    return unquote(urlsplit(str(request.url)).path.rstrip("/").rpartition("/")[2])


def record_path(ledger: Ledger, api_id: str) -> str:
    """The path of one record below the base URL."""
    head, _, rest = ledger.record.partition("{")
    return head + quote(api_id, safe="~") + rest.partition("}")[2]


def _named(body: str | bytes | Any) -> object:
    """The api_id that a body names; None where it names none."""
    try:
        document = json.loads(body or b"")
    except (ValueError, TypeError, RecursionError):
        return None
    return document.get("api_id") if isinstance(document, dict) else None
