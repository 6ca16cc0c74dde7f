"""A replay asks what the run asked: with its options, by the line that the run printed, in any folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.command import main
from contract_tests.report.wording import shell
from contract_tests.result import Exit

from .fake_service import Answer, FakeService, fake_service

ROOT = Path(__file__).parents[2]

OVERLAY = """\
overlay: 1.0.0
info: {title: Another title, version: 1.0.0}
actions: [{target: $.info, update: {title: Of our own}}]
"""

BUDGET = ["--max-requests", "400"]


@pytest.fixture
def broken() -> Iterator[FakeService]:
    """A service that keeps no date_started."""
    with fake_service("rec-1", "rec-2") as fake:

        def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
            return fake.act(method, target, body.replace(b'"date_started"', b'"date_stated"'))

        fake.answer = answer
        yield fake


def written(folder: Path, *rules: str, arguments: list[str] | None = None, **members: Any) -> Path:
    """A report.json in which these rules are broken, each shown by a GET of the list."""
    step: dict[str, Any] = {"method": "GET", "target": "/training/record/", "body": None, "headers": {}}
    told = [{"id": rule, "counterexample": {"rule": rule, "steps": [step]}} for rule in rules]
    document = {"arguments": arguments or [], "rules": told, **members}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(document), "utf-8")
    return folder / "report.json"


def in_shell(line: str, folder: Path, **environ: str) -> tuple[int, str]:
    """Run a line as it was printed."""
    program = f'training-contract() {{ {sys.executable} -m contract_tests "$@"; }}\n'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    done = subprocess.run(
        ["bash", "-c", program + line], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def replay_line(shown: str) -> str:
    (line,) = re.findall(r"^  Replay +(training-contract replay .*)$", shown, re.MULTILINE)
    return str(line)


# The line that is printed


@pytest.mark.parametrize("folder", ["a  b", "-x", "it's $HOME 日本"])
def test_the_line_printed_works_as_printed(
    broken: FakeService,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(OVERLAY, "utf-8")
    options = ["--basis", "documented", "--overlay", "mine.yaml", "--person-api-id=-p 1", "--package-api-id", "k"]
    assert main([broken.url, f"--report-dir={folder}", *options, *BUDGET]) in (Exit.BROKEN, Exit.COULD_NOT_RUN)
    line = replay_line(capfd.readouterr().out)
    assert "documented" not in line
    broken.requests.clear()
    code, said = in_shell(line, tmp_path)
    assert (code, "dates-kept: still broken" in said) == (Exit.BROKEN, True), said


def test_the_line_printed_works_in_any_folder_when_the_report_dir_is_absolute(
    broken: FakeService, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(OVERLAY, "utf-8")
    main([broken.url, "--report-dir", str(tmp_path / "reports"), "--overlay", "mine.yaml", *BUDGET])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code, said = in_shell(replay_line(capfd.readouterr().out), elsewhere)
    assert code == Exit.BROKEN, said


def test_the_line_printed_leaves_secrets_to_variables_of_the_shell(
    broken: FakeService, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = broken.url.replace("//", "//amara:p%40ss%2Fword@")
    main([url, "--report-dir", str(tmp_path), "--header", "X-Api-Key: sesame-open", *BUDGET])
    shown = "".join(capfd.readouterr())
    for secret in ("amara", "p%40ss", "p@ss", "sesame"):
        assert secret not in shown + "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert "CREDENTIALS (user:password of the URL" in shown
    broken.requests.clear()
    line = replay_line(shown)
    code, said = in_shell(line, tmp_path, CREDENTIALS="amara:p%40ss%2Fword", X_API_KEY="sesame-open")
    assert code == Exit.BROKEN, said
    assert {headers.get("x-api-key") for *_, headers in broken.requests} == {"sesame-open"}
    assert {headers.get("authorization", "")[:6] for *_, headers in broken.requests} == {"Basic "}


def test_the_line_that_cleans_up_works_as_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It has the header, the credentials, and no option that means nothing to it."""
    with fake_service("rec-1") as fake:
        url = fake.url.replace("//", "//amara:p%40ss%2Fword@")
        fake.answer = lambda m, t, _, b: (405, {}, b"") if m == "DELETE" else fake.act(m, t, b)
        options = ["--header", "X-Api-Key: sesame-open", "--person-api-id", "somebody", "--profile", "quick"]
        ledgers = ["--report-dir", str(tmp_path / "a  b")]
        assert main([url, *options, *ledgers, "--max-requests", "20"]) == Exit.COULD_NOT_RUN
        (line,) = re.findall("delete what is left with: (.*)$", capfd.readouterr().err, re.MULTILINE)
        fake.answer = None
        fake.requests.clear()
        code, said = in_shell(line, tmp_path, CREDENTIALS="amara:p%40ss%2Fword", X_API_KEY="sesame-open")
        assert code == Exit.KEPT, said
        assert list(fake.records) == ["rec-1"]
        assert {headers.get("x-api-key") for *_, headers in fake.requests} == {"sesame-open"}
        assert {headers.get("authorization", "")[:6] for *_, headers in fake.requests} == {"Basic "}


