"""What every error answer must be."""

from pathlib import Path
from typing import Any, Protocol

import yaml
from openapi_schema_validator import OAS30Validator

from api_spec.references import dereferenced

SPEC = yaml.safe_load((Path(__file__).parents[2] / "spec" / "openapi.yaml").read_text("utf-8"))
PROBLEM = OAS30Validator(dereferenced(SPEC, SPEC["components"]["schemas"]["Problem"]))


class Answer(Protocol):
    """An answer, of whichever client."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Any: ...
    def json(self) -> Any: ...


def problem(answer: Answer, status: int) -> dict[str, Any]:
    """Return the problem of an error answer, which must have this status and keep to the schema Problem."""
    assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    document: dict[str, Any] = answer.json()
    PROBLEM.validate(document)
    assert status == document["status"]
    return document


def pointers(answer: Answer, status: int = 400) -> list[str]:
    """Return where the errors of a problem are, as `in` and `pointer`."""
    return [error["in"] + error["pointer"] for error in problem(answer, status)["errors"]]
