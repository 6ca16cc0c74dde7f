"""The README is true: its commands are run, as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from mock_server import MockServer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CALLS, CONTROL_CALLS = (block for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "curl" in block)


def statuses(calls: str, url: str) -> list[str]:
    """Run curl commands of the README against this server and return the status that each got."""
    script = calls.replace("http://127.0.0.1:8080", url)
    script = re.sub(
        r"^curl", "curl --silent --show-error --write-out '\\\\n%{http_code}{end}'", script, flags=re.MULTILINE
    )
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
    return [answer.rpartition("\n")[2] for answer in done.stdout.split("{end}")[:-1]]


def test_every_operation_of_the_spec_is_called_and_succeeds() -> None:
    with MockServer() as server:
        assert statuses(CALLS, server.url) == ["200", "200", "201", "200", "200", "200", "204"]
    spec = yaml.safe_load((ROOT / "spec" / "openapi.yaml").read_text("utf-8"))
    methods = {method.upper() for path in spec["paths"].values() for method in path if method != "parameters"}
    assert methods == {"GET", *re.findall(r"-X (\w+)", CALLS)}


def test_control_calls_succeed() -> None:
    with MockServer() as server:
        assert statuses(CONTROL_CALLS, server.url) == ["204"] + ["200"] * 8


def test_pytest_example_passes(tmp_path: Path) -> None:
    example = next(code for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "def test" in code)
    (tmp_path / "test_example.py").write_text(example)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout


def test_python_example_runs() -> None:
    example = next(code for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "MockServer" in code)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("http://127.0.0.1:")


def test_ready_line_is_the_one_shown() -> None:
    shown = re.search(r"^Training Record API mock on .*$", README, re.MULTILINE)
    assert shown is not None
    command = [sys.executable, "-m", "mock_server", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().rstrip()
        process.terminate()
    assert shown[0] == re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:8080", ready)


def options_of(package: str) -> set[str]:
    help_text = subprocess.run([sys.executable, "-m", package, "--help"], capture_output=True, text=True).stdout
    return set(re.findall(r"^  (?:-h, )?(--[\w-]+)", help_text, re.MULTILINE)) - {"--help"}


def test_options_shown_are_those_of_the_command() -> None:
    offered = options_of("mock_server") | options_of("contract_tests")
    rows = re.findall(r"^\| (`--[^|]*)", README, re.MULTILINE)
    assert offered == {option for row in rows for option in re.findall(r"--[\w-]+", row)}


def test_layout_names_every_folder() -> None:
    layout = re.search(r"## Layout\n\n```\n(.*?)```", README, re.DOTALL)
    assert layout is not None
    named = set(re.findall(r"^(\w+)/", layout[1], re.MULTILINE))
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {line.split("/")[0] for line in tracked.splitlines() if "/" in line and not line.startswith(".")}
    assert folders <= named
