"""Where a new record stands in the list, and how soon a write is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from ...client.dialect import PLAIN_PAST
from ...client.walk import Region, Walk
from ...instants import DAY, read_instant
from ...records import Record
from .answers import holds_record, ok, record_of
from .asker import Asker

PATIENCE = 5.0
"""For how many seconds a write may be waited for."""
PAUSE = 0.05
STEADY = 3
"""How many readings in a row must show a write: they may be answered by several nodes."""

SMALL = 300
"""Up to so many records the list is read as a whole each time."""
MARGIN = 30
"""How many records of others are read beside ours, where ours stand at one end of a long list."""


def learn_place_and_lag(asker: Asker, api_id: str) -> None:
    """Learn where this new record stands in the list, and after how many seconds writes are seen."""
    lags = []
    for seen in _sightings(asker, api_id):
        lag = _until(asker, seen)
        if lag is None:
            # It is wrong, and not for here to judge; or a cache keeps it for long.
            asker.know(fresh=False)
            break
        lags.append(lag)
    slowest = asker.learnt.lag = max(lags, default=0.0)
    asker.know(lag=slowest * 1.2 + 0.1 if slowest else 0.0)


def _sightings(asker: Asker, api_id: str) -> Iterator[Callable[[], bool]]:
    """Make writes, and after each one yield what tells whether it is seen: at its address, and in the list."""
    yield lambda: _shows(asker, api_id, {})
    yield lambda: _finds_place(asker, asker.plain(api_id))
    for change in ({"date_started": PLAIN_PAST}, {"date_completed": PLAIN_PAST}):
        if ok(asker.dialogue.patch(api_id, change)):
            yield lambda change=change: _shows(asker, api_id, change)  # type: ignore[misc]
            yield lambda change=change: _lists(asker, api_id, change)  # type: ignore[misc]
            break
    doomed = asker.try_with()
    if doomed is not None and ok(asker.dialogue.delete(doomed)):
        yield lambda: not holds_record(asker.dialogue.read(doomed))
        yield lambda: asker.plain(doomed) not in _walk(asker).ids


def _until(asker: Asker, seen: Callable[[], bool]) -> float | None:
    """After how many seconds it is seen, in several readings; 0 when at once, None when never."""
    begun, last_miss, pause, hits = time.monotonic(), 0.0, PAUSE, 0
    while hits < STEADY:
        if seen():
            hits += 1
            continue
        hits, last_miss = 0, time.monotonic() - begun
        if last_miss > PATIENCE:
            return None
        asker.dialogue.manner.sleep(pause)
        pause = min(0.5, pause * 1.5)
        last_miss += pause
    return last_miss


def _shows(asker: Asker, api_id: str, change: Mapping[str, str]) -> bool:
    record = record_of(asker.dialogue.read(api_id))
    return record is not None and _fits(record, change)


def _lists(asker: Asker, api_id: str, change: Mapping[str, str]) -> bool:
    plain = asker.plain(api_id)
    return any(record.get("api_id") == plain and _fits(record, change) for record in _walk(asker).records)


def _fits(record: Record, change: Mapping[str, str]) -> bool:
    """Whether a record shows dates, each to the day."""
    for name, text in change.items():
        shown, sent = read_instant(record.get(name)), read_instant(text)
        if shown is None or sent is None or not shown.near(sent, DAY):
            return False
    return True


def _walk(asker: Asker) -> Walk:
    return asker.dialogue.service.walk(region=asker.dialect.region)


def _finds_place(asker: Asker, plain: str) -> bool:
    """Find our record in the list, and note where it stands, should the list be long."""
    service, before = asker.dialogue.service, len(asker.walk.ids)
    if before > SMALL:
        for region in (Region(max(0, before - MARGIN) // 100 * 100), Region(0, MARGIN)):
            if plain in service.walk(region=region).ids:
                asker.know(region=region)
                asker.learnt.place = "last" if region.first else "first"
                return True
    ids = service.walk().ids
    if plain in ids and len(ids) > 1:
        asker.learnt.place = {0: "first", len(ids) - 1: "last"}.get(ids.index(plain), "anywhere")
    return plain in ids
