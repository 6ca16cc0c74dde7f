"""Ctrl-C, SIGTERM and SIGHUP while a run lives."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

HELD = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

PATIENCE = 3
"""At which signal a clean-up stops: whoever presses Ctrl-C twice still wants nothing to be left."""


class Interrupted(KeyboardInterrupt):
    """A signal ended the run. The message says which."""


class Signals:
    """The first signal is raised as Interrupted, wherever the run is; those after it are only counted.

    So the second Ctrl-C does not break off the clean-up that the first one began.
    """

    def __init__(self) -> None:
        self._received = 0
        self._raised = False
        self._before: dict[int, Any] = {}

    def hold(self) -> None:
        """Take the signals over; only the main thread can, and what is ignored (`nohup`, `&`) stays ignored."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in HELD:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._handle)

    def release(self) -> None:
        """Leave the signals as they were."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def settle(self) -> None:
        """From now on raise no more: what is to come must be done whatever comes."""
        self._raised = True

    @property
    def received(self) -> bool:
        """Whether any came."""
        return self._received > 0

    @property
    def impatient(self) -> bool:
        """Whether so many came that even a clean-up is to stop."""
        return self._received >= PATIENCE

    def _handle(self, number: int, _: FrameType | None) -> None:
        self._received += 1
        if not self._raised:
            self._raised = True
            name = signal.Signals(number).name
            raise Interrupted("interrupted" if number == signal.SIGINT else f"interrupted by {name}")
