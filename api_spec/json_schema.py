"""Schemas of OpenAPI 3.0 as JSON Schema."""

from collections.abc import Mapping
from typing import Any


def json_schema(schema: Any) -> Any:
    """Return a schema of OpenAPI 3.0, its references followed already, as one of JSON Schema draft 4.

    The two differ in `nullable`, which draft 4 writes as one more type. What draft 4 does not know (`example`,
    `x-...`) it ignores. Source: OpenAPI 3.0.3, "Schema Object".
    """
    if isinstance(schema, list):
        return [json_schema(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    # Connexion hangs all components below each body's schema; no schema refers to them any more.
    translated = {key: json_schema(value) for key, value in schema.items() if key not in ("nullable", "components")}
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        translated["type"] = [schema["type"], "null"]
        if "enum" in schema:
            translated["enum"] = [*translated["enum"], None]
    return translated
