"""Whole runs against the mock: what is kept, found, repeated, and left untouched."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from faults import FaultyMock, served

from contract_tests.checks import CHECKS
from contract_tests.checks.context import Discovery
from contract_tests.checks.dialogue import JSON
from contract_tests.client.step import Step
from contract_tests.command import main, parser
from contract_tests.options import Options, options_of
from contract_tests.result import Exit, Report, Verdict
from contract_tests.run.counterexample import Shrinker, play
from contract_tests.run.run import Run
from contract_tests.spec import load_spec
from mock_server import MockServer

from .fake_service import Answer, fake_service

LIST = "/training/record/"


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    with MockServer(scenario="default") as server:
        yield server.url


def check(base_url: str, **options: object) -> Report:
    with Run(Options(base_url=base_url, **options), load_spec()) as run:  # type: ignore[arg-type]
        run.check_all()
    return run.report


def records(base_url: str) -> list[dict[str, object]]:
    answer: list[dict[str, object]] = requests.get(base_url + LIST, timeout=5).json()["results"]
    return answer


def test_the_mock_keeps_every_rule_and_stays_as_it_was(mock: str) -> None:
    before = records(mock)
    report = check(mock)
    assert [(rule.id, rule.message) for rule in report.rules if rule.verdict is not Verdict.KEPT] == []
    assert report.exit_code is Exit.KEPT
    assert report.requests <= 1900
    assert report.safety.created == report.safety.deleted > 100
    assert report.safety.blocked == ()
    assert records(mock) == before


def test_the_same_seed_sends_the_same_requests() -> None:
    def sent(seed: int) -> list[str]:
        lines: list[str] = []
        with fake_service(*(f"rec-{n}" for n in range(8))) as fake:

            def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
                text = re.sub(r"(?i)kit-[0-9a-f]{12}-", "PREFIX-", f"{method} {target} {body!r}")
                text = re.sub(r"search=[b-df-hj-np-tv-z]{12}\b", "search=WORD", text)
                lines.append(re.sub(r"\b[1-9]\d{14}\b", "NUMBER", text))
                return fake.act(method, target, body)

            fake.answer = answer
            check(fake.url, seed=seed, max_requests=700)
        return lines[:700]

    first, second, other = sent(7), sent(7), sent(8)
    assert first == second
    assert first != other


def test_a_broken_rule_is_1_and_replays_until_it_is_mended(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken, file = FaultyMock(), tmp_path / "report.json"
    broken.around_patch(
        lambda update, at, **changes: update(at, **{"date_started": None, "date_completed": None, **changes})
    )
    with served(broken) as url:
        assert main([url, "--report-dir", str(tmp_path)]) == Exit.BROKEN
        assert main(["replay", str(file), url]) == Exit.BROKEN
    assert "still broken" in capfd.readouterr().out
    report = json.loads(file.read_text("utf-8"))
    (rule,) = [rule for rule in report["rules"] if rule["verdict"] == "broken"]
    assert rule["id"] == "patch-is-partial"
    steps = rule["counterexample"]["steps"]
    assert [step["method"] for step in steps] == ["POST", "PATCH"]
    assert "<<run>>" in steps[1]["target"] or "<<made:1>>" in steps[1]["target"]
    with served(FaultyMock()) as url:
        assert main(["replay", str(file), url]) == Exit.KEPT
    assert "not broken any more" in capfd.readouterr().out


def test_a_shorter_counterexample_keeps_the_api_id_of_a_post() -> None:
    body = {"person_api_id": "<<person:1>>", "api_id": "<<run>>1", "date_started": None}
    step = Step("POST", LIST, json.dumps(body), (JSON,))
    with fake_service("rec-1") as fake, Run(Options(base_url=fake.url), load_spec(), checks=()) as run:
        assert run.bench is not None
        fake.answer = lambda method, target, _, sent: (
            (500, {}, b"") if method == "POST" else fake.act(method, target, sent)
        )
        dialogue = play(run.bench, [step])
        finding = dialogue.judge.findings.of("no-server-error")
        assert finding is not None
        shrunk = Shrinker(run.bench, 100).shrink(Discovery(finding, (step,), dialogue, ""), 100)
        assert shrunk is not None
        _, shortest = shrunk
    assert [performed.step.body for performed in shortest.performed] == ['{"api_id": "<<run>>1"}']


def test_others_who_write_meanwhile_break_no_rule() -> None:
    """Another client creates, changes and deletes records of its own all the time."""
    with MockServer(scenario="default") as server:
        stop = threading.Event()
        url = server.url + LIST
        start = records(server.url)
        body = {"person_api_id": start[0]["person_api_id"], "package_api_id": start[0]["package_api_id"]}

        def write() -> None:
            own: list[str] = []
            with requests.Session() as session:
                while not stop.is_set():
                    own.append(session.post(url, json=body).json()["api_id"])
                    session.patch(f"{url}{own[-1]}/", json={"date_started": "2026-01-01T00:00:00Z"})
                    if len(own) > 5:
                        session.delete(f"{url}{own.pop(0)}/")

        writer = threading.Thread(target=write)
        writer.start()
        try:
            report = check(server.url)
        finally:
            stop.set()
            writer.join()
        assert [(rule.id, rule.counterexample) for rule in report.broken] == []
        assert report.problem == ""
        there = {str(record["api_id"]) for record in records(server.url)}
        assert {str(record["api_id"]) for record in start} <= there
        assert [api_id for api_id in there if api_id.startswith("kit-")] == []


def test_a_request_that_was_broken_off_breaks_no_rule(mock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    send, count = requests.adapters.HTTPAdapter.send, [0]

    def interrupted(self: requests.adapters.HTTPAdapter, *given: Any, **named: Any) -> requests.Response:
        count[0] += 1
        answer = send(self, *given, **named)
        if count[0] == 60:
            raise KeyboardInterrupt  # while the kit waits for the answer
        return answer

    before = records(mock)
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", interrupted)
    report = check(mock)
    assert (report.problem, report.broken) == ("interrupted", ())
    assert records(mock) == before


def test_what_the_survey_learnt_stays_as_it_is_while_all_checks_judge_by_it(mock: str) -> None:
    """So no judge knows anything of what another one saw."""
    with Run(Options(base_url=mock), load_spec()) as run:
        assert run.bench is not None
        learnt = deepcopy(run.bench.expectations)
        assert learnt.clock.skew is not None
        run.check_all()
        assert run.bench.expectations == learnt


def test_every_check_deletes_what_it_made(mock: str) -> None:
    """So that a counterexample meets the list again as it was found."""
    before = records(mock)
    with Run(Options(base_url=mock), load_spec()) as run:
        for each in CHECKS:
            run.check(each)
            assert [record["api_id"] for record in records(mock)[len(before) :]] == [], each.name


def test_what_its_step_did_not_give_is_not_asked_for() -> None:
    with fake_service("rec-1") as fake:
        with Run(Options(base_url=fake.url), load_spec(), checks=()) as run:
            assert run.bench is not None
            sent = len(fake.requests)
            body = json.dumps({"api_id": "<<made:1>>"})
            play(run.bench, [Step("DELETE", f"{LIST}<<made:1>>/"), Step("POST", LIST, body, (JSON,))])
            assert fake.requests[sent:] == []
        assert run.report.safety.blocked == ()


def test_a_rule_is_told_by_its_own_check_and_by_the_first_that_found_it_broken() -> None:
    with MockServer(scenario="default") as server:
        faults = {"faults": [{"operations": ["update_record"], "status": 500}]}
        requests.put(f"{server.url}/_mock/faults", json=faults).raise_for_status()
        told, own = [], []
        with Run(Options(base_url=server.url), load_spec()) as run:
            for each in CHECKS:
                run.check(each)
                told += [rule.id for rule in run.suspects(each) if rule.id != each.rule]
                own += [rule.id for rule in run.suspects(each) if rule.id == each.rule]
    assert "no-server-error" in own
    assert "valid-request-is-accepted" in told
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(seed=7, basis="documented", profile="thorough", read_only=True, max_requests=9, rate=0.5),
        Options(person_api_ids=("a b", "c"), package_api_ids=("-d",), allow_writes=True, overlays=(Path("o.yaml"),)),
    ],
)
def test_the_arguments_of_a_run_make_the_same_run(options: Options) -> None:
    parsed = parser().parse_args(list(options.arguments))
    again = options_of("http://127.0.0.1:1", lambda option: getattr(parsed, option.field))
    assert again == replace(options, base_url="http://127.0.0.1:1")


def test_the_arguments_of_a_run_name_its_headers_and_no_value() -> None:
    assert Options(headers=(("X-Key", "s3cret"),)).arguments[2:] == ("--header=X-Key: ...",)


def test_without_a_base_url_the_mock_is_checked() -> None:
    assert main(["--read-only"]) == Exit.KEPT
