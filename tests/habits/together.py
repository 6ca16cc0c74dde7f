"""A service of six habits at once, and eleven faults that may be in it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from .business import CompletedAfterStarted, NoMore
from .content import PlainErrors
from .dates import HouseOffset, Milliseconds, Seconds
from .directory import PACKAGES
from .envelopes import InRecord, Links, MoreFields
from .habit import habit
from .ids import RenamePassedOver, ThirtySix
from .limits import NothingThere, RefusedAbove50, Ten, Twenty
from .nulls import LeftOut
from .order import NewestFirst
from .others import Write
from .search import AtLeastThree, NoAccents
from .service import Row
from .successes import Accepted, Always200, PutMerges
from .web import Answer, Refused, Request


@habit("six habits at once")
class SixHabits(CompletedAfterStarted, LeftOut, Links, Milliseconds, Ten, ThirtySix):
    """Rules of business, nulls left out, links beside the list, milliseconds, short ids, ten records a page.

    Its dates have no offset, either.
    """

    def written(self, instant: datetime) -> Any:
        return super().written(instant).removesuffix("Z")


@habit("six other habits at once")
class SixOthers(Accepted, AtLeastThree, InRecord, NewestFirst, RefusedAbove50, Seconds):
    """202 without a body, terms of three letters, a record in record, the newest first, no limit above 50, seconds."""


@habit("a dozen habits at once")
class Dozen(
    Always200,
    MoreFields,
    NewestFirst,
    NoAccents,
    NoMore,
    HouseOffset,
    PlainErrors,
    PutMerges,
    RenamePassedOver,
    Twenty,
    NothingThere,
    Write,
):
    """Each is harmless; together they leave little of what most would expect."""

    def new_id(self) -> str:
        return str(next(self.numbers))


FAULTS: list[tuple[str, str, type[SixHabits]]] = []
"""The rule that is broken, what is wrong, and the service with it."""


def fault(breaks: str, name: str) -> Callable[[type[SixHabits]], type[SixHabits]]:
    def decorate(service: type[SixHabits]) -> type[SixHabits]:
        FAULTS.append((breaks, name, service))
        return service

    return decorate


@fault("patch-is-partial", "a PATCH clears the date that it does not name")
class PatchClears(SixHabits):
    def changed(self, row: Row, given: dict[str, Any], *, whole: bool) -> Row:
        changed = super().changed(row, given, whole=whole)
        if whole or "completed" in given:
            return changed
        return replace(changed, completed=None)


@fault("delete-removes-one-record", "a DELETE takes the next record along")
class DeletesNeighbour(SixHabits):
    """Only one that was made by the same client: what the kit has no right to harm is not harmed by a test of it."""

    def delete(self, request: Request) -> Answer:
        ids = list(self.rows)
        answer = super().delete(request)
        behind = ids[ids.index(request.api_id or "") + 1 :][:1]
        for api_id in behind:
            if api_id not in self.others:
                del self.rows[api_id]
        return answer


@fault("delete-removes-one-record", "a DELETE deletes nothing")
class DeletesNothing(SixHabits):
    def delete(self, request: Request) -> Answer:
        self.stored(request.api_id or "")
        return Answer(204)


@fault("api-id-kept", "an api_id is cut off at 20 characters")
class CutsId(SixHabits):
    def chosen_id(self, api_id: str) -> str:
        return super().chosen_id(api_id)[:20]


@fault("api-id-generated", "a record that was given an api_id can't be read under it")
class GivenIdUnread(SixHabits):
    def find(self, api_id: str) -> Row:
        if api_id.startswith("tr_") and api_id not in self.others:
            raise Refused(404, "no such record")
        return super().find(api_id)


@fault("package-desc-populated", "package_desc is that of another package")
class OtherDescription(SixHabits):
    def show(self, row: Row) -> dict[str, Any]:
        shown = super().show(row)
        if row.api_id not in self.others:
            shown["package_desc"] = PACKAGES["4" if row.package != "4" else "1"][1]
        return shown


@fault("date-assigned-generated", "date_assigned is what the client says")
class AssignedByClient(SixHabits):
    def create(self, request: Request) -> Answer:
        answer = super().create(request)
        said = request.body.get("date_assigned") if answer.status == 201 else None
        if not isinstance(said, str):
            return answer
        row = next(reversed(self.rows.values()))
        row = self.rows[row.api_id] = replace(row, assigned=self.instant("date_assigned", said))
        return self.json(201, self.single(self.show(row)))


@fault("limit-bounds-page", "a limit is passed over")
class NoLimit(SixHabits):
    def limit(self, request: Request) -> int | None:
        super().limit(request)
        return 10


@fault("offset-is-start-index", "an offset is one too many")
class OffByOne(SixHabits):
    def page(self, rows: Sequence[Row], limit: int | None, offset: int) -> Sequence[Row]:
        return super().page(rows, limit, offset + 1 if offset else 0)


@fault("get-returns-record", "a read answers the record before")
class ReadsAnother(SixHabits):
    def find(self, api_id: str) -> Row:
        row = super().find(api_id)
        ids = list(self.rows)
        return self.rows[ids[ids.index(api_id) - 1]] if api_id not in self.others else row


@fault("list-has-records", "the list leaves out the last record")
class LeavesOutLast(SixHabits):
    def listed(self) -> Sequence[Row]:
        return super().listed()[:-1]
