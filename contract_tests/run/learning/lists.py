"""Which limits, offsets and words the list takes."""

from __future__ import annotations

from ...checks.context import words_of
from ...client.exchange import Exchange
from ...records import Record
from .answers import ok
from .asker import Asker

LIMITS = (1, 2, 3, 5, 10, 20)


def learn_limits(asker: Asker) -> None:
    """Learn whether the list needs a limit, and which small ones it takes."""
    page = asker.dialogue.page
    asker.know(needs_limit=not ok(page()))
    limits = tuple(limit for limit in LIMITS if ok(page(limit=limit)))
    asker.must("limit-bounds-page", taken=bool(limits))
    asker.know(limits=limits)


def learn_offsets(asker: Asker) -> None:
    """Learn whether offsets are taken, and which index the first record has; the limits are known."""
    limit = asker.dialect.limits[0] if asker.dialect.limits else None
    offsets = [asker.dialogue.page(limit=limit, offset=offset) for offset in (1, limit or 10)]
    asker.must("offset-is-start-index", taken=any(map(ok, offsets)))
    if ok(offsets[0]):
        asker.learnt.first_index = _first_index(asker, offsets[0])


def _first_index(asker: Asker, exchange: Exchange | None) -> int:
    """Which index the list's first record has, going by the page at offset 1."""
    ids = [str(record.get("api_id")) for record in _records(asker, exchange)]
    whole = list(asker.walk.ids)
    return 1 if ids and len(whole) > 1 and ids == whole[: len(ids)] and ids != whole[1 : len(ids) + 1] else 0


def learn_words(asker: Asker) -> None:
    """Learn which words of the list are searched for; the limits are known."""
    limit = asker.dialect.limits[-1] if asker.dialect.needs_limit and asker.dialect.limits else None
    taken = {word: asker.dialogue.page(search=word, limit=limit) for word in _words(asker)}
    accepted = [word for word, exchange in taken.items() if _found_or_not(exchange)]
    found_some = [word for word in accepted if _records(asker, taken[word])]
    asker.must("search-narrows", taken=bool(accepted))
    asker.know(words=tuple(found_some or accepted)[:3])


def _words(asker: Asker) -> list[str]:
    """Some words of the list, of those that it has often and of others."""
    found = [word for word in words_of(asker.walk.records) if word.isalpha() and len(word) > 3]
    return [*dict.fromkeys([*found[:2], *found[-3:], *found[len(found) // 2 :][:1]])] or ["training"]


def _found_or_not(exchange: Exchange | None) -> bool:
    """Whether a search was taken: for some, to find nothing is 404."""
    return exchange is not None and (exchange.ok or exchange.status == 404)


def _records(asker: Asker, exchange: Exchange | None) -> list[Record]:
    return [] if exchange is None else asker.dialogue.service.records_in(exchange) or []
