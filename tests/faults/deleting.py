"""Faults of reading one record and of deleting it."""

from collections.abc import Callable
from typing import Any

from .ask import Answer, Ask, delete, get, json_answer, patch, post, problem, put
from .fault import fault
from .faulty_mock import FaultyMock
from .mock import Page, Record, RecordNotFound
from .updating import TWO, neighbour, same_both, same_package

Delete = Callable[[str], None]

EARLY = "2001-02-03T04:05:06Z"

NEVER_DELETED = "a record is marked as deleted and stays in the store"
DELETED_BEFORE = "a given api_id that shows again after its deletion may be somebody else's by then"

# Reading


@fault("a read finds an api_id in any case", breaks="unknown-record-is-404",
       shown_by=[post(api_id="rec-a"), post(api_id="Rec-A"), get("Rec-A")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def read(original: Callable[[str], Any], api_id: str) -> Any:
        same = (record.api_id for record in mock.records if record.api_id.lower() == api_id.lower())
        return original(next(same, api_id))

    mock.around("get", read)


@fault("a read finds the first api_id that begins so", breaks="get-returns-record",
       shown_by=[post(api_id="aab"), post(api_id="aa"), get("aa")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def read(original: Callable[[str], Any], api_id: str) -> Any:
        original(api_id)
        return original(next(record.api_id for record in mock.records if record.api_id.startswith(api_id)))

    mock.around("get", read)


@fault("a read returns the person's last record for the package", breaks="get-returns-record",
       shown_by=[*TWO, get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def read(original: Callable[[str], Any], api_id: str) -> Any:
        last = neighbour(mock, api_id, same_both) if api_id in mock.records else None
        return original(last.api_id if last else api_id)

    mock.around("get", read)


@fault("a record that is read has no date_assigned", breaks="get-returns-record", shown_by=[get("rec-0003")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("get", lambda record, _: {name: record[name] for name in record if name != "date_assigned"})


@fault("a record that is read comes as a list of one", breaks="get-returns-record", shown_by=[get("rec-0003")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("get", lambda record, _: [record])


@fault("every other read of a record shows no dates", breaks="get-returns-record",
       shown_by=[get("rec-0001"), get("rec-0001")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    seen: dict[str, int] = {}

    def change(record: Any, _: Ask) -> Any:
        seen[record["api_id"]] = seen.get(record["api_id"], 0) + 1
        return record if seen[record["api_id"]] % 2 else {**record, "date_started": None, "date_completed": None}

    mock.rewrite("get", change)


@fault("the second read of a record crashes the service", breaks="no-server-error",
       shown_by=[get("rec-0003"), get("rec-0003")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    seen: set[str] = set()

    def read(original: Callable[[str], Any], api_id: str) -> Any:
        if api_id in seen:
            raise RuntimeError("the cursor is closed")
        record = original(api_id)
        seen.add(api_id)
        return record

    mock.around("get", read)


# Records that are not there


@fault("an unknown record is an empty object", breaks="unknown-record-is-404", shown_by=[get("rec-9999")])
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        return json_answer(200, {}) if ask.method == "GET" and answer.status == 404 else answer

    mock.after(after)


@fault("a deleted record is gone for good, with 410", breaks="unknown-record-is-404",
       shown_by=[delete("rec-0003"), get("rec-0003")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    gone: set[str] = set()

    def after(ask: Ask, answer: Answer) -> Answer:
        if ask.method == "DELETE" and answer.ok and ask.api_id:
            gone.add(ask.api_id)
        return problem(410) if answer.status == 404 and ask.api_id in gone else answer

    mock.after(after)


@fault("a PUT of an unknown api_id creates a record", breaks="unknown-record-is-404", shown_by=[put("rec-9999")])
def _(mock: FaultyMock) -> None:
    def replace(original: Callable[..., Any], at: str, **body: Any) -> Any:
        return original(at, **body) if at in mock.records else mock.organisation.create(**{**body, "api_id": at})

    mock.around("replace", replace)


@fault("a PUT of an unknown api_id is not found, and creates it", breaks="unknown-record-is-404",
       shown_by=[put("rec-9999"), get("rec-9999")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def replace(original: Callable[..., Any], at: str, **body: Any) -> Any:
        if at not in mock.records:
            mock.organisation.create(**{**body, "api_id": at})
            raise RecordNotFound(at)
        return original(at, **body)

    mock.around("replace", replace)


@fault("an update brings a deleted record back", breaks="unknown-record-is-404",
       shown_by=[post(api_id="rec-a"), delete("rec-a"), patch("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    deleted: dict[str, Record] = {}

    def delete_(original: Delete, api_id: str) -> None:
        record = mock.record(api_id)
        original(api_id)
        if record is not None:
            deleted[api_id] = record

    def update(original: Callable[..., Any], at: str, **changes: Any) -> Any:
        if at not in mock.records and at in deleted:
            mock.records.add(deleted.pop(at))
        return original(at, **changes)

    mock.around("delete", delete_)
    mock.around("update", update)


@fault("deleting an unknown record succeeds", breaks="unknown-record-is-404", shown_by=[delete("rec-9999")])
def _(mock: FaultyMock) -> None:
    mock.after(lambda ask, answer: Answer(204) if ask.method == "DELETE" and answer.status == 404 else answer)


@fault("deleting a record twice crashes the service", breaks="no-server-error",
       shown_by=[post(api_id="rec-a"), delete("rec-a"), delete("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    deleted: set[str] = set()

    def delete_(original: Delete, api_id: str) -> None:
        if api_id in deleted and api_id not in mock.records:
            raise KeyError(api_id)
        original(api_id)
        deleted.add(api_id)

    mock.around("delete", delete_)


# Deleting


@fault("deleting takes the person's next record for the package along", breaks="delete-removes-one-record",
       shown_by=[*TWO, delete("rec-a"), get("rec-b")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def delete_(original: Delete, api_id: str) -> None:
        other = neighbour(mock, api_id, same_both) if api_id in mock.records else None
        original(api_id)
        if other is not None:
            mock.records.remove(other.api_id)

    mock.around("delete", delete_)


@fault("deleting takes every later record of the package along", breaks="delete-removes-one-record",
       shown_by=[*TWO, delete("rec-a"), get("rec-b")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def delete_(original: Delete, api_id: str) -> None:
        while api_id in mock.records and (other := neighbour(mock, api_id, same_package)) is not None:
            mock.records.remove(other.api_id)
        original(api_id)

    mock.around("delete", delete_)


@fault("deleting removes the person's next record for the package instead", breaks="delete-removes-one-record",
       shown_by=[*TWO, delete("rec-a"), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def delete_(original: Delete, api_id: str) -> None:
        other = neighbour(mock, api_id, same_both) if api_id in mock.records else None
        original(other.api_id if other else api_id)

    mock.around("delete", delete_)


@fault("deleting removes all records whose api_id begins so", breaks="delete-removes-one-record",
       shown_by=[post(api_id="aa"), post(api_id="aab"), delete("aa"), get("aab")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def delete_(original: Delete, api_id: str) -> None:
        original(api_id)
        for record in list(mock.records):
            if record.api_id.startswith(api_id):
                mock.records.remove(record.api_id)

    mock.around("delete", delete_)


@fault("a deleted record is still listed", breaks="delete-removes-one-record",
       shown_by=[delete("rec-0003"), get()], leaves=NEVER_DELETED)  # fmt: skip
def _(mock: FaultyMock) -> None:
    deleted: set[str] = set()

    def delete_(_: Delete, api_id: str) -> None:
        mock.organisation.get(api_id)
        deleted.add(api_id)

    def there(original: Callable[..., Any], api_id: str, **rest: Any) -> Any:
        if api_id in deleted:
            raise RecordNotFound(api_id)
        return original(api_id, **rest)

    mock.around("delete", delete_)
    for method in ("get", "update", "replace"):
        mock.around(method, there)


@fault("a deleted record can still be read", breaks="delete-removes-one-record",
       shown_by=[delete("rec-0003"), get("rec-0003")], leaves=NEVER_DELETED)  # fmt: skip
def _(mock: FaultyMock) -> None:
    deleted: set[str] = set()

    def delete_(_: Delete, api_id: str) -> None:
        mock.organisation.get(api_id)
        deleted.add(api_id)

    def page(
        original: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        shown = [record for record in original(search).items if record["api_id"] not in deleted]
        window = shown[offset:] if limit is None else shown[offset : offset + limit]
        return Page(window, len(shown), search, limit, offset)

    mock.around("delete", delete_)
    mock.around("page", page)


@fault("deleting is answered but not done", breaks="delete-removes-one-record",
       shown_by=[delete("rec-0003"), get("rec-0003")], leaves="nothing is ever deleted")  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.around("delete", lambda _, api_id: (mock.organisation.get(api_id), None)[1])


@fault("a completed record is not deleted", breaks="delete-removes-one-record",
       shown_by=[delete("rec-0001"), get("rec-0001")], leaves=DELETED_BEFORE)  # fmt: skip
def _(mock: FaultyMock) -> None:
    def delete_(original: Delete, api_id: str) -> None:
        if mock.organisation.get(api_id)["date_completed"] is None:
            original(api_id)

    mock.around("delete", delete_)


@fault("a record must be deleted twice", breaks="delete-removes-one-record",
       shown_by=[delete("rec-0003"), get("rec-0003")],
       leaves=DELETED_BEFORE)  # fmt: skip
def _(mock: FaultyMock) -> None:
    marked: set[str] = set()

    def delete_(original: Delete, api_id: str) -> None:
        if api_id in marked or api_id not in mock.records:
            original(api_id)
        marked.symmetric_difference_update({api_id})

    mock.around("delete", delete_)


@fault("the answer to a DELETE is the record", breaks="delete-returns-nothing", shown_by=[delete("rec-0003")])
def _(mock: FaultyMock) -> None:
    shown: dict[str, Any] = {}

    def before(ask: Ask) -> Ask:
        if ask.method == "DELETE" and ask.api_id in mock.records:
            shown[ask.api_id] = mock.organisation.get(ask.api_id)
        return ask

    mock.before(before)
    mock.after(
        lambda ask, answer: (
            json_answer(200, shown[ask.api_id or ""]) if ask.method == "DELETE" and answer.ok else answer
        )
    )


@fault("the answer to a DELETE is a message", breaks="delete-returns-nothing", shown_by=[delete("rec-0003")])
def _(mock: FaultyMock) -> None:
    mock.after(
        lambda ask, answer: json_answer(200, {"deleted": True}) if ask.method == "DELETE" and answer.ok else answer
    )