def test_a_run_over_the_mock_is_replayed_over_a_mock(tmp_path: Path) -> None:
    main(["--report-dir", str(tmp_path), "--basis", "documented", "--max-requests", "30"])
    page = (tmp_path / "report.html").read_text("utf-8")
    (again,) = re.findall("(training-contract --seed[^<]*)<", page)
    assert "http" not in again


WORDS = [
    "plain",
    "a  b",
    "it's",
    "-x",
    "$HOME`id`",
    'q"',
    "tab\tnewline\n",
    "\x1b[31m",
    "日本",
    "back\\slash",
    "\u202e",
]


@pytest.mark.parametrize("word", WORDS)
def test_every_word_reaches_a_program_as_it_is(word: str) -> None:
    quoted = shell(word)
    assert "\n" not in quoted
    assert " ".join(quoted.split()) == quoted
    code = "import sys; sys.stdout.buffer.write(repr(sys.argv[1]).encode())"
    done = subprocess.run(["bash", "-c", f"{sys.executable} -c '{code}' {quoted}"], capture_output=True, timeout=20)
    assert done.stdout.decode() == repr(word)


# Options


def test_options_of_the_report_hold_unless_the_command_line_has_others(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--seed", "7", "--profile", "thorough", "--basis", "documented", "--person-api-id=nobody"]
    file = written(tmp_path, "list-envelope", arguments=[*arguments, "--rate", "1000"])
    posted: list[bytes] = []
    with fake_service("rec-1") as fake:

        def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
            posted.extend([body] if method == "POST" else [])
            return fake.act(method, target, body)

        fake.answer = answer
        # The rule is an assumption, and the report's basis leaves it out.
        assert main(["replay", str(file), fake.url]) == Exit.COULD_NOT_RUN
        assert "list-envelope: not judged with --basis documented" in capfd.readouterr().out
        assert posted
        assert all(b'"nobody"' in body for body in posted)
        posted.clear()
        assert main(["replay", str(file), fake.url, "--basis", "all", "--person-api-id", "anybody"]) == Exit.KEPT
        assert "list-envelope: not broken any more (1 step)" in capfd.readouterr().out
        assert posted
        assert all(b'"anybody"' in body for body in posted)


def test_whom_a_service_knows_is_not_asked_of_the_mock(tmp_path: Path) -> None:
    file = written(tmp_path, "list-is-object", arguments=["--person-api-id=nobody", "--package-api-id=nothing"])
    assert main(["replay", str(file)]) == Exit.KEPT


def test_leave_to_write_is_never_taken_from_a_report(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "list-is-object", arguments=["--allow-writes"])
    assert main(["replay", str(file), "http://192.0.2.1"]) == Exit.USAGE
    assert "--allow-writes" in capfd.readouterr().err


def test_a_header_of_the_run_is_asked_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "list-is-object", arguments=["--header=X-Api-Key: ..."])
    with fake_service("rec-1") as fake:
        main(["replay", str(file), fake.url])
        assert "the run sent the header X-Api-Key: pass it again" in capfd.readouterr().out
        assert all("x-api-key" not in headers for *_, headers in fake.requests)
        main(["replay", str(file), fake.url, "--header", "x-api-key: sesame-open"])
        assert "pass it again" not in capfd.readouterr().out


