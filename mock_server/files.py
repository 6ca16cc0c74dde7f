"""The files that the server keeps: the state of all organisations, and the coverage report."""

import json
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from mock_server.app import MockApp
from mock_server.held_file import HeldFile
from mock_server.organisation.clock import system_time
from mock_server.sandbox.state_file import render, take_in


class Unwritable(Exception):
    """A file that could not be written at the end; the message names it."""


class Files:
    """The files of one server, None for those that are not asked for; `saved` says whether the last save succeeded.

    `scenario` is the one that is read and must stay as it is; `tell` gets in words what went wrong.
    """

    def __init__(
        self, app: MockApp, scenario: Path, state: Path | None, coverage: Path | None, tell: Callable[[str], None]
    ) -> None:
        self._app = app
        self._scenario = scenario
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
        if self._state is not None:
            self._open_state(self._state)
        if self._coverage is not None:
            self._try_report(self._coverage)
        if self._state is not None and self._held is not None:
            take_in(self._state, self._held.read(), self._app.sandboxes, system_time())

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
            self._write(self._coverage, self._write_report)

    def save_state(self) -> None:
        """Write the state of all organisations."""
        if self._held is not None:
            self._write(self._held.path, self._write_state)

    def _open_state(self, path: Path) -> None:
        try:
            self._held = HeldFile(path)
        except OSError as error:
            raise Unwritable(_in_words(path, error)) from None

    def _try_report(self, path: Path) -> None:
        """Do what is done with it at the end, but write nothing, and leave nothing there. Raises Unwritable."""
        if self._held is not None and self._held.is_at(path):
            raise Unwritable(f"--state {self._held.path} and --coverage-report {path} are the same file")
        try:
            with closing(HeldFile(path)) as report:
                if report.is_at(self._scenario):
                    raise Unwritable(f"--scenario {self._scenario} and --coverage-report {path} are the same file")
        except OSError as error:
            raise Unwritable(_in_words(path, error)) from None

    def _write_state(self) -> None:
        if self._held is not None:
            self._held.replace(render(self._app.sandboxes, system_time()))

    def _write_report(self) -> None:
        if self._coverage is not None:
            report = json.dumps(self._app.total_coverage(), indent=2)
            with closing(HeldFile(self._coverage)) as file:
                file.replace(f"{report}\n".encode())

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self.saved = False
            self._tell(f"cannot write {_in_words(path, error)}")


def _in_words(path: Path, error: OSError) -> str:
    """Return what was wrong with a file, or with another one that had to be there for it."""
    reason = error.strerror or str(error)
    other = error.filename
    if other is None or os.path.realpath(other) == os.path.realpath(path):
        return f"{path}: {reason}"
    return f"{path}: {os.fsdecode(other)}: {reason}"
