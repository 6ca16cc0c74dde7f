"""TypeScript clients: what others generate from our specs compiles, and the page about them is true."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from papers import files

from mock_server import MockServer

from .conftest import NEIGHBOURS, Run
from .page import follow, installed_by, text_of
from .specs import SPECS, operation_ids

PAGE = "typescript.md"
GENERATORS = {
    "openapi-typescript": "openapi-typescript/bin/cli.js {spec} --output {out}.ts",
    "orval-7": "orval7/dist/bin/orval.js --input {spec} --output {out}.ts --client fetch",
    "orval-8": "orval/dist/bin/orval.mjs --input {spec} --output {out}.ts --client fetch",
    "hey-api": "@hey-api/openapi-ts/bin/run.js --input {spec} --output {out}",
}
# `skipLibCheck` is left off: what is installed is checked too. What comes along with the tools themselves is not seen.
STRICT = {
    "strict": True,
    "noEmit": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "types": [],
}


@pytest.fixture
def folder(tmp_path: Path, node_modules: Callable[[str], Path]) -> Path:
    """A folder in which the packages of typescript/package.json are installed."""
    (tmp_path / "node_modules").symlink_to(node_modules("typescript"))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return tmp_path


def camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def generate(generator: str, spec: str, folder: Path, run: Run) -> set[str]:
    """Let a generator write the client of a spec into src/; return the words of the code that it wrote there."""
    out = folder / "src" / generator / spec
    script, *options = GENERATORS[generator].format(spec=SPECS[spec], out=out).split()
    done = run("node", folder / "node_modules" / script, *options, folder=folder)
    assert done.returncode == 0, f"{generator} of {spec}\n{done.stdout}{done.stderr}"
    code = "".join(file.read_text("utf-8") for file in out.parent.glob(f"{spec}*/**/*.ts"))
    code += "".join(file.read_text("utf-8") for file in out.parent.glob(f"{spec}.ts"))
    return set(re.findall(r"\w+", code))


def test_what_is_generated_has_every_operation_and_compiles(folder: Path, run: Run) -> None:
    for generator in GENERATORS:
        for spec in SPECS:
            words = generate(generator, spec, folder, run)
            missing = {known for known in operation_ids(spec) if not {known, camel_case(known)} & words}
            assert not missing, f"{generator} of {spec}"
    # One run for all: most of its time goes to the library of TypeScript itself.
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": STRICT, "include": ["src"]}))
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
    for code in files(text_of(PAGE)).values():
        statements = re.sub(r"^import .*$|// .*$", "", code, flags=re.MULTILINE)
        assert not re.search(r"\bany\b|\bas (?!const)|@ts-", statements)
