"""Beyond this machine the control API is served with a token, or open because somebody said so."""

import os
import subprocess

import pytest
import requests

from mock_server.command import main

from .test_command import COMMAND, ended, serving

VARIABLE = "TRAINING_MOCK_CONTROL_TOKEN"
TOKEN = "correct-horse-battery-staple"


@pytest.fixture(autouse=True)
def no_token_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "0"])
def test_without_either_it_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str], host: str) -> None:
    status, printed, errors = ended(capsys, "--port", "0", "--host", host)
    assert (status, printed, len(errors.splitlines())) == (2, "", 1)
    assert [word for word in (host, "--control-token", "--open-control", VARIABLE) if word not in errors] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2", "127.1"])
def test_on_this_machine_neither_is_needed(http: requests.Session, host: str) -> None:
    with serving("--host", host) as (_, _, url):
        assert http.post(f"{url}/_mock/reset").status_code == 204


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_token_is_asked_for_wherever_it_is_given(http: requests.Session, host: str) -> None:
    with serving("--host", host, "--control-token", TOKEN) as (_, _, url):
        assert http.post(f"{url}/_mock/reset").status_code == 401
        assert http.post(f"{url}/_mock/reset", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 204


def test_environment_has_the_token_and_the_option_comes_first(
    http: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)
    for options, token in (([], TOKEN), (["--control-token", "other"], "other")):
        with serving("--host", "0.0.0.0", *options) as (_, _, url):
            for shown in (TOKEN, "other"):
                answer = http.post(f"{url}/_mock/reset", headers={"Authorization": f"Bearer {shown}"})
                assert answer.status_code == (204 if shown == token else 401)


def test_control_is_open_where_that_was_said_but_not_to_pages_of_strangers(http: requests.Session) -> None:
    with serving("--host", "0.0.0.0", "--open-control", "--allowed-host", "mock.test") as (_, _, url):
        assert http.post(f"{url}/_mock/reset").status_code == 204
        assert http.post(f"{url}/_mock/reset", headers={"Host": "mock.test:8080"}).status_code == 204
        assert http.post(f"{url}/_mock/reset", headers={"Host": "evil.test"}).status_code == 421
        assert http.post(f"{url}/_mock/reset", headers={"Origin": "https://app.test"}).status_code == 403


@pytest.mark.parametrize("token", ["", " ", "two words", "\xe9"])
def test_token_that_can_not_be_sent_is_refused_and_not_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    told = []
    status, printed, errors = ended(capsys, "--control-token", token)
    told.append((status, printed, "--control-token" in errors.splitlines()[-1]))
    monkeypatch.setenv(VARIABLE, token)
    status, printed, errors = ended(capsys)
    told.append((status, printed, VARIABLE in errors.splitlines()[-1]))
    assert told == [(2, "", True)] * 2
    assert token.strip() == "" or token not in errors


@pytest.mark.parametrize("name", ["http://mock.test", "mock.test:8080", "", "a/b", "*x", "*.", "a..b"])
def test_allowed_host_that_is_no_name_is_told(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, _, errors = ended(capsys, "--allowed-host", name)
    assert (status, "--allowed-host" in errors.splitlines()[-1]) == (2, True)


def test_token_is_neither_in_the_help_nor_in_the_log(http: requests.Session) -> None:
    environment = os.environ | {VARIABLE: TOKEN}
    shown = subprocess.run([*COMMAND, "--help-all"], capture_output=True, text=True, env=environment, timeout=60)
    assert (VARIABLE in shown.stdout, TOKEN in shown.stdout) == (True, False)
    with serving("--control-token", TOKEN, "--log-level", "debug") as (process, ready, url):
        http.get(f"{url}/_mock/state", headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()
        http.post(f"{url}/_mock/sign-in", data={"token": TOKEN}, allow_redirects=False).raise_for_status()
        process.terminate()
        printed, errors = process.communicate(timeout=60)
    assert "/_mock/sign-in" in printed + errors
    assert TOKEN not in ready + printed + errors


def test_help_needs_no_token(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--host", "0.0.0.0", "--help"])
    assert "--host" in capsys.readouterr().out
