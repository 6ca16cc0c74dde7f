"""A client may offer another protocol with any request (RFC 9110, section 7.8). The mock goes on in HTTP/1.1."""

import json
import logging
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from .raw_http import HOST, converse

H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n"
OFFERS = {
    "h2c": H2C,
    "websocket": b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
    "TLS": b"Upgrade: TLS/1.0\r\nConnection: upgrade\r\n",
    "unknown": b"Connection: Upgrade\r\nUpgrade: foo/2, bar\r\n",
    "two lines": b"Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: foo\r\n",
    "a proxy's": b"Proxy-Connection: Upgrade\r\nUpgrade: h2c\r\n",
}


def body(api_id: str) -> bytes:
    record = {"api_id": api_id, "person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
    return json.dumps(record).encode()


def post(
    records: str,
    api_id: str = "rec-new",
    offer: bytes = H2C,
    version: bytes = b"1.1",
    chunked: bool = False,
    more: bytes = b"",
) -> tuple[bytes, bytes]:
    """Return head and body of a creation that makes an offer."""
    content = body(api_id)
    length = b"Content-Length: %d" % len(content)
    if chunked:
        length = b"Transfer-Encoding: chunked"
        content = b"5\r\n%b\r\n%x;ext\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (content[:5], len(content) - 5, content[5:])
    line = b"POST %b HTTP/%b\r\nHost: %b" % (urlsplit(records).path.encode(), version, HOST.encode())
    return b"%b\r\n%b%bContent-Type: application/json\r\n%b\r\n\r\n" % (line, offer, more, length), content


def created(records: str, *parts: bytes) -> list[str]:
    """Send these bytes, and return the api_ids of what has been created, which must be all that was answered."""
    answers = converse(records, *parts, end=True)
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["api_id"] for answer in answers]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_request_with_an_offer_is_read_whole(records: str, offer: bytes, chunked: bool) -> None:
    head, content = post(records, offer=offer, chunked=chunked)
    assert created(records, head + content) == ["rec-new"]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_it_may_come_in_any_number_of_packets(records: str, chunked: bool) -> None:
    parts = post(records, "rec-two", chunked=chunked)
    assert created(records, *parts) == ["rec-two"]
    bytewise = b"".join(post(records, "rec-many", chunked=chunked))
    assert created(records, *(bytewise[at : at + 1] for at in range(len(bytewise)))) == ["rec-many"]


def test_request_of_http_1_0_may_offer_too(records: str) -> None:
    assert created(records, *post(records, version=b"1.0")) == ["rec-new"]


def test_requests_before_and_behind_an_offer_are_answered_in_turn(records: str) -> None:
    names = [f"rec-{number}" for number in range(4)]
    offers = [b"", H2C, H2C, b""]
    pipeline = [part for name, offer in zip(names, offers, strict=True) for part in post(records, name, offer)]
    assert created(records, b"".join(pipeline)) == names


def test_thousands_of_offers_in_one_packet_are_answered(records: str) -> None:
    request = b"GET %b?limit=1 HTTP/1.1\r\nHost: a\r\n%b\r\n" % (urlsplit(records).path.encode(), OFFERS["unknown"])
    answers = converse(records, request * 2000, end=True)
    assert [answer.status_code for answer in answers] == [200] * 2000


def test_body_that_waits_for_a_word_is_asked_for(records: str) -> None:
    head, content = post(records, more=b"Expect: 100-continue\r\n")
    assert created(records, head, content) == ["rec-new"]


def test_connection_stays_as_the_client_wants_it(records: str) -> None:
    kept = converse(records, *post(records, "rec-a"), *post(records, "rec-b", b"Connection: close\r\n"))
    assert [answer.headers["Connection"] for answer in kept] == ["keep-alive", "close"]
    closed = converse(records, *post(records, "rec-c", b"Connection: Upgrade, close\r\nUpgrade: h2c\r\n"))
    assert [answer.headers["Connection"] for answer in closed] == ["close"]


def test_offer_is_in_the_journal_and_not_in_the_log(
    http: requests.Session, organisation: str, records: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        created(records, *post(records))
    assert caplog.records == []
    (entry,) = http.get(f"{organisation}/_mock/journal.har").json()["log"]["entries"]
    headers = {header["name"]: header["value"] for header in entry["request"]["headers"]}
    assert (headers["upgrade"], headers["connection"]) == ("h2c", "Upgrade, HTTP2-Settings")


@pytest.mark.parametrize("rest", [b"", b"x" * 1000, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_tunnel_is_refused_and_what_was_meant_for_it_is_not_read(records: str, rest: bytes) -> None:
    (answer,) = converse(records, b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n" + rest)
    assert (answer.status_code, answer.headers["Connection"]) == (400, "close")
    assert "CONNECT" in answer.json()["detail"]


@pytest.fixture
def java() -> str:
    """The JDK, which runs a source file. Where it is there, what goes wrong with it is a failure."""
    command = shutil.which("java")
    if command is None:
        pytest.skip("java is not installed")
    return command


def test_java_http_client_reads_and_writes(java: str, http: requests.Session, records: str) -> None:
    program = Path(__file__).parent / "java" / "EveryMethod.java"
    run = subprocess.run([java, str(program), records], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert (
        re.findall(r"^\w+ \d+", run.stdout, re.MULTILINE)
        == [
            "POST 201",
            "GET 200",
            "PATCH 200",
            "PUT 200",
            "DELETE 204",
            "GET 404",
        ]
        + ["POST 201"] * 40
    )
    assert http.get(records).json()["count"] == 60 + 40
