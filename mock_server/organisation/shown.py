"""A record as it is shown."""

from functools import lru_cache
from typing import Any, NoReturn

from mock_server.organisation.record import Record


class Shown(dict[str, Any]):
    """A record with all seven fields, package_desc "Populated from package for ease of access".

    It cannot be changed, so whatever is found out about it stays true. Those who write it down again and again
    keep in `texts`, each under a key of its own, what they made of it.
    """

    __slots__ = ("texts",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts: dict[object, Any] = {}

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a shown record cannot be changed; make a dictionary of it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse


@lru_cache(maxsize=16_384)  # more than the largest scenario has, so that its list is shown once and not each time
def show(record: Record, package_desc: str) -> Shown:
    """Return a record of a package with this description as it is shown: the same one as long as it is remembered."""
    return Shown(
        api_id=record.api_id,
        person_api_id=record.person_api_id,
        package_api_id=record.package_api_id,
        package_desc=package_desc,
        date_assigned=record.date_assigned,
        date_started=record.date_started,
        date_completed=record.date_completed,
    )
