"""A file that one process holds: replaced whole or not at all, whatever it is and wherever it lies."""

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Lock

import pytest

from mock_server.held_file import SEPARATOR, HeldFile

from .killed import Killed, killed_after

OLD, NEW = b"the old content", b"the new one, which is longer"


def replace(path: Path, content: bytes) -> None:
    with closing(HeldFile(path)) as file:
        file.replace(content)


@contextmanager
def mounted(*arguments: str) -> Iterator[None]:
    """Mount something for a while, where that is allowed."""
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"this process may mount nothing: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", arguments[-1]], check=True)


def as_nobody(program: str, path: Path) -> "subprocess.CompletedProcess[str]":
    """Run a program in Python as somebody with no rights, once it has imported what it needs."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    become = "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    return subprocess.run([sys.executable, "-c", IMPORTS + become + program, path], capture_output=True, text=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("old", [None, b"", OLD, 3 * NEW], ids=["none", "empty", "shorter", "longer"])
def test_content_is_replaced_and_nothing_is_left_beside(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "file"
    if old is not None:
        path.write_bytes(old)
    with closing(HeldFile(path)) as file:
        assert file.read() == (old or b"")
        for content in (NEW, OLD, NEW):
            file.replace(content)
            assert (path.read_bytes(), file.read()) == (content, content)
    assert names(tmp_path) == ["file"]


def test_file_that_is_made_and_never_written_is_taken_away_again(tmp_path: Path) -> None:
    with closing(HeldFile(tmp_path / "file")) as file:
        assert (names(tmp_path), file.read()) == (["file"], b"")
    assert names(tmp_path) == []


@pytest.mark.parametrize("content", [b"", OLD], ids=["empty", "not empty"])
def test_file_of_somebody_else_that_is_never_written_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    HeldFile(path).close()
    assert path.read_bytes() == content
    path.unlink()
    with closing(HeldFile(path)):
        path.write_bytes(OLD)
    assert path.read_bytes() == OLD, "what somebody has written into it meanwhile"
    path.unlink()
    with closing(HeldFile(path)):
        path.unlink()
        path.write_bytes(content)
    assert path.read_bytes() == content, "what somebody has put into its place"


LEFT = """
file = HeldFile(Path(sys.argv[1]))
os.fsync = lambda _: os.kill(os.getpid(), 9)
file.replace(b"the new content")
"""


def test_what_a_killed_process_left_beside_is_removed_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    others = [
        ".file.new",
        ".file.NOTOURS_.new",
        ".file.x.abcdefgh.new",
        ".file.abcdefgh.new.bak",
        ".other.abcdefgh.new",
    ]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / ".file.folder00.new").mkdir()
    for _ in range(2):
        subprocess.run([sys.executable, "-c", IMPORTS + LEFT, path])
        assert len(names(tmp_path)) == len(others) + 3, "it has left one, and no more than its own"
    HeldFile(path).close()
    assert (path.read_bytes(), names(tmp_path)) == (OLD, sorted([*others, ".file.folder00.new", "file"]))


@pytest.mark.parametrize("name", [".file.new", ".file.abcdefgh.new"])
@pytest.mark.parametrize("kind", ["folder", "fifo", "link"])
def test_nothing_that_lies_beside_is_in_the_way(tmp_path: Path, name: str, kind: str) -> None:
    path, beside, other = tmp_path / "file", tmp_path / name, tmp_path / "other"
    path.write_bytes(OLD)
    other.write_bytes(OLD)
    make = {"folder": beside.mkdir, "fifo": lambda: os.mkfifo(beside), "link": lambda: beside.symlink_to(other)}
    make[kind]()
    replace(path, NEW)
    assert (path.read_bytes(), other.read_bytes()) == (NEW, OLD)
    assert names(tmp_path) == sorted([name, "file", "other"])


def test_longest_name_is_as_good_as_any(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    replace(path, OLD)
    replace(path, NEW)
    assert (path.read_bytes(), names(tmp_path)) == (NEW, [path.name])


def test_reader_of_before_keeps_what_it_opened(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    with path.open("rb") as reader:
        replace(path, NEW)
        assert reader.read() == OLD


def test_mode_and_owner_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    if os.geteuid() == 0:
        os.chown(path, 12345, 54321)
    path.chmod(0o640)
    before = path.stat()
    replace(path, NEW)
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino, "another file has taken its place"


def test_new_file_is_as_open_as_any_that_is_made(tmp_path: Path) -> None:
    replace(tmp_path / "file", NEW)
    (tmp_path / "other").touch()
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("is_there", [True, False])
def test_symbolic_link_stays_and_what_it_leads_to_is_written(tmp_path: Path, is_there: bool) -> None:
    (tmp_path / "data").mkdir()
    target, middle, link = tmp_path / "data" / "file", tmp_path / "middle", tmp_path / "link"
    link.symlink_to("middle")
    middle.symlink_to(target)
    if is_there:
        target.write_bytes(OLD)
    replace(link, NEW)
    assert (link.is_symlink(), middle.is_symlink(), target.read_bytes()) == (True, True, NEW)
    assert (names(tmp_path), names(tmp_path / "data")) == (["data", "link", "middle"], ["file"])


def test_other_names_of_the_file_stay_names_of_it(tmp_path: Path) -> None:
    path, other = tmp_path / "file", tmp_path / "other"
    path.write_bytes(OLD)
    other.hardlink_to(path)
    replace(path, NEW)
    assert other.read_bytes() == NEW


def test_file_that_is_mounted_by_itself_is_written_in_place(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.write_bytes(OLD)
    inside.touch()
    with mounted("--bind", str(outside), str(inside)):
        for content in (NEW, OLD, NEW):
            replace(inside, content)
            assert outside.read_bytes() == content
    assert (names(tmp_path), inside.read_bytes()) == (["inside", "outside"], b"")


IMPORTS = """
import fcntl, os, sys
from pathlib import Path
from mock_server.held_file import HeldFile
"""

REPLACE = """
file = HeldFile(Path(sys.argv[1]))
for content in (b"first", b"second, longer", b"3"):
    file.replace(content)
