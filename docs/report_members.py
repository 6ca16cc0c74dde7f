"""The members of report.json, as a JSON Schema: made from `contract_tests.result`, its classes and their docstrings."""

import ast
import inspect
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from contract_tests import result
from contract_tests.result import JSON_NAMES, NOT_IN_JSON, PASSED, CheckOutcome, Exit, Report, Verdict

Json = dict[str, Any]

_PLAIN: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def report_schema() -> Json:
    """Return the schema of report.json."""
    definitions: Json = {}
    schema = _object(Report, definitions)
    said = " ".join(f"{code.value}: {_line(_said()['Exit'][code.name])}" for code in Exit)
    exit_code = {"title": "exit_code", "description": said, "enum": [code.value for code in Exit]}
    schema["required"] = ["exit_code", *schema["required"]]
    schema["properties"] = {"exit_code": exit_code, **schema["properties"]}
    return {**schema, "definitions": dict(sorted(definitions.items()))}


def _object(cls: type[Any], definitions: Json) -> Json:
    hints, said = get_type_hints(cls), _said()[cls.__name__]
    properties = {}
    for name in (field.name for field in fields(cls) if field.name not in NOT_IN_JSON):
        schema = _of(hints[name], definitions)
        if "$ref" not in schema:
            schema = {"title": JSON_NAMES.get(name, name), "description": _line(said[name]), **schema}
        properties[JSON_NAMES.get(name, name)] = schema
    if cls is CheckOutcome:
        words = [PASSED if word == Verdict.KEPT else word for word in properties["verdict"]["enum"]]
        properties["verdict"] |= {"enum": words}
    return {
        "title": cls.__name__,
        "description": _line(inspect.getdoc(cls) or ""),
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _of(hint: Any, definitions: Json) -> Json:
    """The schema of a type; those of classes go into `definitions`."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    if origin is types.UnionType:
        return {"anyOf": [_of(argument, definitions) for argument in arguments]}
    if is_dataclass(hint) and isinstance(hint, type):
        definitions[hint.__name__] = {}
        definitions[hint.__name__] = _object(hint, definitions)
        return {"$ref": f"#/definitions/{hint.__name__}"}
    assert issubclass(hint, Enum)
    return {"enum": [member.value for member in hint]}


def _said() -> dict[str, dict[str, str]]:
    """The docstrings below the members of each class of the module."""
    module = ast.parse(inspect.getsource(result))
    return {node.name: _docstrings(node) for node in module.body if isinstance(node, ast.ClassDef)}


def _docstrings(cls: ast.ClassDef) -> dict[str, str]:
    found = {}
    for member, below in zip(cls.body, cls.body[1:], strict=False):
        match member, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = text
    return found


def _line(text: str) -> str:
    return " ".join(text.split())
