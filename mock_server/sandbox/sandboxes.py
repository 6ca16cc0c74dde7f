"""All sandboxes of one server."""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator

from mock_server.sandbox.sandbox import Sandbox

NAME = re.compile(r"(?!\.\.?\Z)[A-Za-z0-9._~-]{1,64}")
"""What an organisation may be called: one segment of a URL path that stays where it is (RFC 3986, section 5.2.4)."""

NAME_IN_WORDS = "1 to 64 of A-Z a-z 0-9 . _ ~ -, but not . or .."

DEFAULT = "default"
"""The organisation that the root of the server serves."""

logger = logging.getLogger(__name__)


class Sandboxes:
    """Sandboxes by the name of their organisation, each made by `create` at its first use.

    At most `limit` (2 or more) live; the one that was not used for longest makes room, but never the default one, and
    one whose journal is watched only where all others are watched too.
    """

    def __init__(self, create: Callable[[str], Sandbox], limit: int) -> None:
        self._create = create
        self.limit = limit
        self.default = create(DEFAULT)
        self._others: OrderedDict[str, Sandbox] = OrderedDict()

    def __len__(self) -> int:
        return 1 + len(self._others)

    def __iter__(self) -> Iterator[Sandbox]:
        """Yield the default one, then the others, the one used last at the end."""
        yield self.default
        yield from self._others.values()

    def __getitem__(self, name: str) -> Sandbox:
        """Return the sandbox of the organisation with this name, a new one if there is none yet."""
        if name == DEFAULT:
            return self.default
        sandbox = self._others.get(name)
        if sandbox is None:
            sandbox = self._others[name] = self._create(name)
            self._make_room()
        self._others.move_to_end(name)
        return sandbox

    def _make_room(self) -> None:
        while len(self) > self.limit:
            # One that somebody looks at stays, while there is another.
            *old, _newest = self._others
            name = next((name for name in old if not self._others[name].journal.watched), old[0])
            self._others.pop(name).end()
            logger.warning(
                "organisation %r was dropped: %d may live at once, and it was unused for longest", name, self.limit
            )