def test_a_value_that_the_report_hides_is_asked_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "list-is-object", arguments=["--person-api-id=[redacted]"])
    with fake_service("rec-1") as fake:
        assert main(["replay", str(file), fake.url]) == Exit.USAGE
        assert "--person-api-id" in capfd.readouterr().err
        assert main(["replay", str(file), fake.url, "--person-api-id", "somebody"]) == Exit.KEPT


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("replay", ["--profile", "quick"]),
        ("replay", ["--seed", "2"]),
        ("replay", ["--report-dir", "x"]),
        ("replay", ["--verbose"]),
        ("cleanup", ["--profile", "quick"]),
        ("cleanup", ["--basis", "all"]),
        ("cleanup", ["--read-only"]),
        ("cleanup", ["--person-api-id", "x"]),
        ("cleanup", ["--max-requests", "1"]),
        ("cleanup", ["--rule", "x"]),
    ],
)
def test_an_option_that_means_nothing_is_refused_and_not_listed(
    command: str, option: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "list-is-object")
    assert main([command, str(file), "http://127.0.0.1:1", *option]) == Exit.USAGE
    assert f"there is no option {option[0]}" in capfd.readouterr().err
    assert main([command, "--help-all"]) == Exit.KEPT
    assert option[0] not in capfd.readouterr().out


# What it says


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "is no report.json"),
        ('{"results": {"tests": []}}', "is no report.json"),
        ("<testsuites/>", "cannot read"),
        ("[" * 100_000, "cannot read"),
        ('{"rules": [], "seed": 1}', "older versions"),
        ('{"rules": [], "arguments": [1]}', "older versions"),
        ('{"rules": [], "arguments": []}', "no rule is broken in it"),
        ('{"rules": [], "arguments": ["--no-such-option"]}', "--no-such-option"),
        ('{"rules": [], "arguments": ["--help"]}', "other options"),
        ('{"rules": [], "arguments": ["--overlay=/no/such.yaml"]}', "/no/such.yaml"),
        ('{"rules": [{"counterexample": {"rule": "no-such", "steps": [1]}}], "arguments": []}', "no counterexample"),
    ],
)
def test_another_kind_of_file_is_2_and_says_why(
    text: str, why: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.json"
    file.write_text(text, "utf-8")
    assert main(["replay", str(file), "http://127.0.0.1:1"]) == Exit.USAGE
    shown = capfd.readouterr()
    assert why in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(("rule", "why"), [("no-such-rule", "no rule 'no-such-rule'"), ("put-updates", "but of list-")])
def test_a_rule_that_the_file_does_not_have_is_2(
    rule: str, why: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "list-is-object")
    assert main(["replay", str(file), "http://127.0.0.1:1", "--rule", rule]) == Exit.USAGE
    assert why in capfd.readouterr().err


def test_a_rule_that_no_answer_was_about_is_not_called_mended(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "list-is-object", "put-updates")
    with fake_service("rec-1") as fake:
        assert main(["replay", str(file), fake.url]) == Exit.COULD_NOT_RUN
    shown = capfd.readouterr().out
    assert "list-is-object: not broken any more" in shown
    assert "put-updates: can't be told" in shown


def test_each_rule_is_told_of_when_the_service_is_gone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "list-is-object", "limit-bounds-page")
    assert main(["replay", str(file), "http://127.0.0.1:1"]) == Exit.COULD_NOT_RUN
    shown = capfd.readouterr().out
    assert "list-is-object: not tried" in shown
    assert "limit-bounds-page: not tried" in shown
