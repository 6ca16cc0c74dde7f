"""Secrets never leave the process: they are replaced by value, in every form in which an answer may repeat them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "[redacted]"

# Shorter values would hide half of every report, and are no secrets.
SHORTEST = 4


class Redactor:
    """Replaces the given secrets in any text or JSON-like value."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: tuple[str, ...] = ()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these from now on too."""
        forms = {form for secret in secrets for part in _parts(secret) for form in _forms(part)} | set(self._forms)
        # The longest first, so that no form is cut in two by a shorter one inside it.
        self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def text(self, text: str) -> str:
        """The text with no secret in it."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def value(self, value: Any) -> Any:
        """Return a copy of a JSON-like value with every string in it redacted, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value


def _parts(secret: str) -> set[str]:
    """The value itself; of `Bearer abc` also the token; of `Basic ...` also user:password and the password."""
    parts = {secret}
    scheme, _, token = secret.partition(" ")
    if token:
        parts.add(token.strip())
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(token.strip(), validate=True).decode("utf-8")
        except ValueError:
            plain = ""
        parts |= {plain, plain.partition(":")[2]}
    return {part for part in parts if len(part) >= SHORTEST}


def _forms(part: str) -> set[str]:
    raw = part.encode("utf-8")
    forms = {part, quote(part), quote(part, safe=""), quote_plus(part), json.dumps(part)[1:-1]}
    forms.add(json.dumps(part, ensure_ascii=False)[1:-1])
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(raw).decode("ascii")
        forms |= {encoded, encoded.rstrip("="), quote(encoded, safe="")}
    return forms
