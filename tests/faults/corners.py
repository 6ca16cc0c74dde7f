"""Faults in the corners of the schema, where a hand-made list of odd requests does not reach."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .ask import Answer, Ask, get, patch, post, problem, put, send
from .fault import fault
from .faulty_mock import FaultyMock

DATES = ("date_started", "date_completed")
REFERENCES = ("person_api_id", "package_api_id")
KNOWN = ("api_id", *REFERENCES, *DATES, "package_desc", "date_assigned")
WRITES = ("POST", "PUT", "PATCH")


def reads(mock: FaultyMock, methods: str, names: tuple[str, ...], change: Callable[[Any], Any]) -> None:
    """Have these members of a body changed before these methods read it; one that becomes `...` is left out."""

    def before(ask: Ask) -> Ask:
        if ask.method not in methods.split() or not ask.fields:
            return ask
        changed = {name: change(value) if name in names else value for name, value in ask.fields.items()}
        changed = {name: value for name, value in changed.items() if value is not ...}
        return ask.with_body(changed) if changed != ask.fields else ask

    mock.before(before)


def crashes(mock: FaultyMock, when: Callable[[Ask], bool]) -> None:
    mock.before(lambda ask: problem(500) if when(ask) else ask)


def refuses(mock: FaultyMock, when: Callable[[Ask], bool]) -> None:
    where = {"in": "body", "pointer": "", "detail": "is not allowed"}
    mock.before(lambda ask: problem(400, errors=[where]) if when(ask) else ask)


def parameters(ask: Ask) -> list[tuple[str, str]]:
    """The query as it was sent, piece by piece."""
    return [(name, value) for name, _, value in (piece.partition("=") for piece in ask.query.split("&"))]


def without(mock: FaultyMock, parameter: Callable[[str, str], bool]) -> None:
    """Have the parameters of the list passed over that are so."""

    def before(ask: Ask) -> Ask:
        if ask.operation != "list":
            return ask
        kept = [f"{name}={value}" for name, value in parameters(ask) if not parameter(name, value)]
        return replace(ask, query="&".join(kept))

    mock.before(before)


def others(ask: Ask) -> dict[str, Any]:
    """The members of a body that are not in the spec."""
    return {name: value for name, value in ask.fields.items() if name not in KNOWN}


def texts_in(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from texts_in(value)
    elif isinstance(document, list):
        for item in document:
            yield from texts_in(item)


def odd(ask: Ask, letter: Callable[[str], bool]) -> bool:
    return any(letter(one) for text in texts_in(others(ask)) for one in text)


# Values of another type


@fault("a PATCH clears a date that is an empty text", breaks="invalid-request-is-400",
       shown_by=[patch("rec-0003", date_started="")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "PATCH", DATES, lambda value: None if value == "" else value)


@fault("a record without a date may have an empty text for it", breaks="invalid-request-is-400",
       shown_by=[post(date_completed="")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "POST", DATES, lambda value: None if value == "" else value)


@fault("a PATCH passes over a date that is false", breaks="invalid-request-is-400",
       shown_by=[patch("rec-0003", date_started=False)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "PATCH", DATES, lambda value: ... if value is False else value)


@fault("a PUT takes false for a date as null", breaks="invalid-request-is-400",
       shown_by=[put("rec-0003", date_completed=False)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "PUT", DATES, lambda value: None if value is False else value)


@fault("a PATCH passes over a date that is an object", breaks="invalid-request-is-400",
       shown_by=[patch("rec-0003", date_completed={})])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "PATCH", DATES, lambda value: ... if isinstance(value, dict) else value)


@fault("a PUT takes the first of a list of dates", breaks="invalid-request-is-400",
       shown_by=[put("rec-0003", date_started=[None, None])])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "PUT", DATES, lambda value: value[0] if isinstance(value, list) and value else value)


@fault("an api_id that is an empty list is as none", breaks="invalid-request-is-400", shown_by=[post(api_id=[])])
def _(mock: FaultyMock) -> None:
    reads(mock, "POST", ("api_id",), lambda value: ... if value == [] else value)


@fault("an api_id that is an empty object is as none", breaks="invalid-request-is-400", shown_by=[post(api_id={})])
def _(mock: FaultyMock) -> None:
    reads(mock, "POST", ("api_id",), lambda value: ... if value == {} else value)


@fault("a PUT passes over an api_id that is false", breaks="invalid-request-is-400",
       shown_by=[put("rec-0003", api_id=False)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "PUT", ("api_id",), lambda value: ... if value is False else value)


@fault("a PUT passes over an api_id that is null", breaks="invalid-request-is-400",
       shown_by=[put("rec-0003", api_id=None)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "PUT", ("api_id",), lambda value: ... if value is None else value)


@fault("a PUT passes over an api_id that is a list", breaks="invalid-request-is-400",
       shown_by=[put("rec-0003", api_id=[])])  # fmt: skip
def _(mock: FaultyMock) -> None:
    reads(mock, "PUT", ("api_id",), lambda value: ... if isinstance(value, list) else value)


@fault("a PUT takes 0 for the person as the same person", breaks="invalid-request-is-400",
       shown_by=[put("rec-0003", person_api_id=0)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    same_reference(mock, "person_api_id", lambda value: value == 0 and value is not False)


@fault("a PUT takes false for the package as the same package", breaks="invalid-request-is-400",
       shown_by=[put("rec-0003", package_api_id=False)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    same_reference(mock, "package_api_id", lambda value: value is False)


@fault("a PUT takes null for the person as the same person", breaks="invalid-request-is-400",
       shown_by=[put("rec-0003", person_api_id=None)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    same_reference(mock, "person_api_id", lambda value: value is None)


def same_reference(mock: FaultyMock, name: str, when: Callable[[Any], bool]) -> None:
    """Have a PUT keep whom or what the record refers to when the member is so."""

    def before(ask: Ask) -> Ask:
        record = mock.record(ask.api_id or "")
        if ask.method != "PUT" or name not in ask.fields or not when(ask.fields[name]) or record is None:
            return ask
        return ask.with_body({**ask.fields, name: getattr(record, name)})

    mock.before(before)


# Bodies


@fault("a PUT of null changes nothing, and succeeds", breaks="invalid-request-is-400",
       shown_by=[send("PUT", "rec-0003", b"null")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    empty_put(mock, lambda ask: ask.content == b"null")


def empty_put(mock: FaultyMock, when: Callable[[Ask], bool]) -> None:
    """Have a PUT whose body is so treated as a PATCH of nothing."""

    def before(ask: Ask) -> Ask:
        return replace(ask, method="PATCH").with_body({}) if ask.method == "PUT" and when(ask) else ask

    mock.before(before)


@fault("a PUT of a text crashes the service", breaks="no-server-error", shown_by=[send("PUT", "rec-0003", b'"AAA"')])
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: ask.method == "PUT" and isinstance(ask.body, str))


@fault("a POST of a number crashes the service", breaks="no-server-error", shown_by=[send("POST", "", b"0")])
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: ask.method == "POST" and type(ask.body) is int and ask.body == 0)


@fault("a PATCH of false is a PATCH of nothing", breaks="invalid-request-is-400",
       shown_by=[send("PATCH", "rec-0003", b"false")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.before(lambda ask: ask.with_body({}) if ask.method == "PATCH" and ask.body is False else ask)


@fault("bytes that are no UTF-8 crash the service", breaks="no-server-error",
       shown_by=[send("PATCH", "rec-0003", b"\xff\xa6")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def when(ask: Ask) -> bool:
        try:
            ask.content.decode("utf-8")
        except UnicodeDecodeError:
            return True
        return False

    crashes(mock, when)


# Media types


@fault("a form in parts without a boundary crashes the service", breaks="no-server-error",
       shown_by=[send("PATCH", "rec-0003", b"{}", "multipart/form-data")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: ask.method in WRITES and ask.media_type == "multipart/form-data")


@fault("a form in parts without a boundary is a bad request", breaks="other-media-type-is-415",
       shown_by=[send("PATCH", "rec-0003", b"{}", "multipart/form-data")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    refuses(mock, lambda ask: ask.method in WRITES and ask.media_type == "multipart/form-data")


@fault("JSON that is called a form in parts is read", breaks="other-media-type-is-415",
       shown_by=[send("PATCH", "rec-0003", b"{}", "multipart/form-data")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask:
        if ask.media_type != "multipart/form-data" or ask.method not in WRITES:
            return ask
        kept = tuple(pair for pair in ask.headers if pair[0] != b"content-type")
        return replace(ask, headers=(*kept, (b"content-type", b"application/json")))

    mock.before(before)


@fault("a GET that names a media type crashes the service", breaks="no-server-error",
       shown_by=[send("GET", "rec-0003", b"", "multipart/form-data")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: ask.method == "GET" and ask.media_type == "multipart/form-data")


# Parameters


@fault("true for a limit is none", breaks="invalid-request-is-400", shown_by=[get("?limit=true")])
def _(mock: FaultyMock) -> None:
    without(mock, lambda name, value: name == "limit" and value == "true")


@fault("null for an offset is none", breaks="invalid-request-is-400", shown_by=[get("?offset=null")])
def _(mock: FaultyMock) -> None:
    without(mock, lambda name, value: name == "offset" and value == "null")


@fault("a fraction for an offset is 0", breaks="invalid-request-is-400", shown_by=[get("?offset=0.5")])
def _(mock: FaultyMock) -> None:
    without(mock, lambda name, value: name == "offset" and value == "0.5")


@fault("an offset that is given twice crashes the service", breaks="no-server-error",
       shown_by=[get("?offset=1&offset=1")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: [name for name, _ in parameters(ask)].count("offset") > 1)


# Odd text in members that are not in the spec, which are ignored


@fault("a member without a name crashes the service", breaks="no-server-error", shown_by=[patch("rec-0003", **{"": 1})])
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: "" in others(ask))


@fault("a member inside another that has no name crashes the service", breaks="no-server-error",
       shown_by=[patch("rec-0003", note={"": 1})])  # fmt: skip
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: any(isinstance(value, dict) and "" in value for value in others(ask).values()))


@fault("a NUL in a note crashes the service", breaks="no-server-error", shown_by=[patch("rec-0003", note="a\x00b")])
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: odd(ask, lambda letter: letter == "\x00"))


@fault("a control character in a note is refused", breaks="read-only-is-ignored",
       shown_by=[patch("rec-0003", note="a\x1eb")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    refuses(mock, lambda ask: odd(ask, lambda letter: letter < " "))


@fault("a note that is an object is refused", breaks="read-only-is-ignored",
       shown_by=[patch("rec-0003", note={"by": "Ada"})])  # fmt: skip
def _(mock: FaultyMock) -> None:
    refuses(mock, lambda ask: any(isinstance(value, dict) and value for value in others(ask).values()))


@fault("a list in a note crashes the service", breaks="no-server-error", shown_by=[patch("rec-0003", note=[1, "a"])])
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: any(isinstance(value, list) for value in others(ask).values()))


@fault("a number with an exponent in a note crashes the service", breaks="no-server-error",
       shown_by=[send("PATCH", "rec-0003", json.dumps({"note": {"size": 8.3e-75}}).encode())])  # fmt: skip
def _(mock: FaultyMock) -> None:
    crashes(mock, lambda ask: any("e" in repr(value) for value in floats_in(others(ask))))


def floats_in(document: Any) -> Iterator[float]:
    if isinstance(document, float):
        yield document
    elif isinstance(document, (dict, list)):
        for item in document.values() if isinstance(document, dict) else document:
            yield from floats_in(item)


@fault("an error repeats the odd text of a path as it is", breaks="errors-are-problems",
       shown_by=[get("%C2%84")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        told = ask.method == "GET" and answer.status == 400 and any("\x7f" <= c < "\xa0" for c in ask.api_id or "")
        return answer.as_type("text/plain", b"bad character") if told else answer

    mock.after(after)
