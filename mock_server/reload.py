"""Following the files that the server was started from while it runs."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from api_spec.effective import read_spec
from api_spec.file import SPEC
from mock_server.app import MockApp
from mock_server.sandbox.fixture import fixture_path, load_scenario

_SHOWN = 20

_PAUSE = 0.25
"""Seconds between two looks."""


def follow(app: MockApp, scenario: str, most: int, tell: Callable[[str], None]) -> Coroutine[Any, Any, None]:
    """Return what follows each change of the spec and of the scenario from now on, until cancelled.

    A scenario may have `most` people, packages and records each. A file that is broken or gone is told, and the last
    good one stays in use. Records are kept; those that a new contract no longer allows are told.
    """
    followed = [
        _Followed(SPEC, lambda: _use_spec(app, tell)),
        _Followed(fixture_path(scenario), lambda: app.use_start(load_scenario(scenario, most))),
    ]
    return _follow(followed, tell)


async def _follow(followed: Iterable["_Followed"], tell: Callable[[str], None]) -> None:
    # Looking at two files now and then costs nothing, and misses nothing: no limit of the system's watches, no closed
    # folder around a file, no name that becomes another file or link comes in between.
    while True:
        await asyncio.sleep(_PAUSE)
        for file in followed:
            if file.has_changed():
                _use(tell, file.path, file.use)


class _Followed:
    """A file, and what is to be done with it when it has changed."""

    def __init__(self, path: Path, use: Callable[[], None]) -> None:
        self.path = path
        self.use = use
        self._content = _content(path)
        self._mark = self._last = _mark(path)

    def has_changed(self) -> bool:
        """Say whether it holds something else than at the last change, and is not just being written."""
        mark = _mark(self.path)
        still, self._last = mark == self._last, mark
        if mark == self._mark or not still:
            return False
        self._mark = mark
        before, self._content = self._content, _content(self.path)
        return self._content != before


def _mark(path: Path) -> tuple[int, ...] | None:
    """Return what changes with every change of a file, without reading it; None for one that is not to be had."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _use(tell: Callable[[str], None], path: Path, use: Callable[[], None]) -> None:
    try:
        use()
    except Exception as error:  # whatever an editor leaves half-written, the server goes on
        reason = " ".join(str(error).split())[:300]
        tell(f"{path} is broken, so the last good one stays in use: {reason}")
    else:
        tell(f"{path} is now in use")


def _use_spec(app: MockApp, tell: Callable[[str], None]) -> None:
    app.use_spec(read_spec())
    _list(app.broken_records(), tell)


def _list(lines: Iterable[str], tell: Callable[[str], None]) -> None:
    for count, line in enumerate(lines):
        if count == _SHOWN:
            tell("and more")
            return
        tell(f"no longer allowed: {line}")
