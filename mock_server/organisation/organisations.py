"""All organisations of one server."""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator

from mock_server.organisation.organisation import Organisation

NAME = re.compile(r"[A-Za-z0-9._~-]{1,64}")
"""What an organisation may be called: one segment of a URL path."""

DEFAULT = "default"
"""The organisation that the root of the server serves."""

logger = logging.getLogger(__name__)


class Organisations:
    """Organisations by name, each born at its first use.

    At most `limit` (2 or more) live; the one that was not used for longest makes room, but never the default one.
    """

    def __init__(self, found: Callable[[str], Organisation], limit: int) -> None:
        self._found = found
        self.limit = limit
        self.default = found(DEFAULT)
        self._others: OrderedDict[str, Organisation] = OrderedDict()

    def __len__(self) -> int:
        return 1 + len(self._others)

    def __iter__(self) -> Iterator[Organisation]:
        """Yield the default organisation, then the others, the one used last at the end."""
        yield self.default
        yield from self._others.values()

    def __getitem__(self, name: str) -> Organisation:
        """Return the organisation with this name, a new one if there is none yet."""
        if name == DEFAULT:
            return self.default
        organisation = self._others.get(name)
        if organisation is None:
            organisation = self._others[name] = self._found(name)
            self._make_room()
        self._others.move_to_end(name)
        return organisation

    def _make_room(self) -> None:
        while len(self) > self.limit:
            name, dropped = self._others.popitem(last=False)
            dropped.coverage.clear()  # into the archive
            logger.warning("organisation %r was dropped, unused for longest of %d", name, self.limit)
