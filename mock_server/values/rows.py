"""Many objects, made one by one."""

from collections.abc import Iterable, Iterator
from typing import Any


class Rows:
    """So many objects that they are made only as they are written: `count` of them, to be gone through once.

    What they are made of must not change until then.
    """

    __slots__ = ("_items", "count")

    def __init__(self, count: int, items: Iterable[Any]) -> None:
        self.count = count
        self._items = items

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)
