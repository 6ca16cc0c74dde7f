"""HTTP Archive 1.2 as JSON Schema, as far as every entry must be (http://www.softwareishard.com/blog/har-12-spec/)."""

from typing import Any

from jsonschema import Draft202012Validator

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": -1}
TIME = {"type": "number", "minimum": 0}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """Return the schema of an object with these members and, but for names that start with _, no others."""
    return {
        "type": "object",
        "required": [*required],
        "properties": required | optional | {"comment": TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def _array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


_PAIRS = _array(_object({"name": TEXT, "value": TEXT}))
_COOKIES = _array(_object({"name": TEXT, "value": TEXT}, path=TEXT, domain=TEXT, expires=TEXT))
_SIZES = {"headersSize": COUNT, "bodySize": COUNT}
_REQUEST = _object(
    {
        "method": {"type": "string", "pattern": "^[A-Z]+$"},
        "url": {"type": "string", "pattern": "^https?://[^/?#]+/[^#]*$"},
        "httpVersion": TEXT,
        "cookies": _COOKIES,
        "headers": _PAIRS,
        "queryString": _PAIRS,
        **_SIZES,
    },
    postData=_object({"mimeType": TEXT}, text=TEXT, params=_array({})),
)
_RESPONSE = _object(
    {
        "status": {"type": "integer", "minimum": 0, "maximum": 599},
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": _COOKIES,
        "headers": _PAIRS,
        "content": _object({"size": COUNT, "mimeType": TEXT}, text=TEXT, compression=COUNT, encoding=TEXT),
        "redirectURL": TEXT,
        **_SIZES,
    }
)
_ENTRY = _object(
    {
        "startedDateTime": {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
        },
        "time": TIME,
        "request": _REQUEST,
        "response": _RESPONSE,
        "cache": {"type": "object"},
        "timings": _object({"send": TIME, "wait": TIME, "receive": TIME}, blocked={}, dns={}, connect={}, ssl={}),
    },
    pageref=TEXT,
    serverIPAddress=TEXT,
    connection=TEXT,
)
_TOOL = _object({"name": TEXT, "version": TEXT})
_LOG = _object(
    {"version": {"const": "1.2"}, "creator": _TOOL, "entries": _array(_ENTRY)}, browser=_TOOL, pages=_array({})
)
HAR = Draft202012Validator(_object({"log": _LOG}))
