"""The papers are true: what they show is run as it stands there, and every link leads somewhere."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
import yaml
from papers import ROOT, blocks, files

from api_spec.effective import read_spec
from contract_tests.spec import load_spec
from mock_server import MockServer

PAPERS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = "http://127.0.0.1:8080"


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def run(*command: str, folder: Path = ROOT, status: int = 0) -> str:
    """Run a command; return what it writes, its errors below."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def python(*arguments: str, folder: Path = ROOT, status: int = 0) -> str:
    return run(sys.executable, *arguments, folder=folder, status=status)


# Calls


class Call(NamedTuple):
    """A curl command of a paper, and the status that the line above says it gets."""

    status: str
    command: str


def calls(text: str) -> list[Call]:
    """Return the curl commands of a paper: each stands below its comment, a blank line between one and the next."""
    found = []
    for block in blocks(text, "sh"):
        for paragraph in block.strip().split("\n\n"):
            comment, _, command = paragraph.partition("\n")
            if "curl" in paragraph:
                status = re.fullmatch(r"# .*\((\d{3})\)", comment)
                assert status is not None, f"no comment with the status above: {paragraph}"
                found.append(Call(status[1], command))
    return found


def answered(command: str, url: str) -> tuple[str, str]:
    """Run a curl command against this server; return the status and the body that it got."""
    script = re.sub("^curl", r"curl -sS -w '\\n%{http_code}'", command.replace(SHOWN, url))
    body, _, status = run("bash", "-euc", script).rpartition("\n")
    return status, body


@pytest.mark.parametrize("paper", [paper for paper in PAPERS if calls(paper.read_text("utf-8"))], ids=lambda p: p.name)
def test_calls_get_the_statuses_shown(paper: Path) -> None:
    shown = calls(paper.read_text("utf-8"))
    with MockServer() as server:
        got = [Call(answered(call.command, server.url)[0], call.command) for call in shown]
    assert got == shown


def test_every_operation_of_the_spec_is_called() -> None:
    spec = yaml.safe_load(read("spec/openapi.yaml"))
    methods = {method.upper() for path in spec["paths"].values() for method in path if method != "parameters"}
    commands = " ".join(call.command for call in calls(read("docs/mock.md")))
    assert methods == {"GET", *re.findall(r"-X (\w+)", commands)}


def answers_shown() -> Iterator[Any]:
    for paper in PAPERS:
        for block in blocks(paper.read_text("utf-8"), "console"):
            if block.startswith("$ curl"):
                command, _, answer = block.removeprefix("$ ").partition("\n")
                yield pytest.param(command, answer, id=f"{paper.name} {command[:40]}")


@pytest.mark.parametrize(("command", "answer"), [*answers_shown()])
def test_answer_is_the_one_shown(command: str, answer: str) -> None:
    with MockServer() as server:
        _, body = answered(command, server.url)
        assert json.loads(body) == json.loads(answer.replace(SHOWN, server.url).replace("\n", " "))


# Commands


