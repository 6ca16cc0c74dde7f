"""Faults of what a created record holds: its api_id, its description, its dates, whom and what it refers to."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any

from .ask import AMARA, COLLECTION, FIRE, FIRST_AID, Answer, Ask, delete, get, json_answer, patch, post, problem, put
from .fault import fault
from .faulty_mock import FaultyMock
from .mock import Conflict, Page, Person, Violation, instant

Create = Callable[..., dict[str, Any]]

EARLY = "2001-02-03T04:05:06Z"
FINE = "2026-01-31T09:00:00.123456Z"
OFFSET = "2026-01-31T09:00:00+02:00"
DATES = ("date_started", "date_completed")
NOT_TOLD = "a client is not told under which api_id the record is stored, and one like it may be somebody else's"


def ids_become(mock: FaultyMock, change: Callable[[str], str]) -> None:
    """Have every api_id that a client chooses changed before the record is stored."""

    def create(original: Create, **body: Any) -> dict[str, Any]:
        chosen = {"api_id": change(body["api_id"])} if "api_id" in body else {}
        return original(**{**body, **chosen})

    mock.around("create", create)


def dates_become(mock: FaultyMock, change: Callable[[str], str | None]) -> None:
    """Have every date that a client sends changed before it is stored."""

    def changed(body: Mapping[str, Any]) -> dict[str, Any]:
        return {name: change(value) if name in DATES and value else value for name, value in body.items()}

    mock.around("create", lambda original, **body: original(**changed(body)))
    mock.around("update", lambda original, at, **body: original(at, **changed(body)))


def shown_as(mock: FaultyMock, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Have every record changed as it is shown, wherever it is shown."""

    def rewrite(document: Any, ask: Ask) -> Any:
        if ask.operation == "list":
            return {**document, "results": [change(record) for record in document["results"]]}
        return change(document)

    mock.rewrite("list get post put patch", rewrite)


# The api_id


