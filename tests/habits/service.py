"""A Training Record API written from the document alone. A subclass of it has a habit of its own.

It keeps every sentence of the document, and agrees with the mock in nothing that the document leaves open unless
it has to. Each method is one thing that a service decides for itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import count
from typing import Any

from .directory import FOREIGN, PACKAGES, PEOPLE, Assignment, assignments
from .web import COLLECTION, Answer, Refused, Request, answer_json

WRITABLE = ("api_id", "person_api_id", "package_api_id", "date_started", "date_completed")
COLUMNS = dict(zip(WRITABLE, ("api_id", "person", "package", "started", "completed"), strict=True))


@dataclass(frozen=True)
class Row:
    """A record as it is stored."""

    api_id: str
    person: str
    package: str
    assigned: datetime
    started: datetime | None = None
    completed: datetime | None = None


class TrainingService:
    """The service, with records of other people in it.

    `others` is how those people want their records to be; `aimed` are the api_ids of those that a
    request would have written to.
    """

    foreign = FOREIGN
    create_status = 201
    delete_status = 204
    invalid = 400
    page_size: int | None = None
    """How many records come without a limit; None: all."""
    zone: tzinfo | None = None
    """What a date without an offset is in; None: it is refused."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.aimed: list[str] = []
        self.requests = 0
        self.numbers = count(1)
        self.packages = dict(PACKAGES)
        for given in assignments(self.foreign):
            row = self.row_of(given)
            self.rows[row.api_id] = row
        self.others = dict(self.rows)

    def row_of(self, given: Assignment) -> Row:
        """Return a record of somebody else as it is stored."""
        assigned, started, completed = map(self.keep, (given.assigned, given.started, given.completed))
        return Row(self.new_id(), given.person, given.package, assigned, started, completed)

    # What the kit does not see

    def left(self) -> list[str]:
        """Return the api_ids of all records that are not those other people's."""
        return [api_id for api_id in self.rows if api_id not in self.others]

    def harmed(self) -> list[str]:
        """Return the api_ids of the records of others that are not as they left them, or were aimed at."""
        changed = [api_id for api_id, row in self.others.items() if self.rows.get(api_id) != row]
        return list(dict.fromkeys([*changed, *self.aimed]))

    # Answering

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request; it raises nothing."""
        self.requests += 1
        self.meanwhile()
        self.note_aim(request)
        try:
            return self.operation(request)(request)
        except Refused as refusal:
            return self.error(refusal.status, refusal.reason)

    def meanwhile(self) -> None:
        """What other people do between two requests."""

    def operation(self, request: Request) -> Callable[[Request], Answer]:
        if request.path == COLLECTION:
            operations = {"GET": self.list, "POST": self.create}
        elif request.api_id is not None:
            operations = {"GET": self.read, "PUT": self.update, "PATCH": self.update, "DELETE": self.delete}
        else:
            raise Refused(404, "there is no such address")
        if request.method not in operations:
            raise Refused(405, f"only {', '.join(operations)}")
        return operations[request.method]

    def note_aim(self, request: Request) -> None:
        if request.method in ("PUT", "PATCH", "DELETE") and request.api_id in self.others:
            self.aimed.append(request.api_id or "")

    # Operations

    def list(self, request: Request) -> Answer:
        limit, offset = self.limit(request), self.offset(request)
        found = self.search(self.listed(), request.query.get("search"))
        page = self.page(found, limit, offset)
        return self.json(200, self.envelope([self.show(row) for row in page], len(found)))

    def create(self, request: Request) -> Answer:
        given = self.given(request)
        for name in ("person", "package"):
            if name not in given:
                raise Refused(self.invalid, f"{name}_api_id is needed")
        api_id = given.pop("api_id", None) or self.new_id()
        if self.taken(api_id):
            raise Refused(409, f"{api_id} is taken")
        row = Row(api_id=api_id, assigned=self.keep(self.now()), **given)
        self.allow(row, None)
        self.rows[api_id] = row
        return self.json(self.create_status, self.single(self.show(row)))

    def read(self, request: Request) -> Answer:
        return self.json(200, self.single(self.show(self.find(request.api_id or ""))))

    def update(self, request: Request) -> Answer:
        row = self.stored(request.api_id or "")
        given = self.given(request)
        changed = self.changed(row, given, whole=request.method == "PUT")
        if changed.api_id != row.api_id and self.taken(changed.api_id):
            raise Refused(409, f"{changed.api_id} is taken")
        self.allow(changed, row)
        self.put_in_place(row, changed)
        return self.json(200, self.single(self.show(changed)))

    def delete(self, request: Request) -> Answer:
        row = self.stored(request.api_id or "")
        self.allow_delete(row)
        del self.rows[row.api_id]
        return Answer(self.delete_status)

    # Records

    def now(self) -> datetime:
        """Return what the service's clock says."""
        return datetime.now(UTC)

    def new_id(self) -> str:
        """Return an api_id for a record that was given none."""
        return f"tr_{next(self.numbers) * 2654435761 % 2**32:08x}"

    def taken(self, api_id: str) -> bool:
        return api_id in self.rows

    def stored(self, api_id: str) -> Row:
        """Return the record under an address, for those who write; raise Refused."""
        try:
            return self.rows[api_id]
        except KeyError:
            raise Refused(404, "no such record") from None

    def find(self, api_id: str) -> Row:
        """Return the record under an address, for those who read; raise Refused."""
        return self.stored(api_id)

    def changed(self, row: Row, given: dict[str, Any], *, whole: bool) -> Row:
        """Return the record with what a PUT (the whole of it) or a PATCH gives."""
        if not given.get("api_id", row.api_id):
            del given["api_id"]
        if whole:
            for name in ("person", "package"):
                if name not in given:
                    raise Refused(self.invalid, f"{name}_api_id is needed")
            row = replace(row, started=None, completed=None)
        return replace(row, **given)

    def put_in_place(self, row: Row, changed: Row) -> None:
        self.rows = {changed.api_id if key == row.api_id else key: value for key, value in self.rows.items()}
        self.rows[changed.api_id] = changed

    def allow(self, row: Row, before: Row | None) -> None:
        """Raise Refused where a record may not be as it is to be; `before` is None for a new one."""

    def allow_delete(self, row: Row) -> None:
        """Raise Refused where a record must stay."""

    # Lists

    def listed(self) -> Sequence[Row]:
        """Return all records in the order of the list."""
        return list(self.rows.values())

    def search(self, rows: Sequence[Row], term: str | None) -> Sequence[Row]:
        return [row for row in rows if self.matches(row, term)] if term else rows

    def matches(self, row: Row, term: str) -> bool:
        return any(term.casefold() in name.casefold() for name in self.names(row))

    def names(self, row: Row) -> Iterable[str]:
        """Return the names that a search looks at."""
        return PEOPLE[row.person], self.packages[row.package][0]

    def limit(self, request: Request) -> int | None:
        return self.whole(request, "limit", 1)

    def offset(self, request: Request) -> int:
        return self.whole(request, "offset", 0) or 0

    def whole(self, request: Request, name: str, least: int) -> int | None:
        text = request.query.get(name)
        if text is None:
            return None
        if text.isascii() and text.isdigit() and len(text) < 1000 and int(text) >= least:
            return int(text)
        raise Refused(self.invalid, f"{name} is a whole number of at least {least}")

    def page(self, rows: Sequence[Row], limit: int | None, offset: int) -> Sequence[Row]:
        size = limit or self.page_size
        return rows[offset : offset + size] if size else rows[offset:]

    def envelope(self, records: Sequence[dict[str, Any]], total: int) -> Any:
        return {"total": total, "results": records}

    # Bodies

    def given(self, request: Request) -> dict[str, Any]:
        """Return the columns that a body gives, looked over; raise Refused."""
        if "json" not in request.headers.get("content-type", ""):
            raise Refused(415, "send JSON")
        body = request.body
        if not isinstance(body, dict):
            raise Refused(self.invalid, "send an object")
        self.look_over(request, body)
        return {COLUMNS[name]: self.value(name, body[name]) for name in WRITABLE if name in body}

    def look_over(self, request: Request, body: dict[str, Any]) -> None:
        """Raise Refused for a body that is not taken."""

    def value(self, name: str, value: Any) -> Any:
        if name.startswith("date"):
            return None if value is None else self.keep(self.instant(name, value))
        if name == "api_id":
            return None if value is None else self.known_or_chosen_id(self.text(name, value))
        known: Iterable[str] = PEOPLE if name == "person_api_id" else PACKAGES
        if self.text(name, value) not in known:
            raise Refused(self.invalid, f"{name} is not known")
        return value

    def text(self, name: str, value: Any) -> str:
        if isinstance(value, str) and value.isprintable() and len(value) <= 200:
            return value
        raise Refused(self.invalid, f"{name} is a text")

    def known_or_chosen_id(self, api_id: str) -> str:
        return api_id if api_id in self.rows else self.chosen_id(api_id)

    def chosen_id(self, api_id: str) -> str:
        """Return the api_id that a client chose; raise Refused."""
        if (api_id and not (api_id.isascii() and api_id[0].isalnum())) or set(api_id) & set("/?#%\\ ;:+"):
            raise Refused(self.invalid, "an api_id is made of letters, digits, dots and the like")
        return api_id

    def instant(self, name: str, value: Any) -> datetime:
        """Return the date that a client sent; raise Refused."""
        try:
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                if self.zone is None:
                    raise ValueError("no offset")
                instant = instant.replace(tzinfo=self.zone)
            return instant.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise Refused(self.invalid, f"{name} is a date and time with an offset") from None

    def keep(self, instant: datetime | None) -> datetime | None:
        """Return a date as it is stored."""
        return instant

    # Answers

    def show(self, row: Row) -> dict[str, Any]:
        return {
            "api_id": row.api_id,
            "person_api_id": row.person,
            "package_api_id": row.package,
            "package_desc": self.packages[row.package][1],
            "date_assigned": self.date(row.assigned),
            "date_started": self.date(row.started),
            "date_completed": self.date(row.completed),
        }

    def date(self, instant: datetime | None) -> Any:
        """Return what is shown for a date, or for none."""
        return None if instant is None else self.written(instant)

    def written(self, instant: datetime) -> Any:
        """Return a date as it is shown."""
        return instant.isoformat().replace("+00:00", "Z")

    def single(self, record: dict[str, Any]) -> Any:
        """Return what holds a record that comes alone."""
        return record

    def json(self, status: int, document: Any) -> Answer:
        return answer_json(status, document)

    def error(self, status: int, reason: str) -> Answer:
        return self.json(status, {"error": reason})
