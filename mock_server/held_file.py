"""A file that one process holds, and replaces whole or not at all."""

import contextlib
import errno
import hashlib
import os
import shutil
import socket
import stat
import sys
from pathlib import Path

SEPARATOR = b"\0"
"""What stands between two contents of a file where replacing it in place was cut short."""

_IN_USE = "another server is using it"

_NOT_BY_ANOTHER = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV, errno.ENAMETOOLONG}
"""Why another file can't take this one's place: its folder is closed to us, or it is mounted by itself."""


class HeldFile:
    """A regular file at `path`, symbolic links followed, that no other process can hold at the same time.

    It need not be there yet. The hold ends with the process, however that ends. Raises OSError where the file can't be
    held or could not be written later.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))
        self._beside = self._target.with_name(f".{self._target.name}.new")
        self._held: int | None = None
        self._name = _reserved(self._target)
        try:
            self._hold()
        except OSError:
            self.close()
            raise

    def read(self) -> bytes:
        """Return the content, none of a file that is not there yet. Raises OSError.

        After a replacement in place that was cut short it is several contents with NULs between them; the last one that
        is whole is the one that counts.
        """
        with contextlib.suppress(FileNotFoundError):
            return self._target.read_bytes()
        return b""

    def replace(self, content: bytes) -> None:
        """Replace the content, which must hold no NUL. Raises OSError, and then the one of before is still there.

        Another file takes this one's place, with its mode and owner, so that nobody ever reads halves. Where that can't
        be, the file is written in place.
        """
        try:
            self._put_another(content)
        except OSError as error:
            if error.errno not in _NOT_BY_ANOTHER or not self._target.exists():
                raise
            self._write_in_place(content)

    def close(self) -> None:
        """Let go of it."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
        if self._name is not None:
            self._name.close()
            self._name = None

    def _hold(self) -> None:
        """Hold the file as it is now; where there is none, see whether there could be one. Raises OSError."""
        try:
            held = _open_alone(self._target)
        except FileNotFoundError:
            held = None
            os.close(_open_alone(self._beside, os.O_CREAT))
            self._beside.unlink()
        if self._held is not None:
            os.close(self._held)
        self._held = held

    def _put_another(self, content: bytes) -> None:
        other = _open_alone(self._beside, os.O_CREAT)
        try:
            if self._held is None or not _is_at(self._target, self._held):
                with contextlib.suppress(FileNotFoundError):
                    os.close(_open_alone(self._target))  # it has come in the meantime; is it somebody's?
            self._make_alike(other)
            os.ftruncate(other, 0)
            _write(other, content, 0)
            os.fsync(other)
            self._beside.replace(self._target)
        except OSError:
            self._beside.unlink(missing_ok=True)
            os.close(other)
            raise
        if self._held is not None:
            os.close(self._held)
        self._held = other
        _sync_folder(self._target.parent)

    def _make_alike(self, other: int) -> None:
        """Give the other file the owner and mode of this one, if there is one. Raises PermissionError."""
        try:
            old = self._target.stat()
        except FileNotFoundError:
            return
        if old.st_nlink > 1:
            raise PermissionError(errno.EPERM, "it has other names, which would be left behind")
        new = os.fstat(other)
        if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
            os.fchown(other, old.st_uid, old.st_gid)
        shutil.copystat(self._target, self._beside)

    def _write_in_place(self, content: bytes) -> None:
        """First behind what is there, then in front, then cut: at no moment is there less than one whole content."""
        file = os.open(self._target, os.O_RDWR)
        try:
            size = os.fstat(file).st_size
            gap = SEPARATOR * (max(len(content) - size, 0) + 1)
            try:
                _write(file, gap + content, size)
            except OSError:
                os.ftruncate(file, size)
                raise
            os.fsync(file)
            _write(file, content, 0)
            os.fsync(file)
            os.ftruncate(file, len(content))
            os.fsync(file)
        finally:
            os.close(file)


def _reserved(target: Path) -> socket.socket | None:
    """Return what keeps other processes of this machine off a name, also while there is no file of it.

    Linux forgets abstract sockets with the process that has them. Raises OSError.
    """
    if sys.platform != "linux":
        return None
    digest = hashlib.sha256(os.fsencode(target)).hexdigest()
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0training-mock {digest}")
    except OSError as error:
        name.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(errno.EAGAIN, _IN_USE) from None
        raise
    return name


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
        raise OSError(errno.EAGAIN, _IN_USE) from None
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL):
            raise  # a file system that knows no locks is no reason not to serve


def _is_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
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
