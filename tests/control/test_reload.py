"""--reload: the server follows its files, keeps its records, and survives whatever an editor writes.

It runs from a copy of the project, so that the files that are edited are nobody's.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

import mock_server
from api_spec.file import HERE, bundled

from .process import Process, serving
from .world import ASSIGNED, put

SPEC, FIXTURE = "spec/openapi.yaml", "fixtures/default.yaml"


class Tree:
    """A copy of the project with a server that runs from it and follows its changes."""

    def __init__(self, root: Path, mock: Process, http: requests.Session) -> None:
        self._root = root
        self._http = http
        self.mock = mock
        self.records = f"{mock.url}/training/record/"
        self.control = f"{mock.url}/_mock/"
        self._originals = {name: self.path(name).read_text("utf-8") for name in (SPEC, FIXTURE)}
        self._born = self._served()

    def path(self, name: str) -> Path:
        """Return where a file is, such as "spec/openapi.yaml"."""
        return self._root / name

    def write(self, name: str, text: str) -> None:
        """Write a file as editors do: beside it first, then in its place."""
        beside = self._root / "beside"
        beside.write_text(text, "utf-8")
        os.replace(beside, self.path(name))

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in a file."""
        text = self.path(name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def restore(self) -> None:
        """Have every file as it was at first, and wait until the server has them so again."""
        for name, text in self._originals.items():
            if not self.path(name).exists() or self.path(name).read_text("utf-8") != text:
                self.write(name, text)
        self.mock.lines_until(lambda: self._served() == self._born)

    def _served(self) -> list[object]:
        self._http.post(f"{self.control}reset")
        state = self._http.get(f"{self.control}state").json()
        return [self._http.get(f"{self.mock.url}/openapi.json").content, state["people"], state["records"]]

    def status(self, query: str = "") -> int:
        """Return the status of the list of records with this query."""
        return self._http.get(self.records + query).status_code

    def count(self) -> int:
        """Return how many records there are."""
        number: int = self._http.get(f"{self.records}?limit=1").json()["count"]
        return number

    def told(self, *words: str) -> str:
        """Return the next line that the server writes with all these words in it."""
        while True:
            line = self.mock.line()
            if all(word in line for word in words):
                return line


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, http: requests.Session) -> Iterator[Tree]:
    root = tmp_path_factory.mktemp("reload") / "project"
    package = Path(str(mock_server.__file__)).parent
    ignored = shutil.ignore_patterns("__pycache__", "spec", "fixtures")
    for folder in (package, HERE):
        shutil.copytree(folder, root / folder.name, ignore=ignored)
    for name in ("spec", "fixtures"):
        shutil.copytree(bundled(package, name), root / name)
    with serving("--reload", tree=root) as mock:
        tree = Tree(root, mock, http)
        wait_until_followed(tree)
        yield tree


@pytest.fixture
def tree(running: Tree) -> Tree:
    running.restore()
    return running


def wait_until_followed(tree: Tree) -> None:
    """Save the spec with one comment more, and wait until the server says that it has seen it."""
    tree.write(SPEC, tree.path(SPEC).read_text("utf-8") + "# followed\n")
    tree.told("is now in use")


LIMIT = ("            minimum: 1\n", "            minimum: 1\n            maximum: 5\n")


def test_changed_spec_is_taken_up_and_everything_that_lives_is_kept(http: requests.Session, tree: Tree) -> None:
    put(http, tree.control + "faults", {"faults": [{"status": 503, "probability": 0}]})
    put(http, tree.control + "clock", {"freeze": "2026-02-01T12:00:00Z"})
    http.post(tree.records, json=ASSIGNED | {"api_id": "rec-mine"}).raise_for_status()
    parts = [http.get(tree.control + part).content for part in ("state", "faults", "journal")]
    assert tree.status("?limit=6&__code=200") == 200
    tree.edit(SPEC, *LIMIT)
    tree.mock.lines_until(lambda: tree.status("?limit=6") == 400)
    assert tree.status("?limit=5") == 200
    assert http.get(f"{tree.records}rec-mine/").status_code == 200
    assert "maximum: 5" in http.get(f"{tree.mock.url}/openapi.yaml").text
    assert parts[:2] == [http.get(tree.control + part).content for part in ("state", "faults")]
    assert http.get(tree.control + "journal").json()["exchanges"][0]["number"] == 1


