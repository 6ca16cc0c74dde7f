"""The API as a developer writes it with FastAPI: pydantic models, functions, a dictionary for a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI, HTTPException, Path, Query, Response
from faults import served
from pydantic import BaseModel, ConfigDict, Field

from .directory import PACKAGES, PEOPLE, assignments
from .habit import framework
from .hosting import Honest

ApiId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=36)]


class RecordIn(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid")

    api_id: ApiId | None = None
    person_api_id: str
    package_api_id: str
    date_started: datetime | None = None
    date_completed: datetime | None = None


class RecordPatch(BaseModel):
    """What a client changes."""

    api_id: ApiId | None = None
    person_api_id: str | None = None
    package_api_id: str | None = None
    date_started: datetime | None = None
    date_completed: datetime | None = None


class Record(BaseModel):
    """What is stored, and shown."""

    api_id: str
    person_api_id: str
    package_api_id: str
    package_desc: str
    date_assigned: datetime
    date_started: datetime | None
    date_completed: datetime | None


class RecordList(BaseModel):
    """A page of the list."""

    items: list[Record]
    total: int
    limit: int
    offset: int


Database = dict[str, Record]


def database() -> Database:
    """Return what other people have."""
    records: Database = {}
    for given in assignments():
        api_id = str(uuid4())
        records[api_id] = Record(
            api_id=api_id,
            person_api_id=given.person,
            package_api_id=given.package,
            package_desc=PACKAGES[given.package][1],
            date_assigned=given.assigned,
            date_started=given.started,
            date_completed=given.completed,
        )
    return records


def create_app(records: Database, aimed: list[str], *, without_nulls: bool = False) -> FastAPI:  # noqa: C901 - its functions are the addresses of the API
    """Return the application on this database; it notes whom a write names."""
    app = FastAPI(title="Training Records", redirect_slashes=False)
    base = "/training/record/"
    shown: dict[str, Any] = {"response_model_exclude_none": without_nulls}

    def stored(api_id: str) -> Record:
        if api_id not in records:
            raise HTTPException(404, "Record not found")
        return records[api_id]

    def described(person: str, package: str) -> str:
        if person not in PEOPLE:
            raise HTTPException(404, f"Person {person} not found")
        if package not in PACKAGES:
            raise HTTPException(404, f"Package {package} not found")
        return PACKAGES[package][1]

    def put_in_place(record: Record, changed: Record) -> Record:
        if changed.api_id != record.api_id:
            if changed.api_id in records:
                raise HTTPException(409, "api_id already exists")
            del records[record.api_id]
        records[changed.api_id] = changed
        return changed

    @app.get(base, response_model=RecordList, **shown)
    def list_records(
        search: Annotated[str | None, Query(min_length=3, max_length=50)] = None,
        limit: Annotated[int, Query(ge=1, le=50)] = 20,
        offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> Any:
        term = (search or "").lower()
        found = [
            record
            for record in records.values()
            if term in PEOPLE[record.person_api_id].lower() or term in PACKAGES[record.package_api_id][0].lower()
        ]
        return RecordList(
            items=list(islice(found, offset, offset + limit)), total=len(found), limit=limit, offset=offset
        )

    @app.post(base, status_code=201, response_model=Record, **shown)
    def create_record(body: RecordIn) -> Any:
        api_id = body.api_id or str(uuid4())
        if api_id in records:
            raise HTTPException(409, "api_id already exists")
        record = Record(
            **{**body.model_dump(), "api_id": api_id},
            package_desc=described(body.person_api_id, body.package_api_id),
            date_assigned=datetime.now(UTC),
        )
        records[api_id] = record
        return record

    @app.get(base + "{api_id}/", response_model=Record, **shown)
    def get_record(api_id: Annotated[str, Path(max_length=36)]) -> Any:
        return stored(api_id)

    @app.put(base + "{api_id}/", response_model=Record, **shown)
    def replace_record(api_id: str, body: RecordIn) -> Any:
        aimed.append(api_id)
        record = stored(api_id)
        description = described(body.person_api_id, body.package_api_id)
        changes = {**body.model_dump(), "api_id": body.api_id or api_id, "package_desc": description}
        return put_in_place(record, record.model_copy(update=changes))

    @app.patch(base + "{api_id}/", response_model=Record, **shown)
    def update_record(api_id: str, body: RecordPatch) -> Any:
        aimed.append(api_id)
        record = stored(api_id)
        changes = body.model_dump(exclude_unset=True)
        for name in ("api_id", "person_api_id", "package_api_id"):
            if changes.get(name, "") is None:
                raise HTTPException(422, f"{name} may not be null")
        changed = record.model_copy(update=changes)
        changed.package_desc = described(changed.person_api_id, changed.package_api_id)
        return put_in_place(record, changed)

    @app.delete(base + "{api_id}/", status_code=204)
    def delete_record(api_id: str) -> Response:
        aimed.append(api_id)
        del records[stored(api_id).api_id]
        return Response(status_code=204)

    return app


@contextmanager
def _running(**options: bool) -> Iterator[Honest]:
    records, aimed = database(), list[str]()
    others = dict(records)
    with served(create_app(records, aimed, **options)) as url:
        yield Honest(
            url,
            lambda: [api_id for api_id in records if api_id not in others],
            lambda: [key for key, record in others.items() if records.get(key) != record or key in aimed],
        )


@framework("FastAPI with bounds on every parameter")
@contextmanager
def with_bounds() -> Iterator[Honest]:
    """422 above limit 50, terms of at least three characters, ids of at most 36, nothing that is not declared."""
    with _running() as honest:
        yield honest


@framework("FastAPI that leaves out what is null")
@contextmanager
def without_nulls() -> Iterator[Honest]:
    with _running(without_nulls=True) as honest:
        yield honest
