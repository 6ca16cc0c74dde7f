"""The command `training-mock` as a process of its own."""

import queue
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic

DEADLINE = 60.0
"""Seconds after which a process that says nothing is given up."""


class Process:
    """A server in a process, and the lines that it writes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        found = re.search(r"http://\S+", self.line())
        assert found
        self.url = found[0]

    def line(self, seconds: float = DEADLINE) -> str:
        """Return the next line that it writes. Raises queue.Empty when none comes in time."""
        line = self._lines.get(timeout=seconds)
        assert line is not None, "the server has ended"
        return line

    def lines_until(self, holds: Callable[[], bool]) -> list[str]:
        """Return the lines that it writes until a condition holds, which is looked at after each of them."""
        lines: list[str] = []
        end = monotonic() + DEADLINE
        while not holds():
            lines.append(self.line(max(0.0, end - monotonic())))
        return lines

    @property
    def number(self) -> int:
        """The process's id."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def stop(self) -> int:
        """End it as Ctrl-C does, and return its exit status."""
        self.send(signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """Wait until it has ended, and return its exit status."""
        return self._process.wait(DEADLINE)

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        self._process.kill()
        self.wait()
        self._reader.join()

    def rest(self) -> list[str]:
        """Return the lines that were not read yet, once it has ended."""
        self._reader.join()
        return [line for line in iter(self._lines.get_nowait, None) if line]

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


@contextmanager
def serving(*options: str, tree: Path | None = None) -> Iterator[Process]:
    """Run `training-mock` on a free port with these options; from a copy of the project where one is given."""
    command = [sys.executable, "-m", "mock_server", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    mock = Process(process)
    try:
        yield mock
    finally:
        mock.kill()