def test_broken_spec_is_told_and_the_last_good_one_keeps_serving(tree: Tree) -> None:
    good = tree.path(SPEC).read_text("utf-8").replace(*LIMIT)
    tree.write(SPEC, good)
    tree.mock.lines_until(lambda: tree.status("?limit=6") == 400)
    for name, (old, new) in BROKEN_SPECS.items():
        assert old in good
        tree.write(SPEC, good.replace(old, new))
        line = tree.told(str(tree.path(SPEC)), "is broken")
        assert line.startswith("training-mock: "), name
        assert (tree.status(), tree.status("?limit=6"), tree.count()) == (200, 400, 60), name
    tree.write(SPEC, "")
    tree.told("is broken")
    tree.path(SPEC).unlink()
    tree.told("is broken")
    assert (tree.status(), tree.status("?limit=6")) == (200, 400)
    tree.write(SPEC, good.replace("maximum: 5", "maximum: 7"))
    tree.mock.lines_until(lambda: (tree.status("?limit=6"), tree.status("?limit=8")) == (200, 400))


BROKEN_SPECS = {
    "not YAML": ("openapi: 3.0.3", "openapi: ["),
    "not OpenAPI": ("paths:\n", "pathes:\n"),
    "nothing but a title missing": ("  title: Training Record API\n", ""),
    "reference to nothing": ("#/components/schemas/RecordList", "#/components/schemas/Nothing"),
    "operation that nobody answers": ("operationId: list_records", "operationId: list_everything"),
    "pattern that is none": ('"^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$"', '"["'),
}


def test_records_that_the_new_spec_no_longer_allows_are_told_and_kept(http: requests.Session, tree: Tree) -> None:
    for root in ("", "/org/a"):
        url = f"{tree.mock.url}{root}"
        put(http, f"{url}/_mock/packages/pkg-long", {"name": "Long", "description": "x" * 300})
        put(http, f"{url}/_mock/people/usr-1", {"name": "One"})
        long = {"person_api_id": "usr-1", "package_api_id": "pkg-long", "api_id": f"rec-long{root[5:]}"}
        http.post(f"{url}/training/record/", json=long).raise_for_status()
    tree.edit(
        SPEC,
        "          description: The package's description, copied",
        "          maxLength: 200\n          description: The package's description, copied",
    )
    lines = [tree.told("no longer allowed") for _ in range(2)]
    for line, words in zip(lines, (("default", "rec-long"), ("organisation a", "rec-long")), strict=True):
        assert [word for word in (*words, "/package_desc") if word not in line] == []
    assert tree.count() == 61


def test_changed_fixture_is_taken_up_at_the_next_reset_and_a_broken_one_never(
    http: requests.Session, tree: Tree
) -> None:
    other = f"{tree.mock.url}/org/b/training/record/"
    assert http.get(other).json()["count"] == 60
    http.delete(f"{tree.records}rec-0001/").raise_for_status()
    tree.edit(FIXTURE, "name: Amara Okafor", "name: Amara Quagga")
    tree.told(str(tree.path(FIXTURE)), "is now in use")
    assert (tree.count(), http.get(f"{tree.records}?search=quagga").json()["count"]) == (59, 0)
    http.post(tree.control + "reset")
    assert tree.count() == 60
    assert http.get(f"{tree.records}?search=quagga").json()["count"] > 0
    assert http.get(f"{other}?search=quagga").json()["count"] == 0, "not before its own reset"
    assert http.get(f"{other.replace('/b/', '/new/')}?search=quagga").json()["count"] > 0
    good = tree.path(FIXTURE).read_text("utf-8")
    tree.write(FIXTURE, good.replace("api_id: usr-amara-okafor\n", "api_id: usr-x\n", 1))
    assert "usr-amara-okafor" in tree.told(str(tree.path(FIXTURE)), "is broken")
    http.post(tree.control + "reset")
    assert tree.count() == 60
    tree.write(FIXTURE, good.replace("Quagga", "Zebra"))
    tree.told(str(tree.path(FIXTURE)), "is now in use")
    http.post(tree.control + "reset")
    assert http.get(f"{tree.records}?search=zebra").json()["count"] > 0