def test_ready_line_is_the_one_shown() -> None:
    shown = re.search(r"^Training Record API mock on .*$", read("README.md"), re.MULTILINE)
    assert shown is not None
    command = [sys.executable, "-m", "mock_server", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().rstrip()
        process.terminate()
    assert shown[0] == re.sub(r"http://127\.0\.0\.1:\d+", SHOWN, ready)


def options_of(package: str) -> set[str]:
    help_text = python("-m", package, "--help")
    if "--help-all" in help_text:
        help_text = python("-m", package, "--help-all")
    offered = set(re.findall(r"^  (?:-h, )?(--[\w-]+)", help_text, re.MULTILINE))
    return offered - {"--help", "--help-all", "--version"}


@pytest.mark.parametrize(
    ("page", "package"), [("docs/mock.md", "mock_server"), ("docs/contract-kit.md", "contract_tests")]
)
def test_options_shown_are_those_of_the_command(page: str, package: str) -> None:
    rows = re.findall(r"^\| (`--[^|]*)", read(page), re.MULTILINE)
    assert options_of(package) == {option for row in rows for option in re.findall(r"--[\w-]+", row)}


def test_defaults_shown_are_those_of_the_mock() -> None:
    options = re.split(r"^  (?=--)", python("-m", "mock_server", "--help-all"), flags=re.MULTILINE)[1:]
    told = {option.split()[0]: re.search(r"\(default\s+([^)]+)\)", option) for option in options}
    shown = dict(re.findall(r"^\| `(--[\w-]+)[^`]*` .*\| `([^`]+)` \|$", read("docs/mock.md"), re.MULTILINE))
    assert {option: default[1] for option, default in told.items() if default}.items() <= shown.items()


def blank(text: str) -> str:
    """Put N for what differs between two runs, and one space for several."""
    text = re.sub(r"\d[\d,.]*(?= (?:records created|requests|s,))", "N", text)
    return re.sub(r" +", " ", re.sub(r"http://127\.0\.0\.1:\d+", "URL", text))


def kit_runs() -> Iterator[Any]:
    """Yield each run of the kit of which a paper shows the end."""
    for paper in (ROOT / "README.md", ROOT / "docs" / "readings.md"):
        for block in blocks(paper.read_text("utf-8"), "console"):
            command, _, shown = block.removeprefix("$ ").partition("\n")
            if command.startswith("training-contract") and shown.startswith("..."):
                yield pytest.param(command.split()[1:], shown, id=paper.name)


@pytest.mark.parametrize(("arguments", "shown"), [*kit_runs()])
def test_the_kit_ends_as_shown(arguments: list[str], shown: str, tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text(overlay(), "utf-8")
    with MockServer() as server:
        command = [argument.replace(SHOWN, server.url) for argument in arguments]
        broken = "broken" in shown
        said = python("-m", "contract_tests", *command, folder=tmp_path, status=int(broken)).replace(server.url, SHOWN)
    for part in shown.split("...\n"):
        assert blank(part.strip("\n")) in blank(said)


# Code


def examples() -> Iterator[Any]:
    for paper in PAPERS:
        text = paper.read_text("utf-8")
        alone = [code for code in blocks(text, "python") if code not in files(text).values()]
        for number, code in enumerate(alone, 1):
            yield pytest.param(code, id=f"{paper.name} {number}")


@pytest.mark.parametrize("code", [*examples()])
def test_python_example_runs(code: str, tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text(overlay(), "utf-8")
    (tmp_path / "test_example.py").write_text(code, "utf-8")
    if "def test_" in code:
        assert "1 passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path)
        return
    shown = re.search(re.escape(code) + r"```\n\nThis prints:\n\n```\n(.*?)```", read("docs/readings.md"), re.DOTALL)
    said = python("test_example.py", folder=tmp_path)
    assert shown is None or said == shown[1]


def test_scenario_example_can_be_served(tmp_path: Path) -> None:
    (example,) = blocks(read("docs/mock.md"), "yaml")
    file = tmp_path / "mine.yaml"
    file.write_text(example, "utf-8")
    with MockServer(scenario=str(file)) as server:
        listed = requests.get(f"{server.url}/training/record/", timeout=5).json()["results"]
    assert [record["api_id"] for record in listed] == ["rec-a"]


# Readings


def overlay() -> str:
    return next(block for block in blocks(read("docs/readings.md"), "yaml") if block.startswith("overlay:"))


def test_overlay_example_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "service.yaml"
    file.write_text(overlay(), "utf-8")
    before, after = read_spec(), read_spec([file])
    created = after["paths"]["/training/record/"]["post"]["responses"]
    assert "201" not in created
    assert created["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/TrainingRecord"}
    assert after["components"] == before["components"]
    assert after["paths"]["/training/record/{api_id}/"] == before["paths"]["/training/record/{api_id}/"]
    as_it_stands, overlaid = load_spec(), load_spec([file])
    assert {rule.id for rule in as_it_stands.rules} - {rule.id for rule in overlaid.rules} == {"no-limit-is-all"}
    assert overlaid.operations["create_record"].success == {200}


def test_marks_shown_stand_in_the_spec() -> None:
    text = re.sub(r"\s+", " ", read("spec/openapi.yaml"))
    marks = [block for block in blocks(read("docs/readings.md"), "yaml") if block.startswith("x-basis")]
    assert len(marks) == 2
    for mark in marks:
        assert re.sub(r"\s+", " ", mark).strip() in text


def test_rules_named_in_the_papers_are_those_of_the_spec() -> None:
    rules = {rule.id for rule in load_spec().rules}
    named = re.findall(r"^\| (`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*) \|", read("docs/limitations.md"), re.MULTILINE)
    assert named
    assert {rule for row in named for rule in re.findall(r"[a-z0-9-]+", row)} <= rules


# Links and layout


def slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).strip().replace(" ", "-")


def anchors(paper: Path) -> set[str]:
    text = re.sub(r"^```.*?^```", "", paper.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def links() -> Iterator[Any]:
    for paper in PAPERS:
        for target in re.findall(r"\]\(([^)\s]+)\)", paper.read_text("utf-8")):
            if "://" not in target:
                yield pytest.param(paper, target, id=f"{paper.name} {target}")


@pytest.mark.parametrize(("paper", "target"), [*links()])
def test_link_leads_somewhere(paper: Path, target: str) -> None:
    name, _, anchor = target.partition("#")
    file = (paper.parent / name).resolve() if name else paper
    assert file.exists()
    assert not anchor or anchor in anchors(file)


def test_every_page_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(([^)#\s]+)\)", read("README.md")))
    assert {str(paper.relative_to(ROOT)) for paper in PAPERS} - {"README.md"} <= linked


def test_readme_has_at_most_150_lines() -> None:
    assert len(read("README.md").splitlines()) <= 150


def test_layout_names_every_folder() -> None:
    layout = re.search(r"## Layout\n\n```\n(.*?)```", read("README.md"), re.DOTALL)
    assert layout is not None
    named = set(re.findall(r"^(\w+)/", layout[1], re.MULTILINE))
    tracked = run("git", "ls-files").splitlines()
    assert named == {line.split("/")[0] for line in tracked if "/" in line and not line.startswith(".")}


@pytest.mark.parametrize("contract", ["The floors of the mock", "The rooms of the kit"])
def test_floors_shown_are_those_that_are_enforced(contract: str) -> None:
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    floors = next(found["layers"] for found in contracts if found["name"] == contract)
    section = read("ARCHITECTURE.md").partition(f"## {contract}")[2]
    shown = re.search(r"```\n(.*?)```", section, re.DOTALL)
    assert shown is not None
    assert [re.split(r"  +", line)[0] for line in shown[1].splitlines()] == floors


def test_papers_go_into_the_source_distribution() -> None:
    included = tomllib.loads(read("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    papers = {f"/{paper.relative_to(ROOT).parts[0]}" for paper in PAPERS}
    assert {*papers, "/LICENSE"} <= set(included)


def test_picture_is_1280_pixels_wide_and_small() -> None:
    picture = (ROOT / "docs" / "dashboard.png").read_bytes()
    assert int.from_bytes(picture[16:20], "big") == 1280
    assert len(picture) < 300_000
