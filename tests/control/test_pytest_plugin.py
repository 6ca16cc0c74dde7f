"""The pytest fixtures for those who have the project installed, in a pytest run of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest
import requests

ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}


@pytest.mark.parametrize("turn", range(4))
def test_organisation_is_fresh(training_organisation, training_mock, turn):
    records = training_organisation.url + "/training/record/"
    assert training_organisation.url.startswith(training_mock.url + "/org/")
    assert training_organisation.journal() == []
    assert requests.get(records).json()["count"] == 60
    requests.delete(records + "rec-0001/").raise_for_status()
    training_organisation.freeze("2026-02-01T12:00:00Z")
    training_organisation.fault(status=503)


def test_reset(training_organisation):
    records = training_organisation.url + "/training/record/"
    requests.delete(records + "rec-0001/").raise_for_status()
    training_organisation.reset()
    assert requests.get(records).json()["count"] == 60
    assert len(training_organisation.journal()) == 1


def test_journal(training_organisation):
    records = training_organisation.url + "/training/record/"
    requests.get(records)
    requests.get(records + "rec-9999/")
    assert [exchange["status"] for exchange in training_organisation.journal()] == [200, 404]
    assert [exchange["number"] for exchange in training_organisation.journal(operation="get_record")] == [2]
    assert training_organisation.journal(status=200, since=1) == []


def test_clock(training_organisation):
    records = training_organisation.url + "/training/record/"
    training_organisation.freeze("2026-02-01T12:00:00Z")
    assert requests.post(records, json=ASSIGNED).json()["date_assigned"] == "2026-02-01T12:00:00Z"
    training_organisation.advance("P1D")
    assert requests.post(records, json=ASSIGNED).json()["date_assigned"] == "2026-02-02T12:00:00Z"


def test_faults_add_up(training_organisation):
    records = training_organisation.url + "/training/record/"
    training_organisation.fault(operations=["create_record"], when="after", status=503, times=1)
    assert requests.post(records, json=ASSIGNED).status_code == 503
    training_organisation.fault(operations=["list_records"], status=500)
    assert requests.get(records).status_code == 500
    training_organisation.fault(operations=["get_record"], status=502)
    assert [requests.get(records).status_code, requests.get(records + "rec-0003/").status_code] == [500, 502]


def test_scenario_and_state(training_organisation):
    records = training_organisation.url + "/training/record/"
    training_organisation.scenario("empty")
    assert requests.get(records).json()["results"] == []
    state = training_organisation.state()
    training_organisation.set_state(state | {"people": []})
    assert training_organisation.state()["people"] == []


def test_refusal_is_told_in_the_servers_words(training_organisation):
    with pytest.raises(requests.HTTPError, match="must be one of default"):
        training_organisation.scenario("nothing")
    with pytest.raises(requests.HTTPError, match="/faults/0/status"):
        training_organisation.fault(status=200)
"""


# Other plugins are left out for their weight.
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
PYTEST += [option for name in ("schemathesis", "hypothesispytest", "anyio") for option in ("-p", f"no:{name}")]


def run(tests: str, at: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run these tests in a folder of their own."""
    (at / "test_consumer.py").write_text(tests, "utf-8")
    (at / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", "utf-8")
    done = subprocess.run([*PYTEST, *options], cwd=at, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_fixtures_are_simply_there(tmp_path: Path, workers: list[str]) -> None:
    assert "10 passed" in run(TESTS, tmp_path, *workers).stdout


UNUSED = """
import sys


def test_other():
    assert not {"connexion", "uvicorn", "requests", "mock_server.app"} & {*sys.modules}
"""


def test_fixtures_cost_nothing_where_they_are_not_used(tmp_path: Path) -> None:
    assert "1 passed" in run(UNUSED, tmp_path).stdout
