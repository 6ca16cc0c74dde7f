"""The command: what it prints, and how it ends."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest
import requests

from mock_server.command import main

COMMAND = [sys.executable, "-m", "mock_server"]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """Run the command, which is to end by itself."""
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60)


def ended(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[object, str, str]:
    """Call the command, which is to end by itself; return the exit status and what was printed, to each stream."""
    try:
        status: object = main(options)
    except SystemExit as end:
        status = end.code
    return status, *capsys.readouterr()


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run the command; give the process, its ready line and its URL."""
    command = [*COMMAND, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ready = process.stdout.readline()
            url = re.search(r"http://\S+", ready)
            assert url is not None, ready
            yield process, ready, url[0]
        finally:
            process.kill()


def interrupt(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Press Ctrl-C; return the exit status and what was printed from then on."""
    process.send_signal(signal.SIGINT)
    printed, errors = process.communicate(timeout=60)
    return process.returncode, printed, errors


def test_ready_line_names_url_scenario_counts_and_docs() -> None:
    with serving("--scenario", "empty") as (_, ready, url):
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+", url)
        assert [part for part in ("scenario empty", "2 people", "2 packages", "0 records") if part not in ready] == []
        assert f"{url}/docs/" in ready
        assert requests.get(f"{url}/training/record/").json()["count"] == 0


def test_interrupt_ends_it_quietly(http: requests.Session) -> None:
    with serving() as (process, _, url):
        http.get(f"{url}/training/record/")
        assert interrupt(process) == (0, "", "")


def test_interrupt_ends_it_quietly_though_clients_are_half_way() -> None:
    with serving() as (process, _, url):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as idle, socket.create_connection((host, int(port))) as half:
            idle.sendall(b"GET /training/record/?limit=1 HTTP/1.1\r\nHost: mock\r\n\r\n")
            assert idle.recv(12) == b"HTTP/1.1 200"
            half.sendall(b"POST /training/record/ HTTP/1.1\r\nHost: mock\r\nContent-Type: application/json\r\n")
            half.sendall(b"Content-Length: 10\r\nExpect: 100-continue\r\n\r\n")
            assert half.recv(12) == b"HTTP/1.1 100"
            assert interrupt(process) == (0, "", "")


def test_options_reach_the_server(http: requests.Session) -> None:
    options = ("--max-body", "10", "--proxy-headers", "--cors-origin", "https://a.example", "--seed", "9")
    with serving(*options) as (_, _, url):
        body = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
        assert http.post(f"{url}/training/record/", json=body).status_code == 413
        headers = {"X-Forwarded-Host": "b.example", "Origin": "https://c.example"}
        answer = http.get(f"{url}/training/record/?limit=1", headers=headers)
        assert answer.json()["next"].startswith("http://b.example/")
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_log_level_info_prints_a_line_for_each_request(http: requests.Session) -> None:
    with serving("--log-level", "info") as (process, _, url):
        http.get(f"{url}/training/record/?search=needle")
        _, printed, errors = interrupt(process)
        assert "search=needle" in printed + errors


def test_taken_port_is_one_line_and_exit_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert f"127.0.0.1:{port}" in done.stderr


def test_host_that_is_not_here_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    status, printed, errors = ended(capsys, "--port", "0", "--host", "203.0.113.1")
    assert (status, printed, len(errors.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("option", ["--state", "--coverage-report"])
def test_file_that_could_not_be_written_at_the_end_is_one_line_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    for file in (tmp_path / "nowhere" / "file.json", tmp_path):
        status, printed, errors = ended(capsys, "--port", "0", option, str(file))
        assert (status, printed, len(errors.splitlines())) == (2, "", 1)
        assert errors.startswith(f"training-mock: {file}: ")


def test_ready_line_counts_what_a_state_file_holds(http: requests.Session, tmp_path: Path) -> None:
    options = ("--scenario", "default", "--state", str(tmp_path / "state.json"))
    with serving(*options) as (process, _, url):
        http.delete(f"{url}/training/record/rec-0001/").raise_for_status()
        interrupt(process)
    with serving(*options) as (_, ready, _):
        assert "59 records" in ready


@pytest.mark.parametrize(
    "options",
    [
        ["--cors-origin", "https://app.example/"],
        ["--cors-origin", "app.example"],
        ["--cors-origin", "https://*.app.example"],
        ["--cors-origin", "https://me@app.example"],
        ["--cors-origin", "https://m\xfcnchen.example"],
        ["--port", "abc"],
        ["--port", "65536"],
        ["--max-organisations", "1"],
        ["--max-body", "0"],
        ["--log-level", "loud"],
        ["--no-such-option"],
        ["scenario.yaml"],
        ["--scenario"],
    ],
    ids=" ".join,
)
def test_bad_option_is_told_and_exit_2(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, printed, errors = ended(capsys, *options)
    assert (status, printed) == (2, "")
    assert errors.startswith("usage: training-mock")
    assert options[0] in errors.splitlines()[-1]


def options_in(help_text: str) -> list[str]:
    return re.findall(r"^  (?:-h, )?(--[\w-]+)", help_text, re.MULTILINE)


def test_help_shows_at_most_12_options_and_help_all_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    status, short, errors = ended(capsys, "--help")
    assert (status, errors) == (0, "")
    assert "default 8080" in short
    assert len(options_in(short)) <= 12
    status, whole, errors = ended(capsys, "--help-all")
    assert (status, errors) == (0, "")
    rare = {
        "--max-organisations",
        "--max-records",
        "--journal-bytes",
        "--max-body",
        "--proxy-headers",
        "--coverage-report",
        "--control-token",
        "--open-control",
        "--allowed-host",
    }
    assert {*options_in(whole)} == {*options_in(short)} | rare


def test_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(capsys, "--version") == (0, f"training-mock {version('training-record-api')}\n", "")
