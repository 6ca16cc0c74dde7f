"""No answer costs more than so much time and memory, and one that would ends the run, cleaned up, with that reason."""

from __future__ import annotations

import gzip
import itertools
import tracemalloc
from collections.abc import Iterable, Iterator
from time import sleep

import pytest
import requests

from contract_tests.client.service import Unreachable
from contract_tests.command import main
from contract_tests.result import Exit
from contract_tests.run.cleanup import Cleaned, Cleaner
from contract_tests.safety import bounds

from .test_delivery import Client
from .wire import Ask, wire_service

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
TO_THE_END = b"Connection: close\r\n\r\n"


@pytest.fixture
def client() -> Iterator[Client]:
    with wire_service("rec-1") as wire:
        yield Client(wire)


def body_without_end() -> Iterable[bytes]:
    return itertools.chain([HEAD + TO_THE_END], itertools.repeat(b"[" * 65536))


def chunks_without_end() -> Iterable[bytes]:
    return itertools.chain([HEAD + b"Transfer-Encoding: chunked\r\n\r\n"], itertools.repeat(b"1000\r\n%4096d\r\n" % 1))


def chunk_size_without_end() -> Iterable[bytes]:
    return itertools.chain([HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;"], itertools.repeat(b"a" * 65536))


def trailers_without_end() -> Iterable[bytes]:
    start = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
    return itertools.chain([start], itertools.repeat(b"X-More: 1\r\n" * 5000))


def redirect_without_end() -> Iterable[bytes]:
    start = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
    return itertools.chain([start + TO_THE_END], itertools.repeat(b"x" * 65536))


def continues_without_end() -> Iterable[bytes]:
    return itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def headers_without_end() -> Iterable[bytes]:
    return itertools.chain([HEAD], itertools.repeat(b"X-More: 1\r\n" * 1000))


def header_line_without_end() -> Iterable[bytes]:
    return itertools.chain([HEAD + b"X-More: "], itertools.repeat(b"x" * 65536))


def status_line_without_end() -> Iterable[bytes]:
    return itertools.repeat(b"HTTP/1.1 200 " * 5000)


def bomb(encoding: bytes = b"gzip", times: int = 1) -> Iterable[bytes]:
    packed = gzip.compress(bytes(2**26)) * 4
    for _ in range(times - 1):
        packed = gzip.compress(packed)
    length = b"Content-Length: %d\r\n\r\n" % (len(packed))
    return [HEAD + b"Content-Encoding: " + encoding + b"\r\n" + length, packed]


def empty_members_without_end() -> Iterable[bytes]:
    start = HEAD + b"Content-Encoding: gzip\r\n" + TO_THE_END
    return itertools.chain([start], itertools.repeat(gzip.compress(b"") * 1000))


def drip() -> Iterable[bytes]:
    for byte in itertools.chain([HEAD + b"Content-Length: 99999\r\n\r\n"], itertools.repeat(b" ")):
        yield byte
        sleep(0.02)


def dripping_head() -> Iterable[bytes]:
    for letter in HEAD * 99:
        yield bytes([letter])
        sleep(0.02)


def silence() -> Iterable[bytes]:
    sleep(0.5)
    return
    yield b""


ENDLESS = {
    made.__name__: made
    for made in (
        body_without_end,
        chunks_without_end,
        trailers_without_end,
        redirect_without_end,
        continues_without_end,
        headers_without_end,
        header_line_without_end,
        status_line_without_end,
        empty_members_without_end,
        bomb,
        drip,
        dripping_head,
    )
} | {"bomb in a bomb": lambda: bomb(b"gzip, gzip", 2)}


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that are soon met."""
    monkeypatch.setattr(bounds, "MOST_BODY", 2**20)
    monkeypatch.setattr(bounds, "MOST_HEAD", 2**17)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_without_end_is_broken_off_and_ends_the_run(client: Client, name: str) -> None:
    answer = ENDLESS[name]()
    client.service.session.read_timeout = 0.3
    client.wire.odd = lambda _: answer
    tracemalloc.start()
    try:
        with pytest.raises(Unreachable, match=r"without end|more than 0\.6 s for one answer"):
            client.send("GET")
        assert tracemalloc.get_traced_memory()[1] < 2**25
    finally:
        tracemalloc.stop()
    assert len(client.wire.asks) == 1


def test_a_size_of_a_chunk_without_end_is_no_answer(client: Client) -> None:
    client.wire.odd = lambda _: chunk_size_without_end()
    # Before version 2.8 urllib3 reads such a line on, and then our bound ends it.
    with pytest.raises(Unreachable, match=r"stopped answering|without end"):
        client.send("GET")


def test_a_list_of_20_000_records_is_read(client: Client) -> None:
    record = client.wire.fake.records["rec-1"]
    client.wire.fake.records |= {f"rec-{n}": {**record, "api_id": f"rec-{n}"} for n in range(20_000)}
    assert len(client.service.walk().records) == 20_000


@pytest.mark.usefixtures("narrow")
def test_an_answer_as_large_as_it_may_be_is_read(client: Client) -> None:
    content = gzip.compress(b" " * (2**20 - 2) + b"{}")
    length = b"Content-Length: %d\r\n\r\n" % len(content)
    client.wire.odd = lambda _: [HEAD + b"Content-Encoding: gzip\r\n" + length + content]
    assert client.send("GET").answer == {}


def test_silence_is_waited_for_twice(client: Client) -> None:
    client.service.session.read_timeout = 0.2
    client.then(silence(), silence(), silence())
    with pytest.raises(requests.ReadTimeout):
        client.service.session.get(client.wire.url + "/training/record/")
    exchange = client.send("GET")
    assert (exchange.status, exchange.failures) == (None, (None,))


def test_silence_in_the_middle_of_an_answer_is_waited_for_twice(client: Client) -> None:
    client.service.session.read_timeout = 0.2
    start = HEAD + b"Content-Length: 9\r\n\r\n["
    client.then(*(itertools.chain([start], silence()) for _ in range(2)))
    assert client.send("GET").failures == (None,)
    assert len(client.wire.asks) == 3  # the last one to see whether the service is there


def test_100_continue_before_an_answer_is_skipped(client: Client) -> None:
    client.then([b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + HEAD + b"Content-Length: 2\r\n\r\n{}"])
    assert client.send("GET").answer == {}


# Of whole runs


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("name", [name for name in ENDLESS if "drip" not in name])
def test_a_service_that_answers_its_first_request_without_end_is_3(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with wire_service("rec-1") as wire:
        wire.odd = lambda _: ENDLESS[name]()
        assert main([wire.url]) == Exit.COULD_NOT_RUN
        assert len(wire.asks) == 1
    shown = "".join(capfd.readouterr())
    assert "without end" in shown
    assert "Traceback" not in shown
    assert "crashed" not in shown


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_an_answer_without_end_in_mid_run_is_3_and_leaves_nothing(
    method: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with wire_service("rec-1") as wire:

        def odd(ask: Ask) -> Iterable[bytes] | None:
            if ask.method != method or [made for made, _ in wire.sent].count("POST") < 3:
                return None
            wire.plain(ask)
            return body_without_end()

        wire.odd = odd
        assert main([wire.url]) == Exit.COULD_NOT_RUN
        assert list(wire.fake.records) == ["rec-1"]
    assert "answers without end: more than 1 MiB" in capfd.readouterr().err


@pytest.mark.usefixtures("narrow")
def test_a_clean_up_deletes_what_it_can_while_reads_have_no_end(client: Client) -> None:
    left = [client.made(tail) for tail in "abc"]
    client.wire.odd = lambda ask: body_without_end() if ask.method == "GET" else None
    assert set(Cleaner(client.service).run().leftovers) == set(left)  # as nothing proves that they are gone
    assert list(client.wire.fake.records) == ["rec-1"]


def test_a_clean_up_has_little_patience_with_who_drips(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.client.delivery.LITTLE_PATIENCE", 0.1)
    monkeypatch.setattr("contract_tests.client.delivery.MOST_WASTED", 0.5)
    left = [client.made(tail) for tail in "abcdefgh"]
    client.service.session.read_timeout = 0.2
    client.wire.odd = lambda _: drip()
    before = len(client.wire.asks)
    cleaned: Cleaned = Cleaner(client.service).run()
    assert set(cleaned.leftovers) == set(left)
    assert len(client.wire.asks) - before < 10
