"""The journal and its HAR tell no secret: they know them by their names, and say that they left them out."""

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from mock.raw_http import request, send

SECRET = "correct-horse-battery-staple"

NAMES = [
    "Authorization",
    "Proxy-Authorization",
    "Cookie",
    "X-Api-Key",
    "apikey",
    "API_KEY",
    "access_token",
    "X-Auth-Token",
    "client_secret",
    "Secret",
    "password",
    "X-Amz-Signature",
    "Signature",
]
SPELT = [
    *("api%5Fkey", "%61pi_key", "api_key[]", "api_key%5B%5D", "auth[token]", "key[0]", "+token", "token+"),
]
OTHERS = ["keyword", "tokens", "X-Authorization-Kind", "secretary", "passwords", "limit", "monkeys"]


def told(http: requests.Session, control: str) -> tuple[str, list[Any], list[Any]]:
    """Return all that the journal and the HAR tell, as one text and as exchanges and entries."""
    journal, har = http.get(f"{control}journal"), http.get(f"{control}journal.har")
    return journal.text + har.text, journal.json()["exchanges"], har.json()["log"]["entries"]


@pytest.mark.parametrize("name", NAMES)
def test_secret_header_is_left_out_and_it_is_said(
    http: requests.Session, control: str, records: str, name: str
) -> None:
    http.get(records, headers={name: f"Bearer {SECRET}", "X-Seen": "1"})
    text, exchanges, entries = told(http, control)
    assert SECRET not in text
    headers = dict(exchanges[0]["request"]["headers"])
    assert (headers[name.lower()], headers["x-seen"]) == ("[redacted]", "1")
    assert {"name": name.lower(), "value": "[redacted]"} in entries[0]["request"]["headers"]


@pytest.mark.parametrize("name", [*NAMES, *SPELT])
@pytest.mark.parametrize(
    "secret", [SECRET, f"a;b,c'{SECRET}", f'"a {SECRET}"', f"<{SECRET}>", f"a=b={SECRET}", SECRET + "?x"]
)
def test_secret_in_the_query_is_left_out_and_it_is_said(
    http: requests.Session, control: str, records: str, name: str, secret: str
) -> None:
    path = urlsplit(records).path
    target = f"{path}?limit=1&{name}={secret.replace(' ', '+')}&offset=2"
    request(
        records, "GET", target, [f"Referer: http://app.test/?a=1&{name}={secret}", f"X-Location: /x?{name}={secret}"]
    )
    text, exchanges, entries = told(http, control)
    assert SECRET not in text
    assert exchanges[0]["path"] == f"{path}?limit=1&{name}=[redacted]&offset=2"
    assert entries[0]["request"]["url"].endswith(exchanges[0]["path"])
    pairs = [(pair["name"], pair["value"]) for pair in entries[0]["request"]["queryString"]]
    assert (pairs[0], pairs[1][1], pairs[2]) == (("limit", "1"), "[redacted]", ("offset", "2"))
    assert dict(exchanges[0]["request"]["headers"])["referer"] == f"http://app.test/?a=1&{name}=[redacted]"


@pytest.mark.parametrize("name", OTHERS)
def test_other_names_are_told(http: requests.Session, control: str, records: str, name: str) -> None:
    http.get(f"{records}?{name}={SECRET}", headers={name: SECRET, "Referer": f"http://app.test/?{name}={SECRET}"})
    _, exchanges, _ = told(http, control)
    assert f"?{name}={SECRET}" in exchanges[0]["path"]
    headers = dict(exchanges[0]["request"]["headers"])
    assert (headers[name.lower()], headers["referer"]) == (SECRET, f"http://app.test/?{name}={SECRET}")


def test_secret_in_a_url_in_the_query_is_left_out(http: requests.Session, control: str, records: str) -> None:
    http.get(f"{records}?limit=1&back={quote(f'https://app.test/?a=1&token={SECRET}', safe='')}&offset=1")
    http.get(f"{records}?back={quote('https://app.test/?a=1', safe='')}")
    text, exchanges, _ = told(http, control)
    assert SECRET not in text
    assert exchanges[0]["path"].endswith("?limit=1&back=[redacted]&offset=1")
    assert exchanges[1]["path"].endswith("?back=https%3A%2F%2Fapp.test%2F%3Fa%3D1")


def test_secret_in_a_url_in_a_url_in_a_url_is_left_out(http: requests.Session, control: str, records: str) -> None:
    nested = f"token={SECRET}"
    for _ in range(4):
        nested = f"next={quote(f'https://app.test/?{nested}', safe='')}"
        http.get(f"{records}?limit=1&{nested}", headers={"Referer": f"https://app.test/?{nested}"})
    text, exchanges, _ = told(http, control)
    assert SECRET not in text
    assert {exchange["path"].partition("?")[2] for exchange in exchanges} == {"limit=1&next=[redacted]"}


def test_user_in_a_url_is_left_out(http: requests.Session, control: str, records: str) -> None:
    user = f"https://me:{SECRET}@app.test/a"
    http.get(f"{records}?back={quote(user, safe='')}&to={user}", headers={"Referer": user, "X-From": "mail@app.test"})
    text, exchanges, _ = told(http, control)
    assert SECRET not in text
    headers = dict(exchanges[0]["request"]["headers"])
    assert (headers["referer"], headers["x-from"]) == ("https://[redacted]@app.test/a", "mail@app.test")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_secret_in_a_broken_head_is_left_out_however_its_lines_end(
    http: requests.Session, server: Any, end: bytes
) -> None:
    control = f"{server.url}/_mock/"
    http.delete(f"{control}journal")
    secret = SECRET.encode()
    lines = [b"GET /training/record/ HTTP/1.1", b"Host: localhost", b"Cookie: a=" + secret, b"Accept: a b\x00"]
    for head in (
        end.join([*lines, b"", b""]),
        b"\r\n".join(lines).replace(b"\r\nCookie", end + b"Cookie") + b"\r\n\r\n",
    ):
        send(server.url, head)
    text, exchanges, _ = told(http, control)
    assert (SECRET in text, {exchange["status"] for exchange in exchanges}) == (False, {400})


def test_user_in_the_address_of_a_request_is_refused_and_left_out(http: requests.Session, server: Any) -> None:
    http.delete(f"{server.url}/_mock/journal")
    answer = send(server.url, f"GET http://me:{SECRET}@localhost/training/record/ HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert (answer.status_code, SECRET.encode() in answer.body) == (400, False)
    text, exchanges, _ = told(http, f"{server.url}/_mock/")
    assert (SECRET in text, exchanges[-1]["status"]) == (False, 400)


def test_secret_is_left_out_of_the_event_stream(http: requests.Session, control: str, records: str) -> None:
    with http.get(f"{control}journal/events", stream=True) as events:
        lines = events.iter_lines()
        assert next(lines) == b": open"
        requests.get(f"{records}?api_key={SECRET}", headers={"X-Api-Key": SECRET})
        data = next(line for line in lines if line.startswith(b"data:"))
    assert (SECRET.encode() in data, data.count(b"[redacted]")) == (False, 2)


def test_long_headers_are_redacted_in_linear_time(http: requests.Session, control: str, records: str) -> None:
    """Nothing is measured: with a pattern that goes back for each start this takes minutes."""
    for value in ("key[" * 8000 + "=", "a" * 30_000 + "=1", "a=," * 10_000, "x=" + "%253D" * 6000, '"' * 30_000 + "="):
        http.get(f"{records}rec-0001/", headers={"X-Long": value})
    assert len(told(http, control)[1]) == 5
