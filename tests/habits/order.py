"""In which order a list comes."""

from collections.abc import Sequence

from .habit import habit
from .service import Row, TrainingService


@habit("the newest record comes first")
class NewestFirst(TrainingService):
    def listed(self) -> Sequence[Row]:
        return list(self.rows.values())[::-1]


@habit("records come by person, then package")
class ByPerson(TrainingService):
    def listed(self) -> Sequence[Row]:
        return sorted(self.rows.values(), key=lambda row: (row.person, row.package))


@habit("records come by api_id")
class ById(TrainingService):
    def listed(self) -> Sequence[Row]:
        return sorted(self.rows.values(), key=lambda row: row.api_id)


@habit("records come by the day they were assigned, those of one day anyhow")
class ByDay(TrainingService):
    def listed(self) -> Sequence[Row]:
        return sorted(self.rows.values(), key=lambda row: (row.assigned.date(), row.api_id[::-1]))


@habit("records come by the date they were completed, open ones first")
class ByCompletion(TrainingService):
    def listed(self) -> Sequence[Row]:
        return sorted(self.rows.values(), key=lambda row: (row.completed is not None, row.completed or row.assigned))


@habit("an updated record moves to the end")
class UpdatedLast(TrainingService):
    """So PostgreSQL returns rows that nobody orders."""

    def put_in_place(self, row: Row, changed: Row) -> None:
        del self.rows[row.api_id]
        self.rows[changed.api_id] = changed


@habit("the record that was touched last comes first")
class TouchedFirst(UpdatedLast):
    def listed(self) -> Sequence[Row]:
        return list(self.rows.values())[::-1]


@habit("a new record takes the place of a deleted one")
class Slots(TrainingService):
    """So SQLite fills its pages."""

    def __init__(self) -> None:
        super().__init__()
        self.slots: dict[str, int] = {api_id: n for n, api_id in enumerate(self.rows)}

    def listed(self) -> Sequence[Row]:
        self.slots = {api_id: slot for api_id, slot in self.slots.items() if api_id in self.rows}
        for api_id in self.rows:
            free = set(range(len(self.rows) + 1)) - set(self.slots.values())
            self.slots.setdefault(api_id, min(free))
        return sorted(self.rows.values(), key=lambda row: self.slots[row.api_id])
