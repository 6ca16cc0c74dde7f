"""What one organisation was asked, and what it answered."""

from collections import deque
from collections.abc import Callable, Iterator

from mock_server.workbench.exchange import Exchange

LENGTH = 1000

Watcher = Callable[[str, object], None]
"""Called with "exchange" and an Exchange, or with "changed" and what has changed."""


class Journal:
    """The last thousand exchanges, the newest last, and those who watch them come."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=LENGTH)
        self._watchers: set[Watcher] = set()
        self.count = 0

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
        self._exchanges.append(exchange)
        if self._watchers:
            self._tell("exchange", exchange)

    def clear(self) -> None:
        """Forget all exchanges. Their numbers go on, so that a client that asks `since` misses none."""
        self._exchanges.clear()

    def reset(self) -> None:
        """Forget all exchanges and count from 1 again."""
        self.clear()
        self.count = 0

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