def test_scenario_file_of_ones_own_is_followed(http: requests.Session, tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("people: []\n", "utf-8")

    def people() -> int:
        http.post(f"{url}/_mock/reset")
        return len(http.get(f"{url}/_mock/people").json()["people"])

    with serving("--reload", "--scenario", str(scenario)) as mock:
        url = mock.url
        scenario.write_text("people: [{api_id: usr-1, name: One}]\n", "utf-8")
        mock.lines_until(lambda: people() == 1)


ONE, TWO = (
    "people: [{api_id: usr-1, name: One}]\n",
    "people: [{api_id: usr-1, name: One}, {api_id: usr-2, name: Two}]\n",
)


def replaced(file: Path, text: str) -> None:
    beside = file.with_suffix(".beside")
    beside.write_text(text, "utf-8")
    beside.replace(file)


def made_again(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text, "utf-8")


def mounted_again(file: Path, text: str) -> None:
    """Change what a link leads to as Kubernetes does: it leads through `..data`, and that becomes another link."""
    root = file.parent
    version = root / f"..{len([*root.iterdir()])}"
    version.mkdir()
    (version / "data.yaml").write_text(text, "utf-8")
    (root / "..new").symlink_to(version.name)
    (root / "..new").replace(root / "..data")
    if not file.is_symlink():
        file.unlink()
        file.symlink_to("..data/data.yaml")


@pytest.mark.parametrize("change", [Path.write_text, replaced, made_again, mounted_again])
def test_file_is_followed_however_it_changes_and_whatever_lies_around_it(
    http: requests.Session, tmp_path: Path, change: Callable[[Path, str], object]
) -> None:
    scenario, closed = tmp_path / "mine.yaml", tmp_path / "closed"
    scenario.write_text("people: []\n", "utf-8")
    closed.mkdir()
    closed.chmod(0)
    with serving("--reload", "--scenario", str(scenario)) as mock:
        for text, count in ((ONE, 1), (TWO, 2), (ONE, 1)):
            change(scenario, text)
            assert mock.line() == f"training-mock: {scenario} is now in use"
            http.post(f"{mock.url}/_mock/reset").raise_for_status()
            assert len(http.get(f"{mock.url}/_mock/people").json()["people"]) == count
        assert mock.stop() == 0
        assert mock.rest() == []
    closed.chmod(0o700)


def test_file_that_is_gone_is_told_once_and_followed_when_it_comes_back(tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(ONE, "utf-8")
    with serving("--reload", "--scenario", str(scenario)) as mock:
        scenario.unlink()
        line = mock.line()
        assert line.startswith(f"training-mock: {scenario} is broken, so the last good one stays in use: ")
        scenario.write_text(TWO, "utf-8")
        assert mock.line() == f"training-mock: {scenario} is now in use"


def test_no_watch_of_the_system_is_needed(tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(ONE, "utf-8")
    with serving("--reload", "--scenario", str(scenario)) as mock:
        scenario.write_text(TWO, "utf-8")
        assert mock.line() == f"training-mock: {scenario} is now in use"
        held = [str(link.readlink()) for link in Path(f"/proc/{mock.number}/fd").iterdir()]
        assert [name for name in held if "inotify" in name] == []


def test_name_of_a_file_beside_one_of_another_ending_is_not_mistaken(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(ONE, "utf-8")
    (tmp_path / "mine.yaml").write_text(TWO, "utf-8")
    with serving("--reload", "--scenario", str(tmp_path / "mine")) as mock:
        (tmp_path / "mine").write_text(TWO, "utf-8")
        assert mock.line() == f"training-mock: {tmp_path / 'mine'} is now in use"
