"""`--header-command`: a command that prints the headers with the credentials of the moment."""

from __future__ import annotations

import os
import signal
import subprocess
from argparse import ArgumentTypeError
from contextlib import suppress

from ..options import header

TIMEOUT = 30.0
"""Seconds that it may take."""


class CommandFailed(Exception):
    """It printed no headers. The message says why; secrets may be in it."""


def headers_printed_by(command: str) -> dict[str, str]:
    """Run a command by the shell, and return the headers that it prints, one `Name: value` a line.

    Raises CommandFailed. What it prints is never repeated in a message, save the last line of its stderr.
    """
    code, output, errors = _run(command)
    if code:
        last = errors.strip().rpartition("\n")[2].strip()
        raise CommandFailed(f"--header-command failed with exit status {code}" + (f": {last}" if last else ""))
    lines = [line for line in output.splitlines() if line.strip()]
    if not lines:
        raise CommandFailed("--header-command printed no line 'Name: value'")
    try:
        return dict(header(line) for line in lines)
    except ArgumentTypeError as exc:
        raise CommandFailed(f"--header-command printed what is no header: {exc}") from None


def _run(command: str) -> tuple[int, str, str]:
    """Return its exit status, stdout and stderr. It runs in a group of its own, so that nothing of it stays."""
    process = subprocess.Popen(  # noqa: S602 - it is what the user wrote to be run by the shell
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    with process:
        try:
            output, errors = process.communicate(timeout=TIMEOUT)
        except BaseException as exc:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(exc, subprocess.TimeoutExpired):
                raise CommandFailed(f"--header-command was not done after {TIMEOUT:g} s") from None
            raise
    return process.returncode, output, errors