@fault("a chosen api_id is cut off after 36 characters", breaks="api-id-kept",
       shown_by=[post(api_id="a" * 40)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    ids_become(mock, lambda api_id: api_id[:36])


@fault("a chosen api_id is cut off after 100 characters", breaks="api-id-kept",
       shown_by=[post(api_id="a" * 101)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    ids_become(mock, lambda api_id: api_id[:100])


@fault("a chosen api_id is put into lower case", breaks="api-id-kept", shown_by=[post(api_id="Rec-A")])
def _(mock: FaultyMock) -> None:
    ids_become(mock, str.lower)


@fault("a dot or tilde in a chosen api_id becomes a hyphen", breaks="api-id-kept", shown_by=[post(api_id="a.b~c")])
def _(mock: FaultyMock) -> None:
    ids_become(mock, lambda api_id: re.sub(r"[.~]", "-", api_id))


@fault("a chosen api_id is not used", breaks="api-id-kept", shown_by=[post(api_id="rec-a")])
def _(mock: FaultyMock) -> None:
    mock.around("create", lambda original, **body: original(**{k: v for k, v in body.items() if k != "api_id"}))


@fault("the answer shows the chosen api_id, the store another", breaks="api-id-kept",
       shown_by=[post(api_id="rec-a"), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, api_id: str | None = None, **body: Any) -> dict[str, Any]:
        made = original(api_id=f"{api_id[:127]}_" if api_id else None, **body)
        return {**made, "api_id": api_id or made["api_id"]}

    mock.around("create", create)


@fault("a record without a chosen api_id has none", breaks="api-id-generated", shown_by=[post()], leaves=NOT_TOLD)
def _(mock: FaultyMock) -> None:
    mock.rewrite("post", lambda record, ask: {**record, "api_id": ask.fields.get("api_id")})


@fault("the api_id that is answered is not the one that is given", breaks="api-id-generated",
       shown_by=[post()], leaves=NOT_TOLD)  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.rewrite("post", lambda record, ask: {**record, "api_id": ask.fields.get("api_id", record["api_id"][::-1])})


@fault("an api_id is given twice", breaks="api-id-generated", shown_by=[post(), post()])
def _(mock: FaultyMock) -> None:
    def create(original: Create, api_id: str | None = None, **body: Any) -> dict[str, Any]:
        given = api_id or f"for-{body['package_api_id']}"
        if api_id is None and given in mock.records:
            mock.organisation.delete(given)
        return original(api_id=given, **body)

    mock.around("create", create)


@fault("records with a given api_id are not listed", breaks="api-id-queryable", shown_by=[post(), get()])
def _(mock: FaultyMock) -> None:
    given: set[str] = set()

    def create(original: Create, **body: Any) -> dict[str, Any]:
        made = original(**body)
        if "api_id" not in body:
            given.add(made["api_id"])
        return made

    def page(original: Callable[..., Page], **window: Any) -> Page:
        found = original(**window)
        found.items[:] = [record for record in found.items if record["api_id"] not in given]
        return found

    mock.around("create", create)
    mock.around("page", page)


@fault("the list shows a given api_id without its hyphens", breaks="api-id-queryable", shown_by=[post(), get()])
def _(mock: FaultyMock) -> None:
    def shown(api_id: str) -> str:
        return api_id.replace("-", "") if re.fullmatch(r"[0-9a-f-]{36}", api_id) else api_id

    def change(page: Any, _: Ask) -> Any:
        return {**page, "results": [{**record, "api_id": shown(record["api_id"])} for record in page["results"]]}

    mock.rewrite("list", change)


def odd_ids_are_taken(mock: FaultyMock, takes: Callable[[str], bool]) -> None:
    """Have api_ids taken that the contract does not allow; under these the records are shown, found and deleted."""
    stored: dict[str, str] = {}
    shown: dict[str, str] = {}

    def before(ask: Ask) -> Ask:
        api_id = ask.fields.get("api_id")
        if isinstance(api_id, str) and takes(api_id):
            plain = stored.setdefault(api_id, f"odd-{len(stored) + 1}")
            shown[plain] = api_id
            ask = ask.with_body({**ask.fields, "api_id": plain})
        if ask.api_id is not None and ask.api_id in stored:
            ask = replace(ask, path=f"{COLLECTION}{stored[ask.api_id]}/")
        return ask

    mock.before(before)
    shown_as(mock, lambda record: {**record, "api_id": shown.get(record["api_id"], record["api_id"])})


LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")


@fault("any text is taken for an api_id", breaks="api-id-form", shown_by=[post(api_id="a b")])
def _(mock: FaultyMock) -> None:
    odd_ids_are_taken(mock, lambda api_id: bool(api_id) and not LEGAL.fullmatch(api_id))


@fault("an api_id of 129 characters is taken", breaks="api-id-form", shown_by=[post(api_id="a" * 129)])
def _(mock: FaultyMock) -> None:
    odd_ids_are_taken(mock, lambda api_id: len(api_id) == 129 and LEGAL.fullmatch(api_id) is not None)


@fault("spaces around an api_id are cut off", breaks="api-id-form", shown_by=[patch("rec-0003", api_id="rec-3 ")])
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask:
        api_id = ask.fields.get("api_id")
        return ask.with_body({**ask.fields, "api_id": api_id.strip()}) if isinstance(api_id, str) else ask

    mock.before(before)


@fault("a path that can be no api_id is not found", breaks="api-id-form", shown_by=[get("-")])
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        return problem(404) if answer.status == 400 and ask.method == "GET" and ask.api_id is not None else answer

    mock.after(after)


@fault("a POST with a taken api_id replaces the record", breaks="api-id-taken-is-409",
       shown_by=[post(api_id="rec-a"), post(api_id="rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        if body.get("api_id") in mock.records:
            mock.records.remove(body["api_id"])
        return original(**body)

    mock.around("create", create)


@fault("a POST with a taken api_id gets another one", breaks="api-id-taken-is-409",
       shown_by=[post(api_id="rec-a"), post(api_id="rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, api_id: str | None = None, **body: Any) -> dict[str, Any]:
        return original(api_id=None if api_id in mock.records else api_id, **body)

    mock.around("create", create)


@fault("a taken api_id is a bad request", breaks="api-id-taken-is-409",
       shown_by=[post(api_id="rec-a"), post(api_id="rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        taken = answer.status == 409 and ask.method == "POST" and ask.fields.get("api_id") in mock.records
        errors = [{"in": "body", "pointer": "/api_id", "detail": "is taken"}]
        return problem(400, errors=errors) if taken else answer

    mock.after(after)


@fault("a refused POST changes the record that has the api_id", breaks="api-id-taken-is-409",
       shown_by=[post(api_id="rec-a"), post(api_id="rec-a", date_started=EARLY), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        api_id = body.get("api_id")
        if api_id in mock.records and body.get("date_started"):
            record = replace(mock.records[api_id], date_started=instant.normalise(body["date_started"]))
            mock.records.change(api_id, record)
        return original(**body)

    mock.around("create", create)


@fault("an api_id is taken for good, even when its record is deleted", breaks="valid-request-is-accepted",
       shown_by=[post(api_id="rec-a"), delete("rec-a"), post(api_id="rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    used: set[str] = set()

    def create(original: Create, **body: Any) -> dict[str, Any]:
        if body.get("api_id") in used:
            raise Conflict([Violation("body", "/api_id", "was used before")])
        made = original(**body)
        used.add(made["api_id"])
        return made

    mock.around("create", create)


# The answer and the store


@fault("the answer to a creation is what was sent", breaks="create-returns-record", shown_by=[post(api_id="rec-a")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("post", lambda record, ask: {"api_id": record["api_id"], **ask.fields})


@fault("the answer to a creation is the api_id alone", breaks="create-returns-record", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    mock.rewrite("post", lambda record, _: {"api_id": record["api_id"]})


@fault("the created record comes inside another object", breaks="record-is-the-answer", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    mock.rewrite("post", lambda record, _: {"record": record})


@fault(
    "the answer to a creation has no body",
    breaks="create-returns-record",
    shown_by=[post(api_id="rec-a")],
    leaves=NOT_TOLD,
)
def _(mock: FaultyMock) -> None:
    mock.after(lambda ask, answer: Answer(201) if ask.method == "POST" and answer.ok else answer)


@fault("a created record is answered but not stored", breaks="create-returns-record",
       shown_by=[post(api_id="rec-a"), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        made = original(**body)
        mock.records.remove(made["api_id"])
        return made

    mock.around("create", create)


@fault("a record is stored for another person than is answered", breaks="create-returns-record",
       shown_by=[post(api_id="rec-a"), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        made = original(**body)
        first = next(person for person in mock.organisation.people if person != body["person_api_id"])
        mock.records.change(made["api_id"], replace(mock.records[made["api_id"]], person_api_id=first))
        return made

    mock.around("create", create)


@fault("dates are answered but not stored", breaks="create-returns-record",
       shown_by=[post(api_id="rec-a", date_started=EARLY), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        made = original(**body)
        record = replace(mock.records[made["api_id"]], date_started=None, date_completed=None)
        mock.records.change(made["api_id"], record)
        return made

    mock.around("create", create)


# package_desc


@fault("package_desc stays when the package changes", breaks="package-desc-follows-package",
       shown_by=[patch("rec-0003", package_api_id=FIRST_AID)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    first: dict[str, str] = {}

    def update(original: Create, at: str, **changes: Any) -> dict[str, Any]:
        before = mock.organisation.show(mock.records[at])["package_desc"] if at in mock.records else ""
        result = original(at, **changes)
        first[result["api_id"]] = first.get(at, before)
        return result

    mock.around("update", update)
    shown_as(mock, lambda record: {**record, "package_desc": first.get(record["api_id"], record["package_desc"])})


@fault("package_desc follows a PUT but no PATCH", breaks="package-desc-follows-package",
       shown_by=[patch("rec-0003", package_api_id=FIRST_AID)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    stale: dict[str, str] = {}

    def update(original: Create, at: str, **changes: Any) -> dict[str, Any]:
        before = mock.organisation.show(mock.records[at])["package_desc"] if at in mock.records else ""
        result = original(at, **changes)
        if "package_api_id" in changes:
            stale[result["api_id"]] = before
        return result

    mock.around_patch(update)
    mock.around("replace", lambda original, at, **body: (stale.pop(at, None), original(at, **body))[1])
    shown_as(mock, lambda record: {**record, "package_desc": stale.get(record["api_id"], record["package_desc"])})


@fault("package_desc is taken from the client", breaks="package-desc-populated",
       shown_by=[post(package_desc="mine")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    sent: dict[str, str] = {}

    def remember(ask: Ask, answer: Answer) -> Answer:
        if ask.method in ("POST", "PUT", "PATCH") and answer.ok and isinstance(ask.fields.get("package_desc"), str):
            sent[answer.document["api_id"]] = ask.fields["package_desc"]
        return answer

    mock.after(remember)
    shown_as(mock, lambda record: {**record, "package_desc": sent.get(record["api_id"], record["package_desc"])})


@fault("package_desc of a new record is empty", breaks="package-desc-is-the-same", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    mock.rewrite("post", lambda record, _: {**record, "package_desc": ""})


@fault("package_desc is the package's name in new records", breaks="package-desc-is-the-same", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    old = {record.api_id for record in mock.start}
    packages = mock.organisation.packages
    shown_as(
        mock,
        lambda record: (
            record if record["api_id"] in old else {**record, "package_desc": packages[record["package_api_id"]].name}
        ),
    )


# date_assigned


@fault("date_assigned is taken from the client", breaks="date-assigned-generated",
       shown_by=[post(date_assigned=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        if ask.method == "POST" and answer.ok and instant.is_instant(str(ask.fields.get("date_assigned"))):
            api_id = answer.document["api_id"]
            assigned = instant.normalise(ask.fields["date_assigned"])
            mock.records.change(api_id, replace(mock.records[api_id], date_assigned=assigned))
            return answer.with_document({**answer.document, "date_assigned": assigned})
        return answer

    mock.after(after)


def assigned_at(mock: FaultyMock, change: Callable[[datetime], datetime]) -> None:
    """Have date_assigned of new records changed before it is stored."""

    def create(original: Create, **body: Any) -> dict[str, Any]:
        api_id = original(**body)["api_id"]
        record = mock.records[api_id]
        assigned = instant.render(change(instant.parse(record.date_assigned)))
        mock.records.change(api_id, replace(record, date_assigned=assigned))
        return mock.organisation.get(api_id)

    mock.around("create", create)


@fault("date_assigned is the hour before", breaks="date-assigned-generated", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    assigned_at(mock, lambda now: now - timedelta(hours=1))


@fault("date_assigned is that of ten minutes ago", breaks="date-assigned-is-now", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    assigned_at(mock, lambda now: now - timedelta(minutes=10))


@fault("date_assigned is the beginning of the day", breaks="date-assigned-generated", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    assigned_at(mock, lambda now: now.replace(hour=0, minute=0, second=0, microsecond=0))


@fault("date_assigned is when the service was started", breaks="date-assigned-generated", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    # Started a week ago, as services are.
    start = mock.organisation.clock.now() - timedelta(days=7)
    assigned_at(mock, lambda _: start)


@fault("date_assigned is date_started where there is one", breaks="date-assigned-generated",
       shown_by=[post(date_started=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        api_id = original(**body)["api_id"]
        record = mock.records[api_id]
        mock.records.change(api_id, replace(record, date_assigned=record.date_started or record.date_assigned))
        return mock.organisation.get(api_id)

    mock.around("create", create)


# date_started and date_completed


@fault("dates lose their microseconds", breaks="dates-to-the-microsecond", shown_by=[post(date_started=FINE)])
def _(mock: FaultyMock) -> None:
    dates_become(mock, lambda date: re.sub(r"\.\d+", "", date))


@fault("dates are kept to the millisecond", breaks="dates-to-the-microsecond", shown_by=[post(date_started=FINE)])
def _(mock: FaultyMock) -> None:
    dates_become(mock, lambda date: re.sub(r"(\.\d{3})\d+", r"\1", date))


@fault("the offset of a date is dropped", breaks="dates-kept", shown_by=[post(date_started=OFFSET)])
def _(mock: FaultyMock) -> None:
    dates_become(mock, lambda date: re.sub(r"[+-]\d\d:\d\d$", "Z", date))


@fault("the offset of a date counts the wrong way", breaks="dates-kept", shown_by=[post(date_started=OFFSET)])
def _(mock: FaultyMock) -> None:
    dates_become(mock, lambda date: re.sub(r"[+-](?=\d\d:\d\d$)", lambda sign: "-" if sign[0] == "+" else "+", date))


@fault("the minutes of an offset are dropped", breaks="dates-kept",
       shown_by=[post(date_started="2026-01-31T09:00:00+05:30")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    dates_become(mock, lambda date: re.sub(r"([+-]\d\d):\d\d$", r"\1:00", date))


@fault("a PATCH loses the microseconds of dates", breaks="dates-to-the-microsecond",
       shown_by=[patch("rec-0003", date_started=FINE)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def coarse(changes: Mapping[str, Any]) -> dict[str, Any]:
        return {name: re.sub(r"\.\d+", "", v) if name in DATES and v else v for name, v in changes.items()}

    mock.around_patch(lambda update, at, **changes: update(at, **coarse(changes)))


@fault("date_started and date_completed are swapped", breaks="dates-kept", shown_by=[post(date_started=EARLY)])
def _(mock: FaultyMock) -> None:
    def create(original: Create, date_started: Any = None, date_completed: Any = None, **body: Any) -> dict[str, Any]:
        return original(date_started=date_completed, date_completed=date_started, **body)

    mock.around("create", create)


@fault("dates before 1970 are those of 1970", breaks="dates-kept",
       shown_by=[post(date_started="1969-12-31T00:00:00Z")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    dates_become(mock, lambda date: "1970-01-01T00:00:00Z" if date < "1970" else date)


@fault("dates come back with the offset that was sent", breaks="dates-are-utc", shown_by=[post(date_started=OFFSET)])
def _(mock: FaultyMock) -> None:
    sent: dict[str, str] = {}

    def before(ask: Ask) -> Ask:
        for name in DATES:
            date = ask.fields.get(name)
            if isinstance(date, str) and instant.is_instant(date):
                sent[instant.normalise(date)] = date.upper()
        return ask

    mock.before(before)
    shown_as(mock, lambda record: {**record, **{name: sent.get(record[name], record[name]) for name in DATES}})


@fault("dates end with +00:00", breaks="dates-are-utc", shown_by=[get("rec-0001")])
def _(mock: FaultyMock) -> None:
    def change(record: dict[str, Any]) -> dict[str, Any]:
        return {name: re.sub(r"Z$", "+00:00", value) if "date" in name and value else value
                for name, value in record.items()}  # fmt: skip

    shown_as(mock, change)


@fault("dates have no offset", breaks="dates-are-rfc-3339", shown_by=[get("rec-0001")])
def _(mock: FaultyMock) -> None:
    def change(record: dict[str, Any]) -> dict[str, Any]:
        return {name: value[:-1] if "date" in name and value else value for name, value in record.items()}

    shown_as(mock, change)


@fault("dates are seconds since 1970", breaks="dates-are-rfc-3339", shown_by=[get("rec-0001")])
def _(mock: FaultyMock) -> None:
    def change(record: dict[str, Any]) -> dict[str, Any]:
        return {name: instant.parse(value).timestamp() if "date" in name and value else value
                for name, value in record.items()}  # fmt: skip

    shown_as(mock, change)


@fault("a date that has not come is an empty text", breaks="dates-are-rfc-3339", shown_by=[get("rec-0003")])
def _(mock: FaultyMock) -> None:
    shown_as(mock, lambda record: {name: "" if value is None else value for name, value in record.items()})


@fault("a date that has not come is left out", breaks="all-fields-are-shown", shown_by=[get("rec-0003")])
def _(mock: FaultyMock) -> None:
    shown_as(mock, lambda record: {name: value for name, value in record.items() if value is not None})


@fault("a given api_id is a number", breaks="field-types", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    numbers = count(7_000_001)

    def change(record: dict[str, Any]) -> dict[str, Any]:
        return {**record, "api_id": int(record["api_id"]) if record["api_id"].isdecimal() else record["api_id"]}

    mock.around("create", lambda original, **body: original(**{"api_id": str(next(numbers)), **body}))
    shown_as(mock, change)


@fault("a date that is left out is now", breaks="absent-dates-are-null", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        return original(**{"date_started": instant.render(mock.organisation.clock.now()), **body})

    mock.around("create", create)


@fault("what is completed was started at once", breaks="absent-dates-are-null",
       shown_by=[post(date_completed=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        return original(**{"date_started": body.get("date_completed"), **body})

    mock.around("create", create)


@fault("a PUT keeps the dates that it leaves out", breaks="absent-dates-are-null", shown_by=[put("rec-0001")])
def _(mock: FaultyMock) -> None:
    mock.around("replace", lambda _, at, **body: mock.organisation.update(at, **body))


# Whom and what a record refers to


@fault("a second record of a person for a package is refused", breaks="pair-may-repeat",
       shown_by=[post(), post()])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        pair = (body["person_api_id"], body["package_api_id"])
        if any((record.person_api_id, record.package_api_id) == pair for record in mock.records):
            raise Conflict([Violation("body", "/package_api_id", "is assigned to this person already")])
        return original(**body)

    mock.around("create", create)


@fault("a second record of a person for a package takes the place of the first", breaks="package-has-many-records",
       shown_by=[post(api_id="rec-a"), post(api_id="rec-b"), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        made = original(**body)
        old = {record.api_id for record in mock.start}
        pair = (body["person_api_id"], body["package_api_id"])
        for record in list(mock.records):
            mine = record.api_id not in old and record.api_id != made["api_id"]
            if mine and (record.person_api_id, record.package_api_id) == pair:
                mock.records.remove(record.api_id)
        return made

    mock.around("create", create)


@fault("a package has ten records at most", breaks="valid-request-is-accepted", shown_by=[post()] * 4)
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        if sum(record.package_api_id == body["package_api_id"] for record in mock.records) >= 10:
            raise Conflict([Violation("body", "/package_api_id", "is full")])
        return original(**body)

    mock.around("create", create)


@fault("a new record restarts the others of its person and package", breaks="package-has-many-records",
       shown_by=[post(api_id="rec-a", date_started=EARLY), post(), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        old = {record.api_id for record in mock.start}
        for record in list(mock.records):
            pair = (record.person_api_id, record.package_api_id)
            if record.api_id not in old and pair == (body["person_api_id"], body["package_api_id"]):
                mock.records.change(record.api_id, replace(record, date_started=None))
        return original(**body)

    mock.around("create", create)


@fault("a record needs no person", breaks="required-fields", shown_by=[post(person_api_id=None)])
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask:
        if ask.method == "POST" and ask.fields and ask.fields.get("person_api_id") is None:
            return ask.with_body({**ask.fields, "person_api_id": AMARA})
        return ask

    mock.before(before)


@fault("a PUT needs neither person nor package", breaks="required-fields",
       shown_by=[Ask("PUT", "/training/record/rec-0003/", "", b"{}")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask:
        if ask.method == "PUT" and isinstance(ask.body, dict) and ask.api_id in mock.records:
            record = mock.records[ask.api_id]
            there = {"person_api_id": record.person_api_id, "package_api_id": record.package_api_id}
            return ask.with_body({**there, **ask.body})
        return ask

    mock.before(before)


def hire(mock: FaultyMock, person_api_id: str) -> None:
    people = {**mock.organisation.people, person_api_id: Person(person_api_id, "A new person")}
    mock.organisation.people = MappingProxyType(people)


@fault("an unknown person is created along the way", breaks="unknown-person-is-409",
       shown_by=[post(person_api_id="usr-nobody")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        hire(mock, body["person_api_id"])
        return original(**body)

    mock.around("create", create)


@fault("a PATCH does not look whether the person is known", breaks="unknown-person-is-409",
       shown_by=[patch("rec-0003", person_api_id="usr-nobody")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Create, at: str, **changes: Any) -> dict[str, Any]:
        if changes.get("person_api_id"):
            hire(mock, changes["person_api_id"])
        return original(at, **changes)

    mock.around_patch(update)


@fault("an unknown person is not found", breaks="unknown-person-is-409", shown_by=[post(person_api_id="usr-nobody")])
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        unknown = answer.status == 409 and ask.fields.get("person_api_id") not in mock.organisation.people
        return problem(404) if unknown else answer

    mock.after(after)


@fault("a POST for an unknown person is refused but stored", breaks="unknown-person-is-409",
       shown_by=[post(person_api_id="usr-nobody", api_id="rec-a"), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def create(original: Create, **body: Any) -> dict[str, Any]:
        if body["person_api_id"] in mock.organisation.people:
            return original(**body)
        hire(mock, body["person_api_id"])
        original(**body)
        raise Conflict([Violation("body", "/person_api_id", "is not known")])

    mock.around("create", create)


@fault("a record for an unknown package is one for the first package", breaks="unknown-package-is-409",
       shown_by=[post(package_api_id="pkg-nothing")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def known(package: str) -> str:
        return package if package in mock.organisation.packages else FIRE

    mock.around(
        "create",
        lambda original, package_api_id, **body: original(package_api_id=known(package_api_id), **body),
    )


@fault("a PUT with an unknown package keeps the package", breaks="unknown-package-is-409",
       shown_by=[put("rec-0003", package_api_id="pkg-nothing")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def put_(original: Create, at: str, **body: Any) -> dict[str, Any]:
        if body["package_api_id"] not in mock.organisation.packages and at in mock.records:
            body["package_api_id"] = mock.records[at].package_api_id
        return original(at, **body)

    mock.around("replace", put_)


# What a client can't set


@fault("a property that a client can't set is refused", breaks="read-only-is-ignored",
       shown_by=[post(package_desc="mine")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask | Answer:
        sent = {"package_desc", "date_assigned"} & set(ask.fields)
        errors = [{"in": "body", "pointer": f"/{name}", "detail": "is set by the service"} for name in sorted(sent)]
        return problem(400, errors=errors) if sent and ask.method != "GET" else ask

    mock.before(before)


@fault("a property that nobody knows is refused", breaks="read-only-is-ignored", shown_by=[post(score=7)])
def _(mock: FaultyMock) -> None:
    known = {"api_id", "person_api_id", "package_api_id", "package_desc", "date_assigned", *DATES}

    def before(ask: Ask) -> Ask | Answer:
        unknown = sorted(set(ask.fields) - known)
        errors = [{"in": "body", "pointer": f"/{name}", "detail": "is not known"} for name in unknown]
        return problem(400, errors=errors) if unknown else ask

    mock.before(before)


@fault("a property that nobody knows is kept and shown", breaks="read-only-is-ignored",
       shown_by=[post(score=7)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    known = {"api_id", "person_api_id", "package_api_id", "package_desc", "date_assigned", *DATES}
    kept: dict[str, dict[str, Any]] = {}

    def remember(ask: Ask, answer: Answer) -> Answer:
        if ask.method in ("POST", "PUT", "PATCH") and answer.ok:
            extra = {name: value for name, value in ask.fields.items() if name not in known}
            kept.setdefault(answer.document["api_id"], {}).update(extra)
        return answer

    mock.after(remember)
    shown_as(mock, lambda record: {**kept.get(record["api_id"], {}), **record})


@fault("a record can't be sent back as it was read", breaks="read-only-is-ignored",
       shown_by=[put("rec-0003", date_assigned="2025-01-13T09:00:00Z")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask | Answer:
        refused = ask.method == "PUT" and "date_assigned" in ask.fields
        return json_answer(422, {"detail": "date_assigned is read-only"}) if refused else ask

    mock.before(before)
