"""A run, a replay and a clean-up reach the service in one way: credentials go to the service and nowhere else."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from contract_tests.command import main
from contract_tests.result import Exit
from contract_tests.safety.ledger import Ledger

from .fake_service import FakeService, fake_service

LIST = "/training/record/"

BASIC = "Basic " + base64.b64encode(b"amara:p@ss/word").decode()


def with_credentials(fake: FakeService) -> str:
    return fake.url.replace("//", "//amara:p%40ss%2Fword@")


def sent_and_not_shown(fake: FakeService, shown: str) -> None:
    assert {headers.get("authorization") for *_, headers in fake.requests} == {BASIC}
    for form in ("p@ss/word", "p%40ss%2Fword", BASIC):
        assert form not in shown


def written(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in folder.iterdir())


def test_a_run_sends_the_credentials_of_its_url_and_shows_none(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with fake_service("rec-1") as fake:
        main([with_credentials(fake), "--report-dir", str(tmp_path), "--max-requests", "40"])
        sent_and_not_shown(fake, "".join(capfd.readouterr()) + written(tmp_path))


def test_a_replay_sends_the_credentials_of_its_url_and_shows_none(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "counterexample.json"
    step = {"method": "GET", "target": LIST, "body": None, "headers": {}}
    file.write_text(json.dumps({"rule": "list-is-object", "steps": [step]}), "utf-8")
    with fake_service("rec-1") as fake:
        assert main(["replay", str(file), with_credentials(fake)]) == Exit.KEPT
        sent_and_not_shown(fake, "".join(capfd.readouterr()))


@pytest.mark.parametrize("where", ["the command", "the ledger"])
def test_a_clean_up_sends_the_credentials_and_shows_none(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], where: str
) -> None:
    path = tmp_path / "ledger.jsonl"
    with fake_service("rec-1") as fake:
        target = fake.url if where == "the command" else with_credentials(fake)
        ledger = Ledger.open(path, target, LIST, LIST + "{api_id}/")
        api_id = ledger.prefix + "a"
        ledger.was_made(ledger.plan(api_id, {}), api_id)
        ledger.close(remove=False)
        fake.records[api_id] = {**fake.records["rec-1"], "api_id": api_id}
        assert main(["cleanup", str(path), *([with_credentials(fake)] if where == "the command" else [])]) == Exit.KEPT
        assert list(fake.records) == ["rec-1"]
        sent_and_not_shown(fake, "".join(capfd.readouterr()))


def test_a_url_that_is_not_one_is_shown_without_its_credentials(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["http://amara:p%40ss@127.0.0.1:port"]) == Exit.USAGE
    shown = capfd.readouterr().err
    assert "127.0.0.1:port" in shown
    assert "p%40ss" not in shown
