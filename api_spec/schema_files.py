"""The JSON Schemas of the project's own file formats, for editors and validators.

They are JSON Schema draft 7, which editors know best. `docs/schemas.py` makes them.
"""

from pathlib import Path

from api_spec.file import SPEC

_FOLDER = SPEC.parent / "schemas"
_ENDING = ".schema.json"


def schema_names() -> list[str]:
    """Return the names of the formats, such as `scenario`."""
    return sorted(path.name.removesuffix(_ENDING) for path in _FOLDER.glob(f"*{_ENDING}"))


def schema_file(name: str) -> Path:
    """Return where the schema of one of these formats lies. Raises ValueError for any other name."""
    if name not in schema_names():
        raise ValueError(f"no schema is called {name!r}; there are {', '.join(schema_names())}")
    return _FOLDER / f"{name}{_ENDING}"
