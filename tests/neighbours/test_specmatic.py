"""Specmatic takes the spec as it is, and docs/neighbours.md says which of its tests can't pass."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from api_spec.effective import read_spec
from mock_server import MockServer

from .conftest import Run
from .page import text_of
from .section import bash, prepare, section

PAGE = "neighbours.md"
# What one test of a generated run does to the next, as they share a record and an api_id: expected status and got.
CANNOT_PASS = {
    ("POST", "201", "409"),
    ("PATCH", "200", "409"),
    ("PUT", "200", "404"),
    ("PUT", "409", "404"),
    ("DELETE", "204", "404"),
}


class Case(NamedTuple):
    """A test that Specmatic made: `got` is the status that it did not expect, and None where it passed."""

    negative: bool
    method: str
    path: str
    expected: str
    got: str | None


def case(test: ElementTree.Element) -> Case:
    name = test.attrib["name"]
    found = re.search(r"(-ve +)?Scenario: (\w+) (\S+) -> (\w+)", name)
    assert found, name
    path = found[3].replace("(api_id:ApiId)", "{api_id}")
    failure = test.find("failure")
    if failure is None:
        return Case(found[1] is not None, found[2], path, found[4], None)
    got = re.findall(r"response contained status\s+(\d+)", failure.text or "")
    return Case(found[1] is not None, found[2], path, found[4], " ".join(got))


def cases(folder: Path) -> list[Case]:
    """Read the JUnit report that a run left."""
    (report,) = folder.glob("TEST-*.xml")
    return [case(test) for test in ElementTree.parse(report).iter("testcase")]


def documented() -> set[tuple[str, str, str]]:
    """Return every method, path and status of the spec."""
    return {
        (method.upper(), path, status)
        for path, item in read_spec()["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
        for status in operation["responses"]
    }


def not_tested(output: str) -> set[tuple[str, str, str]]:
    """Read from the table at a run's end for which method, path and status there was no test."""
    found, path, method = set(), "", ""
    for row in re.findall(r"^\|(.*)\|$", output, re.MULTILINE):
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) == 8:
            path, method = cells[1] or path, cells[2] or method
            if cells[6] == "not tested":
                found.add((method, path, cells[4]))
    return found


@pytest.fixture
def folder(tmp_path: Path, node_modules: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Specmatic is installed."""
    if shutil.which("java") is None:
        pytest.skip("not installed: java")
    (tmp_path / "node_modules").symlink_to(node_modules("testers"))
    # A Java that is done after some seconds is faster when it compiles in a hurry.
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    return tmp_path


def test_every_example_of_a_success_and_of_a_missing_record_passes(folder: Path, run: Run) -> None:
    with MockServer() as server:
        script, _ = prepare(section(PAGE, "Specmatic"), folder, server.url)
        done = run(*bash(script), folder=folder)
    every = cases(folder / "reports")
    assert [case for case in every if case.got is not None] == [], done.stdout
    tested = {(case.method, case.path, case.expected) for case in every}
    assert tested == {answer for answer in documented() if answer[2] not in ("400", "413", "415")}
    assert f"{len(every)} of {len(every)} tests pass" in text_of(PAGE)


def test_of_generated_tests_only_those_fail_that_the_page_names(folder: Path, run: Run) -> None:
    with MockServer() as server:
        _, script = prepare(section(PAGE, "Specmatic"), folder, server.url)
        (folder / "openapi.yaml").write_bytes((Path(__file__).parents[2] / "spec" / "openapi.yaml").read_bytes())
        done = run(*bash(script), folder=folder)
    every = cases(folder / "generated")
    failed = [case for case in every if case.got is not None]
    assert {(case.method, case.expected, case.got) for case in failed} == CANNOT_PASS, done.stdout
    # Specmatic draws some of its values, so the numbers differ from run to run.
    negative = [case for case in every if case.negative]
    assert len(negative) > 200
    assert not {*failed} & {*negative}
    assert len(every) - len(negative) - len(failed) > len(failed)
    one = "/training/record/{api_id}/"
    untested = {("GET", one, "400"), ("DELETE", one, "400")}
    assert not_tested(done.stdout) == untested | {answer for answer in documented() if answer[2] in ("413", "415")}
