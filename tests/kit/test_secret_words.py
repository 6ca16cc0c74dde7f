"""What is wrong with a command line is said without the words that may be secret; what HTTP can't carry is refused."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from contract_tests.command import main
from contract_tests.result import Exit
from contract_tests.safety.ledger import Ledger
from contract_tests.safety.redaction import HIDDEN, Redactor

from .lives import Life, life

HERE = "http://127.0.0.1:1"

SECRET = "hunter22"


@pytest.mark.parametrize(
    "words",
    [
        [f"htps://amara:{SECRET}@127.0.0.1"],
        [f"amara:{SECRET}@127.0.0.1"],
        [f"http://amara:{SECRET}"],
        [f"http://amara:{SECRET}/x@127.0.0.1"],
        [f"http://amara:x#{SECRET}@127.0.0.1"],
        [f"http://amara:{SECRET}@127.0.0.1:port"],
        [f"http://amara:{SECRET}@127.0.0.1/a b"],
        [f"http://am%3Aara:{SECRET}@127.0.0.1"],
        [f"http://amara:{SECRET}@example.com"],
        [HERE, "--header", "Authorization:", "Bearer", SECRET],
        [HERE, "--header", "Authorization:Bearer", SECRET],
        [HERE, "--header", "X-Key:abcd", SECRET],
        ["--header", "X-Key:abcd", SECRET],
        [HERE, "--header", SECRET],
        [HERE, "--header", f"{SECRET} b: c"],
        [HERE, "--header", f"X-Key: {SECRET}\x01"],
        [HERE, f"--heder=X-Key: {SECRET}"],
        [HERE, f"--read-only={SECRET}"],
        [HERE, "--person-api-id", f"{SECRET}\udcff"],
        ["replay", "no-such-file.json", HERE, "--header", "X-Key:abcd", SECRET],
        ["cleanup", "no-such-file.jsonl", f"htps://amara:{SECRET}@127.0.0.1"],
    ],
)
def test_a_usage_error_repeats_no_secret(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(words) == Exit.USAGE
    shown = "".join(capfd.readouterr())
    assert shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    "header", ["X: 東京", "X: \udcff", "X: a\x01b", "X: a\x7fb", "X: a\nb", "X Y: a", "X(: a", "Ä: a", ": a", "X:"]
)
def test_a_header_that_http_cannot_carry_is_2(header: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([HERE, "--header", header]) == Exit.USAGE
    assert "argument --header: " in capfd.readouterr().err


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        "http://127.0.0.1:0",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:8080 ",
        "http://127.0.0.1\n",
        "http://127.0.0.1/ä",
        "http://127.0.0.1/a/../b",
        "http://127.0.0.1/%7ea",
        "http://127.0.0.1/\udcff",
        "http://127.0.0.1/?a",
        "http://[::1",
        "http://.example.com",
        "http://a:b@c@127.0.0.1/d@e",
    ],
)
def test_a_url_that_cannot_be_asked_as_it_is_written_is_2(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([url]) == Exit.USAGE
    assert "base URL" in capfd.readouterr().err


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Life]:
    with life(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "words", [["Authorization:", "Bearer", SECRET], ["X-Key:abcd", SECRET]], ids=lambda words: words[0]
)
def test_pytest_repeats_no_word_of_a_header_without_quotes(kit: Life, words: list[str]) -> None:
    program = ["-m", "pytest", "-p", "no:cacheprovider", "contract_tests", "--base-url", kit.fake.url]
    ended = kit.end(kit.start(*program, "--header", *words))
    assert ended.code == pytest.ExitCode.USAGE_ERROR
    assert "quotes" in ended.shown
    assert SECRET not in ended.shown


def test_the_ledger_is_for_its_owner_alone_and_holds_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger.open(path, "http://127.0.0.1", "/training/record/", "/training/record/{api_id}/")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ledger.hide = partial(Redactor([SECRET]).text, cut=False)
    ours = f"{ledger.prefix}a"
    ledger.was_made(ledger.plan(ours, {"person_api_id": f"p-{SECRET}"}), ours)
    ledger.was_made(ledger.plan(None, {}), f"x{SECRET}", assigned=SECRET)
    ledger.were_seen([SECRET.upper()])
    ledger.close(remove=False)
    written = path.read_text("ascii")
    assert SECRET not in written.lower()
    assert HIDDEN in written
    assert ours in written
    again = Ledger.load(path)
    assert ours in again.standing()
    assert f"x{HIDDEN}/" in again.standing()
    again.close(remove=True)
