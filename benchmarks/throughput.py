"""How many requests a second the mock answers, as a share of an empty ASGI application on the same uvicorn.

    python benchmarks/throughput.py [--seconds 5] [--rounds 3] [--against REVISION] [--case WORD]

Needs wrk. Servers run one at a time, in turn, in processes of their own; the empty application gets the very
same requests. Shares are the median of the rounds, with the least and the largest behind. Every request and
every answer is validated, as always. With --against the mock of another revision runs in turn too, and its
share is to be compared.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent

EMPTY = """
import socket, uvicorn

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})

sock = socket.create_server(("127.0.0.1", 0))
print("http://127.0.0.1:%d" % sock.getsockname()[1], flush=True)
config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", server_header=False)
uvicorn.Server(config).run(sockets=[sock])
"""
MOCK = ["-m", "mock_server", "--port", "0"]

POST = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid", "date_started": "2026-02-01T09:00:00+01:00"}'
"""  # noqa: E501  the body in one line


class Case(NamedTuple):
    """What is asked, of which scenario, and the share that it must reach (None where nothing is promised)."""

    path: str
    floor: float | None
    script: str = ""
    scenario: str = "default"


CASES = {
    "GET one record": Case("/training/record/rec-0003/", 0.60),
    "GET a page of 20": Case("/training/record/?limit=20&offset=20", 0.40),
    "POST a record": Case("/training/record/", 0.28, POST),
    "GET all of 10,000": Case("/training/record/", None, scenario="large"),
}


@contextmanager
def serving(command: list[str], folder: Path) -> Iterator[str]:
    """Run a server in a folder and give its URL, which it prints first."""
    with subprocess.Popen([sys.executable, *command], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the server did not start"
        try:
            yield found[0]
        finally:
            process.terminate()


@contextmanager
def checkout(revision: str) -> Iterator[Path]:
    """Give a folder that holds another revision."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", folder, revision], cwd=ROOT, check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)


def rate(command: list[str], folder: Path, case: Case, seconds: int) -> float:
    """Return the requests a second that one wrk thread gets through 16 connections."""
    with serving(command, folder) as url, tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(case.script)
        script.flush()
        scripted = ["-s", script.name] if case.script else []
        wrk = ["wrk", "-t1", "-c16", f"-d{seconds}s", *scripted, url + case.path]
        output = subprocess.run(wrk, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output, output
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert found, output
    return float(found[1])


def compare(folders: dict[str, Path], cases: dict[str, Case], seconds: int, rounds: int) -> None:
    """Print rates and shares of the mocks in these folders."""
    for name, case in cases.items():
        empty: list[float] = []
        rates: dict[str, list[float]] = {place: [] for place in folders}
        for _ in range(rounds):
            empty.append(rate(["-c", EMPTY], ROOT, case, seconds))
            for place, folder in folders.items():
                rates[place].append(rate([*MOCK, "--scenario", case.scenario], folder, case, seconds))
        floor = "no floor" if case.floor is None else f"floor {case.floor:.2f}"
        print(f"{name} ({floor}; empty application {statistics.median(empty):,.0f}/s)")
        for place, measured in rates.items():
            shares = sorted(ours / base for ours, base in zip(measured, empty, strict=True))
            spread = f"{shares[0]:.3f} to {shares[-1]:.3f}"
            print(
                f"  {place:12} {statistics.median(measured):9,.0f}/s   share {statistics.median(shares):.3f} ({spread})"
            )


def main() -> None:
    """Measure this checkout, and another revision beside it if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", metavar="REVISION")
    parser.add_argument("--case", default="", metavar="WORD", help="only cases with this word in their name")
    options: Any = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("this benchmark needs wrk (Debian's package wrk)")
    cases = {name: case for name, case in CASES.items() if options.case in name}
    if options.against is None:
        compare({"this": ROOT}, cases, options.seconds, options.rounds)
        return
    with checkout(options.against) as folder:
        compare({"this": ROOT, options.against: folder}, cases, options.seconds, options.rounds)


if __name__ == "__main__":
    main()
