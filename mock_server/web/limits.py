"""How much, and how long, a connection may take."""

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds of one connection, in bytes and in seconds.

    An address has at most `address` bytes, and all header fields of a request together at most `fields`; so have the
    trailers of a body. A head is complete within `head_time` of its first byte; a body goes on, and an answer is read
    on, within `body_time` and `write_time`; between requests a connection stays open for `idle_time`.
    """

    address: int = 64 * 1024
    fields: int = 64 * 1024
    head_time: float = 30.0
    body_time: float = 75.0
    write_time: float = 60.0
    idle_time: float = 75.0


DEFAULT = Limits()
