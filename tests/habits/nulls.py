"""What a service shows where there is nothing."""

from typing import Any

from .habit import habit
from .service import Row, TrainingService
from .web import Refused


@habit("what is null is left out")
class LeftOut(TrainingService):
    def show(self, row: Row) -> dict[str, Any]:
        return {name: value for name, value in super().show(row).items() if value is not None}


@habit("no date is an empty text")
class EmptyText(TrainingService):
    def date(self, instant: Any) -> Any:
        return "" if instant is None else self.written(instant)


@habit("no date is the first of all days")
class ZeroTime(TrainingService):
    """So Go and .NET write a date that has no value."""

    def date(self, instant: Any) -> Any:
        return "0001-01-01T00:00:00Z" if instant is None else self.written(instant)


@habit("what is null is left out of the list alone")
class LeftOutOfList(TrainingService):
    def envelope(self, records: Any, total: int) -> Any:
        shown = [{name: value for name, value in record.items() if value is not None} for record in records]
        return super().envelope(shown, total)


@habit("null is not taken")
class NotTaken(TrainingService):
    """A PUT without a date clears it."""

    def value(self, name: str, value: Any) -> Any:
        if value is None:
            raise Refused(400, f"{name} may not be null")
        return super().value(name, value)


@habit("an empty text clears a date, and null leaves it")
class NullLeaves(TrainingService):
    def given(self, request: Any) -> dict[str, Any]:
        given = super().given(request)
        return {name: value or None for name, value in given.items() if value is not None}

    def instant(self, name: str, value: Any) -> Any:
        return "" if value == "" else super().instant(name, value)

    def keep(self, instant: Any) -> Any:
        return instant


@habit("a package without a description has none")
class NoDescription(TrainingService):
    def __init__(self) -> None:
        super().__init__()
        self.packages["2"] = ("Cyber", "")


@habit("no package has a description")
class NoDescriptions(TrainingService):
    def __init__(self) -> None:
        super().__init__()
        self.packages = {api_id: (name, "") for api_id, (name, _) in self.packages.items()}
