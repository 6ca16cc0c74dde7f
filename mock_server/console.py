"""The two streams of the command: what is written to them never ends the server, whatever has become of them."""

import logging
import os
import sys
from typing import TextIO

from uvicorn.logging import AccessFormatter, ColourizedFormatter, DefaultFormatter

_OURS = ("uvicorn.error", "mock_server")


def keep_numbers() -> None:
    """Open what is closed of the three standard streams, so that no socket gets a number that others write to."""
    opened = 0
    while opened <= 2:
        opened = os.open(os.devnull, os.O_RDWR)
    os.close(opened)


def say(text: str, stream: TextIO | None) -> None:
    """Write a line. What the stream's encoding lacks is escaped; a stream that is closed, full or left is given up."""
    if stream is None or stream.closed:  # closed by whoever started us
        return
    encoding = stream.encoding or "ascii"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError:
        _give_up(stream)


def _give_up(stream: TextIO) -> None:
    """Send what is written from now on nowhere: what is left in the buffer would fail again as the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class _Lines(logging.Handler):
    """Writes records as lines."""

    def __init__(self, stream: TextIO | None, form: str, formatter: type[ColourizedFormatter]) -> None:
        super().__init__()
        self._stream = stream
        is_terminal = stream is not None and not stream.closed and stream.isatty()
        self.setFormatter(formatter(form, use_colors=is_terminal))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            say(self.format(record), self._stream)
        except Exception:
            self.handleError(record)


def log(level: str) -> None:
    """Write the log of this process: warnings of all, more of the server's own if asked for, on standard error.

    From `info` on, a line for each request goes to standard output.
    """
    logging.getLogger().addHandler(_Lines(sys.stderr, "%(levelprefix)s %(message)s", DefaultFormatter))
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    requests = logging.getLogger("uvicorn.access")
    requests.setLevel(level.upper())
    requests.propagate = False
    form = '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s'
    requests.addHandler(_Lines(sys.stdout, form, AccessFormatter))
