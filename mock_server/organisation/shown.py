"""Records as they are shown."""

from collections.abc import Mapping
from typing import Any, NoReturn

from mock_server.organisation.record import Package, Record

MOST = 20_000
"""How many are remembered at most: more than the largest scenario has, so that its list is made only once."""


class Shown(dict[str, Any]):
    """A record with all seven fields, package_desc "Populated from package for ease of access".

    It cannot be changed, so whatever is found out about it stays true; what is remembered of it, is of this
    very one.
    """

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]  # of this very one, not of what it is equal to

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a shown record cannot be changed; make a dictionary of it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse


class ShownRecords(dict[Record, Shown]):
    """Records as they are shown with these packages, each made when it is first asked for."""

    def __init__(self, packages: Mapping[str, Package]) -> None:
        super().__init__()
        self._packages = packages

    def __missing__(self, record: Record) -> Shown:
        if len(self) >= MOST:
            self.clear()
        shown = self[record] = Shown(
            api_id=record.api_id,
            person_api_id=record.person_api_id,
            package_api_id=record.package_api_id,
            package_desc=self._packages[record.package_api_id].description,
            date_assigned=record.date_assigned,
            date_started=record.date_started,
            date_completed=record.date_completed,
        )
        return shown
