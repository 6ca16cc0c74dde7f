"""What an organisation allows in its records."""

from datetime import timedelta
from typing import Any

from .directory import PACKAGES, PEOPLE
from .habit import habit
from .service import WRITABLE, Row, TrainingService
from .web import Refused, Request


@habit("nothing is completed before it is started")
class CompletedAfterStarted(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if row.started and row.completed and row.completed < row.started:
            raise Refused(400, "date_completed is before date_started")


@habit("nothing is completed that was not started")
class CompletedNeedsStarted(CompletedAfterStarted):
    def allow(self, row: Row, before: Row | None) -> None:
        super().allow(row, before)
        if row.completed and not row.started:
            raise Refused(409, "not started yet")


@habit("nothing lies in the future")
class NoFuture(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if any(date and date > self.now() for date in (row.started, row.completed)):
            raise Refused(422, "dates can't be in the future")


@habit("nothing lies before 2000")
class NoPast(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if any(date and date.year < 2000 for date in (row.started, row.completed)):
            raise Refused(422, "dates before 2000 are not plausible")


@habit("nothing lies more than ten years away")
class Plausible(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if any(date and abs(date - self.now()) > timedelta(days=3650) for date in (row.started, row.completed)):
            raise Refused(400, "implausible")


@habit("a person has a package once")
class OncePerPair(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        pair = (row.person, row.package)
        changed = before is None or pair != (before.person, before.package)
        if changed and any(pair == (other.person, other.package) for other in self.rows.values()):
            raise Refused(409, "The fields person, package must make a unique set.")


@habit("a person has a package once until it is completed", inconclusive=3)
class OnceWhileOpen(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        same = [
            other
            for other in self.rows.values()
            if (other.person, other.package) == (row.person, row.package) and other != before and not other.completed
        ]
        if same and not row.completed:
            raise Refused(409, "already assigned")


@habit("the first package is archived")
class Archived(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if row.package == next(iter(PACKAGES)) and (before is None or before.package != row.package):
            raise Refused(409, "this package is archived")


@habit("the first two people have left")
class Left(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if row.person in list(PEOPLE)[:2]:
            raise Refused(400, "this person has left")


@habit("a completed record is not changed")
class CompletedStays(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if before is not None and before.completed:
            raise Refused(409, "completed")


@habit("a record stays with its person")
class PersonStays(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if before is not None and before.person != row.person:
            raise Refused(400, "person_api_id can't be changed")


@habit("a record stays with its person and package")
class PairStays(PersonStays):
    def allow(self, row: Row, before: Row | None) -> None:
        super().allow(row, before)
        if before is not None and before.package != row.package:
            raise Refused(400, "package_api_id can't be changed")


@habit("a date that is set is not cleared")
class DatesStay(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if before and ((before.started and not row.started) or (before.completed and not row.completed)):
            raise Refused(400, "what was done is done")


@habit("a PUT holds all five fields")
class FiveFields(TrainingService):
    def look_over(self, request: Request, body: dict[str, Any]) -> None:
        missing = [name for name in WRITABLE if name not in body]
        if request.method == "PUT" and missing:
            raise Refused(400, f"{missing[0]} is required")


@habit("a PUT that changes nothing is refused")
class NothingToDo(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if row == before:
            raise Refused(400, "nothing to change")


@habit("an empty PATCH is refused")
class PatchNotEmpty(TrainingService):
    def look_over(self, request: Request, body: dict[str, Any]) -> None:
        if request.method == "PATCH" and not body:
            raise Refused(400, "nothing to change")


@habit("a PATCH changes one field")
class OneByOne(TrainingService):
    def look_over(self, request: Request, body: dict[str, Any]) -> None:
        if request.method == "PATCH" and len(body) != 1:
            raise Refused(422, "one field at a time")


@habit("what is not in the document is refused")
class NoMore(TrainingService):
    def look_over(self, request: Request, body: dict[str, Any]) -> None:
        if not set(body) <= set(WRITABLE):
            raise Refused(400, "unknown property")


@habit("only a record without dates is deleted", inconclusive=3)
class WithoutDates(TrainingService):
    """Whoever wants to delete a record that has any clears them first."""

    def allow_delete(self, row: Row) -> None:
        if row.started or row.completed:
            raise Refused(409, "training has begun")


@habit("a new record has no dates", inconclusive=3)
class NewIsOpen(TrainingService):
    """Training begins and ends in a PATCH or a PUT."""

    def allow(self, row: Row, before: Row | None) -> None:
        if before is None and (row.started or row.completed):
            raise Refused(400, "a new record is neither started nor completed")


@habit("the organisation has room for twelve more records")
class Quota(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if before is None and len(self.rows) >= self.foreign + 12:
            raise Refused(409, "quota exceeded")


@habit("nothing is started or completed before it is assigned", inconclusive=3)
class AfterAssigned(TrainingService):
    """A record that is created now has no date of the past."""

    def allow(self, row: Row, before: Row | None) -> None:
        if any(date and date < row.assigned - timedelta(minutes=5) for date in (row.started, row.completed)):
            raise Refused(400, "before the assignment")


@habit("a person has a package once, even after it was deleted", inconclusive=20)
class OnceForGood(OncePerPair):
    """What is deleted is hidden, and the database does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs = {(row.person, row.package) for row in self.rows.values()}

    def allow(self, row: Row, before: Row | None) -> None:
        super().allow(row, before)
        pair = (row.person, row.package)
        if pair in self.pairs and (before is None or pair != (before.person, before.package)):
            raise Refused(409, "must be unique")
        self.pairs.add(pair)


@habit("a person has at most four records")
class AtMostFour(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if sum(other.person == row.person for other in self.rows.values() if other != before) >= 4:
            raise Refused(409, "enough")
