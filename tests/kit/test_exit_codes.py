"""What the command answers to the shell: 0 kept, 1 broken, 2 usage, 3 could not run; never a traceback."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from contract_tests.command import main
from contract_tests.result import Exit

from .fake_service import fake_service


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["ftp://127.0.0.1"],
        ["127.0.0.1:8080"],
        ["http://127.0.0.1:port"],
        ["http://127.0.0.1:1", "--header", "no colon"],
        ["http://127.0.0.1:1", "--basis", "some"],
        ["http://127.0.0.1:1", "--rate", "0"],
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


def test_help_is_0(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == Exit.KEPT
    assert "--read-only" in capfd.readouterr().out


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


def test_a_spent_budget_is_3_and_everything_is_deleted(tmp_path: Path) -> None:
    with fake_service("rec-1") as fake:
        assert main([fake.url, "--max-requests", "30", "--report-dir", str(tmp_path)]) == Exit.COULD_NOT_RUN
        assert list(fake.records) == ["rec-1"]
    assert list(tmp_path.glob("ledger-*")) == []


def test_a_read_only_run_sends_only_gets() -> None:
    with fake_service("rec-1", "rec-2") as fake:
        main([fake.url, "--read-only"])
        assert {method for method, _, _ in fake.requests} == {"GET"}
