"""The contract as the kit reads it: rules, paths, success statuses and the list's envelope, all from the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs

from api_spec.effective import read_spec
from api_spec.file import SPEC, SpecError
from api_spec.json_schema import json_schema
from api_spec.parameters import distinct
from api_spec.provenance import METHODS, Rule, rules
from api_spec.references import dereferenced

from .result import SpecInfo


@dataclass(frozen=True)
class Response:
    """What the spec says about one status of one operation."""

    status: str
    schemas: Mapping[str, dict[str, Any]]
    """JSON Schema by media type; empty when the answer has no body."""

    @cached_property
    def validators(self) -> Mapping[str, jsonschema_rs.Validator]:
        """What validates an answer, by media type."""
        return {
            media_type: jsonschema_rs.Draft4Validator(schema, validate_formats=True)
            for media_type, schema in self.schemas.items()
        }


@dataclass(frozen=True)
class Operation:
    """One operation of the spec."""

    id: str
    method: str
    """Upper case."""
    path: str
    responses: Mapping[str, Response]
    parameters: tuple[str, ...]
    """Names of the query parameters."""
    body: tuple[str, ...]
    """Names of the properties of the request body."""
    body_schema: Mapping[str, Any] | None
    """JSON Schema of the request body, None when there is none."""
    media_types: tuple[str, ...]
    """Media types that a request body may have."""

    @cached_property
    def body_validator(self) -> jsonschema_rs.Validator | None:
        """What validates a request body; None when there is none."""
        if self.body_schema is None:
            return None
        return jsonschema_rs.Draft4Validator(dict(self.body_schema), validate_formats=True)

    @property
    def success(self) -> frozenset[int]:
        """The statuses of success that the spec lists."""
        return frozenset(int(status) for status in self.responses if status.startswith("2") and status.isdigit())


class Spec:
    """The effective spec: the file with its overlays applied. Raises SpecError where a reference can't be followed."""

    def __init__(self, document: dict[str, Any], file: str, overlays: Sequence[str] = ()) -> None:
        self.document = document
        self._followed: dict[str, Any] = dereferenced(document)
        self.file = file
        self.overlays = tuple(overlays)

    @property
    def info(self) -> SpecInfo:
        """What a report says about the spec."""
        info = self.document.get("info", {})
        return SpecInfo(str(info.get("title", "")), str(info.get("version", "")), self.file, self.overlays)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, those of the whole API first, in the order of the file."""
        return tuple(rules(self.document))

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """Every operation by its operationId."""
        return {raw["operationId"]: self._operation(path, method, raw) for path, method, raw in self._operations()}

    @property
    def collection(self) -> str:
        """The path of the list, e.g. `/training/record/`."""
        return self.operations["list_records"].path

    @property
    def record(self) -> str:
        """The path of one record, with a parameter in braces, e.g. `/training/record/{api_id}/`."""
        return self.operations["get_record"].path

    def methods(self, path: str) -> frozenset[str]:
        """The methods that a path of the spec lists, upper case."""
        return frozenset(operation.method for operation in self.operations.values() if operation.path == path)

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation of a method, upper case, at a path of the spec; None when it lists none."""
        return next((op for op in self.operations.values() if op.method == method and op.path == path), None)

    @cached_property
    def list_property(self) -> str | None:
        """The property of the list's answer that holds the records; None when the answer is the bare array."""
        operation = self.operations["list_records"]
        for status in sorted(operation.success):
            for schema in operation.responses[str(status)].schemas.values():
                found = _array_of(schema)
                if found is not None:
                    return found or None
        raise SpecError(f"{self.file}: the answer of list_records holds no array of records")

    @cached_property
    def record_schema(self) -> dict[str, Any]:
        """The JSON Schema of a record."""
        schema: dict[str, Any] = json_schema(self._followed["components"]["schemas"]["TrainingRecord"])
        return schema

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a record as it is returned."""
        return tuple(self.record_schema["properties"])

    def _operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, item in self._followed["paths"].items():
            for method in METHODS:
                if method in item:
                    parameters = distinct([*item[method].get("parameters", ()), *item.get("parameters", ())])
                    yield path, method.upper(), item[method] | {"parameters": parameters}

    def _operation(self, path: str, method: str, raw: dict[str, Any]) -> Operation:
        content = raw.get("requestBody", {}).get("content", {})
        schemas = [json_schema(media.get("schema", {})) for media in content.values()]
        properties = [name for schema in schemas for name in schema.get("properties", {})]
        responses = {
            str(status): Response(
                str(status),
                {
                    media_type.split(";")[0].strip().lower(): json_schema(media.get("schema", {}))
                    for media_type, media in response.get("content", {}).items()
                },
            )
            for status, response in raw["responses"].items()
        }
        parameters = tuple(p["name"] for p in raw["parameters"] if p["in"] == "query")
        return Operation(
            raw["operationId"],
            method,
            path,
            responses,
            parameters,
            tuple(dict.fromkeys(properties)),
            schemas[0] if schemas else None,
            tuple(content),
        )


def load_spec(overlays: Sequence[Path] = (), file: Path = SPEC) -> Spec:
    """Return the effective spec. Raises SpecError when the file or an overlay can't be used."""
    where = " with ".join([str(file), *map(str, overlays)])
    try:
        spec = Spec(read_spec(overlays, file), file.name, [path.name for path in overlays])
        _ = (spec.rules, spec.operations, spec.list_property, spec.fields, spec.record)
    except KeyError as exc:  # a broken spec is refused here, not in mid-run
        raise SpecError(f"{where} lacks {exc}") from exc
    except (AttributeError, TypeError) as exc:
        raise SpecError(f"{where} is not a usable spec: {exc}") from exc
    return spec


def _array_of(schema: Mapping[str, Any]) -> str | None:
    """The name of the property that is an array; "" when the schema itself is one, None when there is none."""
    if schema.get("type") == "array":
        return ""
    properties: Mapping[str, Any] = schema.get("properties", {})
    return next((name for name, value in properties.items() if value.get("type") == "array"), None)
