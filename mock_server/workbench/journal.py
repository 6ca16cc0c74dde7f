"""What one organisation was asked, and what it answered."""

from collections import deque
from collections.abc import Callable, Iterator

from mock_server.workbench.exchange import Exchange

LENGTH = 1000

JOURNAL_BYTES = 64 * 1024 * 1024

Watcher = Callable[[str, object], None]
"""Called with "exchange" or "amended" and an Exchange, with "changed" and what has changed, or with "ended"."""


class Journals:
    """The journals of all organisations, which share the room for `most` bytes."""

    def __init__(self, most: int = JOURNAL_BYTES) -> None:
        self._most = most
        self._journals: set[Journal] = set()
        self.size = 0

    def open(self) -> "Journal":
        """Return a new journal."""
        journal = Journal(self)
        self._journals.add(journal)
        return journal

    def close(self, journal: "Journal") -> None:
        """Give a journal's room to the others."""
        self._journals.discard(journal)

    def take(self, size: int) -> None:
        """Take so many bytes, or give them back; where there are too many, the largest journals lose their oldest."""
        self.size += size
        # Some room is made at once, so that the largest is not looked for with each exchange.
        if self.size > self._most:
            while self.size > self._most - self._most // 16:
                max(self._journals, key=lambda journal: journal.size).forget_oldest()


class Journal:
    """The last thousand exchanges, the newest last, as far as there is room, and those who watch them come.

    `size` is about how many bytes of memory they fill. `Journals.open` makes one.
    """

    def __init__(self, journals: Journals) -> None:
        self._journals = journals
        self._exchanges: deque[Exchange] = deque()
        self._watchers: set[Watcher] = set()
        self.count = 0
        self.size = 0

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    @property
    def watched(self) -> bool:
        """Whether anybody watches."""
        return bool(self._watchers)

    def add(self, exchange: Exchange) -> None:
        """Put an exchange at the end, and give it its number."""
        self.count += 1
        exchange.number = self.count
        size = exchange.size
        if len(self._exchanges) == LENGTH:
            size -= self._exchanges.popleft().size
        self._exchanges.append(exchange)
        self.size += size
        self._journals.take(size)
        if self._watchers:
            self._tell("exchange", exchange)

    def amended(self, exchange: Exchange) -> None:
        """Tell those who watch that more is known of an exchange."""
        self._tell("amended", exchange)

    def forget_oldest(self) -> None:
        """Forget the oldest exchange."""
        size = self._exchanges.popleft().size
        self.size -= size
        self._journals.take(-size)

    def clear(self) -> None:
        """Forget all exchanges. Their numbers go on, so that a client that asks `since` misses none."""
        self._exchanges.clear()
        self._journals.take(-self.size)
        self.size = 0

    def reset(self) -> None:
        """Forget all exchanges and count from 1 again."""
        self.clear()
        self.count = 0

    def end(self) -> None:
        """Forget all exchanges and let go of those who watch."""
        self.clear()
        self._journals.close(self)
        self._tell("ended", None)

    def changed(self, what: str) -> None:
        """Tell those who watch that something beside the exchanges has changed."""
        self._tell("changed", what)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with each exchange and change from now on; return what ends it."""
        self._watchers.add(watcher)
        return lambda: self._watchers.discard(watcher)

    def _tell(self, event: str, what: object) -> None:
        for watcher in tuple(self._watchers):
            watcher(event, what)
