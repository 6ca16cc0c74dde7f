"""Credentials that end in mid-run: the run ends with that reason, or renews them; one refusal alone is no end."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract_tests.client.service import Unreachable
from contract_tests.command import main
from contract_tests.options import Options
from contract_tests.result import Exit
from contract_tests.run import header_command
from contract_tests.run.connection import connect
from contract_tests.run.header_command import CommandFailed, headers_printed_by
from contract_tests.safety.ledger import Ledger
from contract_tests.safety.session import BudgetExceeded
from contract_tests.spec import load_spec

from .fake_service import Answer, FakeService, fake_service, record

LIST = "/training/record/"
RECORD = LIST + "{api_id}/"


@dataclass
class Gate:
    """A service whose tokens hold for so many requests; `mint` is a command that prints the next one."""

    fake: FakeService
    folder: Path
    holds: int
    status: int = 401
    minted: int = 0
    used: int = 0
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fake.answer = self.answer

    @property
    def mint(self) -> str:
        """It counts in a file how often it was run."""
        file = self.folder / "minted"
        return f"echo x >> {file}; echo \"Authorization: Bearer t0ken-$(wc -l < {file} | tr -d ' ')-s3cret\""

    @property
    def runs(self) -> int:
        return len((self.folder / "minted").read_text().split())

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        token = headers.get("authorization", "")
        number = int(token.split("-")[1]) if token.startswith("Bearer t0ken-") else 0
        if number > self.minted:
            self.minted, self.used = number, 0
        self.used += 1
        if number < self.minted or self.used > self.holds:
            self.refused.append(method)
            return self.status, {"Content-Type": "application/json"}, json.dumps({"no": token}).encode()
        return self.fake.act(method, target, body)


@pytest.fixture
def fake() -> Iterator[FakeService]:
    with fake_service("rec-1", "rec-2") as made:
        yield made


@pytest.mark.parametrize("status", [401, 403])
def test_a_session_that_ends_ends_the_run_with_that_reason_and_few_more_requests(
    fake: FakeService, tmp_path: Path, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    gate = Gate(fake, tmp_path, 60, status)
    assert main([fake.url, "--report-dir", str(tmp_path)]) == Exit.COULD_NOT_RUN
    shown = capfd.readouterr()
    assert f"answers {status} now" in shown.err
    assert "the session has ended" in shown.err
    assert "--header-command" in shown.err
    assert len(gate.refused) < 10
    left = [api_id for api_id in fake.records if not api_id.startswith("rec-")]
    assert all(api_id in shown.out + shown.err for api_id in left)


def test_one_refusal_of_a_service_that_lets_us_in_is_one_like_any_other(fake: FakeService) -> None:
    """As of a firewall that does not like a word."""
    fake.answer = lambda m, t, _, b: (403, {}, b"") if "search" in t else fake.act(m, t, b)
    ledger = Ledger.open(None, fake.url, LIST, RECORD)
    service = connect(Options(base_url=fake.url), load_spec(()), ledger)
    assert service.send("GET", LIST).ok
    for _ in range(2):
        assert service.send("GET", LIST + "?search=select").status == 403
        assert service.send("GET", LIST).ok


def test_a_session_that_ends_after_a_refusal_like_any_other_is_noticed(fake: FakeService) -> None:
    service = connect(Options(base_url=fake.url), load_spec(()), Ledger.open(None, fake.url, LIST, RECORD))
    assert service.send("GET", LIST).ok
    fake.answer = lambda m, t, _, b: (403, {}, b"") if "search" in t else fake.act(m, t, b)
    assert service.send("GET", LIST + "?search=select").status == 403
    fake.answer = lambda *_: (401, {}, b"")
    with pytest.raises(Unreachable, match="session has ended"):
        service.send("GET", LIST)


def test_a_clean_up_that_nobody_lets_in_asks_for_no_record_after_the_first(
    fake: FakeService, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, fake.url, LIST, RECORD)
    for n in range(50):
        api_id = f"{ledger.prefix}{n}"
        ledger.was_made(ledger.plan(api_id, {}), api_id)
        fake.records[api_id] = record(api_id)
    ledger.close(remove=False)
    fake.answer = lambda *_: (401, {}, b"")
    assert main(["cleanup", str(path)]) == Exit.COULD_NOT_RUN
    assert len(fake.requests) < 10
    assert "50 to look for, 50 not deleted" in capfd.readouterr().out


# --header-command


def test_a_run_renews_its_credentials_as_often_as_they_end_and_shows_none(
    fake: FakeService, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gate = Gate(fake, tmp_path, 100)
    arguments = [fake.url, "--header-command", gate.mint, "--report-dir", str(tmp_path), "--max-requests", "350"]
    assert main(arguments) == Exit.COULD_NOT_RUN
    shown = "".join(capfd.readouterr())
    assert "the limit of 350 requests is reached" in shown
    assert gate.runs >= 4
    assert list(fake.records) == ["rec-1", "rec-2"]
    written = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert "s3cret" not in shown + written


def test_credentials_that_are_refused_as_soon_as_they_are_renewed_end_the_run(
    fake: FakeService, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gate = Gate(fake, tmp_path, 60)
    assert main([fake.url, "--header-command", "echo 'Authorization: Bearer t0ken-1-s3cret'"]) == Exit.COULD_NOT_RUN
    assert "what --header-command prints is refused too" in capfd.readouterr().err
    assert len(gate.refused) < 20


def test_a_replay_and_a_clean_up_send_what_the_command_prints(fake: FakeService, tmp_path: Path) -> None:
    gate = Gate(fake, tmp_path, 10**6)
    file = tmp_path / "counterexample.json"
    step = {"method": "GET", "target": LIST, "body": None, "headers": {}}
    file.write_text(json.dumps({"rule": "list-is-object", "steps": [step]}), "utf-8")
    assert main(["replay", str(file), fake.url, "--header-command", gate.mint]) == Exit.KEPT
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, fake.url, LIST, RECORD)
    api_id = ledger.prefix + "a"
    ledger.was_made(ledger.plan(api_id, {}), api_id)
    ledger.close(remove=False)
    fake.records[api_id] = record(api_id)
    assert main(["cleanup", str(path), "--header-command", gate.mint]) == Exit.KEPT
    assert gate.refused == []
    assert list(fake.records) == ["rec-1", "rec-2"]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("exit 7", "exit status 7"),
        ("echo first >&2; echo no network >&2; exit 1", "exit status 1: no network"),
        ("true", "no line 'Name: value'"),
        ("echo s3cret", "no header: a header is written 'Name: value'"),
        ("echo 'Host: s3cret'", "the header Host can't be added"),
        ("echo 'X-Key: 東京'", "Latin-1"),
        ("no-such-command", "exit status 127"),
    ],
)
def test_a_command_that_prints_no_headers_is_2_and_nothing_is_begun(
    fake: FakeService, tmp_path: Path, command: str, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([fake.url, "--header-command", command, "--report-dir", str(tmp_path)]) == Exit.USAGE
    shown = capfd.readouterr().err
    assert why in shown
    assert "s3cret" not in shown
    assert fake.requests == []
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_fails_later_is_3_with_its_last_words_and_no_secret(
    fake: FakeService, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gate = Gate(fake, tmp_path, 60)
    command = f"[ -e {tmp_path}/minted ] && {{ echo 'refresh of t0ken-1-s3cret failed' >&2; exit 1; }}; {gate.mint}"
    assert main([fake.url, "--header-command", command]) == Exit.COULD_NOT_RUN
    shown = "".join(capfd.readouterr())
    assert "--header-command failed with exit status 1: refresh of [redacted] failed" in shown
    assert "s3cret" not in shown


def test_several_headers_may_be_printed_and_blank_lines() -> None:
    command = "printf 'X-Key: a: b\\n\\nAuthorization: Bearer c\\n'"
    assert headers_printed_by(command) == {"X-Key": "a: b", "Authorization": "Bearer c"}


def test_a_command_that_hangs_is_ended_with_all_that_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_command, "TIMEOUT", 0.3)
    with pytest.raises(CommandFailed, match="not done"):
        headers_printed_by(f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    pid = int((tmp_path / "pid").read_text())
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
            break
        time.sleep(0.01)
    else:
        pytest.fail("it is still there")


def test_ctrl_c_does_not_wait_for_the_command(fake: FakeService) -> None:
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    assert main([fake.url, "--header-command", "sleep 20"]) == Exit.COULD_NOT_RUN


# --max-time


@pytest.mark.parametrize("held", [0.0, 30.0])
def test_a_run_whose_time_is_over_ends_with_that_reason_and_leaves_nothing(
    fake: FakeService, held: float, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whether it was to send a request just then, or waited for an answer."""
    opened = threading.Event()

    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        given = fake.act(method, target, body)
        if held and method == "PATCH":
            opened.wait(held)
        return given

    fake.answer = answer
    assert main([fake.url, "--max-time", "0.5"]) == Exit.COULD_NOT_RUN
    opened.set()
    assert "stopped: --max-time 0.5 is over" in capfd.readouterr().err
    assert list(fake.records) == ["rec-1", "rec-2"]


def test_no_request_leaves_once_the_time_is_over_but_for_the_clean_up(fake: FakeService) -> None:
    options = Options(base_url=fake.url, max_time=1e-9)
    service = connect(options, load_spec(()), Ledger.open(None, fake.url, LIST, RECORD))
    with pytest.raises(BudgetExceeded):
        service.send("GET", LIST)
    assert fake.requests == []
    service.session.cleaning = True
    assert service.send("GET", LIST).ok


@pytest.mark.parametrize("given", ["0", "-1", "soon", "inf", "nan"])
def test_a_time_that_is_none_is_2(given: str) -> None:
    assert main(["http://127.0.0.1:1", f"--max-time={given}"]) == Exit.USAGE
