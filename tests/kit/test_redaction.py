"""A secret is hidden by its value, in every spelling in which it may come back, whole or cut."""

from __future__ import annotations

import base64

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contract_tests.options import Options
from contract_tests.safety.redaction import HIDDEN, Redactor

from .encoders import ENCODERS, Encoder

SECRET = 'p"ä/ss w+rd&<x>\\u00e9 7%2F'

TOKEN = "sk_live-51H8xQz~Kv0WmR4tYb9Lc2Np"

ENDS = st.text("abcXYZ0189", min_size=3, max_size=6)

PIECES = [
    *"abcxyzABC0123456789-._~:/?#[]@!$&'()*+,;=\"\\<>%{}|^` äÉßñ東京😀",
    "%41",
    "\\u0041",
    "&quot;",
    "&amp",
    "\\n",
]


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("secret", [SECRET, TOKEN, "hunter22", "日本-pass-word", "\\\\domain\\bob:x"])
def test_a_secret_is_hidden_however_it_is_spelled(secret: str, name: str) -> None:
    left = Redactor([secret]).text(f"<{ENCODERS[name](secret)}>")
    assert HIDDEN in left
    assert len(left.replace(HIDDEN, "")) <= most_around(ENCODERS[name])


@given(ENDS, st.lists(st.sampled_from(PIECES), max_size=30).map("".join), ENDS, st.sampled_from(sorted(ENCODERS)))
@example("000", "ä\\", "000", "URL, every byte")
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=300)
def test_every_secret_is_hidden_in_every_spelling(first: str, middle: str, last: str, name: str) -> None:
    secret, encode = first + middle + last, ENCODERS[name]
    left = Redactor([secret]).text(f"<{encode(secret)}>")
    assert HIDDEN in left
    assert len(left.replace(HIDDEN, "")) <= most_around(encode)


def most_around(encode: Encoder) -> int:
    """How long a text may be of which the secret was taken: what stands around it, and two digits at each end."""
    return len(f"<{encode('')}>") + 6


@pytest.mark.parametrize("name", ENCODERS)
def test_what_a_cut_leaves_of_a_secret_is_no_more_than_three_letters(name: str) -> None:
    spelled = ENCODERS[name](TOKEN)
    most = 4 * len(spelled) / len(TOKEN) + len(ENCODERS[name]("")) + 6
    redactor = Redactor([TOKEN])
    for mark in ("", " ..."):
        for at in range(1, len(spelled)):
            assert len(redactor.text(f"{spelled[:at]}{mark}").replace(HIDDEN, "")) <= most
            assert len(redactor.text(f"{mark}{spelled[at:]}").replace(HIDDEN, "")) <= most


def test_a_piece_of_ten_letters_is_hidden_wherever_it_stands() -> None:
    """Libraries leave out the middle of what they repeat."""
    for at in range(len(TOKEN) - 9):
        assert Redactor([TOKEN]).text(f"<{TOKEN[at : at + 10]}>") == f"<{HIDDEN}>"


@pytest.mark.parametrize(
    ("value", "secrets"),
    [
        ("Bearer abcdef", ["abcdef"]),
        ("Basic " + base64.b64encode(b"amara:hunter22").decode(), ["amara", "hunter22", "amara:hunter22"]),
        ("Basic " + base64.b64encode("zoë:grün-22".encode("latin-1")).decode().rstrip("="), ["grün-22"]),
        ("a=first-one; b=second; theme=", ["first-one", "second"]),
        ('Signature keyId="kid-77",algorithm="rsa-sha256",signature="c2lnbg/+=="', ["kid-77", "c2lnbg/+=="]),
        ('Digest username="Mufasa", nonce="d\\"cd98", response="6629fae4"', ["Mufasa", 'd"cd98', "6629fae4"]),
        ("first-key, other-key", ["first-key", "other-key"]),
        ("amara:hunter22", ["amara", "hunter22"]),
    ],
)
def test_each_part_of_a_value_is_a_secret(value: str, secrets: list[str]) -> None:
    redactor = Redactor([value])
    assert [redactor.text(f"<{secret}>") for secret in secrets] == [f"<{HIDDEN}>"] * len(secrets)


@pytest.mark.parametrize(
    "secret", ["a", "ab", "1.0", "true", "none", TOKEN, 'Digest uri="/training/record/", qop="auth"']
)
def test_a_report_can_still_be_read(secret: str) -> None:
    text = (
        'GET http://127.0.0.1:8080/training/record/?limit=100 -> 200 {"count": 1, "own": true, "results": '
        '[{"api_id": "kit-0a1b2c3d4e5f-x", "date_assigned": "2026-01-01T00:00:00Z", "package_desc": "a 1.0 version"}]}'
    )
    assert Redactor([secret], "http://127.0.0.1:8080").text(text) == text


def test_a_piece_of_the_url_that_is_shown_is_no_secret() -> None:
    redactor = Redactor(["http://127.0.0.1:3000/key-77"], "http://127.0.0.1:8080")
    assert redactor.text("http://127.0.0.1:8080/training/") == "http://127.0.0.1:8080/training/"
    assert redactor.text("<http://127.0.0.1:3000/key-77>") == f"<{HIDDEN}>"


def test_what_folding_leaves_nothing_of_is_hidden_all_the_same() -> None:
    assert Redactor(["+''+"]).text("<+''+>, <%2B%27%27%2B>") == f"<{HIDDEN}>, <{HIDDEN}>"


@pytest.mark.parametrize(
    "text", ["\\" * 20_000, "%25" * 20_000, "..." * 20_000, "a" * 20_000, "&#" * 20_000, "é" * 20_000]
)
@pytest.mark.parametrize("secret", [TOKEN, "a" * 400, "é%25" * 100])
def test_odd_texts_take_no_longer_than_others(text: str, secret: str) -> None:
    """It would not end today if their cost grew with the square of their length."""
    Redactor([secret]).text(text)


def test_what_is_learnt_later_is_hidden_beside_what_was_known() -> None:
    redactor = Redactor(["s3cret"])
    redactor.learn(["Bearer t0ken"])
    assert redactor.text("s3cret t0ken") == f"{HIDDEN} {HIDDEN}"


def test_keys_and_values_of_documents_are_redacted() -> None:
    assert Redactor(["s3cret"]).value({"s3cret": ["a s3cret b"]}) == {HIDDEN: [f"a {HIDDEN} b"]}


def test_options_never_show_their_secrets() -> None:
    shown = repr(Options("http://amara:hunter22@127.0.0.1", headers=(("X-Key", "s3cret"),)))
    assert "s3cret" not in shown
    assert "hunter22" not in shown


def test_the_names_of_formats_and_languages_are_no_secrets() -> None:
    options = Options("http://127.0.0.1", headers=(("Accept", "application/json"), ("X-Key", "s3cret")))
    assert options.secrets == ("s3cret",)
