"""One parameter of an operation, in the path or in the query."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from mock_server.contract.schema import Schema, quote
from mock_server.organisation.errors import Violation

_INTEGER = re.compile("-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


class Parameter:
    """A parameter: how its text becomes a value, and what that value may be."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.name: str = definition["name"]
        self.part: str = definition["in"]
        self.use = f"{self.part}:{self.name}"
        self.required: bool = definition.get("required", False)
        self.has_default = "default" in definition["schema"]
        self.default = definition["schema"].get("default")
        self._type = definition["schema"].get("type", "string")
        self._schema = Schema(definition["schema"])

    def read(self, texts: list[str], values: dict[str, Any]) -> list[Violation]:
        """Put the value of the parameter, given in these texts, among `values`; return what is wrong with it."""
        if not texts:
            if self.has_default:
                values[self.name] = self.default
            return [self._violation("is required")] if self.required else []
        if len(texts) > 1:
            return [self._violation(f"must be given once, not {len(texts)} times")]
        value = self._decode(texts[0])
        if value is None:
            article = "an" if self._type[0] in "aeiou" else "a"
            return [self._violation(f"must be {article} {self._type}, not {quote(texts[0])}")]
        if not self._schema.is_valid(value):
            return list(self._schema.violations(self.part, value, f"/{self.name}"))
        values[self.name] = value
        return []

    def _decode(self, text: str) -> Any:
        """Return the value that the text stands for, or None if it is none of this parameter's type."""
        try:
            if self._type == "integer":
                return int(text) if _INTEGER.fullmatch(text) else None
            if self._type == "number":
                return float(text) if _NUMBER.fullmatch(text) else None
        except ValueError:  # more digits than Python reads into an int
            return None
        if self._type == "boolean":
            return {"true": True, "false": False}.get(text)
        return text

    def _violation(self, detail: str) -> Violation:
        return Violation(self.part, f"/{self.name}", detail)


def path_text(segment: str) -> str:
    """Return a segment of a path with its percent-encoding undone. Raises ValueError if that is not UTF-8."""
    return unquote_to_bytes(segment).decode() if "%" in segment else segment
