"""Services that take any JSON, and keep it."""

from datetime import UTC, datetime
from typing import Any

from .directory import PACKAGES
from .habit import habit
from .service import COLUMNS, Row, TrainingService
from .web import Answer, Request


@habit("any JSON is kept")
class AnyJson(TrainingService):
    """Whoever has not looked at what comes in keeps numbers, lists and objects for an api_id."""

    def given(self, request: Request) -> dict[str, Any]:
        body = request.body
        given = body if isinstance(body, dict) else {}
        blank = {} if request.method == "PATCH" else {"person_api_id": None, "package_api_id": None}
        given = {**blank, **given}
        return {COLUMNS[name]: given[name] for name in COLUMNS if name in given}

    def create(self, request: Request) -> Answer:
        given = self.given(request)
        api_id = given.pop("api_id", None)
        row = Row(api_id=self.new_id() if api_id is None else api_id, assigned=self.now(), **given)
        self.rows[str(row.api_id) if isinstance(row.api_id, str) else repr(row.api_id) + "\0"] = row
        return self.json(201, self.show(row))

    def show(self, row: Row) -> dict[str, Any]:
        known = isinstance(row.package, str) and row.package in PACKAGES
        if known:
            return super().show(row)
        return {
            **super().show(Row(row.api_id, row.person, "1", row.assigned, row.started, row.completed)),
            "package_api_id": row.package,
            "package_desc": "",
        }

    def date(self, instant: Any) -> Any:
        return self.written(instant) if isinstance(instant, datetime) else instant

    def names(self, row: Row) -> list[str]:
        return [str(row.person), str(row.package)]

    def put_in_place(self, row: Row, changed: Row) -> None:
        del self.rows[row.api_id]
        self.rows[changed.api_id if isinstance(changed.api_id, str) else repr(changed.api_id) + "\0"] = changed


@habit("any text is a date, and stays as it was written")
class AnyDate(TrainingService):
    def instant(self, name: str, value: Any) -> Any:
        return self.text(name, value)

    def keep(self, instant: Any) -> Any:
        return instant

    def written(self, instant: Any) -> Any:
        return instant if isinstance(instant, str) else instant.astimezone(UTC).isoformat()


@habit("any text is an api_id")
class AnyId(TrainingService):
    """Those with a slash in them have an address, too, where it is written %2F."""

    def text(self, name: str, value: Any) -> str:
        return value if name == "api_id" and isinstance(value, str) and value else super().text(name, value)

    def chosen_id(self, api_id: str) -> str:
        return api_id


@habit("any person and package may be referred to")
class AnyReference(TrainingService):
    """The Directory is asked later; until then a package has no description."""

    def value(self, name: str, value: Any) -> Any:
        return self.text(name, value) if name in ("person_api_id", "package_api_id") else super().value(name, value)

    def show(self, row: Row) -> dict[str, Any]:
        self.packages.setdefault(row.package, ("", ""))
        return super().show(row)

    def names(self, row: Row) -> list[str]:
        return [row.person, row.package]


@habit("more properties are kept, and shown")
class MoreProperties(TrainingService):
    def __init__(self) -> None:
        super().__init__()
        self.more: dict[str, dict[str, Any]] = {}

    def create(self, request: Request) -> Answer:
        answer = super().create(request)
        self.more[next(reversed(self.rows))] = request.body
        row = next(reversed(self.rows.values()))
        return self.json(answer.status, self.show(row))

    def show(self, row: Row) -> dict[str, Any]:
        return {**self.more.get(row.api_id, {}), **super().show(row)}
