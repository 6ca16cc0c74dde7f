"""JSON objects that never change."""

from typing import Any, NoReturn


class FrozenObject(dict[str, Any]):
    """A JSON object that cannot be changed, so whatever is found out about it stays true.

    `checked` is for the schema that it was found to keep to and its JSON, as a part of a larger one and as bytes, once
    they are known: they go with it.
    """

    __slots__ = ("checked",)

    def __init__(self, **members: Any) -> None:
        super().__init__(members)
        self.checked: tuple[object, Any, bytes] | None = None

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this object cannot be changed; make a dictionary of it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse
