"""A Training Record API written from the document alone, in the ways that its writers were used to.

It keeps every sentence of the document, and agrees with the mock in nothing that the document leaves open
unless it has to: each of its `Habits` is one such freedom.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

FOREIGN = 150

PEOPLE = {f"p{n}": f"{first} {last}" for n, (first, last) in enumerate(
    (first, last) for first in ("Ada", "Bo", "Cem", "Dua", "Eli") for last in ("Ek", "Ford", "Gil"))}  # fmt: skip

PACKAGES = {
    "1": ("Ladders", "Working at height with ladders"),
    "2": ("Cyber", "Passwords and phishing"),
    "3": ("Kitchen hygiene", "How food is stored and served"),
    "4": ("Driving", "Company cars and long journeys"),
}


@dataclass(frozen=True)
class Habits:
    """What this service does where the document leaves it open; as it stands here, it does what most would."""

    create_status: int = 201
    delete_status: int = 204
    plain_errors: bool = False
    """Errors are a line of plain text, an invalid body is 422, and an unknown person or package 404."""
    page_size: int | None = None
    """How many records come without a limit."""
    largest_page: int | None = None
    list_name: str = "results"
    counted: bool = True
    """Whether the list says how many records there are."""
    written_dates: str = "seconds Z"
    """How dates are written: `seconds Z`, `milliseconds +00:00`, or `local`, with the offset of the house."""
    extra_fields: bool = False
    renames: bool = True
    numbered: bool = False
    """Whether generated ids are numbers, one after the other, as text."""
    newest_first: bool = False
    put_merges: bool = False
    """ "Update or partially update": what a PUT leaves out stays as it was."""
    tolerant: bool = False
    """Odd parameters are passed over, a body is JSON whatever it is called, and deleting nothing succeeds."""
    strict: bool = False
    """Properties that are not in the document's request body are refused."""
    disturbed_every: int | None = None
    """After so many requests somebody else changes, adds or deletes a record of theirs."""


HABITS: dict[str, Habits] = {
    "none in particular": Habits(),
    "a creation is 200 and a deletion 200 without a body": Habits(create_status=200, delete_status=200),
    "a deletion is 202 without a body": Habits(delete_status=202),
    "errors are plain text": Habits(plain_errors=True),
    "a page has 25 records unless asked, and never more than 100": Habits(page_size=25, largest_page=100),
    "the list is an object with results alone": Habits(counted=False),
    "the list has another name": Habits(list_name="records", counted=False),
    "dates have milliseconds and end with +00:00": Habits(written_dates="milliseconds +00:00"),
    "dates have the offset of the house": Habits(written_dates="local"),
    "records have more fields": Habits(extra_fields=True),
    "a new api_id in an update is passed over": Habits(renames=False),
    "given ids are numbers": Habits(numbered=True),
    "the newest record comes first": Habits(newest_first=True),
    "a PUT leaves what it does not name": Habits(put_merges=True),
    "what is odd is passed over": Habits(tolerant=True),
    "what is not in the document is refused": Habits(strict=True),
    "others write meanwhile": Habits(disturbed_every=7),
}

EVERY_HABIT = Habits(
    create_status=200,
    delete_status=202,
    plain_errors=True,
    page_size=25,
    largest_page=100,
    list_name="records",
    counted=False,
    written_dates="milliseconds +00:00",
    extra_fields=True,
    renames=False,
    numbered=True,
    newest_first=True,
    put_merges=True,
    strict=True,
    disturbed_every=7,
)


@dataclass(frozen=True)
class Row:
    """A record as it is stored."""

    api_id: str
    person: str
    package: str
    assigned: datetime
    started: datetime | None = None
    completed: datetime | None = None


WRITABLE = ("api_id", "person_api_id", "package_api_id", "date_started", "date_completed")
COLUMNS = dict(zip(WRITABLE, ("api_id", "person", "package", "started", "completed"), strict=True))


