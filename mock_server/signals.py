"""The signals of the command: those that end it, and the one that saves."""

import signal
from collections.abc import Callable
from types import FrameType

Handler = Callable[[int, FrameType | None], object] | signal.Handlers
"""What is done at a signal."""


def mind(end: Handler, save: Handler) -> None:
    """Do this at each SIGINT, SIGTERM, SIGHUP and SIGQUIT, and that at SIGUSR1, in the main thread.

    Under nohup the command is to live on after SIGHUP.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)  # Windows has but two
        if number and not (name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN):
            signal.signal(number, end)
    if hasattr(signal, "SIGUSR1"):
        signal.signal(signal.SIGUSR1, save)
