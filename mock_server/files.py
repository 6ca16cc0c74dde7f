"""The files that the server keeps: the state of all organisations, and the coverage report."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

from mock_server.app import MockApp
from mock_server.organisation.clock import system_time
from mock_server.sandbox.state_file import StateFileInvalid, restore, save


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
        self.saved = True

    def open(self) -> None:
        """Take in the state that is there. Raises Unwritable now rather than lose at the end what was to be kept.

        Raises StateFileInvalid for a file that can't be read.
        """
        for path in filter(None, (self._state, self._coverage)):
            _check_writable(path)
        if self._state is not None and self._state.exists():
            try:
                restore(self._state, self._app.sandboxes, system_time())
            except OSError as error:
                raise StateFileInvalid(f"{self._state}: {error.strerror}") from None

    def save(self) -> None:
        """Write all of them."""
        self.saved = True
        self.save_state()
        if self._coverage is not None:
            report = json.dumps(self._app.total_coverage(), indent=2)
            self._write(self._coverage, lambda path: path.write_text(report + "\n", "utf-8"))

    def save_state(self) -> None:
        """Write the state of all organisations."""
        if self._state is not None:
            self._write(self._state, lambda path: save(path, self._app.sandboxes, system_time()))

    def _write(self, path: Path, write: Callable[[Path], object]) -> None:
        try:
            write(path)
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