class Refused(Exception):
    """A request that is not done, with the status that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class TrainingService:
    """The service as an ASGI application, with 150 records of other people in it.

    `others` is how those people want their records to be; `writes` are all requests that would write, with the
    api_id that they name.
    """

    def __init__(self, habits: Habits | None = None) -> None:
        self.habits = habits or Habits()
        self.rows: dict[str, Row] = {}
        self.writes: list[tuple[str, str]] = []
        self._numbers = count(1)
        self._requests = 0
        self._turns = 0
        long_ago = datetime(2024, 5, 6, 7, 8, 9, 250_000, tzinfo=UTC)
        for n in range(FOREIGN):
            assigned = long_ago + timedelta(hours=n)
            started = assigned + timedelta(days=3) if n % 3 else None
            completed = assigned + timedelta(days=4) if n % 3 == 1 else None
            person, package = list(PEOPLE)[n % len(PEOPLE)], list(PACKAGES)[n % len(PACKAGES)]
            row = Row(self._new_id(), person, package, assigned, started, completed)
            self.rows[row.api_id] = row
        self.others = dict(self.rows)
        paths = [
            Route("/training/record/", self._endpoint(self._list), methods=["GET"]),
            Route("/training/record/", self._endpoint(self._create), methods=["POST"]),
            Route("/training/record/{api_id}/", self._endpoint(self._read), methods=["GET"]),
            Route("/training/record/{api_id}/", self._endpoint(self._update), methods=["PUT", "PATCH"]),
            Route("/training/record/{api_id}/", self._endpoint(self._delete), methods=["DELETE"]),
        ]
        self._app = Starlette(routes=paths, exception_handlers={HTTPException: self._http_error})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._requests += 1
        every = self.habits.disturbed_every
        if every and self._requests % every == 0:
            self._disturb()
        await self._app(scope, receive, send)

    @property
    def ours(self) -> list[str]:
        """The api_ids of all records that are not those other people's."""
        return [api_id for api_id in self.rows if api_id not in self.others]

    # Other people

    def _disturb(self) -> None:
        """Change one record of theirs; now and then add one, or delete one that was added."""
        self._turns += 1
        known = list(self.others)
        if self._turns % 5 == 0:
            row = Row(self._new_id(), next(iter(PEOPLE)), next(iter(PACKAGES)), datetime.now(UTC))
        elif self._turns % 5 == 3 and len(known) > FOREIGN:
            for rows in (self.rows, self.others):
                del rows[known[-1]]
            return
        else:
            row = self.others[known[self._turns * 31 % FOREIGN]]
            row = replace(row, completed=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=self._turns))
        self.rows[row.api_id] = self.others[row.api_id] = row

    # Operations

    async def _list(self, request: Request) -> Response:
        limit = self._whole(request, "limit", 1)
        offset = self._whole(request, "offset", 0) or 0
        term = request.query_params.get("search", "").casefold()
        found = [row for row in self.rows.values() if not term or self._matches(row, term)]
        if self.habits.newest_first:
            found.reverse()
        size = limit or self.habits.page_size
        if size and self.habits.largest_page:
            size = min(size, self.habits.largest_page)
        page = found[offset : offset + size] if size else found[offset:]
        document: dict[str, Any] = {"total": len(found)} if self.habits.counted else {}
        return JSONResponse({**document, self.habits.list_name: [self._show(row) for row in page]})

    async def _create(self, request: Request) -> Response:
        given = await self._given(request)
        for name in ("person", "package"):
            if name not in given:
                raise Refused(422 if self.habits.plain_errors else 400, f"{name}_api_id is needed")
        api_id = given.pop("api_id", None) or self._new_id()
        self.writes.append((request.method, api_id))
        if api_id in self.rows:
            raise Refused(409, f"{api_id} is taken")
        row = Row(api_id=api_id, assigned=datetime.now(UTC), **given)
        self.rows[api_id] = row
        return JSONResponse(self._show(row), self.habits.create_status)

    async def _read(self, request: Request) -> Response:
        return JSONResponse(self._show(self._find(request)))

    async def _update(self, request: Request) -> Response:
        row = self._find(request)
        given = await self._given(request)
        self.writes += [(request.method, api_id) for api_id in {row.api_id, given.get("api_id", row.api_id)}]
        if not self.habits.renames:
            given.pop("api_id", None)
        if request.method == "PUT" and not self.habits.put_merges:
            row = replace(row, started=None, completed=None)
        changed = replace(row, **given)
        if changed.api_id != row.api_id and changed.api_id in self.rows:
            raise Refused(409, f"{changed.api_id} is taken")
        self.rows = {changed.api_id if key == row.api_id else key: value for key, value in self.rows.items()}
        self.rows[changed.api_id] = changed
        return JSONResponse(self._show(changed))

    async def _delete(self, request: Request) -> Response:
        self.writes.append((request.method, request.path_params["api_id"]))
        if not self.habits.tolerant:
            self._find(request)
        self.rows.pop(request.path_params["api_id"], None)
        return Response(status_code=self.habits.delete_status)

    # Requests

    def _find(self, request: Request) -> Row:
        try:
            return self.rows[request.path_params["api_id"]]
        except KeyError:
            raise Refused(404, "no such record") from None

    def _whole(self, request: Request, name: str, least: int) -> int | None:
        text = request.query_params.get(name)
        if text is None:
            return None
        if text.isascii() and text.isdigit() and len(text) < 1000 and int(text) >= least:
            return int(text)
        if self.habits.tolerant:
            return None
        raise Refused(400, f"{name} is a whole number of at least {least}")

    async def _given(self, request: Request) -> dict[str, Any]:
        """The columns that a body gives, looked over."""
        invalid = 422 if self.habits.plain_errors else 400
        if not self.habits.tolerant and "json" not in request.headers.get("content-type", ""):
            raise Refused(415, "send JSON")
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise Refused(invalid, "this is no JSON") from None
        if not isinstance(body, dict):
            raise Refused(invalid, "send an object")
        unknown = [name for name in body if name not in WRITABLE]
        if unknown and self.habits.strict:
            raise Refused(invalid, f"a client can't set {json.dumps(unknown[0])[:80]}")
        return {COLUMNS[name]: self._value(name, body[name], invalid) for name in WRITABLE if name in body}

    def _value(self, name: str, value: Any, invalid: int) -> Any:
        if name.startswith("date"):
            return None if value is None else _instant(value, invalid, name)
        if not isinstance(value, str) or not value.isprintable() or len(value) > 200:
            raise Refused(invalid, f"{name} is a text")
        if name == "api_id" and (not value.isascii() or not value[:1].isalnum() or set(value) & set("/?#%\\ ;:+")):
            raise Refused(invalid, "an api_id is made of letters, digits, dots and the like")
        known: dict[str, Any] = {"person_api_id": PEOPLE, "package_api_id": PACKAGES}.get(name, {value: True})
        if value not in known:
            raise Refused(404 if self.habits.plain_errors else 400, f"{name} is not known")
        return value

    def _new_id(self) -> str:
        number = next(self._numbers)
        return str(number) if self.habits.numbered else f"tr_{number * 2654435761 % 2**32:08x}"

    def _matches(self, row: Row, term: str) -> bool:
        return term in PEOPLE[row.person].casefold() or term in PACKAGES[row.package][0].casefold()

    # Answers

    def _show(self, row: Row) -> dict[str, Any]:
        more = {"id": sum(row.api_id.encode()), "url": f"/training/{row.api_id}", "overdue": False, "tags": []}
        return {
            "api_id": row.api_id,
            "person_api_id": row.person,
            "package_api_id": row.package,
            "package_desc": PACKAGES[row.package][1],
            "date_assigned": self._date(row.assigned),
            "date_started": self._date(row.started),
            "date_completed": self._date(row.completed),
            **(more if self.habits.extra_fields else {}),
        }

    def _date(self, instant: datetime | None) -> str | None:
        if instant is None:
            return None
        if self.habits.written_dates == "milliseconds +00:00":
            return instant.isoformat(timespec="milliseconds")
        if self.habits.written_dates == "local":
            return (instant.replace(tzinfo=None) + timedelta(hours=5, minutes=30)).isoformat() + "+05:30"
        return instant.isoformat().replace("+00:00", "Z")

    def _endpoint(self, operation: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            try:
                answer: Response = await operation(request)
            except Refused as refusal:
                answer = self._error(refusal.status, refusal.reason)
            return answer

        return endpoint

    async def _http_error(self, _: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return self._error(error.status_code, error.detail)

    def _error(self, status: int, reason: str) -> Response:
        if self.habits.plain_errors:
            return PlainTextResponse(f"{reason}\n", status)
        return JSONResponse({"error": reason}, status)


def _instant(value: Any, invalid: int, name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("no offset")
        return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise Refused(invalid, f"{name} is a date and time with an offset") from None
