"""The API on Express, in a process of its own; `express/server.js` is all of it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests

from .directory import PACKAGES, PEOPLE, assignments
from .habit import framework
from .hosting import Honest

FOLDER = Path(__file__).parent / "express"


def seed() -> str:
    """Return what other people have, as JSON."""
    records = []
    for number, given in enumerate(assignments()):
        records.append(
            {
                "api_id": str(UUID(int=number * 2654435761 % 2**64, version=4)),
                "person_api_id": given.person,
                "package_api_id": given.package,
                "date_assigned": _written(given.assigned),
                "date_started": _written(given.started),
                "date_completed": _written(given.completed),
            }
        )
    packages = {api_id: {"name": name, "description": text} for api_id, (name, text) in PACKAGES.items()}
    return json.dumps({"people": PEOPLE, "packages": packages, "records": records})


def _written(instant: Any) -> Any:
    return instant and instant.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


@contextmanager
def running(*words: str) -> Iterator[Honest]:
    """Start it; the test is skipped where Node.js or its packages are not there."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "express").exists():
        pytest.skip(f"Express is not installed: npm ci --prefix {FOLDER.relative_to(Path(__file__).parents[2])}")
    command = [node, str(FOLDER / "server.js"), seed(), *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port, owner = process.stdout.readline().split()

            def seen(what: str) -> list[str]:
                with requests.Session() as session:
                    session.trust_env = False
                    told: list[str] = session.get(f"http://127.0.0.1:{owner}/", timeout=10).json()[what]
                return told

            yield Honest(f"http://127.0.0.1:{port}", lambda: seen("left"), lambda: seen("harmed"))
        finally:
            process.stdin.close()
            process.wait(10)


@framework("Express without validation, which keeps any JSON")
@contextmanager
def without_validation() -> Iterator[Honest]:
    with running() as honest:
        yield honest


@framework("Express with a little validation")
@contextmanager
def with_validation() -> Iterator[Honest]:
    with running("strict") as honest:
        yield honest
