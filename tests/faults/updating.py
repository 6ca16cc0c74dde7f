"""Faults of PUT and PATCH."""

from collections.abc import Callable
from dataclasses import replace
from itertools import dropwhile, islice
from typing import Any

from .ask import AMARA, FIRST_AID, Answer, Ask, get, patch, post, problem, put
from .fault import fault
from .faulty_mock import FaultyMock
from .mock import Record, RecordNotFound, instant

Update = Callable[..., dict[str, Any]]

EARLY = "2001-02-03T04:05:06Z"
LATE = "2031-12-11T10:09:08Z"
DATES = ("date_started", "date_completed")


def neighbour(mock: FaultyMock, api_id: str, alike: Callable[[Record, Record], bool]) -> Record | None:
    """Return the first record listed after this one that is like it."""
    record = mock.records[api_id]
    later = islice(dropwhile(lambda other: other.api_id != api_id, mock.records), 1, None)
    return next((other for other in later if alike(record, other)), None)


def same_person(one: Record, other: Record) -> bool:
    return one.person_api_id == other.person_api_id


def same_package(one: Record, other: Record) -> bool:
    return one.package_api_id == other.package_api_id


def same_both(one: Record, other: Record) -> bool:
    return same_person(one, other) and same_package(one, other)


def set_fields(mock: FaultyMock, api_id: str, **fields: Any) -> dict[str, Any]:
    mock.records.change(api_id, replace(mock.records[api_id], **fields))
    return mock.organisation.get(fields.get("api_id", api_id))


TWO = (post(api_id="rec-a"), post(api_id="rec-b"))

# PUT


