"""The ruleset of the provenance convention: it has nothing to say of our spec, and finds each law that is broken."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from broken_provenance import EXAMPLE, OF_FORM, OF_THE_WHOLE, PAGE
from papers import ROOT, blocks

from .conftest import NEIGHBOURS, Run

RULESET = ROOT / "spec" / "provenance.spectral.yaml"
BREAKS = OF_FORM | OF_THE_WHOLE


class Finding(NamedTuple):
    """What the ruleset says of one place."""

    rule: str
    where: tuple[str, ...]
    message: str


@pytest.fixture(scope="module")
def findings(
    node_modules: Callable[[str], Path], run: Run, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Finding]]:
    """Lint the example, and the example broken in each way, in one run; give the findings by the name of the break."""
    folder = tmp_path_factory.mktemp("broken")
    names = {f"{number}.json": name for number, name in enumerate(BREAKS)} | {"whole.json": "whole"}
    documents = {name: broken.done() for name, broken in BREAKS.items()} | {"whole": EXAMPLE}
    for file, name in names.items():
        (folder / file).write_text(json.dumps(documents[name]), "utf-8")
    found: dict[str, list[Finding]] = {name: [] for name in documents}
    for result in lint(node_modules, run, *(folder / file for file in names)):
        where = tuple(str(step) for step in result["path"])
        found[names[Path(result["source"]).name]].append(Finding(result["code"], where, result["message"]))
    return found


def lint(node_modules: Callable[[str], Path], run: Run, *files: Path, ruleset: Path = RULESET) -> list[dict[str, Any]]:
    spectral = node_modules("typescript") / ".bin" / "spectral"
    done = run(spectral, "lint", "--ruleset", ruleset, "--format", "json", "--quiet", *files, folder=ROOT)
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def test_our_spec_keeps_the_convention(node_modules: Callable[[str], Path], run: Run) -> None:
    assert lint(node_modules, run, ROOT / "spec" / "openapi.yaml") == []


def test_example_keeps_the_convention(findings: dict[str, list[Finding]]) -> None:
    assert findings["whole"] == []


@pytest.mark.parametrize("name", BREAKS)
def test_broken_law_is_found_where_it_is_broken(name: str, findings: dict[str, list[Finding]]) -> None:
    broken = BREAKS[name]
    messages = {(found.rule, found.where): found.message for found in findings[name]}
    assert broken.says in messages[broken.finding, tuple(map(str, broken.where))]


def test_two_files_are_enough_and_what_has_no_mark_can_be_let_pass(
    node_modules: Callable[[str], Path], run: Run, tmp_path: Path
) -> None:
    for file in (RULESET, RULESET.with_name("provenance.js")):
        shutil.copy(file, tmp_path)
    own = next(block for block in blocks(PAGE, "yaml") if block.startswith("extends:"))
    (tmp_path / "own.yaml").write_text(own, "utf-8")
    unmarked, broken = BREAKS["an operation without marks"], BREAKS["a documented part without a source"]
    for name, law in {"unmarked": unmarked, "broken": broken}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(law.done()), "utf-8")
    files = tmp_path / "unmarked.json", tmp_path / "broken.json"
    found = lint(node_modules, run, *files, ruleset=tmp_path / "own.yaml")
    assert [(Path(result["source"]).name, result["code"]) for result in found] == [("broken.json", broken.finding)]


def test_page_installs_what_is_tested() -> None:
    package = json.loads((NEIGHBOURS / "typescript" / "package.json").read_text("utf-8"))
    assert f"@stoplight/spectral-cli@{package['devDependencies']['@stoplight/spectral-cli']}" in PAGE


@pytest.mark.parametrize("name", OF_FORM)
def test_one_fault_of_form_is_one_finding(name: str, findings: dict[str, list[Finding]]) -> None:
    assert [finding.rule for finding in findings[name] if finding.rule != "provenance-references"] == [
        BREAKS[name].finding
    ]
