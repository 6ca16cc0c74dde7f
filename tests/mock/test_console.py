"""Whatever has become of its two streams, the command serves, and ends as it should."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from mock_server.console import say

COMMAND = [sys.executable, "-m", "mock_server"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Wait until a server takes connections."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert process.poll() is None, "it has ended"
        else:
            return


STREAMS = [
    ">&-",
    "2>&-",
    ">&- 2>&-",
    "<&- >&- 2>&-",
    ">/dev/full",
    "2>/dev/full",
    ">/dev/full 2>&1",
]


@pytest.mark.parametrize("redirection", STREAMS)
def test_stream_that_takes_nothing_ends_nothing(http: requests.Session, tmp_path: Path, redirection: str) -> None:
    serves_and_ends(http, tmp_path, ["sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND])


@pytest.mark.parametrize("streams", [["stdout"], ["stderr"], ["stdout", "stderr"]], ids=" ".join)
def test_reader_who_has_gone_ends_nothing(http: requests.Session, tmp_path: Path, streams: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    serves_and_ends(http, tmp_path, COMMAND, **dict.fromkeys(streams, writer))
    os.close(writer)


def serves_and_ends(http: requests.Session, tmp_path: Path, command: list[str], **streams: int) -> None:
    """Let a server say something on each of its streams; it must serve, save, and end with 0."""
    port, state = free_port(), tmp_path / "state.json"
    options = ["--port", str(port), "--log-level", "info", "--state", str(state), "--max-organisations", "2"]
    with subprocess.Popen([*command, *options], **streams) as process:
        try:
            wait_for(process, port)
            for name in ("a", "b", "c"):
                answer = http.get(f"http://127.0.0.1:{port}/org/{name}/training/record/rec-0001/")
                assert answer.status_code == 200
            process.send_signal(signal.SIGUSR1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert state.stat().st_size > 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "utf-16"])
def test_what_the_encoding_lacks_is_escaped(tmp_path: Path, encoding: str) -> None:
    scenario = tmp_path / "日本 \N{FIRE}.yaml"
    scenario.write_text("people: []\n", "utf-8")
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    with subprocess.Popen(
        [*COMMAND, "--port", "0", "--scenario", str(scenario)], env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline() + (b"\0" if encoding == "utf-16" else b"")
        process.terminate()
        assert process.wait(60) == 0
    shown = "日本 \N{FIRE}" if encoding.startswith("utf") else r"\u65e5\u672c \U0001f525"
    assert f"scenario {shown}:" in ready.decode(encoding)


def test_name_that_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    scenario = tmp_path / os.fsdecode(b"\xff.yaml")
    scenario.write_text("people: []\n", "utf-8")
    with subprocess.Popen([*COMMAND, "--port", "0", "--scenario", scenario], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        process.terminate()
        assert process.wait(60) == 0
    assert rb"scenario \udcff:" in ready


def test_error_that_can_not_be_told_still_has_its_exit_code() -> None:
    for redirection in (">&- 2>&-", ">/dev/full 2>&1"):
        command = ["sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND, "--scenario", "nowhere"]
        assert subprocess.run(command, timeout=60).returncode == 2


def test_stream_that_was_closed_within_the_process_is_given_up() -> None:
    with open(os.devnull, "w", encoding="utf-8") as stream:
        pass
    say("nobody reads this", stream)
    say("nor this", None)


def test_log_has_warnings_on_standard_error_and_requests_on_standard_output(http: requests.Session) -> None:
    command = [*COMMAND, "--port", "0", "--log-level", "info", "--max-organisations", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        for name in ("a", "b"):
            http.get(f"{found[0]}/org/{name}/training/record/?search=%ed%a0%bd%0a")
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=60)
    assert [line.split('"')[0].split()[0] for line in printed.splitlines()] == ["INFO:"] * 2
    assert [line for line in errors.splitlines() if "organisation 'a' was dropped" in line]
