"""Whatever has become of its two streams, the command serves, and ends as it should."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from mock_server.console import Console

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
    for console in (Console(stream, stream), Console(None, None)):
        console.out.say("nobody reads this")
        console.tell("nor this")
        console.finish()


def full(reader: int, writer: int) -> tuple[int, int]:
    """Fill what nobody reads, but for a few bytes."""
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"\n")
    os.set_blocking(writer, True)
    os.read(reader, 20)
    return reader, writer


def stopped_terminal() -> tuple[int, int]:
    """A terminal after Ctrl-S."""
    shown, written = os.openpty()
    os.write(shown, b"\x13")
    return shown, written


UNREAD: dict[str, Callable[[], tuple[int, int]]] = {
    "pipe": lambda: full(*os.pipe()),
    "terminal": lambda: full(*os.openpty()),
    "terminal after Ctrl-S": stopped_terminal,
}


@pytest.mark.parametrize("streams", [["stdout"], ["stderr"], ["stdout", "stderr"]], ids=" ".join)
@pytest.mark.parametrize("unread", UNREAD)
def test_reader_who_does_not_read_holds_nothing_up(
    http: requests.Session, tmp_path: Path, unread: str, streams: list[str]
) -> None:
    reader, writer = UNREAD[unread]()
    serves_and_ends(http, tmp_path, COMMAND, **dict.fromkeys(streams, writer))
    os.close(reader)
    os.close(writer)


def test_lines_for_one_reader_come_whole_and_in_their_order_whatever_stream_they_were_written_to() -> None:
    reader, writer = os.pipe()
    with open(writer, "w", encoding="utf-8") as out, open(os.dup(writer), "w", encoding="utf-8") as err:
        console = Console(out, err)
        expected = [f"{number} {'x' * number}" for number in range(1000)]
        with ThreadPoolExecutor(1) as pool, open(reader, encoding="utf-8") as read:
            found = pool.submit(lambda: [read.readline().rstrip("\n") for _ in expected])
            for number, line in enumerate(expected):
                (console.err if number % 3 else console.out).say(line)
            console.finish()
            assert found.result(60) == expected


def test_terminal_that_goes_on_shows_whole_lines_again() -> None:
    shown, written = stopped_terminal()
    with subprocess.Popen([*COMMAND, "--port", "0"], stdout=written) as process:
        os.write(shown, b"\x11")
        assert b"Training Record API mock on http://127.0.0.1:" in os.read(shown, 4096)
        process.terminate()
        assert process.wait(60) == 0
    os.close(shown)
    os.close(written)


@pytest.mark.parametrize(("option", "code"), [("--version", 0), ("--help", 0), ("--nonsense", 2)])
def test_help_and_usage_errors_that_can_not_be_shown_end_with_their_code(option: str, code: int) -> None:
    for redirection in (">/dev/full", "2>/dev/full", ">/dev/full 2>&1", ">&- 2>&-"):
        command = ["sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND, option]
        done = subprocess.run(command, timeout=60, capture_output=True, text=True)
        assert done.returncode == code
        assert "Exception" not in done.stderr
        assert "Traceback" not in done.stderr


def test_help_whose_reader_has_gone_or_does_not_read_ends_quietly() -> None:
    left, unread = os.pipe(), full(*os.pipe())
    os.close(left[0])
    for _, writer in (left, unread):
        done = subprocess.run([*COMMAND, "--help"], stdout=writer, stderr=subprocess.PIPE, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")
        os.close(writer)
    os.close(unread[0])


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
