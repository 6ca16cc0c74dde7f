"""All organisations in a file, from one run of the server to the next."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from mock_server.contract.schema import Schema
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.sandbox.sandbox import Sandbox
from mock_server.sandbox.sandboxes import NAME, NAME_IN_WORDS, Sandboxes
from mock_server.sandbox.scenario_document import control_schema
from mock_server.sandbox.state import dump, load
from mock_server.values import instant


class StateFileInvalid(Exception):
    """A file that holds no state; the message names the file and the places."""


def save(path: Path, sandboxes: Sandboxes, now: datetime) -> None:
    """Write the state of all organisations: the whole file, or none of it. Raises OSError."""
    document = {
        "saved_at": instant.render(now),
        "organisations": {sandbox.name: dump(sandbox.organisation) for sandbox in sandboxes},
    }
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def restore(path: Path, sandboxes: Sandboxes, now: datetime) -> None:
    """Give the organisations the state that `save` wrote. Raises StateFileInvalid and OSError.

    A clock that stood stands where it stood; one that ran has run on in the meantime.
    """
    try:
        document = orjson.loads(path.read_bytes())
        violations = list(_schema().violations("body", document))
    except orjson.JSONDecodeError as error:
        raise StateFileInvalid(f"{path}: not JSON: {error}") from None
    except ValueError:  # the validator's word for deeper than it looks
        raise StateFileInvalid(f"{path}: nested too deeply") from None
    if violations:
        raise StateFileInvalid(f"{path}: {'; '.join(f'{v.pointer} {v.detail}'.strip() for v in violations[:5])}")
    if len(document["organisations"]) > sandboxes.limit:
        count = len(document["organisations"])
        raise StateFileInvalid(f"{path}: has {count} organisations, more than the {sandboxes.limit} allowed")
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
    if not clock.frozen:
        try:
            clock.set(later(clock.now()), frozen=False)
        except OverflowError:
            place = f"/organisations/{sandbox.name}/clock/now"
            raise StateFileInvalid(f"{path}: {place} has run out of the years 1 to 9999 since /saved_at") from None


def _schema() -> Schema:
    saved_at = {"type": "string", "format": "date-time"}
    organisations = {"type": "object", "additionalProperties": control_schema("State")}
    return Schema(
        {
            "type": "object",
            "required": ["saved_at", "organisations"],
            "properties": {"saved_at": saved_at, "organisations": organisations},
        }
    )
