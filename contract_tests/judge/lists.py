"""Judging lists: pages between two equal readings of the whole list must be parts of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema_rs

from ..client.exchange import Exchange
from ..client.walk import Walk
from ..instants import read_instant
from ..records import Record, records_in
from ..spec import Spec
from .expectations import Expectations
from .findings import Findings
from .model import INSTANTS, Model
from .requests import INVALID, OPEN, Expected, Fate
from .shape import ShapeJudge, complaint_of

# What a service shows of a page that begins later is its own affair: many bound how far they page.
FAR = 1000

WHOLE = re.compile(r"0|[1-9]\d*", re.ASCII)

# By some lenient reading these are whole numbers: "", " 5", "+5", "05", "5.0", "1e3", "1_000". Nothing is demanded.
PERHAPS_WHOLE = re.compile(r"[+\s]*\d*[.\s]?0*|\d[\d_]*|\s*|[+-]?\d+[eE]\d+")


@dataclass(frozen=True)
class Window:
    """One answered GET of the list, with what was asked for."""

    exchange: Exchange
    records: tuple[Record, ...]
    search: str | None
    limit: int | None
    offset: int | None
    extra: bool
    """Whether it had parameters that the spec does not list."""
    step: int

    @property
    def ids(self) -> tuple[str, ...]:
        """The api_id of each record shown."""
        return tuple(str(record.get("api_id")) for record in self.records)

    @property
    def start(self) -> int:
        """How many records of the whole list come before it, if the first one has the index 0."""
        return self.offset or 0

    @property
    def envelope(self) -> Mapping[str, Any]:
        """The answer, where it is an object; an empty one otherwise."""
        answer = self.exchange.answer
        return answer if isinstance(answer, dict) else {}

    def __str__(self) -> str:
        asked = {"search": self.search, "limit": self.limit, "offset": self.offset}
        named = " ".join(f"{name}={value!r}" for name, value in asked.items() if value is not None)
        return f"the page {named}" if named else "the list without parameters"


class ListJudge:
    """Judges each answered list at once, and windows and searches when a second walk equals the first."""

    def __init__(
        self, spec: Spec, model: Model, shape: ShapeJudge, expectations: Expectations, findings: Findings
    ) -> None:
        self._spec = spec
        self._model = model
        self._shape = shape
        self._expectations = expectations
        self._findings = findings
        self._walk: Walk | None = None
        self._windows: list[Window] = []
        self._reads: list[Record] = []
        self._properties: Mapping[str, Any] = self._list_schema.get("properties", {})

    def forget(self) -> None:
        """A write went out: what was read before can't be compared with what is read now."""
        self._walk = None
        self._windows.clear()
        self._reads.clear()

    # One answer

    def judge(self, exchange: Exchange, *, in_walk: bool) -> None:
        """Judge one GET of the list, which may be a page of a walk."""
        expected = self.expected(exchange)
        nothing = _says_nothing(exchange)
        if nothing and exchange.parameter("search") == self._expectations.word:
            self._findings.evaluated("search-narrows")
        if nothing and exchange.ok:
            self._findings.find("list-envelope", "an empty list", f"{exchange.status} without a body")
        elif exchange.ok:
            if expected.fate is Fate.INVALID:
                self._findings.find(expected.rule, "400", f"{exchange.status} {exchange.text}")
            elif expected.fate is Fate.ACCEPTED:
                self._judge_page(exchange, in_walk=in_walk)
        elif exchange.refused and expected.fate is Fate.INVALID:
            self._findings.expect(expected.rule, exchange.status == 400, "400", f"{exchange.status} {exchange.text}")
        elif expected.fate is Fate.ACCEPTED:
            self._judge_refusal(exchange)

    def expected(self, exchange: Exchange) -> Expected:
        """What must become of the request: are its parameters valid?"""
        names = [name for name, _ in exchange.query]
        if len(set(names)) != len(names):
            return OPEN
        for name, least in (("limit", 1), ("offset", 0)):
            value = exchange.parameter(name)
            if value is None:
                continue
            if not WHOLE.fullmatch(value) and not PERHAPS_WHOLE.fullmatch(value):
                return INVALID
            if re.fullmatch(r"-\d+", value) or (WHOLE.fullmatch(value) and int(value[:30]) < least):
                return INVALID
            if not WHOLE.fullmatch(value):
                return OPEN
        return Expected(Fate.ACCEPTED, "valid-request-is-accepted")

    def _judge_refusal(self, exchange: Exchange) -> None:
        """The spec allows it, but that a service takes every limit, offset and term is assumed."""
        got = f"{exchange.status} {exchange.text}"
        self._findings.find("valid-request-is-accepted", "a list", got)
        if any(name not in ("search", "limit", "offset") for name, _ in exchange.query):
            self._findings.find("unknown-parameter-is-ignored", "a list", got)
        elif exchange.parameter("search") is not None:
            self._findings.find("search-matches-names", "a list", got)
        elif self._is_past_the_end(exchange.parameter("offset")):
            self._findings.find("offset-past-end-is-empty", "an empty list", got)

    def _is_past_the_end(self, offset: str | None) -> bool:
        return offset is not None and self._walk is not None and int(offset[:30]) >= self._walk.total

    def _judge_page(self, exchange: Exchange, *, in_walk: bool) -> None:
        records = records_in(exchange.answer, self._spec.list_property, self._expectations.list_path)
        name = self._spec.list_property
        self._findings.expect(
            "list-is-object",
            records is not None and isinstance(exchange.answer, list if name is None else dict),
            "a list" if name is None else "an object with a list of records in it",
            exchange.text,
        )
        if records is None:
            return
        self._judge_envelope(exchange)
        for record in records:
            self._shape.judge_record(record)
        limit, offset = exchange.parameter("limit"), exchange.parameter("offset")
        if any(value is not None and not WHOLE.fullmatch(value) for value in (limit, offset)):
            return
        window = Window(
            exchange,
            tuple(records),
            exchange.parameter("search"),
            None if limit is None else int(limit),
            None if offset is None else int(offset),
            any(name not in ("search", "limit", "offset") for name, _ in exchange.query),
            self._findings.step,
        )
        if not in_walk:
            # The pages of a walk are compared as a whole; one by one, others' writes between them would count.
            self._windows.append(window)
        if window.limit is not None:
            self._findings.expect(
                "limit-bounds-page",
                len(window.records) <= window.limit,
                f"at most {window.limit} records",
                len(window.records),
            )
        if window.search is not None:
            self._judge_made_up(window)
        self._judge_own(window)
        self._judge_order(window.ids)

    def _judge_made_up(self, window: Window) -> None:
        """No name can hold a random text that this run made up, whatever others do meanwhile."""
        word = window.search == self._expectations.word
        if word or self._expectations.prefix in (window.search or ""):
            # What a service makes of a term of several words, or of signs, is its own affair.
            rule = "search-narrows" if word else "search-matches-names"
            none = f"nothing for {window.search!r}"
            self._findings.expect(rule, not window.ids, none, list(window.ids)[:5])

    @cached_property
    def _list_schema(self) -> Mapping[str, Any]:
        operation = self._spec.operations["list_records"]
        schemas = [s for status in operation.success for s in operation.responses[str(status)].schemas.values()]
        return schemas[0] if schemas else {}

    @cached_property
    def _envelope_validator(self) -> jsonschema_rs.Validator:
        schema = {**self._list_schema}
        if self._spec.list_property is not None:
            schema["properties"] = {**self._properties, self._spec.list_property: {"type": "array"}}
        else:
            schema = {"type": "array"}
        return jsonschema_rs.Draft202012Validator(schema)

    def _judge_envelope(self, exchange: Exchange) -> None:
        complaint = complaint_of(self._envelope_validator, exchange.answer)
        self._findings.expect(
            "list-envelope", not complaint, "the list's envelope as in the spec", f"{complaint}: {exchange.text[:300]}"
        )

    def _judge_own(self, window: Window) -> None:
        for record in window.records:
            api_id = str(record.get("api_id"))
            known, gone = self._model.records.get(api_id), self._model.gone.get(api_id)
            if known is not None:
                self._model.compare(known, record, "list")
            elif gone is not None and gone.is_back(record):
                rule = gone.rule if window.search is None else "search-narrows"
                self._findings.find(rule, f"no record {api_id}", "it is in the list")

    def _judge_order(self, ids: Sequence[str]) -> None:
        own = [api_id for api_id in ids if api_id in self._model.records]
        unique = list(dict.fromkeys(own))
        if len(unique) > 1:
            created = [api_id for api_id in self._model.records if api_id in own]
            self._findings.expect("list-order-is-stable", unique == created, f"the order {created}", unique)

    # The whole list

    def unsettled(self, walk: Walk) -> bool:
        """Whether a walk misses or repeats a record, which others' writes can cause between two pages."""
        own = [api_id for api_id in walk.ids if api_id in self._model.records]
        return walk.overlap or len(set(walk.ids)) != len(walk.ids) or len(own) != len(self._model.records)

    def walked(self, walk: Walk, *, settled: bool) -> None:
        """Judge a reading of the list; `settled` when a second one showed the same, should it be unsettled."""
        if not walk.complete:
            self._findings.leave_open("list-has-records", "the list could not be read to its end")
            return
        if not settled:
            for rule in ("list-has-records", "api-id-queryable", "offset-is-start-index"):
                self._findings.leave_open(rule, "the list kept moving between its pages")
            return
        self._judge_presence(walk)
        before, self._walk = self._walk, walk
        if before is not None:
            self._close_bracket(before, walk)
        self._windows = []
        self._reads = []

    def _judge_presence(self, walk: Walk) -> None:
        times = Counter(walk.ids)
        for api_id, known in self._model.records.items():
            if not times[api_id]:
                rules = {self._model.absent(known, "list")}
                rules |= set() if known.disturbed and known.listed else {"list-has-records"}
                for rule in sorted(rules):
                    self._findings.find(rule, f"{api_id} is in the list", "it is not")
                continue
            self._findings.evaluated("list-has-records")
            known.listed = True
            if known.generated:
                self._findings.evaluated("api-id-queryable")
            for rule in known.disturbed:
                self._findings.evaluated(rule)
            self._model.verified(known)
        for api_id, gone in self._model.gone.items():
            if not times[api_id]:
                self._findings.evaluated(gone.rule)
        self._judge_repetition(walk)

    def _judge_repetition(self, walk: Walk) -> None:
        once = self._findings.expect("listed-once", not walk.repeated, "no record twice", walk.repeated[:5])
        if once and walk.pages > 1:
            self._findings.evaluated("offset-is-start-index")
        elif walk.overlapping:
            self._findings.find(
                "offset-is-start-index", "pages that do not overlap", f"{walk.overlapping[:5]} on two pages"
            )

    def _close_bracket(self, before: Walk, walk: Walk) -> None:
        if not before.same(walk):
            if set(before.ids) == set(walk.ids) and before.ids != walk.ids:
                self._findings.find("list-order-is-stable", "the same order twice", "another order")
            for rule in self._waiting():
                self._findings.leave_open(rule, "others changed the list meanwhile")
            return
        self._findings.evaluated("list-order-is-stable")
        for record in self._reads:
            listed = next((item for item in walk.records if item.get("api_id") == record.get("api_id")), record)
            differing = [name for name in self._spec.fields if not self._same(name, record, listed)]
            self._findings.expect("list-has-records", not differing, f"as read alone: {record}", listed)
        for window in self._windows:
            self._judge_window(window, walk)

    def _same(self, name: str, one: Record, other: Record) -> bool:
        """Whether a field says the same in two answers, if it is in both."""
        values = one.get(name), other.get(name)
        instants = read_instant(values[0]), read_instant(values[1])
        if name in INSTANTS and instants[0] is not None and instants[1] is not None:
            exact = values[0] == values[1]
            self._findings.expect("dates-to-the-microsecond", exact, f"{name} as read alone: {values[0]}", values[1])
            return instants[0].near(instants[1], self._expectations.date_unit)
        return None in values or values[0] == values[1]

    def _waiting(self) -> set[str]:
        rules: set[str] = set()
        for window in self._windows:
            rules |= {"pages-are-full"} if window.limit is not None else {"no-limit-is-all"}
            rules |= {"search-matches-names"} if window.search is not None else set()
            rules |= {"unknown-parameter-is-ignored"} if window.extra else set()
            rules |= {"list-envelope", "page-links-lead-on"}
            if window.offset is not None:
                rules |= {"offset-is-start-index", "offset-counts-from-0", "offset-past-end-is-empty"}
        return rules

    def read_of_another(self, record: Record) -> None:
        """A record that is not ours was read alone; it is compared when the bracket closes."""
        self._reads.append(record)

    # Parts of it

    def _judge_window(self, window: Window, walk: Walk) -> None:
        whole: Walk | None = walk
        if window.search is not None:
            self._judge_search(window, walk)
            whole = self._whole_search(window)
        if whole is None:
            return
        if not window.start or window.start < whole.total:
            self._judge_place(window, whole)
            self._judge_extent(window, whole)
        elif whole.finished and window.offset is not None:
            self._judge_past_the_end(window)

    def _whole_search(self, window: Window) -> Walk | None:
        """What the same search finds without limit and offset; not all of it where a page is bound."""
        plain = (w for w in self._windows if w.search == window.search and w.limit is None and not w.offset)
        found = next((w for w in plain if not w.extra), None)
        if found is None:
            return None
        walk = self._walk
        unbound = walk is not None and walk.all_of_it and walk.sizes[:1] == (len(walk.ids),)
        ended = unbound or found.envelope.get("count") == len(found.ids)
        return Walk(found.records, (len(found.ids),), found.exchange, complete=True, ended=ended)

    def _judge_place(self, window: Window, whole: Walk) -> None:
        """Whether a page begins where it should."""
        if window.extra or (window.offset is None and window.limit is None):
            return
        shift = self._expectations.first_index if window.start else 0
        part = whole.part(window.start - shift, len(window.ids))
        if part is None:
            return
        if not window.ids and window.start < min(FAR, whole.total):
            self._findings.find("offset-is-start-index", f"records on {window}", "none")
            return
        begins = f"{window} holds {list(part[:5])}"
        self._findings.expect("offset-is-start-index", part == window.ids, begins, list(window.ids)[:5])
        counted = whole.part(window.start, len(window.ids))
        if window.start and counted is not None:
            begins = f"{window} holds {list(counted[:5])}"
            self._findings.expect("offset-counts-from-0", counted == window.ids, begins, list(window.ids)[:5])

    def _judge_extent(self, window: Window, whole: Walk) -> None:
        """Whether a page holds as many records as it should: all of it is assumed."""
        there = whole.left(window.start, window.limit)
        if there is None:
            return
        ids = window.ids
        if window.extra:
            same = whole.part(window.start, there)
            if same is not None:
                rule, without = "unknown-parameter-is-ignored", f"{window} as without it"
                self._findings.expect(rule, same == ids, without, list(ids)[:5])
            return
        rule = "no-limit-is-all" if window.limit is None else "pages-are-full"
        self._findings.expect(rule, len(ids) == there, f"{there} records on {window}", len(ids))
        if not whole.finished:
            return
        self._judge_count(window, whole.total)
        self._judge_links(window, whole.total)

    def _judge_past_the_end(self, window: Window) -> None:
        self._findings.expect("offset-past-end-is-empty", not window.ids, f"nothing on {window}", list(window.ids)[:5])

    def _judge_count(self, window: Window, total: int) -> None:
        if "count" in self._properties:
            count = window.envelope.get("count")
            self._findings.expect("list-envelope", count == total, f"count is {total} on {window}", count)

    def _judge_links(self, window: Window, total: int) -> None:
        if "next" not in self._properties or "previous" not in self._properties:
            return
        limit, start = window.limit, window.start
        if limit is None:
            self._judge_link(window, "next", None)
            self._judge_link(window, "previous", None)
            return
        self._judge_link(window, "next", start + limit if start + limit < total else None)
        if start <= total:
            self._judge_link(window, "previous", max(0, start - limit) if start else None)

    def _judge_link(self, window: Window, name: str, offset: int | None) -> None:
        link = window.envelope.get(name)
        rule = "page-links-lead-on"
        if offset is None or not isinstance(link, str):
            expected = "null" if offset is None else f"a link to offset {offset}"
            self._findings.expect(rule, offset is None and link is None, f"{name} of {window} is {expected}", link)
            return
        try:
            parts = urlsplit(link)
        except ValueError:
            self._findings.find(rule, f"{name} of {window} is a URL", link)
            return
        given = parse_qs(parts.query, keep_blank_values=True)
        # The page before one that starts inside the first page may be cut short, so as not to overlap it.
        limits = {str(window.limit)} | ({str(window.start)} if name == "previous" else set())
        right = (
            bool(parts.scheme and parts.netloc)
            and parts.path.endswith(self._spec.collection)
            and given.get("limit", [""])[0] in limits
            and given.get("offset", ["0"]) == [str(offset)]
            and given.get("search") == (None if window.search is None else [window.search])
        )
        asked = f"limit={window.limit}, offset={offset}" + (f", search={window.search!r}" if window.search else "")
        self._findings.expect(rule, right, f"{name} of {window} is an absolute URL with {asked}", link)

    def _judge_search(self, window: Window, walk: Walk) -> None:
        if not walk.all_of_it:
            return
        term = window.search or ""
        found, listed = set(window.ids), set(walk.ids)
        strangers = [api_id for api_id in window.ids if api_id not in listed]
        self._findings.expect(
            "search-matches-names", not strangers, f"only records of the list for {term!r}", f"also {strangers[:5]}"
        )
        if window.limit is None and not window.offset:
            self._judge_matches(term, found, walk)

    def _judge_matches(self, term: str, found: set[str], walk: Walk) -> None:
        rule = "search-matches-names"
        must = {str(r.get("api_id")) for r in walk.records if _contains(str(r.get("package_desc")), term)}
        missed = sorted(must - found)
        self._findings.expect(rule, not missed, f"every record whose package_desc has {term!r}", f"not {missed[:5]}")
        odd = _unexplained(walk.records, found - must, found)
        self._findings.expect(
            rule, not odd, f"for {term!r} all records of a person or package, or none", f"some only: {odd[:5]}"
        )


