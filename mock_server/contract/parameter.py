"""One parameter of an operation, in the path or in the query."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from mock_server.contract.reading import Reading
from mock_server.contract.schema import Schema, quote
from mock_server.values.violation import Violation

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
        self._has_default = "default" in definition["schema"]
        self._default = definition["schema"].get("default")
        self._type = definition["schema"].get("type", "string")
        self._decoded: Callable[[str], Any] = _DECODERS.get(self._type, str)
        self._schema = Schema(definition["schema"])

    def read(self, texts: Sequence[str] | None, reading: Reading) -> None:
        """Add the parameter, given in these texts (None: not given), to what was found in a request."""
        if texts is None:
            self._read_none(reading)
            return
        value = self._decoded(texts[0])
        if not all(map(_is_text, texts)):
            self._refuse("is not UTF-8 in percent-encoding", reading)
        elif len(texts) > 1:
            self._refuse(f"must be given once, not {len(texts)} times", reading)
        elif value is None:
            article = "an" if self._type[0] in "aeiou" else "a"
            self._refuse(f"must be {article} {self._type}, not {quote(texts[0])}", reading)
        elif not self._schema.is_valid(value):
            reading.violations.add(self._schema.violations(self.part, value, f"/{self.name}"))
        else:
            reading.arguments[self.name] = value

    def _read_none(self, reading: Reading) -> None:
        if self._has_default:
            reading.arguments[self.name] = self._default
        if self.required:
            self._refuse("is required", reading)

    def _refuse(self, detail: str, reading: Reading) -> None:
        reading.violations.add([Violation(self.part, f"/{self.name}", detail)])


def path_text(segment: str) -> str:
    """Return a segment of a path with its percent-encoding undone; bytes that are not UTF-8 are lone surrogates.

    No parameter of a contract may have these; `Parameter.read` says so.
    """
    return unquote_to_bytes(segment).decode("utf-8", "surrogateescape") if "%" in segment else segment


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
