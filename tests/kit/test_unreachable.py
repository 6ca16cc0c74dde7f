"""What no answer came for is told with what would help: a file of authorities, or a way without a proxy."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from contract_tests.command import main
from contract_tests.result import Exit
from contract_tests.run.unreachable import why

PROXY = "http://proxy.example:3128"


@pytest.fixture(scope="module")
def refused() -> requests.ConnectionError:
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get("http://127.0.0.1:1", timeout=5)
    return caught.value


@pytest.fixture(scope="module")
def own_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The URL of a TLS server whose certificate no known authority has signed, and the folder with `cert` and `key`."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = ["-keyout", str(folder / "key"), "-out", str(folder / "cert"), "-days", "1"]
    name = ["-subj", "/CN=another", "-addext", "subjectAltName=DNS:another.example"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made, *name], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}", folder
        server.shutdown()


def said(url: str, capfd: pytest.CaptureFixture[str]) -> str:
    assert main([url]) == Exit.COULD_NOT_RUN
    return capfd.readouterr().err


def test_an_unknown_authority_names_the_variable_that_would_help(
    own_authority: tuple[str, Path], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    shown = said(own_authority[0], capfd)
    assert "certificate verify failed" in shown
    assert "in the environment variable REQUESTS_CA_BUNDLE" in shown


@pytest.mark.parametrize(
    ("file", "told"), [("missing", "there is no "), ("key", "there is no certificate in "), ("cert", "")]
)
def test_a_file_of_authorities_that_does_not_help_is_named(
    own_authority: tuple[str, Path],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    told: str,
) -> None:
    url, folder = own_authority
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / file))
    shown = said(url, capfd)
    # With the right authority what is left is the name, for which no file would help.
    assert ("REQUESTS_CA_BUNDLE" in shown) == bool(told)
    assert f"{told}{folder / file}" in shown or "another.example" in shown or "mismatch" in shown


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_in_the_environment_is_named_when_another_host_is_not_reached(
    refused: requests.ConnectionError, name: str
) -> None:
    told = why(refused, "https://api.example", {name: PROXY})
    assert "refused" in told
    assert f"{name} is set, but the kit takes no proxy from the environment" in told
    assert "reaches api.example without a proxy" in told


@pytest.mark.parametrize(
    ("url", "environ"),
    [
        ("https://api.example", {}),
        ("https://api.example", {"HTTPS_PROXY": ""}),
        ("https://api.example", {"HTTP_PROXY": PROXY}),
        ("https://api.example", {"HTTPS_PROXY": PROXY, "NO_PROXY": ".example"}),
        ("http://localhost:8080", {"HTTP_PROXY": PROXY}),
        ("http://127.0.0.1:1", {"HTTP_PROXY": PROXY}),
    ],
)
def test_no_proxy_is_named_where_none_would_be_used(
    refused: requests.ConnectionError, url: str, environ: dict[str, str]
) -> None:
    assert "proxy" not in why(refused, url, environ).lower()
