"""The server as a context manager, for tests."""

import socket
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from mock_server import MockServer, OrganisationClient, create_app


def count(http: requests.Session, server: MockServer) -> int:
    number: int = http.get(f"{server.url}/training/record/").json()["count"]
    return number


def can_connect(url: str) -> bool:
    place = urlsplit(url)
    with socket.socket() as client:
        return client.connect_ex((place.hostname, place.port)) == 0


def test_it_serves_from_the_moment_it_is_entered(http: requests.Session) -> None:
    with MockServer(scenario="empty") as server:
        assert count(http, server) == 0


def test_url_is_that_of_a_free_port_of_this_machine() -> None:
    with MockServer(scenario="empty") as server:
        place = urlsplit(server.url)
        assert (place.scheme, place.hostname, place.path) == ("http", "127.0.0.1", "")
        assert can_connect(server.url)


def test_two_at_once_share_nothing(http: requests.Session) -> None:
    with MockServer(scenario="default") as one, MockServer(scenario="default") as other:
        http.delete(f"{one.url}/training/record/rec-0001/")
        assert (count(http, one), count(http, other)) == (59, 60)


def test_it_stops_at_the_end_and_leaves_its_port() -> None:
    with MockServer(scenario="empty") as server:
        pass
    assert not can_connect(server.url)


def test_it_stops_though_the_test_failed() -> None:
    with pytest.raises(ZeroDivisionError), MockServer(scenario="empty") as server:
        raise ZeroDivisionError
    assert not can_connect(server.url)


def test_it_stops_though_clients_stay_connected() -> None:
    with requests.Session() as client:
        client.trust_env = False
        with MockServer(scenario="empty") as server:
            assert count(client, server) == 0
    assert not can_connect(server.url)


def test_it_takes_what_create_app_takes(http: requests.Session) -> None:
    with MockServer(scenario="empty", max_body=10) as server:
        assert http.post(f"{server.url}/training/record/", json={"a": "bcdefghijk"}).status_code == 413


def test_unknown_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="colour"):
        MockServer(colour="red")


def test_app_can_be_made_for_any_server() -> None:
    assert callable(create_app("empty"))


def sockets() -> set[str]:
    """Return the sockets that this process holds."""
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(descriptor.readlink()))
    return {name for name in found if name.startswith("socket:")}


def test_one_that_is_never_entered_holds_no_socket_and_has_no_address() -> None:
    before = sockets()
    server = MockServer(scenario="empty")
    assert sockets() == before
    with pytest.raises(RuntimeError, match="from the moment it is entered"):
        _ = server.url


def test_it_leaves_no_socket_behind(http: requests.Session) -> None:
    before = sockets()
    with MockServer(scenario="empty") as server:
        assert count(http, server) == 0
    http.close()
    assert sockets() <= before


def test_entered_twice_it_says_so_and_serves_on(http: requests.Session) -> None:
    with MockServer(scenario="empty") as server:
        with pytest.raises(RuntimeError, match="entered before"), server:
            pass
        assert count(http, server) == 0
    with pytest.raises(RuntimeError, match="entered before"), server:
        pass


def test_one_that_can_not_start_says_why_and_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError(24, "Too many open files")

    server = MockServer(scenario="empty")
    before = sockets()
    monkeypatch.setattr("uvicorn.Server.startup", fail)
    with pytest.raises(RuntimeError, match="Too many open files"), server:
        pass
    assert sockets() == before


def test_one_that_can_not_be_made_to_start_leaves_no_socket_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    server = MockServer(scenario="empty")
    before = sockets()
    monkeypatch.setattr("threading.Thread.start", fail)
    with pytest.raises(RuntimeError, match="can't start new thread"), server:
        pass
    assert sockets() == before


def test_variables_that_are_meant_for_other_servers_change_nothing(
    http: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "UVICORN_WORKERS", "UVICORN_PORT"):
        monkeypatch.setenv(name, "auto")
    with MockServer(scenario="empty") as server:
        assert count(http, server) == 0


def test_leaving_one_that_was_not_entered_or_was_left_before_does_nothing() -> None:
    server = MockServer(scenario="empty")
    server.__exit__()
    with server:
        pass
    server.__exit__()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_organisations": 1}, "max_organisations must be 2 or more, not 1"),
        ({"max_organisations": -5}, "max_organisations must be 2 or more, not -5"),
        ({"max_records": 0}, "max_records must be 1 or more, not 0"),
        ({"max_body": 0}, "max_body must be 1 or more, not 0"),
        ({"journal_bytes": 0}, "journal_bytes must be 1 or more, not 0"),
    ],
)
def test_option_that_is_too_small_is_a_value_error_that_names_it(options: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MockServer("empty", **options)


def test_it_stops_though_event_streams_are_open_requests_hang_and_nobody_reads() -> None:
    with ExitStack() as stack:
        with MockServer(scenario="large") as server:
            OrganisationClient(server.url).fault(operations=["get_record"], hang=True)
            place = urlsplit(server.url)
            for request in (
                b"GET /_mock/events HTTP/1.1\r\nHost: mock\r\n\r\n",
                b"GET /training/record/rec-1/ HTTP/1.1\r\nHost: mock\r\n\r\n",
                b"GET /training/record/ HTTP/1.1\r\nHost: mock\r\n\r\n" * 20,
                b"POST /training/record/ HTTP/1.1\r\nHost: mock\r\nContent-Length: 9\r\n\r\n",
                b"POST /training",
                b"",
            ):
                client = stack.enter_context(socket.create_connection((place.hostname, place.port)))
                client.sendall(request)
            while len(OrganisationClient(server.url).journal(operation="list_records")) == 0:
                pass
        assert not can_connect(server.url)


def test_client_of_an_organisation_passes_by_the_proxies_and_passwords_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    sent = []
    send = requests.adapters.HTTPAdapter.send

    def note(self: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        sent.append((request.headers.get("Authorization"), dict(options["proxies"])))
        return send(self, request, **options)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", note)
    with MockServer(scenario="empty") as server:
        OrganisationClient(server.url).reset()
    assert sent == [(None, {})]


def test_client_of_an_organisation_adds_faults_without_arming_again_what_is_spent(http: requests.Session) -> None:
    with MockServer() as server:
        organisation = OrganisationClient(server.url)
        records = f"{server.url}/training/record/"
        organisation.fault(operations=["list_records"], status=503, times=1)
        assert http.get(records).status_code == 503
        organisation.fault(operations=["get_record"], status=500)
        assert http.get(records).status_code == 200


def test_client_of_an_organisation_tells_what_something_else_than_a_mock_answers() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        Thread(target=other.handle_request, daemon=True).start()
        with pytest.raises(requests.HTTPError, match="501 Unsupported method"):
            OrganisationClient(f"http://127.0.0.1:{other.server_port}").reset()
