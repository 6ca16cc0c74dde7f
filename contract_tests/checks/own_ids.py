"""Ids of ours put into the cases that Schemathesis generates, so that they reach our records and nobody else's."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from ..client.dialect import DATES
from ..instants import parse_instant
from ..safety.guard import leads_elsewhere
from ..safety.ownership import State
from ..spec import Spec
from .dialogue import Dialogue

REFERENCES = {"person_api_id": "<<person:1>>", "package_api_id": "<<package:1>>"}

KNOWN = ("api_id", *REFERENCES)

BLOCKED = re.compile("api|method", re.IGNORECASE)

ILLEGAL_TAIL = " "
"""Makes an id of ours one that no record may have, where the generated one was so."""

ILLEGAL_ID = "no api_id"
"""Read where the generated one, which no record may have, can't be sent safely."""


class IdForm:
    """The form that the spec gives an api_id (`components.schemas.ApiId.pattern`); any text where it gives none."""

    def __init__(self, spec: Spec) -> None:
        self._pattern = re.compile(spec.record_schema["properties"]["api_id"].get("pattern", ""))

    def fits(self, api_id: str) -> bool:
        """Whether a text is of this form. To Python `$` also stands before a last line feed; to JSON Schema not."""
        return bool(api_id) and not api_id.endswith("\n") and self._pattern.search(api_id) is not None


class OwnIds:
    """Puts ids into cases: of a record made for it, of new records, of the people and packages that are known."""

    def __init__(self, dialogue: Dialogue, record: Mapping[str, Any], *, malformed: bool) -> None:
        self._dialogue = dialogue
        self._malformed = malformed
        """Whether ids that no record may have go in too: taken all the same, they may have no address."""
        self._form = IdForm(dialogue.service.spec)
        self._new_record = {**REFERENCES, **record}
        """What a record is made of, but for its api_id."""
        self._record = ""
        """The concrete api_id of the record that was made last."""

    def put_in(self, case: Any) -> None:
        """Change a case of Schemathesis' in place. Raises SetupFailed where a record it needs can't be made."""
        if "api_id" in case.path_parameters:
            case.path_parameters["api_id"] = self._path_id(case)
        if isinstance(case.body, dict):
            case.body = self._own_body(case)
        elif not self._malformed and case.method in ("POST", "PUT", "PATCH"):
            case.body, case.media_type = self._plain({}, case.method), case.media_type or "application/json"

    # In the path

    def _path_id(self, case: Any) -> str:
        generated = str(case.path_parameters["api_id"])
        if self._dialogue.service.ledger.chosen(generated):
            return generated  # a link led from an answer to it
        negative = case.meta is not None and case.meta.generation.mode.is_negative
        if negative and not self._form.fits(generated) and not self._has_wrong_body(case):
            if case.method in ("GET", "HEAD"):
                return ILLEGAL_ID if leads_elsewhere(generated) else generated
            if self._malformed:
                return self._own_record(fresh=False) + ILLEGAL_TAIL
        return self._own_record(fresh=case.method == "DELETE")

    def _has_wrong_body(self, case: Any) -> bool:
        """Whether the body is what a service must refuse; beside a wrong path nobody could tell whether it does."""
        operation = self._dialogue.service.spec.operation(case.method, case.path)
        if operation is None or operation.body_validator is None:
            return False
        media_type = (case.headers or {}).get("Content-Type", case.media_type)
        return media_type not in operation.media_types or not _valid(operation.body_validator, case.body)

    def _own_record(self, *, fresh: bool) -> str:
        dialogue = self._dialogue
        if fresh or dialogue.service.ledger.state(self._record) is not State.MADE:
            made = dialogue.create({**self._new_record, "api_id": dialogue.new_id("st")})
            self._record = dialogue.symbols.plain(made)
        return self._record

    # In the body

    def _own_body(self, case: Any) -> dict[str, Any]:
        # Of unknown members only the JSON types matter; the guard would block an api_id, and another method.
        named = {name: value for name, value in case.body.items() if name in KNOWN or not BLOCKED.search(name)}
        mapped = {name: _harmless(value) for name, value in named.items()}
        if "api_id" in mapped or (self._malformed and case.method == "POST"):
            # What should be refused, and is made all the same, must be found again.
            mapped["api_id"] = self._own_id(mapped.get("api_id", self._new_id()), case)
        for name, symbol in REFERENCES.items():
            if isinstance(mapped.get(name), str):
                mapped[name] = self._dialogue.symbols.plain(symbol)
        return mapped if self._malformed else self._plain(mapped, case.method)

    def _plain(self, body: dict[str, Any], method: str) -> dict[str, Any]:
        """The body with its known members as the document draws them: a service that keeps any JSON shows it again."""
        needed = {name for name in REFERENCES if name in body or method in ("POST", "PUT")}
        odd = {name for name in DATES if not (body.get(name) is None or parse_instant(body[name]) is not None)}
        kept = {name: value for name, value in body.items() if name not in odd}
        return {**kept, **{name: self._dialogue.symbols.plain(REFERENCES[name]) for name in needed}}

    def _new_id(self) -> str:
        return self._dialogue.symbols.plain(self._dialogue.new_id("st"))

    def _own_id(self, value: Any, case: Any) -> Any:
        # A new record gets a new id and an update keeps its own: what became of any other may be unknown by now.
        own = case.path_parameters.get("api_id") or self._new_id()
        if not self._malformed or (isinstance(value, str) and self._form.fits(value)):
            return own
        if value == "" or value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return own + ILLEGAL_TAIL
        return self._dialogue.service.ledger.number if isinstance(value, (int, float)) else type(value)()


def _valid(validator: jsonschema_rs.Validator, body: Any) -> bool:
    try:
        return validator.is_valid(body)
    except (ValueError, TypeError):  # it is no JSON: nothing at all, bytes, half a character
        return False


def _harmless(value: Any) -> Any:
    """The value, or an empty one of its type where the guard would block a name in it."""
    inner = isinstance(value, (dict, list)) and BLOCKED.search(json.dumps(value)) is not None
    return type(value)() if inner else value
