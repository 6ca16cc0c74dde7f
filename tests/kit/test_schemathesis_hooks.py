"""A plain `schemathesis run` with the kit's hooks: safe, clean, and with the documented rules as checks."""

import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults import FAULTS, FaultyMock, served
from habits import HABITS

from api_spec.provenance import Basis
from contract_tests.checks.conformance import Cases
from contract_tests.checks.context import CheckContext
from contract_tests.checks.own_ids import IdForm
from contract_tests.options import Options
from contract_tests.result import CheckOutcome, Report, RuleResult, SpecInfo, Verdict
from contract_tests.run.run import Run
from contract_tests.spec import Spec, load_spec

ROOT = Path(__file__).parents[2]
SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
HOOKS = "contract_tests.schemathesis_hooks"


def command(url: str, *options: str) -> list[str]:
    return [str(SCHEMATHESIS), "run", str(ROOT / "spec" / "openapi.yaml"), "--url", url, "--no-color", *options]


def run(url: str, *options: str, cwd: Path = ROOT, environ: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run Schemathesis, in the checkout unless told otherwise; return its exit code and what it printed."""
    done = subprocess.run(
        command(url, "--seed", "1", "--max-examples", "2", *options),
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def untouched(mock: FaultyMock) -> bool:
    return (mock.harmed(), mock.left(), mock.aimed_at_others()) == ([], [], [])


# Safe


def test_a_plain_run_on_the_mock_harms_leaves_and_accuses_nothing() -> None:
    mock = FaultyMock()
    with served(mock) as url:
        code, told = run(url)
    assert code == 0, told
    assert untouched(mock)
    written = {ask.method for ask, status in mock.exchanges if status < 300}
    assert written == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert "records created, all of them deleted." in told


def test_with_the_hooks_alone_every_check_phase_and_probe_stays_behind_the_guard(tmp_path: Path) -> None:
    mock = FaultyMock()
    with served(mock) as url:
        code, told = run(url, "--checks", "all", cwd=tmp_path, environ={"SCHEMATHESIS_HOOKS": HOOKS})
    assert code == 0, told
    assert untouched(mock)
    assert "requests blocked by the guard" in told
    assert "a DELETE may only go to one record" in told  # an unexpected method, which is no failure of the service


HONEST = ("six habits at once", "others change records all the time", "any JSON is kept")


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_service_with_other_habits_is_not_accused(name: str) -> None:
    habit = next(habit for habit in HABITS if habit.name == name)
    with habit.start() as honest:
        code, told = run(honest.url, "--phases", "coverage,stateful")
        assert code == 0, told
        assert (honest.left(), honest.harmed()) == ([], [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_broken_off_leaves_nothing(number: signal.Signals) -> None:
    mock = FaultyMock()
    with served(mock) as url:
        process = subprocess.Popen(command(url), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while len(mock.left()) < 3 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
        told, _ = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert untouched(mock)
    assert "all of them deleted" in told


BESIDE = {
    "another session": "import requests; requests.post({url!r}, json={{}})",
    "another session's adapter": (
        "import requests; session = requests.Session();"
        "session.get_adapter({url!r}).send(requests.Request('GET', {url!r}).prepare())"
    ),
    "no session": "import urllib.request; urllib.request.urlopen({url!r})",
    "a socket": "import socket; socket.create_connection(('127.0.0.1', {port}))",
}


@pytest.mark.parametrize("way", BESIDE)
def test_nothing_leaves_the_process_beside_the_guarded_session(way: str) -> None:
    mock = FaultyMock()
    with served(mock) as url:
        code = BESIDE[way].format(url=f"{url}/training/record/", port=url.rpartition(":")[2])
        done = subprocess.run(
            [sys.executable, "-c", f"import {HOOKS}; {code}"], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert "not sent" in done.stderr or "only the guarded session" in done.stderr
    assert mock.exchanges == []


def test_a_host_that_is_not_this_machine_needs_a_word_more() -> None:
    code, told = run("http://training.example")
    assert code == 2
    assert "--allow-writes" in told
    assert "Traceback" not in told


def test_the_spec_of_another_api_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("openapi: 3.0.3\ninfo: {title: Other, version: '1'}\npaths: {}\n")
    mock = FaultyMock()
    with served(mock) as url:
        told = subprocess.run(
            [str(SCHEMATHESIS), "run", str(other), "--url", url], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert told.returncode == 2
    assert "is no spec of the Training Record API" in told.stdout
    assert mock.exchanges == []


# Documented rules


@pytest.mark.parametrize(
    ("name", "phases"),
    [
        ("an empty PATCH clears the dates", "coverage,fuzzing"),
        ("a page has one record too many", "coverage"),
    ],
)
def test_a_broken_documented_rule_is_a_failure_named_by_the_rule(name: str, phases: str) -> None:
    fault = next(fault for fault in FAULTS if fault.name == name)
    mock = FaultyMock()
    fault.inject(mock)
    with served(mock) as url:
        code, told = run(url, "--phases", phases)
    assert code == 1, told
    assert f"`{fault.breaks}`" in told
    assert "The document: “" in told
    assert untouched(mock)


def test_the_configuration_switches_on_each_documented_rule_and_nothing_else() -> None:
    checks = tomllib.loads((ROOT / "schemathesis.toml").read_text())["checks"]
    documented = [rule.id for rule in load_spec().rules if rule.basis is Basis.DOCUMENTED]
    assert checks == {"enabled": False, **{rule: {"enabled": True} for rule in documented}}


def test_only_schemathesis_command_loads_the_hooks() -> None:
    assert HOOKS not in sys.modules


# Cases that can't be sent, and the form of ids


@contextmanager
def on_a_bench() -> Iterator[CheckContext]:
    with served(FaultyMock()) as url, Run(Options(base_url=url), load_spec(), checks=()) as run:
        assert run.bench is not None
        yield CheckContext(run.bench, "a check", "valid-request-is-accepted")


def test_a_generated_case_that_cannot_be_sent_is_counted_by_its_reason() -> None:
    with on_a_bench() as context:
        cases = Cases(context, context.bench.dialogue(), "create_record")
        for headers, body in [({}, [{"api_id": "rec-0001"}]), ({"X-Odd": "a\nb"}, {}), ({}, {})]:
            cases.send(cases.operation.Case(headers=headers, body=body, media_type="application/json"))
    assert context.unsent == {
        "blocked by the guard: its body holds several records": 1,
        "not to be put into HTTP: InvalidHeader": 1,
    }


def test_a_report_sums_up_what_could_not_be_sent() -> None:
    checks = tuple(
        CheckOutcome(f"check {n}", "a-rule", Verdict.KEPT, 1, 1, 0.1, unsent=unsent)
        for n, unsent in enumerate(({"odd": 1, "blocked": 2}, {"blocked": 3}, {}))
    )
    rule = RuleResult("a-rule", Basis.ASSUMED, "", "", "", Verdict.KEPT, checks)
    report = Report("", SpecInfo("", "", ""), 1, "all", "quick", False, "", 0.1, 3, (rule,))
    assert report.unsent == {"blocked": 5, "odd": 1}


def test_the_form_of_an_id_is_that_of_the_spec() -> None:
    spec = load_spec()
    assert [IdForm(spec).fits(text) for text in ("a", "a" * 128, "a" * 129, "", "-a", "a b", "a\n", "é")] == [
        True, True, False, False, False, False, False, False,
    ]  # fmt: skip
    spec.document["components"]["schemas"]["ApiId"]["pattern"] = "^x+$"
    assert [IdForm(Spec(spec.document, "changed")).fits(text) for text in ("a", "xx")] == [False, True]
