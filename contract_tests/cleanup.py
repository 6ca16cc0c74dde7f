"""Deleting all that a run created, now or from the ledger of a run that was killed, and proving that it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from .exchange import Exchange
from .guard import Blocked
from .instants import parse_instant
from .judge.lists import records_in
from .ledger import MARKER_FIELDS, Intent, Ledger
from .service import Service, Unreachable


@dataclass(frozen=True)
class Cleaned:
    """What a clean-up came to."""

    leftovers: tuple[str, ...] = ()
    """Ours, and still there or not proven gone."""
    possible: tuple[str, ...] = ()
    """Perhaps ours: as a POST of ours whose answer never came would have made them. They are not deleted."""


class Cleaner:
    """Deletes what the ledger says is ours, and nothing else: the guard looks over each request."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._ledger: Ledger = service.ledger

    def run(self) -> Cleaned:
        """Delete and verify; never raises for what the service does."""
        self._service.listener = None
        self._service.session.cleaning = True
        try:
            listed = self._listed()
            self._adopt(listed)
            left = [api_id for api_id in self._ledger.standing() if not self._gone(api_id)]
            return Cleaned(tuple(left), tuple(self._possible(listed, self._ledger.unanswered())))
        finally:
            self._service.session.cleaning = False

    def _records_of(self, exchange: Exchange) -> list[Mapping[str, Any]] | None:
        return records_in(exchange.answer, self._service.spec.list_property)

    def _listed(self) -> list[Mapping[str, Any]]:
        """The whole list as it is, to find what lies under our prefix and what may be ours."""
        # Nothing in this list may count as somebody else's yet: what we look for is in it.
        before = set(self._ledger.foreign)
        if not self._ledger.standing() and not self._ledger.unanswered():
            return []
        try:
            walk = self._service.walk(self._records_of)
        except (requests.RequestException, Unreachable, Blocked):
            return []
        return [record for record in walk.records if record.get("api_id") not in before]

    def _adopt(self, listed: list[Mapping[str, Any]]) -> None:
        """Take in records that are certainly ours: those under our random prefix."""
        for record in listed:
            api_id = record.get("api_id")
            if isinstance(api_id, str) and self._ledger.chosen(api_id) and api_id not in self._ledger.entries:
                self._ledger.made(self._ledger.intend(api_id, {}), api_id)

    def _possible(self, listed: list[Mapping[str, Any]], lost: list[Intent]) -> list[str]:
        ours = self._ledger.entries
        return [
            str(record["api_id"])
            for record in listed
            if record.get("api_id") not in ours and any(_fits(record, intent) for intent in lost)
        ]

    def _gone(self, api_id: str) -> bool:
        try:
            if not self._deleted(api_id):
                self._service.send("DELETE", self._path(api_id))
            for _ in range(2):
                exchange = self._service.send("GET", self._path(api_id))
                if exchange.status in (404, 410):
                    return True
                if exchange.refused and self._deleted(api_id):
                    return True  # a service of other habits: whatever it answers, it shows no record
                self._service.send("DELETE", self._path(api_id))
        except (requests.RequestException, Unreachable, Blocked):
            return False
        return False

    def _deleted(self, api_id: str) -> bool:
        entry = self._ledger.entries.get(api_id)
        return entry is not None and entry.deleted

    def _path(self, api_id: str) -> str:
        head, _, rest = self._ledger.record.partition("{")
        return head + quote(api_id, safe="~") + rest.partition("}")[2]


def _fits(record: Mapping[str, Any], intent: Intent) -> bool:
    """Whether a record looks as the lost POST would have made it."""
    for name in MARKER_FIELDS:
        if name not in intent.marker:
            continue
        sent, there = intent.marker[name], record.get(name)
        instants = parse_instant(sent), parse_instant(there)
        if instants[0] is not None and instants[1] is not None:
            if not instants[1].same_when_shown(instants[0]):
                return False
        elif sent != there:
            return False
    return True
