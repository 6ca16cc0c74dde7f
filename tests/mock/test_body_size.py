"""Large bodies and bodies in chunks: nothing above the limit is read, and chunks are as good as a length."""

import socket
from urllib.parse import urlsplit

import pytest
import requests

from .problems import problem
from .raw_http import head, send

LIMIT = 1024 * 1024
BODY = b'{"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}'
MEGABYTES_10 = 10 * 1000 * 1000

writes = pytest.mark.parametrize(("method", "at"), [("POST", ""), ("PUT", "rec-0001/"), ("PATCH", "rec-0001/")])


def padded(size: int) -> bytes:
    """Return a good body of this many bytes."""
    return BODY[:-1] + b" " * (size - len(BODY)) + b"}"


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def beginning(records: str, method: str, at: str, *headers: str) -> bytes:
    return head(method, urlsplit(records).path + at, ["Content-Type: application/json", *headers])


@writes
def test_body_as_large_as_the_limit_is_read(http: requests.Session, records: str, method: str, at: str) -> None:
    body = padded(LIMIT)
    answer = http.request(method, records + at, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == (201 if method == "POST" else 200)


@writes
def test_body_of_one_byte_more_is_413(http: requests.Session, records: str, method: str, at: str) -> None:
    before = http.get(records).json()
    start = beginning(records, method, at, f"Content-Length: {LIMIT + 1}")
    problem(send(records, start + padded(LIMIT + 1), method=method), 413)
    assert http.get(records).json() == before


@writes
def test_announced_10_mb_are_refused_before_a_byte_of_them_is_sent(
    http: requests.Session, records: str, method: str, at: str
) -> None:
    before = http.get(records).json()
    start = beginning(records, method, at, f"Content-Length: {MEGABYTES_10}")
    assert str(LIMIT) in problem(send(records, start, method=method), 413)["detail"]
    assert http.get(records).json() == before


@writes
def test_announced_10_mb_are_refused_and_not_asked_for(records: str, method: str, at: str) -> None:
    start = beginning(records, method, at, f"Content-Length: {MEGABYTES_10}", "Expect: 100-continue")
    problem(send(records, start, method=method), 413)


@writes
def test_chunks_that_pass_the_limit_are_413_without_an_end(
    http: requests.Session, records: str, method: str, at: str
) -> None:
    before = http.get(records).json()
    start = beginning(records, method, at, "Transfer-Encoding: chunked")
    answer = send(records, start, *[chunk(b" " * (LIMIT // 4))] * 4, chunk(b" "), method=method)
    problem(answer, 413)
    assert http.get(records).json() == before


@writes
def test_body_in_chunks_is_accepted(http: requests.Session, records: str, method: str, at: str) -> None:
    start = beginning(records, method, at, "Transfer-Encoding: chunked")
    answer = send(records, start, *(chunk(BODY[i : i + 1]) for i in range(len(BODY))), b"0\r\n\r\n", method=method)
    assert answer.status_code == (201 if method == "POST" else 200)
    assert http.get(f"{records}{answer.json()['api_id']}/").json() == answer.json()


@writes
def test_chunks_of_nothing_are_no_body(records: str, method: str, at: str) -> None:
    start = beginning(records, method, at, "Transfer-Encoding: chunked")
    problem(send(records, start + b"0\r\n\r\n", method=method), 400)


@writes
@pytest.mark.parametrize("length", ["-1", "1, 2", "99999999999999999999999999"])
def test_length_that_is_none_is_a_4xx(http: requests.Session, records: str, method: str, at: str, length: str) -> None:
    before = http.get(records).json()
    answer = send(records, beginning(records, method, at, f"Content-Length: {length}"), method=method)
    problem(answer, 400)
    assert http.get(records).json() == before


@writes
def test_request_that_is_broken_off_changes_nothing(http: requests.Session, records: str, method: str, at: str) -> None:
    before = http.get(records).json()
    place = urlsplit(records)
    with socket.create_connection((str(place.hostname), place.port or 80), timeout=20) as connection:
        # All of a good body, but one byte less than was announced.
        connection.sendall(beginning(records, method, at, f"Content-Length: {len(BODY) + 1}") + BODY)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)  # returns once the server has seen the end
    assert http.get(records).json() == before


def test_body_that_a_get_should_not_have_is_not_read(http: requests.Session, records: str) -> None:
    assert http.get(records, data=b"\xff{", headers={"Content-Type": "text/plain"}).json() == http.get(records).json()
