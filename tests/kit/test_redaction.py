"""A secret is hidden by its value, in every form in which it may come back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from contract_tests.command import main
from contract_tests.options import Options
from contract_tests.safety.redaction import HIDDEN, Redactor

from .fake_service import fake_service

SECRET = 'p"ä/ss w+rd'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
def test_no_form_of_a_secret_is_left(form: str) -> None:
    assert Redactor([SECRET]).text(f"<{form}>") == f"<{HIDDEN}>"


def test_the_token_of_a_bearer_and_the_password_of_basic_are_secrets_too() -> None:
    basic = "Basic " + base64.b64encode(b"user:hunter22").decode()
    text = Redactor(["Bearer abcdef", basic]).text("abcdef hunter22 user:hunter22 x")
    assert "abcdef" not in text
    assert "hunter22" not in text


def test_what_is_learnt_later_is_hidden_beside_what_was_known() -> None:
    redactor = Redactor(["s3cret"])
    redactor.learn(["Bearer t0ken"])
    assert redactor.text("s3cret t0ken") == f"{HIDDEN} {HIDDEN}"


def test_keys_and_values_of_documents_are_redacted() -> None:
    assert Redactor(["s3cret"]).value({"s3cret": ["a s3cret b"]}) == {HIDDEN: [f"a {HIDDEN} b"]}


def test_options_never_show_their_headers() -> None:
    assert "s3cret" not in repr(Options(headers=(("X-Key", "s3cret"),)))


def test_no_secret_is_printed_or_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Not even when the service repeats it in every answer and header."""
    with fake_service("rec-1", "rec-2") as fake:

        def echo(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
            status, more, content = fake.act(method, target, body)
            if "/rec-" in target or method in ("PUT", "PATCH"):
                key = headers["x-api-key"]
                return 500, {**more, "X-Echo": quote(key)}, json.dumps({"you sent": key, "url": quote(key)}).encode()
            return status, more, content

        fake.answer = echo
        arguments = [fake.url, "--header", f"X-Api-Key: {SECRET.encode('ascii', 'ignore').decode()}"]
        code = main([*arguments, "--report-dir", str(tmp_path), "--max-requests", "400"])
    assert code != 0
    shown = capfd.readouterr()
    written = [path.read_text("utf-8") for path in tmp_path.iterdir()]
    secret = SECRET.encode("ascii", "ignore").decode()
    for text in [shown.out, shown.err, *written]:
        for form in (secret, quote(secret), json.dumps(secret)[1:-1]):
            assert form not in text
    assert any(HIDDEN in text for text in written)
