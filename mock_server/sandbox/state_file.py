"""All organisations in a file, from one run of the server to the next."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from mock_server.contract.schema import Schema
from mock_server.held_file import SEPARATOR, HeldFile
from mock_server.organisation.errors import Full
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.sandbox.sandbox import Sandbox
from mock_server.sandbox.sandboxes import DEFAULT, NAME, NAME_IN_WORDS, Sandboxes
from mock_server.sandbox.scenario_document import control_schema
from mock_server.sandbox.state import dump, load
from mock_server.values import instant


class StateFileInvalid(Exception):
    """A file that holds no state; the message names the file and the places."""


VERSION = 1
"""Of the form of the file; one without a version is of this form too."""


def save(path: Path, sandboxes: Sandboxes, now: datetime) -> None:
    """Write the state of all organisations into a file that nobody holds: whole, or not at all. Raises OSError."""
    with closing(HeldFile(path)) as file:
        file.replace(render(sandboxes, now))


def render(sandboxes: Sandboxes, now: datetime) -> bytes:
    """Return the state of all organisations as the content of a file."""
    document = {
        "version": VERSION,
        "saved_at": instant.render(now),
        "organisations": {sandbox.name: dump(sandbox.organisation) for sandbox in sandboxes},
    }
    return orjson.dumps(document, default=list, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def restore(path: Path, sandboxes: Sandboxes, now: datetime) -> None:
    """Give the organisations the state that `save` wrote. Raises StateFileInvalid and OSError."""
    take_in(path, path.read_bytes(), sandboxes, now)


def take_in(path: Path, content: bytes, sandboxes: Sandboxes, now: datetime) -> None:
    """Give the organisations the state that `render` returned; `path` is for the messages. Raises StateFileInvalid.

    A clock that stood stands where it stood; one that ran has run on in the meantime.
    """
    document = _whole(path, content)
    try:
        violations = list(_schema().violations("body", document))
    except ValueError:  # the validator's word for deeper than it looks
        raise StateFileInvalid(f"{path}: nested too deeply") from None
    if violations:
        raise StateFileInvalid(f"{path}: {'; '.join(f'{v.pointer} {v.detail}'.strip() for v in violations[:5])}")
    names = document["organisations"].keys()
    if len(names | {DEFAULT}) > sandboxes.limit:
        beside = "" if DEFAULT in names else " beside the default one"
        raise StateFileInvalid(
            f"{path}: has {len(names)} organisations{beside}, more than the {sandboxes.limit} allowed"
        )
    for name in document["organisations"]:
        if not NAME.fullmatch(name):
            raise StateFileInvalid(f"{path}: /organisations has {name!r}, which is not a name: {NAME_IN_WORDS}")
    away = now - instant.parse(document["saved_at"])
    for name, state in document["organisations"].items():
        _restore_one(path, sandboxes[name], state, lambda at: at + away)


def _restore_one(path: Path, sandbox: Sandbox, state: Any, later: Callable[[datetime], datetime]) -> None:
    clock = sandbox.organisation.clock
    try:
        load(sandbox.organisation, state)
    except DocumentInvalid as error:
        places = "; ".join(f"/organisations/{sandbox.name}{v.pointer} {v.detail}" for v in error.violations[:5])
        raise StateFileInvalid(f"{path}: {places}") from None
    except Full as error:
        raise StateFileInvalid(f"{path}: /organisations/{sandbox.name} has {error} (--max-records)") from None
    if not clock.frozen:
        try:
            clock.set(later(clock.now()), frozen=False)
        except OverflowError:
            place = f"/organisations/{sandbox.name}/clock/now"
            raise StateFileInvalid(f"{path}: {place} has run out of the years 1 to 9999 since /saved_at") from None


def _whole(path: Path, content: bytes) -> Any:
    """Return the last whole document of those in a file: more than one are there if a save was cut short."""
    pieces = [piece for piece in content.split(SEPARATOR) if piece] or [content]
    for piece in reversed(pieces):
        try:
            return orjson.loads(piece)
        except orjson.JSONDecodeError as error:
            wrong = error
    raise StateFileInvalid(f"{path}: not JSON: {wrong}")


def _schema() -> Schema:
    saved_at = {"type": "string", "format": "date-time"}
    organisations = {"type": "object", "additionalProperties": control_schema("State")}
    return Schema(
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["saved_at", "organisations"],
            "properties": {"version": {"enum": [VERSION]}, "saved_at": saved_at, "organisations": organisations},
        }
    )
