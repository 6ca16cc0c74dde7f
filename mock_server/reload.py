"""Following the files that the server was started from while it runs."""

from collections.abc import Callable, Iterable
from pathlib import Path

from openapi_spec_validator import validate
from watchfiles import awatch

from mock_server.app import MockApp
from mock_server.bundled import bundled, read_yaml
from mock_server.fixture import load_scenario

SPEC = bundled("spec") / "openapi.yaml"

_SHOWN = 20


async def follow(app: MockApp, scenario: str, tell: Callable[[str], None]) -> None:
    """Take up each change of the spec and of the scenario, until cancelled.

    What is broken is told, and what was good before stays. Records are kept; those that a new contract
    no longer allows are told.
    """
    fixture = _fixture(scenario)
    async for changes in awatch(SPEC.parent, fixture.parent):
        changed = {Path(path).resolve() for _, path in changes}
        if SPEC.resolve() in changed:
            _told(tell, SPEC, lambda: _use_spec(app, tell))
        if fixture.resolve() in changed:
            _told(tell, fixture, lambda: app.use_start(load_scenario(scenario)))


def _fixture(scenario: str) -> Path:
    name = bundled("fixtures") / f"{scenario}.yaml"
    return name if name.exists() else Path(scenario)


def _told(tell: Callable[[str], None], path: Path, take_up: Callable[[], None]) -> None:
    try:
        take_up()
    except Exception as error:  # whatever an editor leaves half-written, the server goes on
        reason = " ".join(str(error).split())[:300]
        tell(f"{path} is broken, the last good one stays: {reason}")
    else:
        tell(f"{path} is taken up")


def _use_spec(app: MockApp, tell: Callable[[str], None]) -> None:
    spec = read_yaml(SPEC)
    validate(spec)
    app.use_spec(spec)
    _list(app.broken_records(), tell)


def _list(lines: Iterable[str], tell: Callable[[str], None]) -> None:
    for count, line in enumerate(lines):
        if count == _SHOWN:
            tell("and more")
            return
        tell(f"no longer allowed: {line}")