def _says_nothing(exchange: Exchange) -> bool:
    """Whether a search, or a page past the end, is answered as some do who find nothing: with no list at all."""
    part = exchange.parameter("search") is not None or exchange.parameter("offset") is not None
    return part and (exchange.status == 404 or (exchange.ok and not exchange.content))


def _contains(text: str, term: str) -> bool:
    """Whether the text contains the term by any way to ignore case; where these differ nothing is demanded."""
    return term.lower() in text.lower() and term.upper() in text.upper() and term.casefold() in text.casefold()


def _unexplained(records: Sequence[Record], others: set[str], found: set[str]) -> list[str]:
    """Found records for which neither the person's nor the package's other records were all found too.

    A name belongs to a person or to a package; so whatever matches one record of theirs matches all of them.
    """
    by_name: dict[tuple[str, str], list[str]] = {}
    for record in records:
        for name in ("person_api_id", "package_api_id"):
            by_name.setdefault((name, str(record.get(name))), []).append(str(record.get("api_id")))
    whole = {key for key, ids in by_name.items() if set(ids) <= found}
    odd = []
    for record in records:
        api_id = str(record.get("api_id"))
        keys = {(name, str(record.get(name))) for name in ("person_api_id", "package_api_id")}
        if api_id in others and not keys & whole:
            odd.append(api_id)
    return odd
