"""Requests as they are meant: steps, with symbols in place of whatever differs between runs and services."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

WALK = "WALK"

TOKEN = re.compile(r"<<([a-z]+(?::\d+)?)>>")


@dataclass(frozen=True)
class Step:
    """One request, with `<<symbols>>` for whatever differs between runs and services.

    The method WALK means: read the whole list page by page.
    """

    method: str
    target: str
    """Path and query below the base URL; everything but symbols is percent-encoded already."""
    body: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    names: str = ""
    """The symbol that the api_id of the answer gets, e.g. `made:1`."""
    must: str = ""
    """The rule that is broken if this is refused, as any service must take it; mostly none."""


@dataclass
class Symbols:
    """What the symbols of one dialogue stand for."""

    values: dict[str, str]

    def lack_any(self, text: str) -> bool:
        """Whether a symbol stands in the text that is not known, as its step was left out or failed."""
        return any(match[1] not in self.values for match in TOKEN.finditer(text))

    def in_target(self, text: str) -> str:
        """The text with values for symbols, percent-encoded."""
        return self._replace(text, lambda value: quote(value, safe="~"))

    def in_body(self, text: str) -> str:
        """The text with values for symbols, escaped as inside a JSON string."""
        return self._replace(text, lambda value: json.dumps(value)[1:-1])

    def plain(self, text: str) -> str:
        """The text with values for symbols, as they are."""
        return self._replace(text, str)

    def _replace(self, text: str, encode: Callable[[str], str]) -> str:
        return TOKEN.sub(lambda match: encode(self.values.get(match[1], match[0])), text)

    def symbolic(self, text: str) -> str:
        """The text with symbols for whatever of their values stands in it, longest value first."""
        for name, value in sorted(self.values.items(), key=lambda item: -len(item[1])):
            if name == "run" or text == value:
                text = text.replace(value, f"<<{name}>>")
        return text

    def symbolic_json(self, value: Any) -> Any:
        """A JSON value with symbols in every text of it."""
        if isinstance(value, str):
            return self.symbolic(value)
        if isinstance(value, int) and not isinstance(value, bool) and str(value) == self.values.get("number"):
            return value
        if isinstance(value, dict):
            return {key: self.symbolic_json(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.symbolic_json(item) for item in value]
        return value


def quoted(text: str) -> str:
    """Percent-encode for a target, leaving symbols alone."""
    parts: list[str] = []
    end = 0
    for match in TOKEN.finditer(text):
        parts += [quote(text[end : match.start()], safe="~"), match[0]]
        end = match.end()
    return "".join([*parts, quote(text[end:], safe="~")])


def query(parameters: Sequence[tuple[str, str]]) -> str:
    """A query string with its question mark; empty without parameters."""
    return "?" + "&".join(f"{quoted(name)}={quoted(value)}" for name, value in parameters) if parameters else ""
