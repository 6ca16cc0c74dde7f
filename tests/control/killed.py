"""A process that is killed while it writes a file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


class Killed(BaseException):
    """The process ends, as if it were killed."""


@contextmanager
def killed_after(steps: int) -> Iterator[None]:
    """Raise Killed at the step after so many: each byte that is written is one, and each cut of a file."""
    write, truncate = os.pwrite, os.ftruncate
    left = steps

    def spend() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    def pwrite(file: int, content: memoryview, at: int) -> int:
        spend()
        return write(file, content[:1], at)

    def ftruncate(file: int, size: int) -> None:
        spend()
        truncate(file, size)

    def fsync(_file: int) -> None:
        """It is slow, and who is killed loses nothing by leaving it out."""

    with patch("os.pwrite", pwrite), patch("os.ftruncate", ftruncate), patch("os.fsync", fsync):
        yield
