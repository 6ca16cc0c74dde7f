"""The two streams of the command: what is written to them never holds up the server, whatever has become of them."""

import codecs
import logging
import os
import select
from collections import deque
from contextlib import suppress
from io import UnsupportedOperation
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from uvicorn.logging import ColourizedFormatter

_OURS = ("uvicorn.error", "mock_server")

ROOM = 1 << 20
"""Bytes that wait for the reader of a stream; what comes beyond is lost."""

PATIENCE = 0.2
"""Seconds that the end waits for a reader who takes nothing."""

END = 2.0
"""Seconds that the end waits for a reader at most."""


def keep_numbers() -> None:
    """Open what is closed of the three standard streams, so that no socket gets a number that others write to."""
    opened = 0
    while opened <= 2:
        opened = os.open(os.devnull, os.O_RDWR)
    os.close(opened)


class Console:
    """Standard output and standard error, `out` and `err`; None is one that was closed by whoever started us."""

    def __init__(self, out: TextIO | None, err: TextIO | None) -> None:
        self.out = Lines(out)
        self.err = Lines(err)
        self.err.follow(self.out)

    def tell(self, what: str) -> None:
        """Write in words what went wrong, on standard error."""
        self.err.say(f"training-mock: {what}")

    def log(self, level: str) -> None:
        """Write the log of this process: warnings of all, more of the server's own if asked for, on standard error.

        From `info` on, a line for each request goes to standard output.
        """
        # Imported late: help and usage errors need none of it.
        from uvicorn.logging import AccessFormatter, DefaultFormatter

        logging.getLogger().addHandler(_Handler(self.err, "%(levelprefix)s %(message)s", DefaultFormatter))
        for name in _OURS:
            logging.getLogger(name).setLevel(level.upper())
        requests = logging.getLogger("uvicorn.access")
        requests.setLevel(level.upper())
        requests.propagate = False
        form = '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s'
        requests.addHandler(_Handler(self.out, form, AccessFormatter))

    def finish(self) -> None:
        """Wait until all is written, as long as somebody reads it."""
        end = monotonic() + END
        self.out.finish(end)
        self.err.finish(end)


class Lines:
    """A stream that takes lines. What its encoding lacks is escaped; one that is closed, full or left is given up."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = None if stream is None or stream.closed else stream
        self._pen: _Pen | None = None
        if self._stream is not None:
            self._encoding = self._stream.encoding or "ascii"
            self._encode = codecs.getincrementalencoder(self._encoding)("backslashreplace").encode
            with suppress(UnsupportedOperation):  # somebody's object within this process, which makes nobody wait
                self._pen = _Pen(self._stream.fileno())

    @property
    def is_terminal(self) -> bool:
        """Say whether somebody looks at it."""
        return self._stream is not None and self._stream.isatty()

    def follow(self, other: "Lines") -> None:
        """Write by the pen of another one if both lead to the same place, so that the order there is kept."""
        if self._pen and other._pen and os.path.sameopenfile(self._pen.descriptor, other._pen.descriptor):
            self._pen = other._pen

    def say(self, text: str) -> None:
        """Write a line."""
        if self._stream is None or self._stream.closed:
            return
        if self._pen is not None:
            self._pen.write(self._encode(text + "\n"))
        else:
            print(text.encode(self._encoding, "backslashreplace").decode(self._encoding), file=self._stream)

    def finish(self, end: float) -> None:
        """Wait until all is written, as long as somebody reads it, and until `end` (of `monotonic`) at most."""
        if self._pen is not None:
            self._pen.finish(end)


class _Pen:
    """Writes lines to a descriptor, each whole and in their order, while nobody waits for whoever reads them.

    It does so in a thread: no question beforehand tells how much a terminal takes without making the writer wait, nor
    what others write to the same pipe meanwhile, and O_NONBLOCK would be theirs too.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._changed = Condition()
        self._lines: deque[bytes] = deque()
        self._size = 0
        self._begun = False
        self._given_up = False

    def write(self, line: bytes) -> None:
        """Write a line, soon; where too much waits already, or nothing can be written, it is lost."""
        with self._changed:
            if self._given_up or self._size >= ROOM:
                return
            self._lines.append(line)
            self._size += len(line)
            self._changed.notify_all()
            if not self._begun:
                self._begun = True
                Thread(target=self._run, name="console", daemon=True).start()

    def finish(self, end: float) -> None:
        """Wait until all is written, as long as somebody reads it, and until `end` (of `monotonic`) at most."""
        with self._changed:
            while self._lines and monotonic() < end:
                if not self._changed.wait(PATIENCE) and not _takes(self.descriptor, 0):
                    return

    def _run(self) -> None:
        while not self._given_up:
            with self._changed:
                self._changed.wait_for(lambda: self._lines)
                line = self._lines[0]
            try:
                _write(self.descriptor, line)
            except OSError:
                self._given_up = True
            with self._changed:
                self._lines.popleft()
                self._size -= len(line)
                if self._given_up:
                    self._lines.clear()
                self._changed.notify_all()


def _write(descriptor: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:  # somebody else who has it made it so
            _takes(descriptor, None)


def _takes(descriptor: int, seconds: float | None) -> bool:
    """Wait until a descriptor takes something, and say whether it does."""
    return bool(select.select([], [descriptor], [], seconds)[1])


class _Handler(logging.Handler):
    """Writes records as lines."""

    def __init__(self, lines: Lines, form: str, formatter: "type[ColourizedFormatter]") -> None:
        super().__init__()
        self._to = lines
        self.setFormatter(formatter(form, use_colors=lines.is_terminal))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._to.say(self.format(record))
        except Exception:
            self.handleError(record)
