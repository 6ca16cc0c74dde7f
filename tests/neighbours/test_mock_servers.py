"""Mock servers of others, fed with the spec, answer records that make sense."""

import contextlib
import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests

from api_spec.effective import read_spec
from api_spec.json_schema import json_schema
from api_spec.references import dereferenced
from mock_server import MockServer

from .conftest import kill, started
from .section import bash, prepare, section

SPEC = read_spec()
SHOWN_PORT = "4010"
# What each writes when it listens.
READY = {"Prism": "is listening", "Scalar mock server": "listening on", "Mockoon": "Server started"}
ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}


def free_port() -> str:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])


@contextlib.contextmanager
def serving(tool: str, folder: Path) -> Iterator[str]:
    """Start a mock server as the page says, but on a port that is free; give its URL when it listens."""
    port = free_port()
    with MockServer() as server:
        text = section("neighbours.md", tool).replace(SHOWN_PORT, port)
        (script,) = prepare(text, folder, server.url)
        with started(*bash(script + " 2>&1"), folder=folder) as process:
            await_ready(process, READY[tool])
            yield f"http://127.0.0.1:{port}"


def await_ready(process: "subprocess.Popen[str]", ready: str) -> None:
    """Read what a process writes until it says that it is ready; fail if it ends before, or is not within a minute."""
    watch = threading.Timer(60, kill, [process])
    watch.start()
    output = ""
    for line in process.stdout or ():
        output += line
        if ready in line:
            break
    watch.cancel()
    assert ready in output, output


def schema(name: str) -> jsonschema_rs.Draft4Validator:
    whole = json_schema(dereferenced(SPEC, SPEC["components"]["schemas"][name]))
    return jsonschema_rs.Draft4Validator(whole, validate_formats=True)


def assert_makes_sense(record: dict[str, Any]) -> None:
    """Hold a record against its schema, and its ids against the form that all those of the examples have."""
    schema("TrainingRecord").validate(record)
    assert re.fullmatch(r"rec-[\w-]+", record["api_id"])
    assert re.fullmatch(r"usr-[\w-]+", record["person_api_id"])
    assert re.fullmatch(r"pkg-[\w-]+", record["package_api_id"])
    assert ": " in record["package_desc"]


@pytest.mark.parametrize("tool", READY)
def test_records_make_sense(
    tool: str, tmp_path: Path, node_modules: Callable[[str], Path], http: requests.Session
) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules("mock_servers"))
    with serving(tool, tmp_path) as url:
        listed = http.get(f"{url}/training/record/?limit=2", timeout=30)
        read = http.get(f"{url}/training/record/rec-0003/", timeout=30)
        created = http.post(f"{url}/training/record/", json=ASSIGNED, timeout=30)
    assert [answer.status_code for answer in (listed, read, created)] == [200, 200, 201]
    schema("RecordList").validate(listed.json())
    assert listed.json()["results"]
    for record in [*listed.json()["results"], read.json(), created.json()]:
        assert_makes_sense(record)
