"""All organisations in a file, from one run of the server to the next."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from api_spec.file import read_yaml
from api_spec.references import dereferenced
from mock_server.bundled import CONTROL
from mock_server.contract.schema import Schema
from mock_server.organisation import instant
from mock_server.organisation.errors import ScenarioInvalid
from mock_server.organisation.organisation import Organisation
from mock_server.organisation.organisations import NAME, Organisations
from mock_server.organisation.state import dump, load


class StateFileInvalid(Exception):
    """A file that holds no state; the message names the file and the places."""


def save(path: Path, organisations: Organisations, now: datetime) -> None:
    """Write the state of all organisations: the whole file, or none of it. Raises OSError."""
    document = {
        "saved_at": instant.render(now),
        "organisations": {organisation.name: dump(organisation) for organisation in organisations},
    }
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def restore(path: Path, organisations: Organisations, now: datetime) -> None:
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
    if len(document["organisations"]) > organisations.limit:
        count = len(document["organisations"])
        raise StateFileInvalid(f"{path}: has {count} organisations, more than the {organisations.limit} that may live")
    for name in document["organisations"]:
        if not NAME.fullmatch(name):
            raise StateFileInvalid(f"{path}: /organisations has {name!r}, which can name none: {NAME.pattern}")
    away = now - instant.parse(document["saved_at"])
    for name, state in document["organisations"].items():
        _restore_one(path, organisations[name], state, lambda at: at + away)


def _restore_one(path: Path, organisation: Organisation, state: Any, later: Callable[[datetime], datetime]) -> None:
    try:
        load(organisation, state)
    except ScenarioInvalid as error:
        places = "; ".join(f"/organisations/{organisation.name}{v.pointer} {v.detail}" for v in error.violations[:5])
        raise StateFileInvalid(f"{path}: {places}") from None
    if not organisation.clock.frozen:
        try:
            organisation.clock.set(later(organisation.clock.now()), frozen=False)
        except OverflowError:
            place = f"/organisations/{organisation.name}/clock/now"
            raise StateFileInvalid(f"{path}: {place} has run out of the years 1 to 9999 since /saved_at") from None


def _schema() -> Schema:
    state = dereferenced(read_yaml(CONTROL))["components"]["schemas"]["State"]
    return Schema(
        {
            "type": "object",
            "required": ["saved_at", "organisations"],
            "properties": {
                "saved_at": {"type": "string", "format": "date-time"},
                "organisations": {"type": "object", "additionalProperties": state},
            },
        }
    )
