"""How long a reset takes, and how much memory a thousand organisations.

    python benchmarks/workbench.py [--resets 200] [--organisations 1000]

The organisation that is reset has 10,000 records, and every one of them is changed before each reset; the
changes are not part of the time. Over HTTP it is the time from request to answer on a connection that is
open. Memory is what the server's process holds (resident set), before and after the organisations.
"""

import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from mock_server.app import create_app

LIST = "/training/record/"
DATE = "2026-02-01T08:00:00Z"


def in_process(times: int) -> list[float]:
    """Return how long each reset took without HTTP, in milliseconds."""
    sandbox = create_app("large").sandboxes.default
    organisation = sandbox.organisation
    taken = []
    for _ in range(times):
        for record in [*organisation.records]:
            organisation.update(record.api_id, date_started=DATE)
        start = perf_counter()
        sandbox.reset()
        taken.append((perf_counter() - start) * 1000)
    return taken


def over_http(times: int) -> list[float]:
    """Return how long each reset took from request to answer, in milliseconds."""
    taken = []
    with serving("--scenario", "large") as (connection, _):
        state = json.loads(ask(connection, "GET", "/_mock/state"))
        changed = json.dumps({**state, "records": [record | {"date_started": DATE} for record in state["records"]]})
        for _ in range(times):
            ask(connection, "PUT", "/_mock/state", changed)
            start = perf_counter()
            ask(connection, "POST", "/_mock/reset")
            taken.append((perf_counter() - start) * 1000)
    return taken


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> bytes:
    """Send a request, which must succeed, and return the body of the answer."""
    connection.request(method, path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status in (200, 204), path
    return content


@contextmanager
def serving(*options: str) -> Iterator[tuple[http.client.HTTPConnection, int]]:
    """Run the server in a process of its own; give a connection to it and the process's id."""
    command = [sys.executable, "-m", "mock_server", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://([^\s/]+)", process.stdout.readline())
        assert found, "the server did not start"
        connection = http.client.HTTPConnection(found[1])
        try:
            yield connection, process.pid
        finally:
            connection.close()
            process.terminate()


def resident(pid: int) -> float:
    """Return the resident set of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1000


def memory(count: int, writes: bool) -> tuple[float, float]:
    """Return the server's memory before and after so many organisations were read, and written to if asked."""
    with serving("--scenario", "large", "--max-organisations", str(count + 1)) as (connection, pid):
        ask(connection, "GET", f"{LIST}?limit=20")
        before = resident(pid)
        for number in range(count):
            root = f"/org/worker-{number}{LIST}"
            ask(connection, "GET", f"{root}?limit=20")
            if writes:
                ask(connection, "DELETE", f"{root}rec-000001/")
        return before, resident(pid)


def main() -> None:
    """Print the figures beside what they are to be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--resets", type=int, default=200)
    parser.add_argument("--organisations", type=int, default=1000)
    options: Any = parser.parse_args()
    for name, measure in (("in process", in_process), ("over HTTP", over_http)):
        taken = measure(options.resets)
        figures = f"median {statistics.median(taken):6.3f} ms  worst {max(taken):6.3f} ms  (aim 5)"
        print(f"reset of 10,000 changed records, {name:10}  {figures}", flush=True)
    if not Path("/proc/self/status").exists():
        sys.exit("memory is read from /proc, which this system has not")
    for name, writes, aim in (("read", False, "  (aim 500)"), ("read, and a record deleted", True, "")):
        before, after = memory(options.organisations, writes)
        figures = f"{before:.0f} MB before, {after:.0f} MB after{aim}"
        print(f"{options.organisations:,} organisations of `large`, {name}: {figures}", flush=True)


if __name__ == "__main__":
    main()
