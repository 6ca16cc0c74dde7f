"""How many requests a second the mock answers, as a share of an empty ASGI application on the same uvicorn.

    python benchmarks/throughput.py [--seconds 5] [--rounds 3]

Needs wrk. Servers run one at a time, in turn, in processes of their own; shares are the median of the
rounds. Every request and every answer is validated, as always.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EMPTY = """
from mock_server.server import Server, listen, url_of

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})

sock = listen("127.0.0.1", 0)
print(url_of(sock), flush=True)
Server(app).run(sockets=[sock])
"""

CASES = {
    "empty ASGI application": "/",
    "GET one record": "/training/record/rec-0003/",
    "GET a page of 20": "/training/record/?limit=20&offset=20",
}
TARGETS = {"GET one record": 0.5, "GET a page of 20": 0.35}


@contextmanager
def serving(command: list[str]) -> Iterator[str]:
    """Run a server and give its URL, which it prints first."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the server did not start"
        try:
            yield found[0]
        finally:
            process.terminate()


def rate(url: str, seconds: int) -> float:
    """Return the requests a second that one wrk thread gets through 16 connections."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output, output
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert found, output
    return float(found[1])


def main() -> None:
    """Print a table of rates and shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options: Any = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("this benchmark needs wrk (Debian's package wrk)")
    rates: dict[str, list[float]] = {case: [] for case in CASES}
    mock = ["-m", "mock_server", "--port", "0"]
    for _ in range(options.rounds):
        for case, path in CASES.items():
            with serving(["-c", EMPTY] if path == "/" else mock) as url:
                rates[case].append(rate(url + path, options.seconds))
    baseline = rates["empty ASGI application"]
    for case, measured in rates.items():
        share = statistics.median(ours / empty for ours, empty in zip(measured, baseline, strict=True))
        aim = f"  (aim {TARGETS[case]})" if case in TARGETS else ""
        print(f"{case:24} {statistics.median(measured):9,.0f}/s   share {share:.2f}{aim}")


if __name__ == "__main__":
    main()
