"""Where the command listens: the URL that it names works, and where it can't listen it says what failed."""

import contextlib
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from mock_server.address import in_url, listen, url_of
from mock_server.command import main

COMMAND = [sys.executable, "-m", "mock_server"]


def link_local() -> str | None:
    """Return an IPv6 address of this machine that is good within one zone only, with the zone."""
    with contextlib.suppress(OSError), open("/proc/net/if_inet6", encoding="ascii") as lines:
        for line in lines:
            digits, _, _, scope, _, interface = line.split()
            if scope == "20":
                return f"{socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits))}%{interface}"
    return None


def hosts() -> Iterator[object]:
    yield from ("127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost", "0", "127.1")
    for host in ("::1", "::", "[::1]", "::ffff:127.0.0.1", "::ffff:0.0.0.0", link_local() or "fe80::1%lo"):
        try:
            listen(host.strip("[]"), 0).close()
        except OSError as error:
            yield pytest.param(host, marks=pytest.mark.skip(f"this machine has no such address: {error}"))
        else:
            yield host


@pytest.mark.parametrize("host", [*hosts()])
def test_url_of_the_ready_line_works(host: str) -> None:
    command = [*COMMAND, "--port", "0", "--host", host, "--open-control"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = re.search(r"http://\S+", process.stdout.readline())
            assert url is not None
            asking = ["curl", "--silent", "--show-error", "--noproxy", "*", f"{url[0]}/training/record/?limit=1"]
            assert json.loads(subprocess.run(asking, capture_output=True, check=True).stdout)["count"] == 60
        finally:
            process.kill()
    assert "//0.0.0.0" not in url[0]
    assert "//[::]" not in url[0]


def test_zone_stands_in_a_url_as_its_standard_has_it() -> None:
    assert in_url("fe80::1%eth0") == "[fe80::1%25eth0]"
    assert (in_url("::1"), in_url("127.0.0.1"), in_url("localhost")) == ("[::1]", "127.0.0.1", "localhost")


@pytest.mark.parametrize("host", ["", " ", "\t"])
def test_no_host_is_refused(capsys: pytest.CaptureFixture[str], host: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--port", "0", "--host", host])
    printed, errors = capsys.readouterr()
    assert (ended.value.code, printed) == (2, "")
    assert "--host: must be an address" in errors.splitlines()[-1]


NOWHERE = {
    "203.0.113.1": "Cannot assign requested address",
    "2001:db8::1": "",
    "no-such-host.invalid": "",
    "a..b": "Name or service not known",
    "x" * 300: "Name or service not known",
    "http://127.0.0.1": "",
    "127.0.0.1:80": "",
    "é" * 100: "",
}


@pytest.mark.parametrize(("host", "reason"), [*NOWHERE.items()], ids=lambda text: text[:20])
def test_host_that_is_none_or_not_here_is_one_line(capsys: pytest.CaptureFixture[str], host: str, reason: str) -> None:
    assert main(["--port", "0", "--host", host]) == 2
    printed, errors = capsys.readouterr()
    assert (printed, len(errors.splitlines())) == ("", 1)
    assert errors.startswith(f"training-mock: cannot listen on {in_url(host)}:0: {reason}")


@pytest.mark.parametrize("other", ["127.0.0.1", "0.0.0.0", "::"])
def test_port_in_use_is_told_whoever_has_it(capsys: pytest.CaptureFixture[str], other: str) -> None:
    try:
        taken = listen(other, 0)
    except OSError as error:
        pytest.skip(f"this machine has no such address: {error}")
    with closing(taken):
        port = taken.getsockname()[1]
        for host in ("127.0.0.1", "0.0.0.0"):
            assert main(["--port", str(port), "--host", host]) == 2
            assert capsys.readouterr() == (
                "",
                f"training-mock: cannot listen on {host}:{port}: Address already in use\n",
            )


def test_name_with_addresses_of_both_kinds_is_served_under_the_older_one() -> None:
    with closing(listen("localhost", 0)) as sock:
        assert url_of(sock).startswith("http://127.0.0.1:")
