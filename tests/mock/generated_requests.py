"""Requests that Schemathesis makes of the spec, the same ones in each run."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from api_spec.effective import read_spec

from .asked import Asked

SERVER = "http://127.0.0.1:8080"
EXAMPLES = 40
PER_OPERATION = 17
ALL = 200
KNOWN = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}


def generated_requests() -> list[Asked]:
    """Return 200 distinct requests, the same ones whatever tests ran before.

    A process of their own makes them: what Schemathesis and Hypothesis generate depends on the formats that were
    registered and on the modules that were imported.
    """
    command = [sys.executable, "-m", __name__]
    made = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, check=True).stdout
    requests_made: list[Asked] = pickle.loads(made)
    return requests_made


def _generated(spec: dict[str, Any]) -> Iterator[Asked]:
    """Yield distinct requests to every operation, as many that keep to the spec as such that break it."""
    config = schemathesis.Config.from_dict({"base-url": SERVER, "generation": {"database": "none"}})
    schema = schemathesis.openapi.from_dict(spec, config=config)
    for item in spec["paths"].values():
        for described in item.values():
            if "operationId" not in described:
                continue
            operation = schema.find_operation_by_id(described["operationId"])
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                yield from islice(dict.fromkeys(_cases(operation, mode)), PER_OPERATION)


def _cases(operation: Any, mode: GenerationMode) -> list[Asked]:
    cases = []

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def make(case: Any) -> None:
        if mode.is_positive:
            _speak_of_what_is_there(case)
        cases.append(_asked(requests.Request(**case.as_transport_kwargs()).prepare()))

    make()
    return cases


def _speak_of_what_is_there(case: Any) -> None:
    """Put a record, a person and a package of the default scenario into a case that has a body."""
    if isinstance(case.body, dict):
        case.path_parameters = dict.fromkeys(case.path_parameters, "rec-0003")
        case.body |= {name: value for name, value in KNOWN.items() if name in case.body}


def _asked(prepared: requests.PreparedRequest) -> Asked:
    assert prepared.method is not None
    body = prepared.body
    chunks = () if body is None else (body.encode() if isinstance(body, str) else body,)
    content_type = prepared.headers.get("content-type")
    headers = (("content-type", content_type),) if content_type else ()
    return Asked(prepared.method, prepared.path_url, headers, chunks)


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps([*islice(dict.fromkeys(_generated(read_spec())), ALL)]))
