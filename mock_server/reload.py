"""Following the files that the server was started from while it runs."""

from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from watchfiles import awatch

from api_spec.effective import read_spec
from api_spec.file import SPEC
from mock_server.app import MockApp
from mock_server.bundled import FIXTURES
from mock_server.sandbox.fixture import load_scenario

_SHOWN = 20


def follow(app: MockApp, scenario: str, tell: Callable[[str], None]) -> Coroutine[Any, Any, None]:
    """Return what follows each change of the spec and of the scenario from now on, until cancelled.

    A file that is broken is told, and the last good one stays in use. Records are kept; those that a new
    contract no longer allows are told.
    """
    fixture = _fixture(scenario)
    uses: dict[Path, Callable[[], None]] = {
        SPEC: lambda: _use_spec(app, tell),
        fixture: lambda: app.use_start(load_scenario(scenario)),
    }
    return _follow(uses, {path: _content(path) for path in uses}, tell)


async def _follow(
    uses: dict[Path, Callable[[], None]], seen: dict[Path, bytes | None], tell: Callable[[str], None]
) -> None:
    folders = {path.parent for path in uses}
    # It looks now and then without being told of a change too: the first ones may come before it listens.
    async for _ in awatch(*folders, rust_timeout=500, yield_on_timeout=True):
        for path, use in uses.items():
            content = _content(path)
            # An editor's one save may come as several changes.
            if content != seen[path]:
                seen[path] = content
                _use(tell, path, use)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _fixture(scenario: str) -> Path:
    name = FIXTURES / f"{scenario}.yaml"
    return name if name.exists() else Path(scenario)


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
