"""Names that stand twice in one object of a JSON text."""

import json
from typing import Any


def refuse_repeated_names(text: bytes) -> None:
    """Raise ValueError if a name stands twice in an object: RFC 8259, section 4, leaves open which one counts.

    `text` is JSON in UTF-8. orjson, which is faster and stricter in all else, takes it without a word. Raises
    RecursionError where it is nested too deeply.
    """
    _DECODER.decode(text.decode())


def _once_each(pairs: list[tuple[str, Any]]) -> None:
    names = set()
    for name, _ in pairs:
        if name in names:
            raise ValueError(f"the name {name!r} appears twice in one object")
        names.add(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_once_each)
