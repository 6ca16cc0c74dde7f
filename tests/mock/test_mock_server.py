"""The server as a context manager, for tests."""

import socket
from urllib.parse import urlsplit

import pytest
import requests

from mock_server import MockServer, create_app


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
