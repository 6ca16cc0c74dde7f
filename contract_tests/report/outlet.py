"""Streams that somebody may stop reading, as `| head -1` does."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, TextIO, cast


class Outlet:
    """A stream that takes everything: once nobody reads it any more, what is written to it is dropped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text; return how many characters were taken, which are all."""
        try:
            self._stream.write(text)
        except OSError:
            self._drop()
        return len(text)

    def flush(self) -> None:
        """Write what is still in memory."""
        try:
            self._stream.flush()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        """Lead the stream nowhere, or Python would complain when it flushes it in the end."""
        with suppress(OSError), open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def outlet(stream: TextIO) -> TextIO:
    """Return the stream as one that takes everything."""
    return cast(TextIO, Outlet(stream))
