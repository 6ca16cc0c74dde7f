"""--state and --coverage-report: what can't be kept at the end is refused at the start."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from mock_server.command import main

from .process import serving

OPTIONS = ("--state", "--coverage-report")


def refused(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Return the one line in which the command refuses to start with these options."""
    assert main(["--port", "0", *options]) == 2
    printed, errors = capsys.readouterr()
    assert (printed, len(errors.splitlines())) == ("", 1)
    return errors.removeprefix("training-mock: ").removesuffix("\n")


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the working one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("content", [None, "", '{"saved_at": "2026-02-01T12:00:00Z", "organisations": {}}'])
@pytest.mark.parametrize("name", ["state.json", "./state.json", "{folder}/state.json", "link", "middle", "other"])
def test_same_file_for_both_is_refused_under_any_of_its_names_and_left_as_it_is(
    inside: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | None
) -> None:
    (inside / "link").symlink_to("state.json")
    (inside / "middle").symlink_to("link")
    if content is not None:
        (inside / "state.json").write_text(content)
        (inside / "other").hardlink_to(inside / "state.json")
    elif name == "other":
        return
    before = sorted(inside.iterdir())
    report = name.format(folder=inside)
    told = refused(capsys, "--state", "state.json", "--coverage-report", report)
    assert told == f"--state state.json and --coverage-report {Path(report)} are the same file"
    assert sorted(inside.iterdir()) == before
    if content is not None:
        assert (inside / "state.json").read_text() == content


def test_report_is_not_written_over_the_scenario(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = inside / "mine.yaml"
    scenario.write_text("people: []\npackages: []\nrecords: []\n")
    (inside / "link").symlink_to(scenario)
    for report in (scenario, inside / "link"):
        told = refused(capsys, "--scenario", "mine.yaml", "--coverage-report", str(report))
        assert told == f"--scenario mine.yaml and --coverage-report {report} are the same file"
    assert scenario.read_text() == "people: []\npackages: []\nrecords: []\n"


def test_report_is_not_written_over_the_state_of_another_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.json"
    with serving("--state", str(file)) as mock:
        assert refused(capsys, "--coverage-report", str(file)) == f"{file}: another server is using it"
        assert mock.stop() == 0
    assert "organisations" in json.loads(file.read_bytes())


@pytest.mark.parametrize("option", OPTIONS)
def test_empty_name_is_refused_with_the_name_of_the_option(capsys: pytest.CaptureFixture[str], option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([option, ""])
    assert ended.value.code == 2
    assert f"argument {option}: must be the path of a file, not ''" in capsys.readouterr().err


@pytest.mark.parametrize("option", OPTIONS)
def test_what_can_be_no_file_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    for path, words in {
        tmp_path: "Is a directory",
        tmp_path / ("x" * 256): "File name too long",
        tmp_path / ("x" * 256) / "file": "File name too long",
        tmp_path / "file" / "file": "Not a directory",
        tmp_path / "none" / "file": "No such file or directory",
        tmp_path / "fifo": "it is not a regular file",
        tmp_path / "loop": "Too many levels of symbolic links",
        Path(os.devnull): "it is not a regular file",
        Path("/proc/file"): "No such file or directory",
    }.items():
        assert refused(capsys, option, str(path)) == f"{path}: {words}"


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that nobody but its owner may look into."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


OPEN_AS_NOBODY = """
import os, sys
from pathlib import Path
from mock_server.app import create_app
from mock_server.files import Files, Unwritable

app = create_app()
os.setgroups([]), os.setgid(65534), os.setuid(65534)
path = Path(sys.argv[1])
for state, report in ((path, None), (None, path)):
    files = Files(app, Path("scenario.yaml"), state, report, print)
    try:
        files.open()
    except Unwritable as refused:
        print(refused)
"""


def test_file_in_a_folder_one_may_not_look_into_is_refused_in_words(closed: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    file = closed / "folder" / "file"
    done = subprocess.run([sys.executable, "-c", OPEN_AS_NOBODY, file], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (2 * f"{file}: Permission denied\n", "")


def test_report_is_not_there_before_the_end_and_then_whole(http: requests.Session, tmp_path: Path) -> None:
    report, link = tmp_path / "report.json", tmp_path / "link"
    link.symlink_to(report)
    with serving("--coverage-report", str(link)) as mock:
        http.get(f"{mock.url}/training/record/").raise_for_status()
        assert not report.exists()
        assert mock.stop() == 0
    assert json.loads(report.read_bytes())["seen"] > 0
    assert sorted(tmp_path.iterdir()) == [link, report]


@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_what_came_into_the_way_meanwhile_does_not_hold_up_the_end(tmp_path: Path, kind: str) -> None:
    report, state = tmp_path / "report.json", tmp_path / "state.json"
    with serving("--coverage-report", str(report), "--state", str(state)) as mock:
        state.unlink()
        for file in (report, state):
            if kind == "fifo":
                os.mkfifo(file)
            else:
                file.mkdir()
        assert mock.stop() == 1
        reason = "it is not a regular file" if kind == "fifo" else "Is a directory"
        assert mock.rest() == [f"training-mock: cannot write {file}: {reason}" for file in (state, report)]


def test_every_organisation_is_kept_whatever_lies_beside_the_state(http: requests.Session, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    (tmp_path / ".state.json.new").mkdir()
    with serving("--state", str(state)) as mock:
        http.delete(f"{mock.url}/training/record/rec-0001/").raise_for_status()
        assert mock.stop() == 0
    assert len(json.loads(state.read_bytes())["organisations"]["default"]["records"]) == 59
