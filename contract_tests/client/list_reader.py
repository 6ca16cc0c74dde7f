"""Reading the list page by page, with pages as large as the service gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..records import Path, Record, counts_in, list_path, records_in
from .delivery import Unreachable
from .exchange import Exchange
from .walk import WHOLE, Region, Walk

SIZES = (100, 50, 25, 20, 10, 5)
"""What is asked for at a time: the first that the service takes. Where it caps its pages, what comes is taken."""

MOST_PAGES = 2000
"""How many pages a list may have."""

Parameters = Sequence[tuple[str, str]]
Ask = Callable[[Parameters], Exchange]
"""Asks for the list with these query parameters."""


class ListReader:
    """Reads the list of one service, and remembers which page size it takes."""

    def __init__(self, list_property: str | None) -> None:
        self._list_property = list_property
        self._size: int | None = None
        """The page size that the service took; None while it was never asked."""
        self.path: Path = ()
        """Where in an answer the list stands, going by the first page that was read."""

    def read(self, ask: Ask, region: Region = WHOLE) -> Walk:
        """Read a region of the list: what comes without a limit first, then from every next offset what is new.

        Raises Unreachable when it has no end.
        """
        exchange = self._begin(ask, region)
        found: list[Record] = []
        known: set[str] = set()
        sizes: list[int] = []
        overlap = False
        counts: set[int] = set()
        while True:
            records = self._records(exchange)
            if not records:
                break
            new = {str(record.get("api_id")) for record in records}
            overlap = new <= known
            if overlap:
                break
            known |= new
            found += records
            sizes.append(len(records))
            if len(sizes) > MOST_PAGES:
                raise Unreachable(f"the list has no end: it has more than {MOST_PAGES:,} pages")
            counts = set(counts_in(exchange.answer))
            if region.size is not None and len(found) >= region.size:
                break
            exchange = self._page(ask, region.first + len(found))
        complete = bool(sizes) or self._records(exchange) is not None
        total = region.first + len(found)
        ended = self._has_ended(exchange, bool(sizes), total, known_total=total in counts) and not overlap
        return Walk(tuple(found), tuple(sizes), exchange, complete, overlap, ended, region.first)

    def _records(self, exchange: Exchange) -> list[Record] | None:
        if not exchange.ok:
            return None
        self.path = self.path or list_path(exchange.answer) or ()
        return records_in(exchange.answer, self._list_property, self.path)

    def _begin(self, ask: Ask, region: Region) -> Exchange:
        if region.first:
            return self._page(ask, region.first)
        exchange = ask(())
        return self._page(ask, 0) if exchange.refused else exchange

    def _page(self, ask: Ask, offset: int) -> Exchange:
        """The page at an offset; should that be refused, a smaller one, or one that the offset is a multiple of."""
        size = self._size or SIZES[0]
        exchange = ask(_parameters(size, offset))
        if exchange.ok:
            self._size = size
        if not exchange.refused:
            return exchange
        if self._size is None:
            exchange = self._smaller_page(ask, offset, exchange)
        even = max(limit for limit in range(1, SIZES[0] + 1) if offset % limit == 0)
        if not exchange.refused or even == size:
            return exchange
        other = ask(_parameters(even, offset))
        return other if other.ok else exchange

    def _smaller_page(self, ask: Ask, offset: int, refusal: Exchange) -> Exchange:
        """Was it the size, or that there is nothing at this offset? At the beginning of the list it is the size."""
        for smaller in SIZES:
            if ask(_parameters(smaller, 0)).ok:
                self._size = smaller
                return refusal if smaller == SIZES[0] else ask(_parameters(smaller, offset))
        return refusal

    def _has_ended(self, exchange: Exchange, begun: bool, total: int, *, known_total: bool) -> bool:
        """Whether there is no more of the list for sure."""
        if exchange.ok:
            return self._records(exchange) == []
        # Some services refuse an offset past the end; but others refuse one that is too far for them.
        return exchange.refused and begun and (known_total or total % (self._size or SIZES[0]) != 0)


def _parameters(size: int, offset: int) -> Parameters:
    return (("limit", str(size)), *((("offset", str(offset)),) if offset else ()))
