"""All organisations in a file, from one run of the server to the next."""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from functools import cache
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
from mock_server.values.repeated_names import refuse_repeated_names


class StateFileInvalid(Exception):
    """A file that holds no state; the message names the file and the places."""


VERSION = 1
"""Of the form of the file; one without a version is of this form too."""

_HEAD = b'{\n  "version": '
"""What `render` begins with."""

_NOTHING: Any = object()
"""In place of a document where nothing was ever saved."""


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

    A clock that stood stands where it stood; one that ran has run on in the meantime. Nothing at all is a beginning.
    """
    document = _whole(path, content)
    if document is _NOTHING:
        return
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
    """Return the last whole document of those in a file: more than one are there if a save was cut short.

    Returns _NOTHING where none was ever saved. Raises StateFileInvalid.
    """
    pieces = [piece for piece in content.split(SEPARATOR) if piece] or [content]
    for piece in reversed(pieces):
        try:
            document = orjson.loads(piece)
        except orjson.JSONDecodeError as error:
            wrong = error
            continue
        _check_names(path, piece)
        return document
    if _is_beginning(content):
        return _NOTHING
    raise StateFileInvalid(f"{path}: not JSON: {wrong}")


def _is_beginning(content: bytes) -> bool:
    """Say whether a file without a whole document was empty, and perhaps the first save was cut short."""
    before, _, after = content.partition(SEPARATOR)
    begun = after.lstrip(SEPARATOR)
    return not before.strip() and (begun.startswith(_HEAD) or _HEAD.startswith(begun))


def _check_names(path: Path, text: bytes) -> None:
    try:
        refuse_repeated_names(text)
    except RecursionError:
        raise StateFileInvalid(f"{path}: nested too deeply") from None
    except ValueError as error:
        raise StateFileInvalid(f"{path}: {error}") from None


def file_schema(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema (OpenAPI 3.0) of what a file holds; `state` is the one of an organisation in it."""
    return {
        "title": "State file",
        "description": "All organisations of a server, as --state keeps them.",
        "type": "object",
        "additionalProperties": False,
        "required": ["saved_at", "organisations"],
        "properties": {
            "version": {"type": "integer", "enum": [VERSION], "description": "Of the form of the file."},
            "saved_at": {
                "type": "string",
                "format": "date-time",
                "description": "When it was saved. A clock that runs has run on since then.",
            },
            "organisations": {
                "type": "object",
                "additionalProperties": state,
                "description": f"Each organisation by its name, {NAME_IN_WORDS}.",
            },
        },
    }


@cache
def _schema() -> Schema:
    return Schema(file_schema(control_schema("State")))
