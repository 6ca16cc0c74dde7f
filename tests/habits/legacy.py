"""What is in old records, and was written by other rules than those of today."""

from dataclasses import replace
from itertools import count
from typing import Any

from .directory import Assignment
from .habit import habit
from .service import Row, TrainingService
from .web import Request


@habit("old ids hold blanks, percent signs and letters of every alphabet")
class OldIds(TrainingService):
    def row_of(self, given: Assignment) -> Row:
        row = super().row_of(given)
        return replace(row, api_id=f"Übung 100% {row.api_id}") if len(self.rows) % 2 else row


@habit("old ids hold slashes")
class OldSlashes(TrainingService):
    """They have no address, and are in the list all the same."""

    def row_of(self, given: Assignment) -> Row:
        row = super().row_of(given)
        return replace(row, api_id=f"2019/{row.api_id}") if len(self.rows) % 3 == 1 else row


@habit("the packages of old records are gone, and their descriptions with them")
class OldPackages(TrainingService):
    def show(self, row: Row) -> dict[str, Any]:
        shown = super().show(row)
        old = row.api_id in self.others and row.package == "1"
        return {**shown, "package_api_id": "old-1", "package_desc": ""} if old else shown


@habit("old records have no date of their creation")
class OldDates(TrainingService):
    def show(self, row: Row) -> dict[str, Any]:
        shown = super().show(row)
        return {**shown, "date_assigned": None} if row.api_id in self.others and row.started is None else shown


@habit("old records were completed before they were started")
class OldOrder(TrainingService):
    def row_of(self, given: Assignment) -> Row:
        row = super().row_of(given)
        return replace(row, started=row.completed, completed=row.started)


class Copied(TrainingService):
    """A service that copies a description into a record when it is created."""

    def __init__(self) -> None:
        self.copies: dict[str, str] = {}
        super().__init__()
        editions = count(1)
        self.copies = {
            api_id: f"{self.packages[row.package][1]}, edition {next(editions) // 20}"
            for api_id, row in self.rows.items()
        }

    def create(self, request: Request) -> Any:
        answer = super().create(request)
        if answer.status == self.create_status:
            self.copy(next(reversed(self.rows.values())))
        return answer

    def copy(self, row: Row) -> None:
        self.copies[row.api_id] = self.packages[row.package][1]

    def put_in_place(self, row: Row, changed: Row) -> None:
        self.copies[changed.api_id] = self.copies[row.api_id]
        super().put_in_place(row, changed)

    def show(self, row: Row) -> dict[str, Any]:
        return {**super().show(row), "package_desc": self.copies.get(row.api_id, self.packages[row.package][1])}


@habit("a description is copied when a record is created, and again when its package changes")
class CopiedAgain(Copied):
    def put_in_place(self, row: Row, changed: Row) -> None:
        super().put_in_place(row, changed)
        if changed.package != row.package:
            self.copy(changed)


@habit("a description is copied when a record is created, and stays")
class CopiedOnce(Copied):
    """ "Populated from package for ease of access"; the document does not say when."""
