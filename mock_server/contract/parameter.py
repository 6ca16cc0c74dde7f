"""One parameter of an operation, in the path or in the query."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from mock_server.contract.schema import Schema, quote
from mock_server.organisation.errors import Violation

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def _integer(text: str) -> int | None:
    try:
        return int(text) if text.isascii() and text.removeprefix("-").isdigit() else None
    except ValueError:  # more digits than Python reads into an int
        return None


_DECODERS: Mapping[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": lambda text: float(text) if _NUMBER.fullmatch(text) else None,
    "boolean": {"true": True, "false": False}.get,
}
"""From a text to the value that it stands for, None if it is none of this type; a string stands for itself."""


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
        self._decoded: Callable[[str], Any] = _DECODERS.get(self._type, str)
        self._schema = Schema(definition["schema"])

    def absent(self, values: dict[str, Any]) -> Sequence[Violation]:
        """Put the default of the parameter, if it has one, among `values`; return what is wrong with leaving it out."""
        if self.has_default:
            values[self.name] = self.default
        return [self._violation("is required")] if self.required else ()

    def read(self, texts: Sequence[str], values: dict[str, Any]) -> Sequence[Violation]:
        """Put the value of the parameter, given in these texts, among `values`; return what is wrong with it."""
        if len(texts) > 1:
            return [self._violation(f"must be given once, not {len(texts)} times")]
        value = self._decoded(texts[0])
        if value is None:
            article = "an" if self._type[0] in "aeiou" else "a"
            return [self._violation(f"must be {article} {self._type}, not {quote(texts[0])}")]
        if not self._schema.is_valid(value):
            return list(self._schema.violations(self.part, value, f"/{self.name}"))
        values[self.name] = value
        return ()

    def _violation(self, detail: str) -> Violation:
        return Violation(self.part, f"/{self.name}", detail)


def path_text(segment: str) -> str:
    """Return a segment of a path with its percent-encoding undone. Raises ValueError if that is not UTF-8."""
    return unquote_to_bytes(segment).decode() if "%" in segment else segment
