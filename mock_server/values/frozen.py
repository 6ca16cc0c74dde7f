"""JSON objects that never change."""

from typing import Any, NoReturn

Checked = tuple[object, Any, bytes]
"""The schema that a value was found to keep to, and its JSON, as a part of a larger one and as bytes."""


class FrozenObject(dict[str, Any]):
    """A JSON object that cannot be changed, so whatever is found out about it stays true.

    `checked` is for what was found, once that is known: it goes with the object.
    """

    __slots__ = ("checked",)

    def __init__(self, **members: Any) -> None:
        super().__init__(members)
        self.checked: Checked | None = None

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this object cannot be changed; make a dictionary of it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse
