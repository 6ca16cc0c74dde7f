"""Requests that are none: each gets an answer that says why, is in the journal, and does nothing."""

import json
import random
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from mock_server import MockServer

from .problems import problem
from .raw_http import HOST, RawAnswer, converse

BODY = json.dumps({"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}).encode()
PAGE = b"Origin: http://page.test\r\n"


def head(records: str, *headers: bytes, method: bytes = b"POST", version: bytes = b"1.1") -> bytes:
    """Return a head with a good Host, of a page, and these headers."""
    line = b"%b %b HTTP/%b\r\nHost: %b" % (method, urlsplit(records).path.encode(), version, HOST.encode())
    return b"\r\n".join((line, PAGE.strip(), b"Content-Type: application/json", *headers, b"", b""))


def good(records: str, *headers: bytes) -> bytes:
    return head(records, b"Content-Length: %d" % len(BODY), *headers) + BODY


def chunked(records: str, *parts: bytes) -> bytes:
    return head(records, b"Transfer-Encoding: chunked") + b"".join(parts)


@pytest.fixture
def count(http: requests.Session, records: str) -> Iterator[None]:
    """Nothing that is sent in this test may create a record."""
    yield
    assert http.get(f"{records}?limit=1").json()["count"] == 60


HEADS = {
    b"Content-Length: x": "Content-Length must be",
    b"Content-Length: -1": "Content-Length must be",
    b"Content-Length: 1, 1": "Content-Length must be",
    b"Content-Length: 99999999999999999999999": "Content-Length must be",
    b"Content-Length:": "Content-Length must be",
    b"Content-Length: 1\r\nContent-Length: 1": "Content-Length was sent twice",
    b"Content-Length: 1\r\nTransfer-Encoding: chunked": "must not be sent together",
    b"Transfer-Encoding: chunked\r\nContent-Length: 1": "must not be sent together",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked": "Transfer-Encoding must be chunked",
    b"Transfer-Encoding: chunked, gzip": "Transfer-Encoding must be chunked",
    b"Bad name: x": "header's name",
    b"Name : x": "header's name",
    b"no colon": "header's name",
    b": x": "header's name",
    b"Name: a\x00b": "control character",
    b"Name: a\r\n b": "may not go on in the next line",
    b"Name: a\n": "CR LF",
    b"Host: " + HOST.encode(): "more than one Host",
}


@pytest.mark.parametrize("line", HEADS, ids=lambda line: line.decode("latin-1")[:40])
@pytest.mark.usefixtures("count")
def test_broken_header_is_400_with_its_reason_for_the_page_that_sent_it(records: str, line: bytes) -> None:
    (answer,) = converse(records, head(records, line) + BODY)
    assert HEADS[line] in problem(answer, 400)["detail"]
    assert answer.headers["Access-Control-Allow-Origin"] == "http://page.test"
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("coding", [b"gzip", b"gzip, chunked", b"identity", b"xchunked"])
@pytest.mark.usefixtures("count")
def test_transfer_coding_that_is_not_known_is_501(records: str, coding: bytes) -> None:
    (answer,) = converse(records, head(records, b"Transfer-Encoding: " + coding) + b"0\r\n\r\n")
    assert coding.decode() in problem(answer, 501)["detail"]


LINES = {
    b"patch /training/record/ HTTP/1.1": "capitals",
    b"BREW /training/record/ HTTP/1.1": "no registered one",
    b"GET /training/record/ HTTP/3.7": "HTTP/1.1 or HTTP/1.0",
    b"GET /training/record/ HTTP/2.0": "HTTP/2.0",
    b"GET /training/record/": "HTTP/0.9",
    b"GET /training/ record/ HTTP/1.1": "%20",
    b"GET /training/r\xc3\xa9cord/ HTTP/1.1": "percent-encode",
    b"GET /training/record/\x00 HTTP/1.1": "percent-encode",
    b"GET training/record/ HTTP/1.1": "begins with neither /",
    b"GET ftp://a/training/record/ HTTP/1.1": "must begin with /",
    b"GET http://user@a/training/record/ HTTP/1.1": "names a user",
    b"GET http:///training/record/ HTTP/1.1": "//",
    b"GET * HTTP/1.1": "must begin with /",
    b"GET /training/record/#top HTTP/1.1": "fragment",
    b"GET /training/record/?search=#1 HTTP/1.1": "fragment",
    b"PRI * HTTP/2.0": "HTTP/2",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03": "TLS",
    b"\x00": "not HTTP/1.1",
    b"nonsense": "no registered one",
}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.decode("latin-1")[:40])
def test_broken_first_line_is_400_with_its_reason(server: MockServer, line: bytes) -> None:
    (answer,) = converse(server.url, line + b"\r\nHost: a\r\n\r\n")
    assert LINES[line] in problem(answer, 400)["detail"]


@pytest.mark.parametrize(
    "host", [b"evil.test/path", b"user@evil.test", b"a b", b'"><script>', b"\xe9", b"a:b:c", b"[a"]
)
def test_host_that_is_none_is_400(server: MockServer, host: bytes) -> None:
    (answer,) = converse(server.url, b"GET / HTTP/1.1\r\nHost: %b\r\n\r\n" % host)
    assert "Host" in problem(answer, 400)["detail"]


def test_host_may_be_missing_in_http_1_0_alone(server: MockServer) -> None:
    (older,) = converse(server.url, b"GET /training/record/ HTTP/1.0\r\n\r\n")
    assert older.status_code == 200
    (answer,) = converse(server.url, b"GET /training/record/ HTTP/1.1\r\n\r\n")
    assert "no Host" in problem(answer, 400)["detail"]


def test_address_may_be_absolute_and_its_host_counts(server: MockServer) -> None:
    line = b"GET http://other.test:81/training/record/?limit=1 HTTP/1.1\r\n"
    (answer,) = converse(server.url, line + b"Host: a\r\nConnection: close\r\n\r\n")
    assert answer.json()["next"] == "http://other.test:81/training/record/?limit=1&offset=1"


def test_options_for_the_server_as_a_whole_get_an_answer(server: MockServer) -> None:
    (answer,) = converse(server.url, b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    problem(answer, 404)


CHUNKS = {
    b"zz\r\n": "broken",
    b"-1\r\n": "broken",
    b"0x3\r\n": "broken",
    b"ffffffffffffffffffff\r\n": "broken",
    b"3\r\nabcd\r\n": "broken",
    b"3\nabc": "broken",
    b"3;\x00\r\n": "broken",
    b"1\r\n{\r\n0\r\nno trailer\r\n\r\n": "header's name",
}


@pytest.mark.parametrize("broken", CHUNKS, ids=lambda line: line.decode("latin-1"))
@pytest.mark.parametrize("before", [b"", b"1\r\n{\r\n"], ids=["at once", "behind a chunk"])
@pytest.mark.usefixtures("count")
def test_broken_chunk_is_400_once_and_the_request_is_not_done(
    http: requests.Session, organisation: str, records: str, before: bytes, broken: bytes
) -> None:
    first = chunked(records, before)
    for parts in ([first, broken], [first + broken]):
        (answer,) = converse(records, *parts)
        assert CHUNKS[broken] in problem(answer, 400)["detail"]
        assert answer.headers["Access-Control-Allow-Origin"] == "http://page.test"
    assert [entry["status"] for entry in journal(http, organisation)] == [400, 400]


def test_good_request_in_front_of_garbage_is_done(http: requests.Session, records: str) -> None:
    pipeline = good(records) + good(records) + b"garbage\r\n\r\n" + good(records)
    assert statuses(converse(records, pipeline)) == [201, 201, 400]
    assert http.get(f"{records}?limit=1").json()["count"] == 62


def test_good_request_in_front_of_garbage_is_done_however_long_it_takes(records: str) -> None:
    slow = good(records.replace("/record/", "/record/?__delay=0.2"))
    assert statuses(converse(records, slow + chunked(records, b"zz\r\n"))) == [201, 400]


def test_what_a_broken_request_goes_on_with_is_not_taken_for_another(http: requests.Session, records: str) -> None:
    smuggled = head(records, b"Content-Length: x") + good(records)
    assert statuses(converse(records, smuggled)) == [400]
    assert http.get(f"{records}?limit=1").json()["count"] == 60


def test_answer_reaches_a_client_that_is_still_sending(records: str) -> None:
    """A reset, as the system sends it for a connection that is closed with bytes unread, would take it away."""
    (answer,) = converse(records, head(records, b"Content-Length: x"), *[b"x" * 65536] * 64)
    problem(answer, 400)


def test_broken_request_is_in_the_journal_with_what_is_known_of_it(
    http: requests.Session, organisation: str, records: str
) -> None:
    path = urlsplit(records).path
    converse(records, head(records, b"Content-Length: x"))
    converse(records, b"brew %b?a=b HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode())
    entries = http.get(f"{organisation}/_mock/journal.har").json()["log"]["entries"]
    seen = [(entry["request"]["method"], urlsplit(entry["request"]["url"]).path) for entry in entries]
    assert seen == [("POST", path), ("brew", path)]
    assert {entry["response"]["status"] for entry in entries} == {400}


LARGE = 64 * 1024


def test_address_of_64_kib_is_taken_and_a_longer_one_is_414(records: str) -> None:
    path = urlsplit(records).path + "?search="
    for length, status in ((LARGE, 200), (LARGE + 1, 414)):
        line = path.encode() + b"x" * (length - len(path))
        parts = b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % line
        for cut in (len(parts), 30_000):
            assert statuses(converse(records, parts[:cut], parts[cut:])) == [status]


@pytest.mark.parametrize(
    "padding",
    [b"X: %b\r\n" % (b"x" * LARGE), b"X-Many: 1\r\n" * (LARGE // 10), b"x" * LARGE + b": 1\r\n"],
    ids=["one", "many", "name"],
)
def test_head_over_64_kib_is_431(records: str, padding: bytes) -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\n" + padding + b"\r\n"
    for pieces in ([request], [request[:40_000], request[40_000:]], [request.rstrip()]):
        (answer,) = converse(records, *pieces)
        assert str(LARGE) in problem(answer, 431)["detail"]


def test_head_just_under_64_kib_is_taken(records: str) -> None:
    line = b"GET %b?limit=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" % urlsplit(records).path.encode()
    request = b"%bX: %b\r\n\r\n" % (line, b"x" * (LARGE - 100))
    for cut in (len(request), 40_000):
        assert statuses(converse(records, request[:cut], request[cut:])) == [200]


def test_head_that_never_ends_is_431(records: str) -> None:
    for line in (b"GET / HTTP/1.1\r\nX: ", good(records) + b"GET / HTTP/1.1\r\nX: "):
        assert statuses(converse(records, line, *[b"x" * 30_000] * 30))[-1] == 431


@pytest.mark.usefixtures("count")
def test_trailers_and_chunk_extensions_over_64_kib_are_431(records: str) -> None:
    whole = b"%x\r\n%b\r\n" % (len(BODY), BODY)
    trailer = b"T: %b\r\n" % (b"x" * 1000)
    endings = [b"0\r\n" + trailer * 70 + b"\r\n", b"0\r\nT: " + b"x" * 140_000, b"0;" + b"x" * 140_000]
    for ending in endings:
        assert statuses(converse(records, chunked(records, whole), ending)) == [431]
        assert statuses(converse(records, chunked(records, b"1;" + b"x" * 140_000))) == [431]


def test_trailers_are_no_headers(http: requests.Session, organisation: str, records: str) -> None:
    whole = b"%x\r\n%b\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(BODY), BODY)
    assert statuses(converse(records, chunked(records, whole), end=True)) == [201]
    (entry,) = http.get(f"{organisation}/_mock/journal.har").json()["log"]["entries"]
    assert "x-trailer" not in {header["name"] for header in entry["request"]["headers"]}


def test_answers_do_not_depend_on_how_the_bytes_come(server: MockServer) -> None:
    """Pipelines of good and broken requests, in one packet and cut anywhere."""
    chance = random.Random(7)
    for number in range(60):
        told = []
        for way in ("whole", "cut"):
            records = f"{server.url}/org/cut-{number}-{way}/training/record/"
            pieces = [chance_piece(records, kind) for kind in random.Random(number).choices(range(9), k=5)]
            data = b"".join([*pieces, head(records, b"Connection: close", method=b"GET")])
            cuts = sorted(chance.sample(range(len(data)), 6)) if way == "cut" else []
            parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
            told.append([shape(answer) for answer in converse(records, *parts)])
        assert told[0] == told[1], f"pipeline {number}"
        assert told[0], f"pipeline {number}"


def chance_piece(records: str, kind: int) -> bytes:
    whole = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    return [
        good(records),
        good(records, b"Connection: Upgrade", b"Upgrade: h2c"),
        chunked(records, whole),
        head(records, b"Connection: Upgrade, x", b"Upgrade: foo", b"Transfer-Encoding: chunked") + whole,
        head(records, method=b"GET"),
        b"\r\n" + head(records, method=b"GET"),
        chunked(records, b"3\r\nabc\r\nzz\r\n"),
        head(records, b"Content-Length: 1", b"Transfer-Encoding: chunked"),
        b"GARBAGE / HTTP/1.1\r\n\r\n",
    ][kind]


def shape(answer: RawAnswer) -> tuple[int, str, str | None]:
    """Return what of an answer is the same for each organisation."""
    return answer.status_code, answer.json().get("detail", ""), answer.headers["Connection"]


def statuses(answers: list[RawAnswer]) -> list[int]:
    return [answer.status_code for answer in answers]


def journal(http: requests.Session, organisation: str) -> list[dict[str, int]]:
    entries: list[dict[str, int]] = http.get(f"{organisation}/_mock/journal").json()["exchanges"]
    return entries


def test_server_goes_on_after_all_of_it(http: requests.Session, server: MockServer) -> None:
    place = urlsplit(server.url)
    for line in (b"\x16\x03\x01", b"GET / HTTP/1.1\r\nHost", b"\r\n"):
        with socket.create_connection((place.hostname, place.port)) as connection:
            connection.sendall(line)
    assert http.get(f"{server.url}/training/record/?limit=1").status_code == 200
