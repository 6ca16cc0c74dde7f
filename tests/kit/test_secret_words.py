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

from .fake_service import fake_service
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
        ["replay", "--header", "X-Key:abcd", SECRET, HERE],
        ["cleanup", "--header=X-Key:abcd", SECRET, HERE],
        [HERE, "--header-command", "echo", SECRET],
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


# The ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


def opened(path: Path, *secrets: str) -> Ledger:
    ledger = Ledger.open(path, "http://127.0.0.1", "/training/record/", "/training/record/{api_id}/")
    ledger.hide = partial(Redactor(secrets).text, cut=False)
    return ledger


def loaded(ledger: Ledger) -> Ledger:
    """The ledger as the next one reads it."""
    assert ledger.path is not None
    ledger.close(remove=False)
    again = Ledger.load(ledger.path)
    again.close(remove=False)
    return again


def test_the_ledger_is_for_its_owner_alone_and_holds_no_secret(path: Path) -> None:
    ledger = opened(path, SECRET)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ours = f"{ledger.prefix}a"
    ledger.was_made(ledger.plan(ours, {"person_api_id": f"p-{SECRET}"}), ours)
    ledger.was_made(ledger.plan(None, {}), f"x{SECRET}", assigned=SECRET)
    ledger.were_seen([SECRET.upper()])
    ledger.was_made(ledger.plan(f"{ledger.prefix}b", {}), f"{ledger.prefix}b{SECRET}")
    again = loaded(ledger)
    written = path.read_text("ascii")
    assert SECRET not in written.lower()
    assert HIDDEN in written
    assert ours in again.standing()
    assert any(api_id.startswith(f"x{HIDDEN}/") for api_id in again.standing())
    assert any(api_id.startswith(f"{ledger.prefix}b{HIDDEN}/") for api_id in again.standing())


def test_an_id_stands_the_same_in_the_ledger_whatever_is_learnt_meanwhile(path: Path) -> None:
    ledger, redactor = opened(path), Redactor()
    ledger.hide = partial(redactor.text, cut=False)
    ledger.was_made(ledger.plan(None, {}), f"x{SECRET}")
    redactor.learn([SECRET])
    ledger.was_made(ledger.plan(None, {}), f"y{SECRET}")
    ledger.was_deleted(f"x{SECRET}")
    ledger.was_gone(f"x{SECRET}")
    (left,) = loaded(ledger).standing()
    assert left.startswith(f"y{HIDDEN}")


def test_two_ids_that_look_the_same_without_a_secret_stay_two(path: Path) -> None:
    ledger = opened(path, SECRET)
    for api_id in (SECRET, SECRET.upper()):
        ledger.was_made(ledger.plan(None, {}), api_id)
    ledger.was_deleted(SECRET)
    ledger.was_gone(SECRET)
    assert len(loaded(ledger).standing()) == 1


def test_a_secret_that_is_a_word_of_the_ledger_spoils_no_line_of_it(path: Path) -> None:
    ledger = opened(path, "planned", "made", "not ours", "api_id", "deleting", "kit-")
    ours = f"{ledger.prefix}a"
    ledger.was_made(ledger.plan(ours, {}), ours)
    ledger.were_seen(["planned"])
    assert loaded(ledger).standing() == [ours]


def test_what_the_ledger_does_not_tell_of_a_record_contradicts_none(path: Path) -> None:
    """Nor does it prove one ours."""
    ledger, day = opened(path, SECRET), "2026-02-01T08:00:00Z"
    shown = {"api_id": "61", "date_assigned": day, "person_api_id": f"p-{SECRET}"}
    ledger.was_made(ledger.plan(None, {"person_api_id": f"p-{SECRET}"}), "61", assigned=day)
    ledger.was_deleted("61")
    again = loaded(ledger)
    assert again.requests[1].fits(shown)
    assert not again.is_another("61", shown)
    assert not again.is_it("61", shown)
    assert ledger.is_it("61", shown)


def test_a_clean_up_names_what_it_cannot_ask_for_as_its_name_is_a_secret(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with fake_service("rec-1") as fake:
        ledger = Ledger.open(path, fake.url, "/training/record/", "/training/record/{api_id}/")
        ledger.hide = partial(Redactor([SECRET]).text, cut=False)
        for api_id in (f"x{SECRET}", f"y{SECRET}"):
            ledger.was_made(ledger.plan(None, {}), api_id)
        ledger.was_deleted(f"y{SECRET}")
        ledger.was_gone(f"y{SECRET}")
        ledger.close(remove=False)
        assert main(["cleanup", str(path)]) == Exit.COULD_NOT_RUN
        assert {method for method, *_ in fake.requests} == {"GET"}
    shown = capfd.readouterr().out
    assert f"x{HIDDEN}" in shown
    assert f"y{HIDDEN}" not in shown
