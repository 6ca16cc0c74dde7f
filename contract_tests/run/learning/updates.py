"""How a record is changed and deleted: PATCH, PUT and DELETE."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...client.dialect import JSON, MERGE_PATCH, PLAIN_LATER, PLAIN_PAST
from ...instants import utc_now
from .answers import ok, record_of
from .asker import Asker


def learn_updates(asker: Asker) -> None:
    """Learn what can be changed in a record and how, and whether one can be deleted; the dates are known."""
    api_id = asker.try_with()
    if api_id is None:
        return
    _learn_patch(asker, api_id)
    _learn_put(asker, api_id)
    _learn_delete(asker)


def _learn_patch(asker: Asker, api_id: str) -> None:
    date = asker.dialect.dates.spoken({"date_started": PLAIN_PAST}, utc_now())
    others = [{"person_api_id": "<<person:2>>"}, {"package_api_id": "<<package:2>>"}]
    changes = [_patches(asker, api_id, change) for change in ([date] if date else []) + others]
    asker.must("patch-is-partial", taken=any(changes))
    asker.know(person_changes=changes[-2], package_changes=changes[-1])


def _patches(asker: Asker, api_id: str, change: Mapping[str, str]) -> bool:
    """Whether a PATCH is taken; as a merge patch, where it is not as JSON."""
    exchange = asker.dialogue.patch(api_id, change)
    if exchange is not None and exchange.status == 415 and asker.dialect.patch_type == JSON:
        asker.know(patch_type=MERGE_PATCH)
    if asker.dialect.patch_type == JSON:
        return ok(exchange)
    headers = [("Content-Type", MERGE_PATCH)]
    return ok(asker.dialogue.request("PATCH", api_id, json.dumps(change), headers))


def _learn_put(asker: Asker, api_id: str) -> None:
    record = record_of(asker.dialogue.read(api_id)) or {}
    same: dict[str, Any] = {name: record[name] for name in ("person_api_id", "package_api_id") if name in record}
    dates = asker.dialect.dates.spoken({"date_started": PLAIN_PAST, "date_completed": PLAIN_LATER}, utc_now())
    for whole, body in ((False, same), (True, {**same, **dates}), (True, {"api_id": api_id, **same, **dates})):
        if ok(asker.dialogue.put(api_id, body)):
            asker.know(whole_puts=whole)
            return
    asker.must("put-updates", taken=False)


def _learn_delete(asker: Asker) -> None:
    doomed = asker.try_with()
    if doomed is not None:
        deleted = ok(asker.dialogue.delete(doomed)) or ok(asker.dialogue.delete(doomed))
        asker.must("delete-removes-one-record", taken=deleted)
