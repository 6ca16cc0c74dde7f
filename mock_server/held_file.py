"""A file that one process holds, and replaces whole or not at all."""

import contextlib
import errno
import os
import re
import shutil
import stat
import sys
import tempfile
from pathlib import Path

SEPARATOR = b"\0"
"""What stands between two contents of a file where replacing it in place was cut short."""

_SUFFIX = ".new"
"""Of the name of a file that is to take another one's place."""

_NOT_BY_ANOTHER = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV, errno.ENAMETOOLONG}
"""Why another file can't take this one's place: its folder is closed to us, or it is mounted by itself."""


class HeldFile:
    """A regular file at `path`, symbolic links followed, that no other process can hold at the same time.

    One that is not there is made, empty, and taken away if it still is so when it is let go. The hold is a lock on
    the file itself, so that it counts for all who reach it, under whatever name and from whatever container, and ends
    with the process, however that ends. Raises OSError where the file can't be held or could not be written later.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))
        self._held: int | None = None
        self._hold()
        self._remove_left_behind()

    def is_at(self, path: Path) -> bool:
        """Say whether this is the file that a path leads to. What can't be looked at is another one."""
        try:
            return self._held is not None and os.path.samestat(path.stat(), os.fstat(self._held))
        except OSError:
            return False

    def read(self) -> bytes:
        """Return the content. Raises OSError.

        After a replacement in place that was cut short it is several contents with NULs between them; the last one that
        is whole is the one that counts. The first one is empty if the file was.
        """
        return self._target.read_bytes()

    def replace(self, content: bytes) -> None:
        """Replace the content, which must hold no NUL. Raises OSError, and then the one of before is still there.

        Another file takes this one's place, with its mode and owner, so that nobody ever reads halves. Where that can't
        be, the file is written in place.
        """
        if self._held is None or not _is_at(self._target, self._held):
            self._hold()  # it was taken away, or another one has come: is that somebody's?
        try:
            self._put_another(content)
        except OSError as error:
            if error.errno not in _NOT_BY_ANOTHER:
                raise
            self._write_in_place(content)

    def close(self) -> None:
        """Let go of it."""
        if self._held is None:
            return
        if self._made and not os.fstat(self._held).st_size:
            with contextlib.suppress(OSError):
                # Still under the lock: whoever has opened it meanwhile finds out that it is no longer there.
                if _is_at(self._target, self._held):
                    self._target.unlink()
        os.close(self._held)
        self._held = None

    def _hold(self) -> None:
        """Hold the file that is there now, and make one where none is. Raises OSError."""
        held, self._made = _open_or_make(self._target)
        if self._held is not None:
            os.close(self._held)
        self._held = held

    def _remove_left_behind(self) -> None:
        """Remove what a process that held the file before was writing when it was killed."""
        left = re.compile(re.escape(self._prefix) + "[a-z0-9_]{8}" + re.escape(_SUFFIX))
        with contextlib.suppress(OSError), os.scandir(self._target.parent) as entries:
            for entry in entries:
                if left.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    os.unlink(entry)

    @property
    def _prefix(self) -> str:
        return f".{self._target.name}."

    def _put_another(self, content: bytes) -> None:
        # A fresh name: nothing that lies there can be in the way.
        other, name = tempfile.mkstemp(_SUFFIX, self._prefix, self._target.parent)
        try:
            _lock(other)  # before it has the name under which others look for it
            self._make_alike(other, name)
            _write(other, content, 0)
            os.fsync(other)
            Path(name).replace(self._target)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            os.close(other)
            raise
        if self._held is not None:
            os.close(self._held)
        self._held, self._made = other, False
        _sync_folder(self._target.parent)

    def _make_alike(self, other: int, name: str) -> None:
        """Give the other file the owner and mode of this one. Raises OSError."""
        old, new = self._target.stat(), os.fstat(other)
        if old.st_nlink > 1:
            raise PermissionError(errno.EPERM, "it has other names, which would be left behind")
        if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
            os.fchown(other, old.st_uid, old.st_gid)
        shutil.copystat(self._target, name)

    def _write_in_place(self, content: bytes) -> None:
        """First behind what is there, then in front, then cut: at no moment is there less than one whole content."""
        assert self._held is not None
        size = os.fstat(self._held).st_size
        gap = SEPARATOR * (max(len(content) - size, 0) + 1)
        try:
            _write(self._held, gap + content, size)
        except OSError:
            os.ftruncate(self._held, size)
            raise
        os.fsync(self._held)
        _write(self._held, content, 0)
        os.fsync(self._held)
        os.ftruncate(self._held, len(content))
        os.fsync(self._held)


def _open_or_make(path: Path) -> tuple[int, bool]:
    """Open a file alone, and make it where it is not there; say whether it was made. Raises OSError."""
    while True:
        with contextlib.suppress(FileNotFoundError):
            return _open_alone(path), False
        with contextlib.suppress(FileExistsError):  # somebody was faster
            return _open_alone(path, os.O_CREAT | os.O_EXCL), True


def _open_alone(path: Path, flags: int = 0) -> int:
    """Open a file for reading and writing that no other process has opened like this. Raises OSError."""
    while True:
        # Without O_NONBLOCK a FIFO would wait for somebody at its other end.
        file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | flags, 0o666)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file")
            _lock(file)
            if _is_at(path, file):
                return file
        except OSError:
            os.close(file)
            raise
        os.close(file)  # another one has taken its place before it was ours


def _lock(file: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(errno.EAGAIN, "another server is using it") from None
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL):
            raise  # a file system that knows no locks is no reason not to serve


def _is_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _write(file: int, content: bytes, at: int) -> None:
    rest = memoryview(content)
    while rest:
        written = os.pwrite(file, rest, at)
        rest, at = rest[written:], at + written


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too; where a folder can't be opened or synced, it gets there in its own time."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
