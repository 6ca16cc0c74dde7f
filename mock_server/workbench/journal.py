"""What one organisation was asked, and what it answered."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

Headers = tuple[tuple[bytes, bytes], ...]

LENGTH = 1000
BODY_CAP = 64 * 1024


class Entry(NamedTuple):
    """One exchange.

    `at` is in seconds since 1970, `duration` in seconds; bodies are cut at 64 KiB, and `sizes` are what
    request and response body were before.
    """

    number: int
    at: float
    method: str
    target: str
    operation_id: str | None
    request_headers: Headers
    request_body: bytes
    status: int
    response_headers: Headers
    response_body: bytes
    sizes: tuple[int, int]
    duration: float
    fault: str | None
    ignored: tuple[str, ...]


class Journal:
    """The last thousand exchanges, the newest last, and those who watch them come."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=LENGTH)
        self._watchers: set[Callable[[str, object], None]] = set()
        self.count = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def add(self, entry: Entry) -> None:
        """Put an exchange at the end."""
        self.count += 1
        self._entries.append(entry)
        if self._watchers:
            self._tell("exchange", entry)

    def clear(self) -> None:
        """Forget all exchanges. Their numbers go on, so that a client that asks `since` misses none."""
        self._entries.clear()

    def reset(self) -> None:
        """Forget all exchanges and count from 1 again."""
        self.clear()
        self.count = 0

    def changed(self, what: str) -> None:
        """Tell those who watch that something beside the exchanges has changed."""
        self._tell("changed", what)

    def watch(self, watcher: Callable[[str, object], None]) -> Callable[[], None]:
        """Call `watcher` with each exchange and change from now on; return what ends it."""
        self._watchers.add(watcher)
        return lambda: self._watchers.discard(watcher)

    def _tell(self, event: str, what: object) -> None:
        for watcher in tuple(self._watchers):
            watcher(event, what)
