"""What the command answers to the shell: 0 kept, 1 broken, 2 usage, 3 could not run; never a traceback."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
import requests

from contract_tests.command import main
from contract_tests.options import OPTIONS
from contract_tests.result import Exit
from mock_server import MockServer

from .fake_service import fake_service


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["ftp://127.0.0.1"],
        ["127.0.0.1:8080"],
        ["http://127.0.0.1:port"],
        ["http://127.0.0.1:1", "--header", "no colon"],
        ["http://127.0.0.1:1", "--header", "Host: elsewhere"],
        ["http://127.0.0.1:1", "--header", "Content-Type: text/plain"],
        ["http://127.0.0.1:1", "--header", "X-HTTP-Method-Override: DELETE"],
        ["http://127.0.0.1:1", "--report-dir", __file__],
        ["http://127.0.0.1:1", "--basis", "some"],
        ["http://127.0.0.1:1", "--rate", "0"],
        ["http://127.0.0.1:1", "--rate", "fast"],
        ["http://127.0.0.1:1", "--max-requests", "0"],
        ["--overlay", "other.yaml"],
        ["http://127.0.0.1:1", "--overlay", "no-such-file.yaml"],
        ["http://example.com"],
        ["replay", "no-such-file.json", "http://127.0.0.1:1"],
        ["replay"],
        ["cleanup", "no-such-file.jsonl"],
    ],
)
def test_usage_errors_are_2(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == Exit.USAGE
    shown = capfd.readouterr().err
    assert shown
    assert "Traceback" not in shown


def test_a_host_that_is_not_this_machine_needs_allow_writes(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["http://api.example.com"]) == Exit.USAGE
    assert "--allow-writes" in capfd.readouterr().err


def shown_options(capfd: pytest.CaptureFixture[str]) -> set[str]:
    return set(re.findall(r"^  (?:-h, )?(--[\w-]+)", capfd.readouterr().out, re.MULTILINE))


def test_help_shows_twelve_options_at_most_and_help_all_the_rest(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == Exit.KEPT
    common = shown_options(capfd)
    assert len(common) <= 12
    assert "--read-only" in common
    assert main(["--help-all"]) == Exit.KEPT
    assert shown_options(capfd) == common | {option.flag for option in OPTIONS}


def test_version_is_that_of_the_project(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == Exit.KEPT
    assert capfd.readouterr().out == f"training-contract {version('training-record-api')}\n"


def test_an_unreachable_service_is_3_within_10_seconds(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)  # takes the connection, and never answers
        begun = time.monotonic()
        assert main([f"http://127.0.0.1:{silent.getsockname()[1]}"]) == Exit.COULD_NOT_RUN
        assert time.monotonic() - begun < 10
    assert main(["http://127.0.0.1:1"]) == Exit.COULD_NOT_RUN
    shown = capfd.readouterr()
    assert "does not answer" in shown.out + shown.err
    assert "Traceback" not in shown.out + shown.err


@pytest.mark.parametrize("status", [401, 403, 301, 404])
def test_a_service_that_lets_nobody_in_is_3(status: int, capfd: pytest.CaptureFixture[str]) -> None:
    with fake_service() as fake:
        fake.answer = lambda *_: (status, {"Location": "/elsewhere"}, b"")
        assert main([fake.url]) == Exit.COULD_NOT_RUN
    shown = capfd.readouterr()
    assert str(status) in shown.out + shown.err or status in (301, 404)


def test_writing_refused_is_3_and_says_what_to_pass(capfd: pytest.CaptureFixture[str]) -> None:
    with fake_service("rec-1") as fake:
        fake.answer = lambda m, t, _, b: (403, {}, b"") if m == "POST" else fake.act(m, t, b)
        assert main([fake.url]) == Exit.COULD_NOT_RUN
    shown = capfd.readouterr()
    assert "--read-only" in shown.out + shown.err


def test_nobody_to_refer_to_is_3_and_says_what_to_pass(capfd: pytest.CaptureFixture[str]) -> None:
    with fake_service() as fake:
        assert main([fake.url]) == Exit.COULD_NOT_RUN
        assert [method for method, _, _ in fake.requests if method != "GET"] == []
    shown = capfd.readouterr()
    assert "--person-api-id" in shown.out + shown.err


def test_a_person_that_nobody_is_is_3_and_breaks_no_rule(capfd: pytest.CaptureFixture[str]) -> None:
    with MockServer(scenario="default") as server:
        assert main([server.url, "--person-api-id", "usr-nobody"]) == Exit.COULD_NOT_RUN
        assert requests.get(f"{server.url}/training/record/").json()["count"] == 60
    shown = capfd.readouterr()
    assert "usr-nobody" in shown.err
    assert "broken" not in shown.out + shown.err


def test_a_service_that_wants_to_be_left_alone_is_3_and_says_what_to_pass(capfd: pytest.CaptureFixture[str]) -> None:
    with fake_service("rec-1") as fake:
        fake.answer = lambda m, t, _, b: (429, {"Retry-After": "0"}, b"") if m == "POST" else fake.act(m, t, b)
        assert main([fake.url]) == Exit.COULD_NOT_RUN
        assert len(fake.requests) < 30
    shown = capfd.readouterr()
    assert "429" in shown.err
    assert "--rate" in shown.err


@pytest.mark.parametrize(
    ("removed", "lacks"),
    [
        ("$.paths", "paths"),
        ("$.components.schemas.TrainingRecord.properties", "properties"),
        ("$.paths['/training/record/'].get", "list_records"),
    ],
)
def test_an_overlay_that_leaves_no_spec_is_2(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], removed: str, lacks: str
) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(json.dumps({"overlay": "1.0.0", "actions": [{"target": removed, "remove": True}]}), "utf-8")
    assert main(["http://127.0.0.1:1", "--overlay", str(overlay)]) == Exit.USAGE
    shown = capfd.readouterr().err
    assert lacks in shown
    assert str(overlay) in shown


def test_a_run_writes_nothing_into_the_current_folder(tmp_path: Path) -> None:
    with MockServer(scenario="default") as server:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-m", "contract_tests", server.url, "--basis", "documented"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120)
    assert done.returncode == Exit.KEPT
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_run_sends_only_gets() -> None:
    with fake_service("rec-1", "rec-2") as fake:
        main([fake.url, "--read-only"])
        assert {method for method, _, _ in fake.requests} == {"GET"}