@fault("a PUT is answered but not stored", breaks="put-updates",
       shown_by=[put("rec-0003", date_started=EARLY), get("rec-0003")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        before = mock.record(at)
        result = original(at, **body)
        if before is not None:
            mock.records.change(result["api_id"], before)
        return result

    mock.around("replace", replace)


@fault("a PUT is stored but the old record is answered", breaks="put-updates",
       shown_by=[put("rec-0003", date_started=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        before = mock.organisation.get(at)
        return {**before, "api_id": original(at, **body)["api_id"]}

    mock.around("replace", replace)


@fault("a PUT does not change the person", breaks="put-updates", shown_by=[put("rec-0003", person_api_id=AMARA)])
def _(mock: FaultyMock) -> None:
    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        person = mock.records[at].person_api_id if at in mock.records else body["person_api_id"]
        return original(at, **{**body, "person_api_id": person})

    mock.around("replace", replace)


@fault("a PUT does not change a date that is there already", breaks="put-updates",
       shown_by=[put("rec-0001", date_started=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        record = mock.record(at)
        if record is not None and record.date_started and body.get("date_started"):
            body["date_started"] = record.date_started
        return original(at, **body)

    mock.around("replace", replace)


@fault("the second PUT of a record is lost", breaks="put-updates",
       shown_by=[put("rec-0003", date_started=EARLY), put("rec-0003", date_started=LATE)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    seen: set[str] = set()

    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        if at in seen and at in mock.records and body.get("api_id", at) == at:
            return mock.organisation.get(at)
        seen.add(at)
        return original(at, **body)

    mock.around("replace", replace)


@fault("the answer to a PUT has no dates", breaks="put-updates", shown_by=[put("rec-0003")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("put", lambda record, _: {name: value for name, value in record.items() if name not in DATES})


@fault("a PUT is stored, but a read shows the record of before", breaks="put-updates",
       shown_by=[get("rec-0003"), put("rec-0003", date_started=EARLY), get("rec-0003")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    behind: dict[str, dict[str, Any]] = {}

    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        before = mock.organisation.show(mock.records[at]) if at in mock.records else None
        result = original(at, **body)
        if before is not None and result["api_id"] == at:
            behind[at] = before
        return result

    def read(original: Update, api_id: str) -> dict[str, Any]:
        current = original(api_id)
        return behind.pop(api_id, current)

    mock.around("replace", replace)
    mock.around("get", read)


# PATCH


@fault("a PATCH clears the date that it leaves out", breaks="patch-is-partial",
       shown_by=[patch("rec-0001", date_started=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.around_patch(lambda update, at, **changes: update(at, **{**dict.fromkeys(DATES), **changes}))


@fault("a PATCH of the package clears the dates", breaks="patch-is-partial",
       shown_by=[patch("rec-0001", package_api_id=FIRST_AID)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        cleared = dict.fromkeys(DATES) if "package_api_id" in changes else {}
        return original(at, **{**cleared, **changes})

    mock.around_patch(update)


@fault("a PATCH needs person and package", breaks="patch-is-partial", shown_by=[patch("rec-0003", date_started=EARLY)])
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask | Answer:
        missing = [name for name in ("person_api_id", "package_api_id") if name not in ask.fields]
        errors = [{"in": "body", "pointer": f"/{name}", "detail": "is required"} for name in missing]
        return problem(400, errors=errors) if ask.method == "PATCH" and ask.body == ask.fields and missing else ask

    mock.before(before)


@fault("a PATCH is answered but not stored", breaks="patch-is-partial",
       shown_by=[patch("rec-0003", date_started=EARLY), get("rec-0003")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        before = mock.record(at)
        result = original(at, **changes)
        if before is not None:
            mock.records.change(result["api_id"], before)
        return result

    mock.around_patch(update)


@fault("a PATCH is stored but the old record is answered", breaks="patch-is-partial",
       shown_by=[patch("rec-0003", date_started=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        before = mock.organisation.get(at)
        return {**before, "api_id": original(at, **changes)["api_id"]}

    mock.around_patch(update)


@fault("a PATCH undoes the one before it", breaks="patch-is-partial",
       shown_by=[patch("rec-0003", date_started=EARLY), patch("rec-0003", date_completed=LATE)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    loaded: dict[str, Record] = {}

    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        old = loaded.setdefault(at, mock.records[at]) if at in mock.records else None
        result = original(at, **changes)
        kept = {name: getattr(old, name) for name in DATES if name not in changes}
        return set_fields(mock, at, **kept) if at == result["api_id"] else result

    mock.around_patch(update)


@fault("a PATCH changes one property only", breaks="patch-is-partial",
       shown_by=[patch("rec-0003", date_started=EARLY, date_completed=LATE)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.around_patch(lambda update, at, **changes: update(at, **dict(list(changes.items())[:1])))


@fault("a PATCH does not change the person", breaks="patch-is-partial",
       shown_by=[patch("rec-0003", person_api_id=AMARA)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.around_patch(
        lambda update, at, **changes: update(at, **{n: v for n, v in changes.items() if n != "person_api_id"})
    )


@fault("the answer to a PATCH is what changed", breaks="patch-is-partial",
       shown_by=[patch("rec-0003", date_started=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.rewrite("patch", lambda record, ask: {name: record[name] for name in record if name in ask.fields})


@fault("an empty PATCH clears the dates", breaks="patch-is-partial", shown_by=[patch("rec-0001")])
def _(mock: FaultyMock) -> None:
    mock.around_patch(lambda update, at, **changes: update(at, **(changes or dict.fromkeys(DATES))))


@fault("a completed record takes no PATCH", breaks="patch-is-partial",
       shown_by=[patch("rec-0001", date_started=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        done = at in mock.records and mock.records[at].date_completed is not None
        return mock.organisation.get(at) if done and "api_id" not in changes else original(at, **changes)

    mock.around_patch(update)


@fault("null in a PATCH changes nothing", breaks="null-clears-date", shown_by=[patch("rec-0001", date_started=None)])
def _(mock: FaultyMock) -> None:
    mock.around_patch(lambda update, at, **changes: update(at, **{n: v for n, v in changes.items() if v is not None}))


@fault("null in a PATCH is now", breaks="null-clears-date", shown_by=[patch("rec-0001", date_started=None)])
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        now = instant.render(mock.organisation.clock.now())
        return original(at, **{name: now if value is None else value for name, value in changes.items()})

    mock.around_patch(update)


@fault("null for a date is refused", breaks="null-clears-date", shown_by=[patch("rec-0001", date_started=None)])
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask | Answer:
        nulls = [name for name in DATES if name in ask.fields and ask.fields[name] is None]
        errors = [{"in": "body", "pointer": f"/{name}", "detail": "must be a string"} for name in nulls]
        return problem(400, errors=errors) if nulls and ask.method in ("PUT", "PATCH") else ask

    mock.before(before)


# date_assigned


@fault("a PUT moves date_assigned", breaks="date-assigned-kept", shown_by=[put("rec-0003")])
def _(mock: FaultyMock) -> None:
    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        api_id = original(at, **body)["api_id"]
        return set_fields(mock, api_id, date_assigned=instant.render(mock.organisation.clock.now()))

    mock.around("replace", replace)


@fault("a PATCH of the person moves date_assigned", breaks="date-assigned-kept",
       shown_by=[patch("rec-0003", person_api_id=AMARA)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        result = original(at, **changes)
        now = instant.render(mock.organisation.clock.now())
        return set_fields(mock, result["api_id"], date_assigned=now) if "person_api_id" in changes else result

    mock.around_patch(update)


@fault("an update takes date_assigned from the client", breaks="date-assigned-kept",
       shown_by=[patch("rec-0003", date_assigned=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def after(ask: Ask, answer: Answer) -> Answer:
        assigned = ask.fields.get("date_assigned")
        if ask.method in ("PUT", "PATCH") and answer.ok and instant.is_instant(str(assigned)):
            api_id = answer.document["api_id"]
            return answer.with_document(set_fields(mock, api_id, date_assigned=instant.normalise(str(assigned))))
        return answer

    mock.after(after)


@fault("an update cuts the fraction off date_assigned", breaks="dates-to-the-microsecond",
       shown_by=[post(api_id="rec-a"), patch("rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        api_id = original(at, **changes)["api_id"]
        coarse = instant.parse(mock.records[api_id].date_assigned).replace(microsecond=0)
        return set_fields(mock, api_id, date_assigned=instant.render(coarse))

    mock.around("update", update)


# Neighbours


@fault("an update dates the next record of the person and package too", breaks="update-touches-one-record",
       shown_by=[*TWO, patch("rec-a", date_started=EARLY), get("rec-b")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        other = neighbour(mock, at, same_both) if at in mock.records else None
        result = original(at, **changes)
        if other is not None and other.api_id in mock.records:
            set_fields(mock, other.api_id, **{name: result[name] for name in DATES})
        return result

    mock.around("update", update)


@fault("an update of a package's record is one of all that follow", breaks="update-touches-one-record",
       shown_by=[*TWO, patch("rec-a", date_completed=LATE), get("rec-b")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        result = original(at, **changes)
        for other in list(dropwhile(lambda other: other.api_id != result["api_id"], mock.records))[1:]:
            if other.package_api_id == result["package_api_id"] and "date_completed" in changes:
                set_fields(mock, other.api_id, date_completed=result["date_completed"])
        return result

    mock.around("update", update)


@fault("a PUT goes to the next record of the person as well", breaks="update-touches-one-record",
       shown_by=[*TWO, put("rec-a", package_api_id=FIRST_AID), get("rec-b")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        other = neighbour(mock, at, same_person) if at in mock.records else None
        result = original(at, **body)
        if other is not None and other.api_id in mock.records:
            set_fields(mock, other.api_id, package_api_id=result["package_api_id"])
        return result

    mock.around("replace", replace)


@fault("a PATCH goes to the last record of the person and package instead", breaks="update-touches-one-record",
       shown_by=[*TWO, patch("rec-a", date_started=EARLY), get("rec-b")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        if at not in mock.records or "api_id" in changes:
            return original(at, **changes)
        mine = mock.records[at]
        last = [record for record in mock.records if same_both(mine, record)][-1]
        return original(last.api_id, **changes)

    mock.around_patch(update)


@fault("a completed record takes the place of the person's next one", breaks="update-touches-one-record",
       shown_by=[*TWO, patch("rec-a", date_completed=LATE), get("rec-b")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        other = neighbour(mock, at, same_both) if at in mock.records else None
        result = original(at, **changes)
        if other is not None and changes.get("date_completed"):
            mock.records.remove(other.api_id)
        return result

    mock.around("update", update)


# The api_id


@fault("a PUT without an api_id gives a new one", breaks="update-keeps-api-id", shown_by=[put("rec-0003")])
def _(mock: FaultyMock) -> None:
    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        if body.get("api_id") is None and at in mock.records:
            # Made from the old one, so that a client can still tell whose it is.
            body["api_id"] = f"{at[:125]}_2"
        return original(at, **body)

    mock.around("replace", replace)


@fault("the answer to a PATCH without an api_id has none", breaks="update-keeps-api-id",
       shown_by=[patch("rec-0003", date_started=EARLY)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    mock.rewrite("patch", lambda record, ask: {**record, "api_id": ask.fields.get("api_id", "")})


@fault("a new api_id in an update is passed over", breaks="update-renames",
       shown_by=[patch("rec-0003", api_id="rec-3")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        return original(at, **{name: value for name, value in changes.items() if name != "api_id"})

    mock.around("update", update)


@fault("a new api_id is answered but not stored", breaks="update-renames",
       shown_by=[patch("rec-0003", api_id="rec-3"), get("rec-3")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        result = original(at, **{name: value for name, value in changes.items() if name != "api_id"})
        return {**result, "api_id": changes.get("api_id") or at}

    mock.around("update", update)


@fault("a renamed record is still found under its old api_id", breaks="update-renames",
       shown_by=[patch("rec-0003", api_id="rec-3"), get("rec-0003")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    names: dict[str, str] = {}

    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        result = original(at, **changes)
        if result["api_id"] != at:
            names[at] = result["api_id"]
        return result

    def read(original: Update, api_id: str) -> dict[str, Any]:
        try:
            return original(api_id)
        except RecordNotFound:
            return original(names.get(api_id, api_id))

    mock.around("update", update)
    mock.around("get", read)


@fault("a new api_id makes a copy", breaks="update-renames",
       shown_by=[patch("rec-0003", api_id="rec-3"), get("rec-0003")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        before = mock.record(at)
        result = original(at, **changes)
        if before is not None and at not in mock.records:
            mock.records.add(before)
        return result

    mock.around("update", update)


@fault("a new api_id empties the dates", breaks="patch-is-partial",
       shown_by=[patch("rec-0001", api_id="rec-1")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        new = changes.get("api_id") not in (None, at)
        return original(at, **{**(dict.fromkeys(DATES) if new else {}), **changes})

    mock.around_patch(update)


@fault("a taken api_id is passed over in an update", breaks="rename-to-taken-is-409",
       shown_by=[*TWO, patch("rec-b", api_id="rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        if changes.get("api_id") in mock.records:
            changes["api_id"] = at
        return original(at, **changes)

    mock.around("update", update)


@fault("a record that is renamed over another takes its place", breaks="rename-to-taken-is-409",
       shown_by=[*TWO, put("rec-b", api_id="rec-a")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        if at in mock.records and changes.get("api_id") in mock.records and changes["api_id"] != at:
            mock.records.remove(changes["api_id"])
        return original(at, **changes)

    mock.around("update", update)


@fault("an update that is refused for its api_id is stored all the same", breaks="rename-to-taken-is-409",
       shown_by=[*TWO, patch("rec-b", api_id="rec-a", date_started=EARLY), get("rec-b")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        if at in mock.records and changes.get("api_id") in mock.records and changes["api_id"] != at:
            original(at, **{name: value for name, value in changes.items() if name != "api_id"})
        return original(at, **changes)

    mock.around("update", update)


# Crashes


@fault("the second update of a record crashes the service", breaks="no-server-error",
       shown_by=[put("rec-0003"), put("rec-0003")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    seen: set[str] = set()

    def replace(original: Update, at: str, **body: Any) -> dict[str, Any]:
        if at in seen:
            raise RuntimeError("stale object")
        seen.add(at)
        return original(at, **body)

    mock.around("replace", replace)


@fault("clearing a date that is not set crashes the service", breaks="no-server-error",
       shown_by=[patch("rec-0003", date_started=None)])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def update(original: Update, at: str, **changes: Any) -> dict[str, Any]:
        for name in DATES:
            if (
                name in changes
                and changes[name] is None
                and at in mock.records
                and getattr(mock.records[at], name) is None
            ):
                raise TypeError(name)
        return original(at, **changes)

    mock.around_patch(update)
