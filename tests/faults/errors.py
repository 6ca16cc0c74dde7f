"""Faults of what holds for every operation: statuses, what is refused and how, crashes."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .ask import COLLECTION, FIRST_AID, Answer, Ask, delete, get, json_answer, patch, post, problem, put, send
from .fault import fault
from .faulty_mock import FaultyMock
from .mock import Conflict, Page

EARLY = "2001-02-03T04:05:06Z"
NAIVE = "2026-01-31T09:00:00"
DATES = ("date_started", "date_completed")
REFERENCES = ("api_id", "person_api_id", "package_api_id")
WRITES = ("POST", "PUT", "PATCH")


def statuses_are(mock: FaultyMock, method: str, status: int) -> None:
    mock.after(lambda ask, answer: replace(answer, status=status) if ask.method == method and answer.ok else answer)


def invalid(*names: str) -> Answer:
    return problem(400, errors=[{"in": "body", "pointer": f"/{name}", "detail": "is not allowed"} for name in names])


def fields_become(mock: FaultyMock, change: Callable[[str, Any], Any]) -> None:
    """Have each member of the body of a write changed before it is read; one that becomes `...` is left out."""

    def before(ask: Ask) -> Ask:
        if ask.method not in WRITES or not ask.fields:
            return ask
        changed = {name: change(name, value) for name, value in ask.fields.items()}
        changed = {name: value for name, value in changed.items() if value is not ...}
        return ask.with_body(changed) if changed != ask.fields else ask

    mock.before(before)


def refuses(mock: FaultyMock, *names: str, when: Callable[[Any], bool]) -> None:
    """Have a write refused when one of these members of its body is so."""

    def before(ask: Ask) -> Ask | Answer:
        odd = [name for name in names if name in ask.fields and when(ask.fields[name])]
        return invalid(*odd) if ask.method in WRITES and odd else ask

    mock.before(before)


# Success


@fault("a creation is 200", breaks="success-statuses", shown_by=[post()])
def _(mock: FaultyMock) -> None:
    statuses_are(mock, "POST", 200)


@fault("a PATCH is 202", breaks="success-statuses", shown_by=[patch("rec-0003")])
def _(mock: FaultyMock) -> None:
    statuses_are(mock, "PATCH", 202)


@fault("a deletion is 200", breaks="success-statuses", shown_by=[delete("rec-0003")])
def _(mock: FaultyMock) -> None:
    statuses_are(mock, "DELETE", 200)


@fault("a page is partial content", breaks="success-statuses", shown_by=[get("?limit=2")])
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        page = ask.operation == "list" and answer.ok and "limit" in ask.parameters
        return replace(answer, status=206) if page else answer

    mock.after(after)


# What must be refused


@fault("a date without an offset is taken for UTC", breaks="invalid-request-is-400",
       shown_by=[post(date_started=NAIVE)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def change(name: str, value: Any) -> Any:
        naive = name in DATES and isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", value)
        return f"{value}Z" if naive else value

    fields_become(mock, change)


@fault("a date that can't be read is null", breaks="invalid-request-is-400",
       shown_by=[post(date_started="yesterday")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def change(name: str, value: Any) -> Any:
        return None if name in DATES and isinstance(value, str) and not re.match(r"\d{4}-", value) else value

    fields_become(mock, change)


@fault("an impossible day rolls over to the next month", breaks="invalid-request-is-400",
       shown_by=[post(date_started="2026-02-30T09:00:00Z")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def change(name: str, value: Any) -> Any:
        return value.replace("-02-30T", "-03-02T") if name in DATES and isinstance(value, str) else value

    fields_become(mock, change)


@fault("a date may be a number of seconds", breaks="invalid-request-is-400", shown_by=[post(date_started=5)])
def _(mock: FaultyMock) -> None:
    def change(name: str, value: Any) -> Any:
        number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 60
        return f"1970-01-01T00:00:{value:02}Z" if name in DATES and number else value

    fields_become(mock, change)


@fault("null for the package changes nothing", breaks="invalid-request-is-400",
       shown_by=[patch("rec-0003", package_api_id=None)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    fields_become(mock, lambda name, value: ... if name.endswith("package_api_id") and value is None else value)


@fault("null for the api_id is as none", breaks="invalid-request-is-400", shown_by=[post(api_id=None)])
def _(mock: FaultyMock) -> None:
    fields_become(mock, lambda name, value: ... if name == "api_id" and value is None else value)


@fault("an invalid body is 422", breaks="invalid-request-is-400", shown_by=[post(date_started=NAIVE)])
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        refused = answer.status == 400 and ask.method in WRITES
        return problem(422, errors=answer.document["errors"]) if refused else answer

    mock.after(after)


@fault("a PATCH with a wrong date stores the rest", breaks="invalid-request-is-400",
       shown_by=[patch("rec-0001", date_started=None, date_completed="tomorrow"), get("rec-0001")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        cleared = [name for name in DATES if name in ask.fields and ask.fields[name] is None]
        if ask.method == "PATCH" and answer.status == 400 and ask.api_id in mock.records:
            record = mock.records[ask.api_id]
            mock.records.change(record.api_id, replace(record, **dict.fromkeys(cleared)))
        return answer

    mock.after(after)


@fault("a record with a wrong date is refused, and stored without it", breaks="invalid-request-is-400",
       shown_by=[post(api_id="rec-a", date_started=NAIVE), get("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        body = {name: value for name, value in ask.fields.items() if name in REFERENCES}
        wrong = any(name in DATES for name in ask.fields)
        # Under the id that was given: of one that the service chose, nobody would ever hear.
        new = "api_id" in body and body["api_id"] not in mock.records
        if ask.method == "POST" and answer.status == 400 and wrong and new:
            with suppress(Conflict, TypeError):
                mock.organisation.create(**body)
        return answer

    mock.after(after)


def parameters_become(mock: FaultyMock, change: Callable[[str, str], bool]) -> None:
    """Have the parameters of the list left out for which `change(name, value)` holds."""

    def before(ask: Ask) -> Ask:
        if ask.operation != "list":
            return ask
        pairs = [pair for pair in ask.query.split("&") if not change(*pair.partition("=")[::2])]
        return replace(ask, query="&".join(pairs))

    mock.before(before)


@fault("a limit of 0 is none", breaks="invalid-request-is-400", shown_by=[get("?limit=0")])
def _(mock: FaultyMock) -> None:
    parameters_become(mock, lambda name, value: name == "limit" and value == "0")


@fault("a limit that is no number is passed over", breaks="invalid-request-is-400", shown_by=[get("?limit=ten")])
def _(mock: FaultyMock) -> None:
    parameters_become(mock, lambda name, value: name == "limit" and value.isalpha())


@fault("an offset below 0 is 0", breaks="invalid-request-is-400", shown_by=[get("?offset=-1")])
def _(mock: FaultyMock) -> None:
    parameters_become(mock, lambda name, value: name == "offset" and value.startswith("-"))


@fault("a body that is no JSON is an empty one", breaks="invalid-request-is-400",
       shown_by=[send("PATCH", "rec-0003", b"{")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask:
        broken = ask.method == "PATCH" and ask.body is None and ask.media_type == "application/json"
        return ask.with_body({}) if broken and ask.content != b"null" else ask

    mock.before(before)


# What must be accepted


@fault("a record that was never started can't be completed", breaks="valid-request-is-accepted",
       shown_by=[post(date_completed=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask | Answer:
        odd = ask.method == "POST" and ask.fields.get("date_completed") and not ask.fields.get("date_started")
        return invalid("date_completed") if odd else ask

    mock.before(before)


@fault("an api_id of more than 64 characters is refused", breaks="valid-request-is-accepted",
       shown_by=[post(api_id="a" * 65)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    refuses(mock, "api_id", when=lambda value: isinstance(value, str) and len(value) > 64)


@fault("a date with more than six digits of a second is refused", breaks="valid-request-is-accepted",
       shown_by=[post(date_started="2026-01-01T00:00:00.1234567Z")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    refuses(mock, *DATES, when=lambda value: isinstance(value, str) and re.search(r"\.\d{7}", value) is not None)


@fault("a date before 1900 is refused", breaks="valid-request-is-accepted",
       shown_by=[post(date_started="1899-12-31T00:00:00Z")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    refuses(mock, *DATES, when=lambda value: isinstance(value, str) and re.match(r"(0|1[0-8])\d", value) is not None)


@fault("a date in lower case is refused", breaks="valid-request-is-accepted",
       shown_by=[post(date_started="2026-06-01t12:00:00z")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    refuses(mock, *DATES, when=lambda value: isinstance(value, str) and re.search(r"\d[tz]", value) is not None)


@fault("an empty PATCH is refused", breaks="valid-request-is-accepted", shown_by=[patch("rec-0003")])
def _(mock: FaultyMock) -> None:
    mock.before(lambda ask: invalid("") if ask.method == "PATCH" and ask.body == {} else ask)


@fault("a Content-Type with a charset is refused", breaks="valid-request-is-accepted",
       shown_by=[send("PATCH", "rec-0003", b"{}", "application/json; charset=utf-8")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask | Answer:
        return problem(415) if b"charset" in dict(ask.headers).get(b"content-type", b"").lower() else ask

    mock.before(before)


@fault("a limit of more than 1000 is refused", breaks="valid-request-is-accepted", shown_by=[get("?limit=1001")])
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask | Answer:
        limit = ask.parameters.get("limit", "")
        large = ask.operation == "list" and limit.isdecimal() and int(limit) > 1000
        where = {"in": "query", "pointer": "/limit", "detail": "is too large"}
        return problem(400, errors=[where]) if large else ask

    mock.before(before)


# How it is refused


@fault("errors are plain text", breaks="errors-are-problems", shown_by=[get("rec-9999")])
def _(mock: FaultyMock) -> None:
    mock.after(lambda _, answer: answer.as_type("text/plain", b"Error") if answer.status >= 400 else answer)


@fault("errors are said to be plain JSON", breaks="errors-are-problems", shown_by=[get("rec-9999")])
def _(mock: FaultyMock) -> None:
    mock.after(lambda _, answer: answer.as_type("application/json") if answer.status >= 400 else answer)


@fault("the error of an unknown method is a web page", breaks="errors-are-problems", shown_by=[send("TRACE")])
def _(mock: FaultyMock) -> None:
    mock.after(
        lambda _, answer: answer.as_type("text/html", b"<h1>Not allowed</h1>") if answer.status == 405 else answer
    )


@fault("only the first of several errors is named", breaks="errors-are-problems",
       shown_by=[post(date_started=5, date_completed=5)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(_: Ask, answer: Answer) -> Answer:
        if answer.status != 400:
            return answer
        return answer.with_document({**answer.document, "errors": answer.document["errors"][:1]})

    mock.after(after)


@fault("errors have no pointers", breaks="errors-are-problems", shown_by=[post(date_started=5)])
def _(mock: FaultyMock) -> None:
    def after(_: Ask, answer: Answer) -> Answer:
        if answer.status != 400:
            return answer
        errors = [{"in": error["in"], "detail": error["detail"]} for error in answer.document["errors"]]
        return answer.with_document({**answer.document, "errors": errors})

    mock.after(after)


@fault("the status in an error is another one", breaks="errors-are-problems", shown_by=[post(api_id="rec-0001")])
def _(mock: FaultyMock) -> None:
    def after(_: Ask, answer: Answer) -> Answer:
        return answer.with_document({**answer.document, "status": 400}) if answer.status == 409 else answer

    mock.after(after)


@fault("an unknown method is not found", breaks="unknown-method-is-405", shown_by=[send("TRACE")])
def _(mock: FaultyMock) -> None:
    mock.after(lambda _, answer: problem(404) if answer.status == 405 else answer)


@fault("a 405 does not say what is allowed", breaks="unknown-method-is-405", shown_by=[send("TRACE")])
def _(mock: FaultyMock) -> None:
    def after(_: Ask, answer: Answer) -> Answer:
        return replace(answer, headers=tuple(pair for pair in answer.headers if pair[0] != b"allow"))

    mock.after(after)


@fault("a 405 of a record does not list PATCH", breaks="unknown-method-is-405", shown_by=[send("TRACE", "rec-0003")])
def _(mock: FaultyMock) -> None:
    def after(_: Ask, answer: Answer) -> Answer:
        headers = ((name, value.replace(b"PATCH, ", b"")) for name, value in answer.headers)
        return replace(answer, headers=tuple(headers)) if answer.status == 405 else answer

    mock.after(after)


@fault("an unknown method reads", breaks="unknown-method-is-405", shown_by=[send("TRACE", "rec-0003")])
def _(mock: FaultyMock) -> None:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    mock.before(lambda ask: ask if ask.method in known else replace(ask, method="GET"))


def called_json(ask: Ask) -> Ask:
    headers = tuple(pair for pair in ask.headers if pair[0] != b"content-type")
    return replace(ask, headers=(*headers, (b"content-type", b"application/json")))


@fault("JSON is read whatever it is called", breaks="other-media-type-is-415",
       shown_by=[send("PATCH", "rec-0003", b"{}", "text/plain")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.before(lambda ask: called_json(ask) if ask.body is not None and ask.method in WRITES else ask)


@fault("another media type is a bad request", breaks="other-media-type-is-415",
       shown_by=[send("POST", "", b"a=b", "application/x-www-form-urlencoded")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.after(lambda _, answer: invalid("") if answer.status == 415 else answer)


@fault("a merge patch is taken", breaks="other-media-type-is-415",
       shown_by=[send("PATCH", "rec-0003", b"{}", "application/merge-patch+json")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.before(lambda ask: called_json(ask) if ask.media_type == "application/merge-patch+json" else ask)


@fault("a PATCH in another media type is refused but stored", breaks="other-media-type-is-415",
       shown_by=[send("PATCH", "rec-0001", json.dumps({"date_started": EARLY}).encode(), "text/plain"),
                 get("rec-0001")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        if (
            answer.status == 415
            and ask.method == "PATCH"
            and ask.api_id in mock.records
            and "date_started" in ask.fields
        ):
            mock.organisation.update(ask.api_id, date_started=ask.fields["date_started"])
        return answer

    mock.after(after)


# Crashes


def crashes(mock: FaultyMock, when: Callable[[Ask], bool]) -> None:
    mock.before(lambda ask: problem(500) if when(ask) else ask)


@fault("an emoji in a body crashes the service", breaks="no-server-error", shown_by=[patch("rec-0003", note="😀")])
def _(mock: FaultyMock) -> None:
    def odd(value: Any) -> bool:
        return any(ord(letter) > 0xFFFF for letter in json.dumps(value, ensure_ascii=False))

    crashes(mock, lambda ask: odd(ask.fields))


@fault("an odd api_id in a path crashes the service", breaks="no-server-error", shown_by=[get("%C3%A9")])
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: not (ask.api_id or "").isascii())


@fault("a number beyond 64 bits crashes the service", breaks="no-server-error",
       shown_by=[get("?limit=99999999999999999999")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        if (limit or 0) >= 2**63 or offset >= 2**63:
            raise OverflowError(limit)
        return page(search, limit, offset)

    mock.around("page", instead)


@fault("a body that is no object crashes the service", breaks="no-server-error",
       shown_by=[send("PATCH", "rec-0003", b"[]")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: isinstance(ask.body, list) and ask.method in WRITES)


@fault("an unknown package crashes the service", breaks="no-server-error",
       shown_by=[post(package_api_id="pkg-nothing")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.after(lambda ask, answer: problem(500) if answer.status == 409 and "package_api_id" in ask.fields
               and ask.fields["package_api_id"] not in mock.organisation.packages else answer)  # fmt: skip


@fault("a rename and a change at once crash the service", breaks="no-server-error",
       shown_by=[put("rec-0003", api_id="rec-3", package_api_id=FIRST_AID)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    crashes(
        mock,
        lambda ask: (
            ask.method == "PUT" and ask.api_id in mock.records and ask.fields.get("api_id", ask.api_id) != ask.api_id
        ),
    )


@fault("the list crashes while a record of its has no date_started", breaks="no-server-error",
       shown_by=[get("?search=fire")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        odd = ask.operation == "list" and answer.ok and ask.parameters.get("search")
        return problem(500) if odd and any(r["date_started"] is None for r in answer.document["results"]) else answer

    mock.after(after)


@fault(
    "JSON that is called JSON in a list is not",
    breaks="list-is-object",
    shown_by=[Ask("GET", COLLECTION)],
    unreadable=True,
)
def _(mock: FaultyMock) -> None:
    mock.after(
        lambda ask, answer: (
            replace(answer, content=answer.content.replace(b'"', b"'"))
            if ask.operation == "list" and answer.ok
            else answer
        )
    )


@fault("every answer is 200, errors too", breaks="unknown-record-is-404", shown_by=[get("rec-9999")])
def _(mock: FaultyMock) -> None:
    mock.after(lambda _, answer: json_answer(200, {"error": answer.document}) if answer.status == 404 else answer)
