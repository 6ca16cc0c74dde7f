"""The files that the server keeps: the state of all organisations, and the coverage report."""

import errno
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mock_server.app import MockApp
from mock_server.held_file import HeldFile
from mock_server.organisation.clock import system_time
from mock_server.sandbox.state_file import render, take_in


class Unwritable(Exception):
    """A file that could not be written at the end; the message names it."""


class Files:
    """The files of one server, None for those that are not asked for; `saved` says whether the last save succeeded.

    `tell` gets in words what went wrong.
    """

    def __init__(self, app: MockApp, state: Path | None, coverage: Path | None, tell: Callable[[str], None]) -> None:
        self._app = app
        self._state = state
        self._coverage = coverage
        self._tell = tell
        self._held: HeldFile | None = None
        self.saved = True

    def open(self) -> None:
        """Hold the file of the state until `close`, and take in what is there; an empty one is a beginning.

        Raises Unwritable now rather than lose at the end what was to be kept, and StateFileInvalid for a file that
        holds no state.
        """
        if self._coverage is not None:
            _check_writable(self._coverage)
        if self._state is not None:
            try:
                self._held = HeldFile(self._state)
                content = self._held.read()
            except OSError as error:
                raise Unwritable(f"{self._state}: {error.strerror}") from None
            if content.strip():
                take_in(self._state, content, self._app.sandboxes, system_time())

    def close(self) -> None:
        """Let go of the file of the state."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def save(self) -> None:
        """Write all of them."""
        self.saved = True
        self.save_state()
        if self._coverage is not None:
            report = json.dumps(self._app.total_coverage(), indent=2)
            self._write(self._coverage, partial(self._coverage.write_text, report + "\n", "utf-8"))

    def save_state(self) -> None:
        """Write the state of all organisations."""
        if self._held is not None:
            content = render(self._app.sandboxes, system_time())
            self._write(self._held.path, partial(self._held.replace, content))

    def _write(self, path: Path, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as error:
            self.saved = False
            self._tell(f"cannot write {path}: {error.strerror}")


def _check_writable(path: Path) -> None:
    wrong = None
    if path.is_dir():
        wrong = errno.EISDIR
    elif not path.parent.is_dir():
        wrong = errno.ENOENT
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        wrong = errno.EACCES
    if wrong is not None:
        raise Unwritable(f"{path}: {os.strerror(wrong)}")
