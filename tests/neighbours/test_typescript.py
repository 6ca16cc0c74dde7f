"""TypeScript clients: what others generate from our specs compiles, and the page about them is true."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from papers import ROOT

from mock_server import MockServer

from .conftest import NEIGHBOURS, Run
from .page import files_of, follow, installed_by

PAGE = "typescript.md"
SPECS = {"contract": ROOT / "spec" / "openapi.yaml", "control": ROOT / "mock_server" / "control.yaml"}
GENERATORS = {
    "openapi-typescript": "openapi-typescript/bin/cli.js {spec} --output {out}.ts",
    "orval 7": "orval7/dist/bin/orval.js --input {spec} --output {out}.ts --client fetch",
    "orval 8": "orval/dist/bin/orval.mjs --input {spec} --output {out}.ts --client fetch",
    "hey-api": "@hey-api/openapi-ts/bin/run.js --input {spec} --output {out}",
}
# `skipLibCheck` is left off: what is installed is checked too. What comes along with the tools themselves is not seen.
STRICT = {"strict": True, "noEmit": True, "target": "es2022", "module": "esnext", "moduleResolution": "bundler"}


@pytest.fixture
def folder(tmp_path: Path, node_modules: Callable[[str], Path]) -> Path:
    """A folder in which the packages of typescript/package.json are installed."""
    (tmp_path / "node_modules").symlink_to(node_modules("typescript"))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return tmp_path


def operation_ids(spec: Path) -> set[str]:
    return set(re.findall(r"^ +operationId: (\w+)$", spec.read_text("utf-8"), re.MULTILINE))


def camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


@pytest.mark.parametrize("generator", GENERATORS)
def test_what_is_generated_compiles(generator: str, folder: Path, run: Run) -> None:
    out = folder / "src"
    for name, spec in SPECS.items():
        script, *options = GENERATORS[generator].format(spec=spec, out=out / name).split()
        done = run("node", folder / "node_modules" / script, *options, folder=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        files = [out / f"{name}.ts", *(out / name).glob("*.ts")]
        text = "".join(file.read_text("utf-8") for file in files if file.exists())
        words = set(re.findall(r"\w+", text))
        assert {known for known in operation_ids(spec) if not {known, camel_case(known)} & words} == set()
    config = {"compilerOptions": STRICT | {"types": []}, "include": ["src"]}
    (folder / "tsconfig.json").write_text(json.dumps(config))
    done = run(folder / "node_modules" / ".bin" / "tsc", folder=folder)
    assert done.returncode == 0, done.stdout


def test_page_is_followed_to_its_end(folder: Path, run: Run) -> None:
    with MockServer() as server:
        follow(PAGE, folder, server.url, run)


def test_page_installs_what_is_tested() -> None:
    package = json.loads((NEIGHBOURS / "typescript" / "package.json").read_text("utf-8"))
    tested = {f"{name}@{version}" for name, version in package["devDependencies"].items()}
    assert installed_by(PAGE) <= tested


def test_programs_of_the_page_need_no_cast() -> None:
    for code in files_of(PAGE).values():
        assert not re.search(r"\bany\b|\bas (?!const)|@ts-", code)
