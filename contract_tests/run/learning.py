"""Learning how a service speaks where the document is silent, gently and once, by asking it.

Nothing is judged here: what a service takes is its own affair. What it will not take at all, though any service must,
is asked for once more by the survey, and judged there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ..checks.bench import Bench
from ..checks.context import words_of
from ..checks.dialogue import Dialogue, Manner
from ..client.dialect import (
    FLUENT,
    FORMS,
    JSON,
    LONGEST_ID,
    MERGE_PATCH,
    ODD_SIGNS,
    PLAIN_LATER,
    PLAIN_PAST,
    DateHabits,
    Dialect,
)
from ..client.exchange import Exchange
from ..client.walk import WHOLE, Region, Walk
from ..instants import DAY, MINUTE, SECOND, Instant, read_instant, utc_now
from ..records import Record, record_in

PATIENCE = 5.0
"""For how many seconds a write may be waited for."""
PAUSE = 0.05
STEADY = 3
"""How many readings in a row must show a write: they may be answered by several nodes."""

SMALL = 300
"""Up to so many records the list is read as a whole each time."""
MARGIN = 30
"""How many records of others are read beside ours, where ours stand at one end of a long list."""

SHORT_IDS = (64, 36, 32)
LIMITS = (1, 2, 3, 5, 10, 20)
MOST_PAIRS = 9
"""How many pairs of a person and a package are tried until a record can be created."""

FINE = "2021-03-04T05:06:47.654321Z"
WHOLE_SECONDS = "2021-03-04T05:06:47Z"

ODD_DATES: Mapping[str, Mapping[str, str]] = {
    "offsets": {"date_started": "2021-03-04T05:06:07+05:30"},
    "fractions": {"date_started": FINE},
    "early": {"date_started": "1969-07-20T20:17:40Z"},
    "old": {"date_started": "2001-02-03T04:05:06Z"},
    "future": {"date_started": "2031-12-11T10:09:08Z"},
    "completed_alone": {"date_completed": PLAIN_LATER},
    "unordered": {"date_started": PLAIN_LATER, "date_completed": PLAIN_PAST},
}
"""What tells whether a service takes each kind of date, by the name of the habit."""

ALL_ODD_DATES = {"date_started": "2031-12-11T10:09:08.765432+05:30", "date_completed": "1969-07-20T20:17:40Z"}


@dataclass
class Learnt:
    """What was learnt so far."""

    bench: Bench
    dialect: Dialect
    first_index: int = 0
    lag: float = 0.0
    """After how many seconds the slowest write was seen; 0 when all were at once."""
    place: str = ""
    """Where new records stand in the list, in a word; empty where that is not known."""
    written_date: str = ""
    """A date as the service shows it that was sent as FINE or WHOLE_SECONDS."""
    created: Exchange | None = None
    """How the first creation that was accepted went; None when none was."""
    refused: Exchange | None = None
    """How the first creation was refused, if it was."""
    musts: frozenset[str] = frozenset()
    """The rules about what any service must take, and this one refused in every plain form."""


class Learner:
    """Asks the service, in one dialogue that nobody judges."""

    def __init__(self, bench: Bench, walk: Walk) -> None:
        self.learnt = Learnt(bench, replace(FLUENT, region=WHOLE))
        self._walk = walk
        self._stranded = False
        """Whether a record was created that has no address."""
        self._dialogue: Dialogue = bench.dialogue(Manner(FLUENT), frozenset())

    # Reading

    def learn_reading(self) -> None:
        """Which limits, offsets and terms are taken, and which index the first record has."""
        dialogue, learnt = self._dialogue, self.learnt
        self._know(needs_limit=not _ok(dialogue.page()))
        limits = tuple(limit for limit in LIMITS if _ok(dialogue.page(limit=limit)))
        self._must("limit-bounds-page", taken=bool(limits))
        self._know(limits=limits)
        limit = limits[0] if limits else None
        offsets = [dialogue.page(limit=limit, offset=offset) for offset in (1, limit or 10)]
        self._must("offset-is-start-index", taken=any(map(_ok, offsets)))
        if offsets[0] is not None and offsets[0].ok:
            learnt.first_index = self._first_index(offsets[0])
        self._learn_words()

    def _first_index(self, exchange: Exchange) -> int:
        """Which index the list's first record has, going by the page at offset 1."""
        ids = [str(record.get("api_id")) for record in self._records(exchange)]
        whole = list(self._walk.ids)
        return 1 if ids and len(whole) > 1 and ids == whole[: len(ids)] and ids != whole[1 : len(ids) + 1] else 0

    def _learn_words(self) -> None:
        found = [word for word in words_of(self._walk.records) if word.isalpha() and len(word) > 3]
        wanted = dict.fromkeys([*found[:2], *found[-3:], *found[len(found) // 2 :][:1]])
        dialect = self.learnt.dialect
        limit = dialect.limits[-1] if dialect.needs_limit and dialect.limits else None
        taken = {word: self._dialogue.page(search=word, limit=limit) for word in wanted or ["training"]}
        # For some, to find nothing is 404.
        accepted = [word for word, exchange in taken.items() if exchange is not None and _found_or_not(exchange)]
        found_some = [word for word in accepted if self._records(taken[word])]
        self._must("search-narrows", taken=bool(accepted))
        self._know(words=tuple(found_some or accepted)[:3])

    def _records(self, exchange: Exchange | None) -> list[Record]:
        return [] if exchange is None else self._dialogue.service.records_in(exchange) or []

    # Writing

    def learn_writing(self) -> None:
        """Whether, for whom and how records can be created, changed and deleted; clears up after itself."""
        api_id = self._learn_creation()
        if api_id is not None:
            self._learn_place_and_lag(api_id)
            self._learn_pairs(api_id)
            self._learn_given_ids()
            self._learn_people_and_packages()
            self._learn_ids(api_id)
            self._learn_dates()
            self._learn_updates()
        self._dialogue.clear()

    def _must(self, rule: str, *, taken: bool) -> None:
        if not taken:
            self.learnt.musts |= {rule}

    def _know(self, **more: Any) -> None:
        self.learnt.dialect = replace(self.learnt.dialect, **more)

    def _post(self, body: Mapping[str, Any]) -> Exchange | None:
        return self._dialogue.post(dict(body))

    def _try(self, **more: Any) -> str | None:
        """Create a record with these members; return its symbolic api_id, None when it is refused."""
        body = {**self._pair(), **more}
        if self.learnt.dialect.chosen_ids:
            body.setdefault("api_id", self._dialogue.new_id())
        exchange = self._post(body)
        return self._named(body) if _ok(exchange) else None

    def _pair(self) -> dict[str, str]:
        if self.learnt.dialect.pairs_repeat:
            return _body(("<<person:1>>", "<<package:1>>"))
        free = [pair for pair in self.learnt.bench.free_pairs if pair not in self._used]
        pair = free[0] if free else ("<<person:1>>", "<<package:1>>")
        return _body(pair)

    @property
    def _used(self) -> set[tuple[str, str]]:
        symbols = self._dialogue.symbols
        standing = self._dialogue.judge.model.records.values()
        return {(symbols.symbolic(str(k.fields["person_api_id"])), symbols.symbolic(str(k.fields["package_api_id"])))
                for k in standing}  # fmt: skip

    def _named(self, body: Mapping[str, Any]) -> str | None:
        api_id, last = body.get("api_id"), self._dialogue.performed[-1].exchange
        answered = None if last is None else (record_in(last.answer) or {}).get("api_id")
        if api_id and isinstance(answered, str) and answered != self._dialogue.symbols.plain(str(api_id)):
            return answered  # that is not for here to judge, but there it is
        if api_id:
            return str(api_id)
        made = f"made:{self._dialogue.made}"
        return f"<<{made}>>" if made in self._dialogue.symbols.values else None

    def _drop(self, *api_ids: str | None) -> None:
        for api_id in api_ids:
            if api_id is not None:
                self._dialogue.delete(api_id)

    def _learn_creation(self) -> str | None:
        """For whom a record can be created, and whether under an api_id of our own; None when for nobody."""
        learnt = self.learnt
        people = range(len(learnt.bench.people[:3]))
        packages = range(len(learnt.bench.packages[:3]))
        free = set(learnt.bench.free_pairs)
        pairs = [(f"<<person:{n + 1}>>", f"<<package:{m + 1}>>") for m in packages for n in people]
        for pair in sorted(pairs, key=lambda pair: pair not in free)[:MOST_PAIRS]:
            for chosen in (True, False):
                body = {**_body(pair), **({"api_id": self._dialogue.new_id()} if chosen else {})}
                exchange = self._post(body)
                if exchange is not None and exchange.ok:
                    learnt.created = exchange
                    self._know(chosen_ids=chosen)
                    self._put_first(pair)
                    return self._named({**body})
                learnt.refused = learnt.refused or exchange
                if exchange is None or exchange.status in (401, 403):
                    return None
                if not exchange.refused:
                    self._must("create-returns-record", taken=False)
                    return None
        return None

    def _put_first(self, pair: tuple[str, str]) -> None:
        """Let the first person and the first package be those for which a record could be created."""
        plain, bench = self._dialogue.symbols.plain, self.learnt.bench
        person, package = plain(pair[0]), plain(pair[1])
        people = tuple(dict.fromkeys([person, *bench.people]))
        packages = tuple(dict.fromkeys([package, *bench.packages]))
        self._refer_to(people, packages)

    def _refer_to(self, people: tuple[str, ...], packages: tuple[str, ...]) -> None:
        self.learnt.bench = replace(self.learnt.bench, people=people, packages=packages)
        for kind, ids in (("person", people), ("package", packages)):
            for n, api_id in enumerate(ids[:9], 1):
                self._dialogue.symbols.values[f"{kind}:{n}"] = api_id

    # Where a record stands in the list, and how soon it does

    def _learn_place_and_lag(self, api_id: str) -> None:
        lags = []
        for seen in self._sightings(api_id):
            lag = self._until(seen)
            if lag is None:
                # It is wrong, and not for here to judge; or a cache keeps it for long.
                self._know(fresh=False)
                break
            lags.append(lag)
        slowest = self.learnt.lag = max(lags, default=0.0)
        self._know(lag=slowest * 1.2 + 0.1 if slowest else 0.0)

    def _sightings(self, api_id: str) -> Iterator[Callable[[], bool]]:
        """Make writes, and after each one yield what tells whether it is seen: at its address, and in the list."""
        plain = self._dialogue.symbols.plain
        yield lambda: self._shows(api_id)
        yield lambda: self._place(plain(api_id))
        for change in ({"date_started": PLAIN_PAST}, {"date_completed": PLAIN_PAST}):
            if _ok(self._dialogue.patch(api_id, change)):
                yield lambda change=change: self._shows(api_id, change)  # type: ignore[misc]
                yield lambda change=change: self._lists(plain(api_id), change)  # type: ignore[misc]
                break
        doomed = self._try()
        if doomed is not None and _ok(self._dialogue.delete(doomed)):
            yield lambda: not _holds_record(self._dialogue.read(doomed))
            yield lambda: plain(doomed) not in self._service_walk().ids

    def _until(self, seen: Callable[[], bool]) -> float | None:
        """After how many seconds it is seen, in several readings; 0 when at once, None when never."""
        begun, last_miss, pause, hits = time.monotonic(), 0.0, PAUSE, 0
        while hits < STEADY:
            if seen():
                hits += 1
                continue
            hits, last_miss = 0, time.monotonic() - begun
            if last_miss > PATIENCE:
                return None
            self._dialogue.manner.sleep(pause)
            pause = min(0.5, pause * 1.5)
            last_miss += pause
        return last_miss

    def _shows(self, api_id: str, change: Mapping[str, str] | None = None) -> bool:
        exchange = self._dialogue.read(api_id)
        record = record_in(exchange.answer) if exchange is not None and exchange.ok else None
        return record is not None and _fits(record, change or {})

    def _lists(self, plain: str, change: Mapping[str, str]) -> bool:
        return any(r.get("api_id") == plain and _fits(r, change) for r in self._service_walk().records)

    def _service_walk(self) -> Walk:
        return self._dialogue.service.walk(region=self.learnt.dialect.region)

    def _place(self, plain: str) -> bool:
        """Find our record in the list, and note where it stands, should the list be long."""
        service, before = self._dialogue.service, len(self._walk.ids)
        if before > SMALL:
            for region in (Region(max(0, before - MARGIN) // 100 * 100), Region(0, MARGIN)):
                if plain in service.walk(region=region).ids:
                    self._know(region=region)
                    self.learnt.place = "last" if region.first else "first"
                    return True
        ids = service.walk().ids
        if plain in ids and len(ids) > 1:
            self.learnt.place = {0: "first", len(ids) - 1: "last"}.get(ids.index(plain), "anywhere")
        return plain in ids

    # For whom and what

    def _learn_pairs(self, api_id: str) -> None:
        body = {**_body(("<<person:1>>", "<<package:1>>"))}
        if self.learnt.dialect.chosen_ids:
            body["api_id"] = self._dialogue.new_id()
        exchange = self._post(body)
        second = self._named(body) if _ok(exchange) else None
        plain = self._dialogue.symbols.plain
        answered = None if exchange is None else (record_in(exchange.answer) or {}).get("api_id")
        self._know(pairs_repeat=second is not None and answered != plain(api_id))
        if second is not None and plain(second) != plain(api_id):
            self._drop(second)
        if not self.learnt.dialect.pairs_repeat:
            self._drop(api_id)

    def _learn_given_ids(self) -> None:
        """Whether the ids that the service gives can be used like others: found, and not given again."""
        given: list[str | None] = []
        for _ in range(2):
            body = self._pair()
            exchange = self._post(body)
            api_id = self._named(body) if _ok(exchange) else None
            given.append(None if api_id is None else self._dialogue.symbols.plain(api_id))
            if api_id is None or not self._until_found(api_id):
                self._know(given_ids=False)
                self._drop(api_id)
                return
            self._drop(api_id)
        if given[0] == given[1]:
            self._know(given_ids=False)

    def _learn_people_and_packages(self) -> None:
        """Leave out whom and what no record can be created for: people who left, packages that are archived."""
        bench = self.learnt.bench
        people = self._usable(bench.people, lambda n: (f"<<person:{n}>>", "<<package:1>>"))
        packages = self._usable(bench.packages, lambda n: ("<<person:1>>", f"<<package:{n}>>"))
        self._refer_to(people, packages)

    def _usable(self, ids: tuple[str, ...], pair_of: Callable[[int], tuple[str, str]]) -> tuple[str, ...]:
        usable, refused = list(ids[:1]), []
        free = set(self.learnt.bench.free_pairs)
        for n, api_id in enumerate(ids[1:9], 2):
            if len(usable) == 3:
                break
            pair = pair_of(n)
            if not self.learnt.dialect.pairs_repeat and pair not in free:
                continue
            body = {**_body(pair), **({"api_id": self._dialogue.new_id()} if self.learnt.dialect.chosen_ids else {})}
            if _ok(self._post(body)):
                usable.append(api_id)
                self._drop(self._named(body))
            else:
                refused.append(api_id)
        return tuple(dict.fromkeys([*usable, *(api_id for api_id in ids if api_id not in refused)]))

    # Ids

    def _learn_ids(self, api_id: str) -> None:
        """Which ids are taken and found again. One that is taken and has no address is enough: it can't be deleted."""
        if not self.learnt.dialect.chosen_ids:
            return
        upper = self._dialogue.request("GET", self._dialogue.symbols.plain(api_id).upper())
        self._know(cases_differ=not _holds_record(upper))
        signs = "".join(sign for sign in ODD_SIGNS if self._may_have_address(f"a{sign}1b"))
        lost = "".join(sign for sign in ODD_SIGNS if sign not in signs)
        self._know(signs=signs, lost_signs=lost)
        room = LONGEST_ID - len(self._dialogue.symbols.plain(self._dialogue.new_id()))
        everything = "A" + "".join(f"{sign}1b" for sign in signs)
        if self._takes(everything.ljust(room, "z")[:room]) or self._stranded:
            return
        for sign in signs:
            if not self._takes(f"a{sign}1b"):
                self._know(signs=self.learnt.dialect.signs.replace(sign, ""))
        if not self._stranded:
            self._know(capitals=self._takes("A"))
        self._learn_length()

    def _learn_length(self) -> None:
        for length in (LONGEST_ID, *SHORT_IDS):
            begin = self._dialogue.new_id()
            room = length - len(self._dialogue.symbols.plain(begin))
            if self._stranded or room <= 0 or self._takes("z" * room):
                self._know(longest_id=SHORT_IDS[-1] if self._stranded or room <= 0 else length)
                return
        self._know(longest_id=SHORT_IDS[-1])

    def _may_have_address(self, tail: str) -> bool:
        """Whether asking for an unknown record with such an id is answered as for any other: else nothing is there."""
        plain, again, odd = (self._unknown(text) for text in ("a1b", "a2b", tail))
        steady = plain[-1] == again[-1]  # some name the time, or the request
        return plain == odd if steady else plain[:-1] == odd[:-1]

    def _unknown(self, tail: str) -> tuple[object, ...]:
        """How asking for a record that is not there is answered, whatever its id."""
        api_id = self._dialogue.new_id(tail)
        exchange = self._dialogue.read(api_id)
        text = "" if exchange is None else exchange.text.replace(self._dialogue.symbols.plain(api_id), "")
        return *_kind(exchange), text

    def _takes(self, tail: str) -> bool:
        """Whether an id with this tail is taken; should its record have no address, note that, and take no such id."""
        begin = self._dialogue.new_id()
        created = self._try(api_id=begin + tail)
        if created is None:
            return False
        found = self._until_found(created)
        if not found:
            self._stranded = True
            self._know(signs="", lost_signs=ODD_SIGNS, capitals=False, longest_id=SHORT_IDS[-1])
        self._drop(created)
        return found

    def _until_found(self, api_id: str) -> bool:
        """Whether a record is found at its address, or under another id that the service says it gave it."""
        last = self._dialogue.performed[-1].exchange
        answered = (record_in(last.answer) or {}).get("api_id") if last is not None else None
        if isinstance(answered, str) and answered != self._dialogue.symbols.plain(api_id):
            return True  # it was taken, and changed: that is not for here to judge
        lag, waited = 3 * self.learnt.dialect.lag, 0.0
        while not _holds_record(self._dialogue.read(api_id)):
            if waited >= lag:
                return False
            self._dialogue.manner.sleep(0.2)
            waited += 0.2
        return True

    # Dates

    def _learn_dates(self) -> None:
        for form, spelling in FORMS.items():
            plain = read_instant(PLAIN_PAST)
            assert plain is not None
            created = self._try(date_started=plain.moment.strftime(spelling))
            if created is not None:
                self._drop(created)
                self._know(dates=DateHabits(form=form))
                break
        else:
            self._know(dates=DateHabits(form=None))
            return
        if self.learnt.dialect.dates.form == "RFC 3339":
            self._learn_odd_dates()
        else:
            self._know(dates=replace(self.learnt.dialect.dates, **_none_of(ODD_DATES)))
        self._know(dates=replace(self.learnt.dialect.dates, unit=self._date_unit()))

    def _learn_odd_dates(self) -> None:
        names = [*ODD_DATES]
        all_at_once = self._try(**ALL_ODD_DATES)
        self._drop(all_at_once)
        if all_at_once is not None:
            names = ["completed_alone"]
        habits: dict[str, Any] = {}
        for name in names:
            created = self._try(**ODD_DATES[name])
            self._drop(created)
            habits[name] = created is not None
        self._know(dates=replace(self.learnt.dialect.dates, **habits))

    def _date_unit(self) -> timedelta:
        """How precisely a date is kept, going by one that has seconds, at best a second."""
        dates = self.learnt.dialect.dates
        sent = read_instant(FINE if dates.fractions and dates.form == "RFC 3339" else WHOLE_SECONDS)
        assert sent is not None
        text = FINE if dates.fractions else sent.moment.strftime(FORMS[dates.form or "RFC 3339"])
        created = self._try(date_started=text)
        if created is None:
            return SECOND
        exchange = self._dialogue.read(created)
        record = record_in(exchange.answer) if exchange is not None and exchange.ok else None
        self._drop(created)
        self.learnt.written_date = str((record or {}).get("date_started", ""))
        shown = read_instant((record or {}).get("date_started"))
        return _unit(sent, shown) if shown is not None else SECOND

    # Updates and deletion

    def _learn_updates(self) -> None:
        api_id = self._try()
        if api_id is None:
            return
        dialect, dialogue = self.learnt.dialect, self._dialogue
        others = [{"person_api_id": "<<person:2>>"}, {"package_api_id": "<<package:2>>"}]
        date = dialect.dates.spoken({"date_started": PLAIN_PAST}, utc_now())
        changes = [self._patches(api_id, change) for change in ([date] if date else []) + others]
        self._must("patch-is-partial", taken=any(changes))
        self._know(person_changes=changes[-2], package_changes=changes[-1])
        self._learn_put(api_id)
        doomed = self._try()
        if doomed is not None:
            deleted = _ok(dialogue.delete(doomed)) or _ok(dialogue.delete(doomed))
            self._must("delete-removes-one-record", taken=deleted)

    def _patches(self, api_id: str, change: Mapping[str, str]) -> bool:
        """Whether a PATCH is taken; as a merge patch, where it is not as JSON."""
        exchange = self._dialogue.patch(api_id, change)
        if exchange is not None and exchange.status == 415 and self.learnt.dialect.patch_type == JSON:
            self._know(patch_type=MERGE_PATCH)
        if self.learnt.dialect.patch_type == JSON:
            return _ok(exchange)
        headers = [("Content-Type", MERGE_PATCH)]
        return _ok(self._dialogue.request("PATCH", api_id, json.dumps(change), headers))

    def _learn_put(self, api_id: str) -> None:
        exchange = self._dialogue.read(api_id)
        record: dict[str, Any] = dict(record_in(exchange.answer) or {}) if exchange is not None and exchange.ok else {}
        same: dict[str, Any] = {name: record[name] for name in ("person_api_id", "package_api_id") if name in record}
        dates = self.learnt.dialect.dates.spoken({"date_started": PLAIN_PAST, "date_completed": PLAIN_LATER}, utc_now())
        for whole, body in ((False, same), (True, {**same, **dates}), (True, {"api_id": api_id, **same, **dates})):
            if _ok(self._dialogue.put(api_id, body)):
                self._know(whole_puts=whole)
                return
        self._must("put-updates", taken=False)


def _body(pair: tuple[str, str]) -> dict[str, str]:
    return {"person_api_id": pair[0], "package_api_id": pair[1]}


def _holds_record(exchange: Exchange | None) -> bool:
    """Whether it was answered with a record: some answer 200 and null where there is none."""
    return exchange is not None and exchange.ok and "api_id" in (record_in(exchange.answer) or {})


def _found_or_not(exchange: Exchange) -> bool:
    return exchange.ok or exchange.status == 404


def _none_of(names: Iterable[str]) -> dict[str, Any]:
    return dict.fromkeys(names, False)


def _ok(exchange: Exchange | None) -> bool:
    return exchange is not None and exchange.ok


def _kind(exchange: Exchange | None) -> tuple[object, ...]:
    """What an error is like: its status, its media type, the members of its JSON."""
    if exchange is None:
        return ()
    members: Iterable[str] = exchange.answer if isinstance(exchange.answer, dict) else ()
    return exchange.status, exchange.media_type, tuple(sorted(members))


def _fits(record: Record, change: Mapping[str, str]) -> bool:
    """Whether a record shows dates, each to the day."""
    for name, text in change.items():
        shown, sent = read_instant(record.get(name)), read_instant(text)
        if shown is None or sent is None or not shown.near(sent, DAY):
            return False
    return True


def _unit(sent: Instant, shown: Instant) -> timedelta:
    """The coarsest of some units of which a moment is a whole multiple, where it is not the one that was sent."""
    if shown.near(sent, SECOND):
        return SECOND
    for unit, whole in ((MINUTE, shown.wall.second == 0), (DAY, shown.wall.hour == 0 and shown.wall.minute == 0)):
        if whole and shown.near(sent, unit):
            return unit
    return SECOND
