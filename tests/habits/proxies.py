"""nginx and HAProxy in front of a service, each a process of its own, with a configuration in a temporary folder."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NGINX = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://{upstream};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""

HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend api
    bind 127.0.0.1:{port}
    default_backend service
backend service
    server one {upstream}
"""

START = 10.0
"""Seconds within which a proxy listens."""


@contextmanager
def nginx(url: str) -> Iterator[str]:
    """Put nginx in front of a service as it comes; give its URL."""
    with _running("nginx", NGINX, url, ["-e", "{folder}/error.log", "-p", "{folder}", "-c"]) as there:
        yield there


@contextmanager
def haproxy(url: str) -> Iterator[str]:
    """Put HAProxy in front of a service as it comes; give its URL."""
    with _running("haproxy", HAPROXY, url, ["-db", "-f"]) as there:
        yield there


PROXIES = (nginx, haproxy)


@contextmanager
def _running(name: str, configuration: str, url: str, words: list[str]) -> Iterator[str]:
    program = shutil.which(name, path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if program is None:
        pytest.skip(f"{name} is not installed")
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        file = Path(folder) / "configuration"
        file.write_text(configuration.format(folder=folder, port=port, upstream=url.removeprefix("http://")), "utf-8")
        command = [program, *(word.format(folder=folder) for word in words), str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            try:
                _wait(process, port)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.communicate(timeout=10)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Return when it listens; raise AssertionError with what it says when it ends instead."""
    end = time.monotonic() + START
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(process.communicate()[0].decode())
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port}")
