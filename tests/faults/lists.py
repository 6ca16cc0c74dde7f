"""Faults of the list: what is in it, pages, searches, the envelope and its links."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .ask import COLLECTION, FIRST_AID, Answer, Ask, delete, get, patch, post, problem
from .fault import fault
from .faulty_mock import FaultyMock
from .mock import Page

Records = list[dict[str, Any]]
Window = Callable[[Records, int | None, int], Records]


def pages_are(mock: FaultyMock, window: Window) -> None:
    """Have `window(all that match, limit, offset)` choose the records of each page; all else stays right."""

    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        return replace(page(search, limit, offset), items=window(page(search).items, limit, offset))

    mock.around("page", instead)


def searches_find(mock: FaultyMock, matches: Callable[[str, dict[str, Any]], bool]) -> None:
    """Have `matches(term, names)` decide which records a search finds, page by page and counted as it should be."""
    organisation = mock.organisation

    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        if not search:
            return page(search, limit, offset)
        found = [record for record in page().items if matches(search, names(record))]
        shown = found[offset:] if limit is None else found[offset : offset + limit]
        return Page(shown, len(found), search, limit, offset)

    def names(record: dict[str, Any]) -> dict[str, Any]:
        person = organisation.people[record["person_api_id"]].name
        package = organisation.packages[record["package_api_id"]]
        return {"person": person, "package": package.name, "description": package.description}

    mock.around("page", instead)


def cut(records: Records, limit: int | None, offset: int) -> Records:
    return records[offset:] if limit is None else records[offset : offset + limit]


# What the list is


@fault("the list is a bare array", breaks="list-is-object", shown_by=[get("?limit=2")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("list", lambda page, _: page["results"])


@fault("a page of one record is that record alone", breaks="list-is-object", shown_by=[get("?limit=1")])
def _(mock: FaultyMock) -> None:
    def change(page: Any, _: Ask) -> Any:
        return {**page, "results": page["results"][0]} if len(page["results"]) == 1 else page

    mock.rewrite("list", change)


@fault("an empty list is null", breaks="list-envelope", shown_by=[get("?search=archery")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("list", lambda page, _: {**page, "results": page["results"] or None})


@fault(
    "the records of a list are keyed by their api_id",
    breaks="list-is-object",
    shown_by=[get("?limit=2")],
    unreadable=True,
)
def _(mock: FaultyMock) -> None:
    mock.rewrite("list", lambda page, _: {**page, "results": {r["api_id"]: r for r in page["results"]}})


@fault("the list is said to be plain text", breaks="answers-are-json", shown_by=[get()])
def _(mock: FaultyMock) -> None:
    mock.after(lambda ask, answer: answer.as_type("text/plain") if ask.operation == "list" and answer.ok else answer)


# What is in it


@fault("the list misses its last record", breaks="list-has-records", shown_by=[get()])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records[:-1], limit, offset))


@fault("records that are completed are not listed", breaks="list-has-records", shown_by=[get()])
def _(mock: FaultyMock) -> None:
    def change(page: Callable[..., Page], **window: Any) -> Page:
        found = page(**window)
        return replace(found, items=[record for record in found.items if record["date_completed"] is None])

    mock.around("page", change)


@fault("a person's second record for a package hides in the first", breaks="list-has-records", shown_by=[post(), get()])
def _(mock: FaultyMock) -> None:
    def distinct(records: Records, limit: int | None, offset: int) -> Records:
        first: dict[tuple[str, str], dict[str, Any]] = {}
        for record in records:
            first.setdefault((record["person_api_id"], record["package_api_id"]), record)
        return cut(list(first.values()), limit, offset)

    pages_are(mock, distinct)


@fault(
    "a join lists a record twice when its person has two for the package",
    breaks="listed-once",
    shown_by=[post(), get()],
)
def _(mock: FaultyMock) -> None:
    def joined(records: Records, limit: int | None, offset: int) -> Records:
        pairs = [(record["person_api_id"], record["package_api_id"]) for record in records]
        many = [record for record, pair in zip(records, pairs, strict=True) for _ in range(pairs.count(pair))]
        return cut(many, limit, offset)

    pages_are(mock, joined)


@fault("listed records have no date_completed", breaks="list-has-records", shown_by=[get("?limit=1")])
def _(mock: FaultyMock) -> None:
    def without(record: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in record.items() if name != "date_completed"}

    mock.rewrite("list", lambda page, _: {**page, "results": [without(record) for record in page["results"]]})


@fault(
    "the list is cached until one is created or deleted",
    breaks="list-has-records",
    shown_by=[get(), patch("rec-0003", date_started="2026-01-01T00:00:00Z"), get()],
)
def _(mock: FaultyMock) -> None:
    cache: dict[str, Any] = {}

    def cached(records: Records, limit: int | None, offset: int) -> Records:
        ids = [record["api_id"] for record in records]
        if cache.get("ids") != ids:
            cache.update(ids=ids, records=records)
        return cut(cache["records"], limit, offset)

    pages_are(mock, cached)


@fault(
    "listed dates lose their microseconds",
    breaks="dates-to-the-microsecond",
    shown_by=[post(date_started="2026-01-01T00:00:00.123456Z"), get()],
)
def _(mock: FaultyMock) -> None:
    def change(page: Any, _: Ask) -> Any:
        dates = ("date_started", "date_completed")
        for record in page["results"]:
            record.update({d: re.sub(r"\.\d+", "", record[d]) for d in dates if record[d] is not None})
        return page

    mock.rewrite("list", change)


# limit


@fault("a page has one record too many", breaks="limit-bounds-page", shown_by=[get("?limit=2")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit and limit + 1, offset))


@fault("a page has one record too few", breaks="pages-are-full", shown_by=[get("?limit=3")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit and max(1, limit - 1), offset))


@fault("limit is capped at 20 in silence", breaks="pages-are-full", shown_by=[get("?limit=30")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit and min(limit, 20), offset))


@fault("limit does not count in a search", breaks="limit-bounds-page", shown_by=[get("?search=fire&limit=2")])
def _(mock: FaultyMock) -> None:
    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        return replace(page(search, None if search else limit, offset), limit=limit)

    mock.around("page", instead)


@fault("a search looks through one page of the list only", breaks="pages-are-full",
       shown_by=[get("?search=fire&limit=2")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        found = {record["api_id"] for record in page(search).items}
        looked_at = page(None, limit, offset).items
        return replace(page(search, limit, offset), items=[r for r in looked_at if r["api_id"] in found])

    mock.around("page", instead)


@fault("the last page misses a record when it is full", breaks="pages-are-full",
       shown_by=[get("?limit=20&offset=40")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def window(records: Records, limit: int | None, offset: int) -> Records:
        full = limit is not None and offset + limit == len(records) and offset > 0
        return cut(records, limit - 1 if full and limit else limit, offset)

    pages_are(mock, window)


# offset


@fault("offset counts from 1", breaks="offset-counts-from-0", shown_by=[get("?limit=2&offset=1")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit, max(0, offset - 1)))


@fault("offset is the number of a page", breaks="offset-is-start-index", shown_by=[get("?limit=2&offset=2")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit, offset * (limit or 1)))


@fault("pages leave a gap of one", breaks="offset-is-start-index", shown_by=[get("?limit=2&offset=2")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit, offset + (offset > 0)))


@fault("pages overlap by one from the third on", breaks="offset-is-start-index", shown_by=[get("?limit=2&offset=4")])
def _(mock: FaultyMock) -> None:
    def window(records: Records, limit: int | None, offset: int) -> Records:
        return cut(records, limit, offset - 1 if limit is not None and offset >= 2 * limit else offset)

    pages_are(mock, window)


@fault("offset counts only with a limit", breaks="offset-is-start-index", shown_by=[get("?offset=50")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit, offset if limit is not None else 0))


@fault("offset does not count in a search", breaks="offset-is-start-index",
       shown_by=[get("?search=fire&limit=2&offset=1")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        return replace(page(search, limit, 0 if search else offset), offset=offset)

    mock.around("page", instead)


@fault("offset steps down to a multiple of limit", breaks="offset-is-start-index",
       shown_by=[get("?limit=3&offset=4")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit, offset - offset % limit if limit else offset))


@fault("past the end comes the last record", breaks="offset-past-end-is-empty", shown_by=[get("?offset=60")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit, offset) or records[-1:])


@fault("past the end the list starts again", breaks="offset-past-end-is-empty", shown_by=[get("?offset=61&limit=2")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit, offset % max(1, len(records))))


@fault("past the end is not found", breaks="offset-past-end-is-empty", shown_by=[get("?offset=60")])
def _(mock: FaultyMock) -> None:
    def change(ask: Ask, answer: Answer) -> Answer:
        missed = ask.operation == "list" and answer.ok and "offset" in ask.parameters
        return problem(404) if missed and not answer.document["results"] else answer

    mock.after(change)


@fault("past the end the service crashes", breaks="no-server-error", shown_by=[get("?offset=61")])
def _(mock: FaultyMock) -> None:
    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        if offset > len(mock.records):
            raise IndexError(offset)
        return page(search, limit, offset)

    mock.around("page", instead)


# no limit


@fault("without a limit a page has 25", breaks="no-limit-is-all", shown_by=[get()])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit or 25, offset))


@fault("without a limit a page has 25 from an offset on", breaks="no-limit-is-all", shown_by=[get("?offset=2")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records, limit or (25 if offset else None), offset))


# search


@fault("search is ignored", breaks="search-narrows", shown_by=[get("?search=fire")])
def _(mock: FaultyMock) -> None:
    searches_find(mock, lambda term, names: True)  # noqa: ARG005


@fault("a search that finds nothing returns everything", breaks="search-narrows", shown_by=[get("?search=archery")])
def _(mock: FaultyMock) -> None:
    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        found = page(search, limit, offset)
        return found if found.count else replace(page(None, limit, offset), search=search)

    mock.around("page", instead)


@fault("the search index keeps what is deleted", breaks="search-narrows",
       shown_by=[get("?search=fire"), delete("rec-0003"), get("?search=fire")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    deleted: Records = []

    def delete_(original: Callable[[str], None], api_id: str) -> None:
        record = mock.record(api_id)
        original(api_id)
        if record is not None:
            deleted.append(mock.organisation.show(record))

    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        if not search:
            return page(search, limit, offset)
        ghosts = [record for record in deleted if search.casefold() in record["package_desc"].casefold()]
        found = [*page(search).items, *ghosts]
        return Page(cut(found, limit, offset), len(found), search, limit, offset)

    mock.around("delete", delete_)
    mock.around("page", instead)


@fault("a search finds whatever has any of its words", breaks="search-matches-names",
       shown_by=[get("?search=archery%20fire")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def any_word(term: str, names: dict[str, str]) -> bool:
        words = term.casefold().split() or [term]
        return any(word in name.casefold() for word in words for name in names.values())

    searches_find(mock, any_word)


@fault("a search takes its term for a pattern", breaks="search-matches-names", shown_by=[get("?search=archery%7Cfire")])
def _(mock: FaultyMock) -> None:
    def pattern(term: str, names: dict[str, str]) -> bool:
        try:
            return any(re.search(term, name, re.IGNORECASE) for name in names.values())
        except re.error:
            return any(term.casefold() in name.casefold() for name in names.values())

    searches_find(mock, pattern)


@fault("a search tells upper from lower case", breaks="search-matches-names", shown_by=[get("?search=FIRE")])
def _(mock: FaultyMock) -> None:
    searches_find(mock, lambda term, names: any(term in name for name in names.values()))


@fault("a search looks at names, not at descriptions", breaks="search-matches-names",
       shown_by=[get("?search=extinguisher")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    searches_find(
        mock,
        lambda term, names: any(term.casefold() in names[name].casefold() for name in ("person", "package")),
    )


@fault("a search finds whole words only", breaks="search-matches-names", shown_by=[get("?search=extingu")])
def _(mock: FaultyMock) -> None:
    def whole(term: str, names: dict[str, str]) -> bool:
        return any(re.search(rf"\b{re.escape(term)}\b", name, re.IGNORECASE) for name in names.values())

    searches_find(mock, whole)


@fault("a search finds only how a name begins", breaks="search-matches-names", shown_by=[get("?search=safety")])
def _(mock: FaultyMock) -> None:
    searches_find(mock, lambda term, names: any(name.casefold().startswith(term.casefold()) for name in names.values()))


@fault("a search finds no new record until the index is built anew", breaks="search-matches-names",
       shown_by=[post(), get("?search=fire")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    indexed = {record.api_id for record in mock.start}

    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        if not search:
            return page(search, limit, offset)
        found = [record for record in page(search).items if record["api_id"] in indexed]
        return Page(cut(found, limit, offset), len(found), search, limit, offset)

    mock.around("page", instead)


@fault("an empty search finds nothing", breaks="search-matches-names", shown_by=[get("?search=")])
def _(mock: FaultyMock) -> None:
    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        found = page(search, limit, offset)
        return replace(found, items=[], count=0) if search == "" else found

    mock.around("page", instead)


@fault("an empty search crashes the service", breaks="no-server-error", shown_by=[get("?search=")])
def _(mock: FaultyMock) -> None:
    def instead(
        page: Callable[..., Page], search: str | None = None, limit: int | None = None, offset: int = 0
    ) -> Page:
        if search is not None and not search[0]:
            raise ValueError(search)
        return page(search, limit, offset)

    mock.around("page", instead)


@fault("a search in another script crashes the service", breaks="no-server-error",
       shown_by=[get("?search=%E5%AE%89%E5%85%A8")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def instead(page: Callable[..., Page], search: str | None = None, **window: Any) -> Page:
        (search or "").encode("latin-1")
        return page(search, **window)

    mock.around("page", instead)


# The envelope and its links


@fault("count is that of the page", breaks="list-envelope", shown_by=[get("?limit=2")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("list", lambda page, _: {**page, "count": len(page["results"])})


@fault("count is that of the whole list in a search too", breaks="list-envelope", shown_by=[get("?search=fire")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("list", lambda page, _: {**page, "count": len(mock.records)})


@fault("count leaves out what offset skips", breaks="list-envelope", shown_by=[get("?limit=2&offset=2")])
def _(mock: FaultyMock) -> None:
    mock.rewrite(
        "list", lambda page, ask: {**page, "count": max(0, page["count"] - int(ask.parameters.get("offset", 0)))}
    )


@fault("count is text", breaks="list-envelope", shown_by=[get("?limit=2")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("list", lambda page, _: {**page, "count": str(page["count"])})


@fault("the records of a list are named items", breaks="list-envelope", shown_by=[get("?limit=2")])
def _(mock: FaultyMock) -> None:
    mock.rewrite("list", lambda page, _: {("items" if name == "results" else name): page[name] for name in page})


@fault("links are relative", breaks="page-links-lead-on", shown_by=[get("?limit=2")])
def _(mock: FaultyMock) -> None:
    def change(page: Any, _: Ask) -> Any:
        links = {name: page[name] and COLLECTION + page[name].partition(COLLECTION)[2] for name in ("next", "previous")}
        return {**page, **links}

    mock.rewrite("list", change)


@fault("links lose the search", breaks="page-links-lead-on", shown_by=[get("?search=fire&limit=1")])
def _(mock: FaultyMock) -> None:
    def change(page: Any, _: Ask) -> Any:
        links = {name: page[name] and re.sub(r"search=[^&]*&", "", page[name]) for name in ("next", "previous")}
        return {**page, **links}

    mock.rewrite("list", change)


@fault("the last page has a next one when it is full", breaks="page-links-lead-on",
       shown_by=[get("?limit=20&offset=40")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def change(page: Any, ask: Ask) -> Any:
        limit, offset = ask.parameters.get("limit"), int(ask.parameters.get("offset", 0))
        if limit and page["results"] and offset + int(limit) == page["count"]:
            host = dict(ask.headers)[b"host"].decode()
            return {**page, "next": f"http://{host}{COLLECTION}?limit={limit}&offset={offset + int(limit)}"}
        return page

    mock.rewrite("list", change)


@fault("previous leads two pages back", breaks="page-links-lead-on", shown_by=[get("?limit=2&offset=6")])
def _(mock: FaultyMock) -> None:
    def back(match: re.Match[str], limit: int) -> str:
        return f"offset={max(0, int(match[1]) - limit)}"

    def change(page: Any, ask: Ask) -> Any:
        limit = int(ask.parameters.get("limit", 0))
        link = page["previous"]
        return {**page, "previous": link and re.sub(r"offset=(\d+)", lambda match: back(match, limit), link)}

    mock.rewrite("list", change)


@fault("there is a next page without a limit", breaks="page-links-lead-on", shown_by=[get()])
def _(mock: FaultyMock) -> None:
    def change(page: Any, ask: Ask) -> Any:
        host = dict(ask.headers)[b"host"].decode()
        link = f"http://{host}{COLLECTION}?offset={page['count']}"
        return page if "limit" in ask.parameters else {**page, "next": link}

    mock.rewrite("list", change)


# Order


@fault("the newest record comes first", breaks="list-order-is-stable", shown_by=[get("?limit=2")])
def _(mock: FaultyMock) -> None:
    pages_are(mock, lambda records, limit, offset: cut(records[::-1], limit, offset))


@fault("an update moves a record to the end", breaks="list-order-is-stable",
       shown_by=[patch("rec-0003", date_started="2026-01-01T00:00:00Z"), get()])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def moved(original: Callable[..., Any], at: str, **changes: Any) -> Any:
        result = original(at, **changes)
        record = mock.records[result["api_id"]]
        mock.records.remove(record.api_id)
        mock.records.add(record)
        return result

    mock.around("update", moved)


@fault("a new api_id moves a record to the end", breaks="list-order-is-stable",
       shown_by=[patch("rec-0003", api_id="rec-3"), get()])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def moved(original: Callable[..., Any], at: str, **changes: Any) -> Any:
        result = original(at, **changes)
        if result["api_id"] != at:
            record = mock.records[result["api_id"]]
            mock.records.remove(record.api_id)
            mock.records.add(record)
        return result

    mock.around("update", moved)


@fault("the list is ordered by package", breaks="list-order-is-stable", shown_by=[get("?limit=3")])
def _(mock: FaultyMock) -> None:
    def window(records: Records, limit: int | None, offset: int) -> Records:
        return cut(sorted(records, key=lambda record: record["package_api_id"]), limit, offset)

    pages_are(mock, window)


@fault("the order differs from one request to the next", breaks="list-order-is-stable", shown_by=[get(), get()])
def _(mock: FaultyMock) -> None:
    turns = iter(range(10**9))

    def window(records: Records, limit: int | None, offset: int) -> Records:
        turn = next(turns) % 2
        return cut([*records[:-2], *records[-2:][::-1]] if turn else records, limit, offset)

    pages_are(mock, window)


# Other parameters


@fault("a parameter that nobody knows is refused", breaks="unknown-parameter-is-ignored",
       shown_by=[get("?utm_source=mail")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def before(ask: Ask) -> Ask | Answer:
        unknown = set(ask.parameters) - {"search", "limit", "offset"} if ask.operation == "list" else set()
        where = {"in": "query", "pointer": f"/{next(iter(unknown), '')}", "detail": "is not known"}
        return problem(400, errors=[where]) if unknown else ask

    mock.before(before)


@fault("a parameter named after a field filters by it", breaks="unknown-parameter-is-ignored",
       shown_by=[get(f"?package_api_id={FIRST_AID}")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def change(page: Any, ask: Ask) -> Any:
        wanted = {name: value for name, value in ask.parameters.items() if name.endswith("api_id")}
        kept = [record for record in page["results"] if all(record.get(name) == wanted[name] for name in wanted)]
        return {**page, "results": kept, "count": len(kept)} if wanted else page

    mock.rewrite("list", change)


@fault("page and page_size take the place of offset and limit", breaks="unknown-parameter-is-ignored",
       shown_by=[get("?page=2&page_size=10")])  # fmt: skip
def _(mock: FaultyMock) -> None:
    def change(page: Any, ask: Ask) -> Any:
        if "page" not in ask.parameters:
            return page
        size = int(ask.parameters.get("page_size", 10))
        start = (int(ask.parameters["page"]) - 1) * size
        return {**page, "results": page["results"][start : start + size]}

    mock.rewrite("list", change)
