"""The command and its signals before it serves."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def starting() -> Iterator["subprocess.Popen[bytes]"]:
    """Run the command; give the process at the beginning of its start, when it has imported next to nothing."""
    command = [sys.executable, "-m", "mock_server", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            while not is_ignored(signal.SIGUSR1, process.pid):
                assert process.poll() is None, "it has ended"
            yield process
        finally:
            process.kill()


def is_ignored(number: signal.Signals, pid: int) -> bool:
    mask = re.search(r"SigIgn:\s*(\w+)", Path(f"/proc/{pid}/status").read_text("ascii"))
    return mask is not None and bool(int(mask[1], 16) >> (number - 1) & 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_signal_that_ends_it_ends_a_start_quietly(number: signal.Signals) -> None:
    with starting() as process:
        process.send_signal(number)
        assert process.communicate(timeout=60) == (b"", b"")
        assert process.returncode == 0


def test_signal_to_save_does_nothing_to_a_start() -> None:
    with starting() as process:
        process.send_signal(signal.SIGUSR1)
        assert process.stdout is not None
        assert b"20 people" in process.stdout.readline()
        process.terminate()
        assert process.communicate(timeout=60) == (b"", b"")
        assert process.returncode == 0