file.close()
"""


def test_writable_file_in_an_unwritable_folder_is_written_in_place(folder: Path) -> None:
    path = folder / "file"
    path.write_bytes(OLD)
    path.chmod(0o666)
    done = as_nobody(REPLACE, path)
    assert done.stderr == ""
    assert (path.read_bytes(), path.stat().st_uid, names(folder)) == (b"3", os.geteuid(), ["file"])


def test_file_of_somebody_else_keeps_its_owner_where_the_folder_is_open_to_all(folder: Path) -> None:
    path = folder / "file"
    path.write_bytes(OLD)
    path.chmod(0o666)
    folder.chmod(0o777)
    done = as_nobody(REPLACE, path)
    assert done.stderr == ""
    assert (path.read_bytes(), path.stat().st_uid, names(folder)) == (b"3", os.geteuid(), ["file"])


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o777), (None, 0o755)])
def test_what_could_not_be_written_at_the_end_can_not_be_held_at_the_start(
    folder: Path, file_mode: int | None, folder_mode: int
) -> None:
    path = folder / "file"
    if file_mode is not None:
        path.write_bytes(OLD)
        path.chmod(file_mode)
    folder.chmod(folder_mode)
    done = as_nobody(REPLACE.replace("for content", "print('held')\nfor content"), path)
    assert (done.stdout, "PermissionError" in done.stderr) == ("", True)


def special(folder: Path) -> dict[str, Path]:
    """Return paths of what is no regular file, each by what is to be said of it."""
    os.mkfifo(folder / "fifo")
    (folder / "loop").symlink_to("loop")
    (folder / "device").symlink_to(os.devnull)
    return {
        "Is a directory": folder,
        "not a regular file": folder / "fifo",
        "not a regular file ": Path(os.devnull),
        "not a regular file  ": folder / "device",
        "symbolic links": folder / "loop",
        "No such file or directory": folder / "nowhere" / "file",
        "Not a directory": Path(__file__) / "file",
        "File name too long": folder / ("x" * 300),
    }


def test_what_is_no_regular_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    device = os.stat(os.devnull)
    for words, path in special(tmp_path).items():
        with pytest.raises(OSError, match=words.strip()):
            HeldFile(path)
    assert os.path.samestat(device, os.stat(os.devnull))


@pytest.mark.parametrize("is_there", [True, False])
def test_no_two_hold_the_same_file_under_any_of_its_names(tmp_path: Path, is_there: bool) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(path)
    if is_there:
        path.write_bytes(OLD)
    with closing(HeldFile(path)) as first:
        for _ in range(2):
            for name in (path, link):
                with pytest.raises(OSError, match="another server is using it"):
                    HeldFile(name)
            first.replace(NEW)
    with closing(HeldFile(link)) as second:
        assert second.read() == NEW


def test_file_of_another_name_in_the_same_folder_is_free(tmp_path: Path) -> None:
    with closing(HeldFile(tmp_path / "a")) as first, closing(HeldFile(tmp_path / "A")) as second:
        first.replace(OLD)
        second.replace(NEW)
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "A").read_bytes()) == (OLD, NEW)


def test_file_that_is_gone_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    with closing(HeldFile(path)) as file:
        path.unlink()
        file.replace(NEW)
        with pytest.raises(OSError, match="another server is using it"):
            HeldFile(path)
    assert (path.read_bytes(), names(tmp_path)) == (NEW, ["file"])


def test_file_of_somebody_else_that_came_in_the_meantime_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with closing(HeldFile(path)) as first:
        path.unlink()
        with closing(HeldFile(path)) as second:
            second.replace(OLD)
            with pytest.raises(OSError, match="another server is using it"):
                first.replace(NEW)
            second.replace(OLD)
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["file"])


@pytest.mark.parametrize("step", ["unlink", "replace"])
def test_nobody_else_can_hold_it_between_two_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Neither before it is taken away, nor as soon as another file has taken its place."""
    path = tmp_path / "file"
    do = getattr(Path, step)
    tried = 0

    def interrupted(self: Path, *arguments: Path) -> None:
        nonlocal tried
        for now in (lambda: None, lambda: do(self, *arguments)):
            now()
            if path.exists():
                tried += 1
                with pytest.raises(BlockingIOError):
                    HeldFile(path)

    monkeypatch.setattr(Path, step, interrupted)
    with closing(HeldFile(path)) as file:
        if step == "replace":
            file.replace(NEW)
    assert tried == {"unlink": 1, "replace": 2}[step]


def test_of_many_who_come_at_once_one_holds_it_at_a_time(tmp_path: Path) -> None:
    """Whether it is there, is made, replaced, taken away by who made it or by somebody else who holds it."""
    path = tmp_path / "file"
    inside = 0
    most = 0
    counting = Lock()

    def work(number: int) -> int:
        nonlocal inside, most
        held = 0
        for turn in range(300):
            try:
                file = HeldFile(path)
            except BlockingIOError:  # somebody else is using it
                continue
            with counting:
                inside += 1
                most = max(most, inside)
            held += 1
            for _ in range((number + turn) % 3):
                file.replace(NEW)
            with counting:
                inside -= 1
            if turn % 2:
                path.unlink()  # as its user may: then it is free
            file.close()
        return held

    with ThreadPoolExecutor(4) as pool:
        held = [*pool.map(work, range(4))]
    assert most == 1
    assert sum(held) > 0
    assert [name for name in names(tmp_path) if name != "file"] == []


ALONE = """
try:
    HeldFile(Path(sys.argv[1])).close()
except OSError as error:
    print(error.strerror)
"""


def test_hold_counts_in_another_network_namespace_and_not_for_another_file_of_the_same_path(tmp_path: Path) -> None:
    """As for two containers with one volume, and for two with one network."""
    path = tmp_path / "file"
    program = [sys.executable, "-c", IMPORTS + ALONE, path]
    other_volume = ["sh", "-c", 'mount -t tmpfs tmpfs "$0" && exec "$@"', tmp_path, *program]
    with closing(HeldFile(path)):
        for command, told in (
            (["unshare", "--net", *program], "another server is using it\n"),
            (["unshare", "--mount", *other_volume], ""),
        ):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"this process may make no namespaces: {done.stderr.strip()}")
            assert done.stdout == told


HOLD = """
file = HeldFile(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("is_there", [True, False])
def test_process_that_was_killed_holds_nothing(tmp_path: Path, is_there: bool) -> None:
    path = tmp_path / "file"
    if is_there:
        path.write_bytes(OLD)
    command = [sys.executable, "-c", IMPORTS + HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(OSError, match="another server is using it"):
            HeldFile(path)
        process.kill()
    replace(path, NEW)
    assert (path.read_bytes(), names(tmp_path)) == (NEW, ["file"])


@pytest.mark.parametrize("in_place", [False, True], ids=["another file", "in place"])
def test_full_disk_loses_nothing_of_the_old_content(tmp_path: Path, in_place: bool) -> None:
    disk, inside = tmp_path / "disk", tmp_path / "inside"
    disk.mkdir()
    inside.touch()
    with mounted("-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)):
        path = disk / "file"
        path.write_bytes(OLD)
        with ExitStack() as stack:
            if in_place:
                stack.enter_context(mounted("--bind", str(path), str(inside)))
            file = stack.enter_context(closing(HeldFile(inside if in_place else path)))
            with pytest.raises(OSError, match="No space left"):
                file.replace(NEW * 10_000)
            assert path.read_bytes() == OLD
            file.replace(NEW)
            assert (path.read_bytes(), names(disk)) == (NEW, ["file"])


@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), (NEW, OLD), (OLD, OLD[::-1]), (b"", NEW)])
def test_content_in_place_is_whole_at_every_moment(tmp_path: Path, old: bytes, new: bytes) -> None:
    """Each byte that is written, and each step between them, is the last one once."""
    path = tmp_path / "file"
    (tmp_path / "other").touch()
    seen = set()
    for allowed in range(4 * (len(old) + len(new)) + 4):
        path.write_bytes(old)
        (tmp_path / "other").unlink()
        (tmp_path / "other").hardlink_to(path)
        with closing(HeldFile(path)) as file:
            try:
                with killed_after(allowed):
                    file.replace(new)
                seen.add("done")
            except Killed:
                pieces = file.read().split(SEPARATOR)
                assert new in pieces or pieces[0] == old, f"after {allowed} steps"
                seen.add("killed")
    assert seen == {"done", "killed"}
    assert path.read_bytes() == new


def test_error_that_another_file_would_not_help_against_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
    with pytest.raises(OSError, match="Input/output"):
        replace(path, NEW)
    assert (path.read_bytes(), names(tmp_path)) == (OLD, ["file"])
