"""Checks of the list: between two equal readings of all of it, every page must be a part of it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from ..exchange import Walk
from ..scenario import Scenario
from ..strategies import terms
from ..trial import Trial, check
from .creating import EARLY


def populate(trial: Trial, scenario: Scenario, number: int = 4) -> list[str]:
    """Some records of our own for the list; none in a read-only run, which makes do with what is there."""
    if not trial.bench.writes:
        return []
    made = []
    for n in range(number):
        chosen = {"api_id": scenario.new_id()} if n % 3 else {}
        made.append(scenario.create(trial.body(n // 2, n, **chosen, **({"date_started": EARLY} if n % 2 else {}))))
    return made


def between_walks(trial: Trial, ask: Callable[[Scenario, Walk], None], number: int = 4) -> None:
    """Ask for pages between two readings of the whole list."""

    def play(scenario: Scenario) -> None:
        populate(trial, scenario, number)
        ask(scenario, scenario.walk())
        scenario.walk()

    trial.once(play)


@check("list-is-object", writes=False)
def the_list_is_an_object(trial: Trial) -> None:
    """Full, as one page, and with nothing in it."""

    def play(scenario: Scenario) -> None:
        populate(trial, scenario, 1)
        scenario.page()
        scenario.page(limit=1)
        scenario.page(search=scenario.new_id("nothing"))

    trial.once(play)


@check("list-has-records", writes=False)
def every_record_is_listed_once(trial: Trial) -> None:
    """As reading it alone shows it, ours and others'."""

    def play(scenario: Scenario) -> None:
        made = populate(trial, scenario, 5)
        before = scenario.walk()
        for api_id in made:
            scenario.read(api_id)
        others = [api_id for api_id in before.ids if api_id in scenario.service.ledger.foreign]
        for api_id in dict.fromkeys(others[:1] + others[-1:]):
            scenario.read(api_id)
        scenario.walk()

    trial.once(play)


@check("limit-bounds-page", writes=False)
def pages_of_every_size(trial: Trial) -> None:
    """One, a few, all but one, all, more than all; and at the end of the list."""

    def ask(scenario: Scenario, walk: Walk) -> None:
        total = len(walk.ids)
        for limit in sorted({1, 2, 3, 10, max(1, total - 1), max(1, total), total + 1, 10**25}):
            scenario.page(limit=limit)
        scenario.page(limit=2, offset=max(0, total - 1))
        scenario.page(limit=2, offset=max(0, total - 2))
        scenario.page(limit=2, offset=max(0, total - 3))

    between_walks(trial, ask, 6)


@check("offset-is-start-index", writes=False)
def pages_at_every_offset(trial: Trial) -> None:
    """Pages side by side, and single ones anywhere."""

    def ask(scenario: Scenario, walk: Walk) -> None:
        total = len(walk.ids)
        for offset in (0, 1, 2, 3):
            scenario.page(limit=1, offset=offset)
        for start in range(max(0, total - 9), total + 2, 3):
            scenario.page(limit=3, offset=start)
        scenario.page(offset=max(0, total - 2))
        scenario.page(offset=1, limit=5)

    between_walks(trial, ask, 6)

    def anywhere(scenario: Scenario, pages: list[tuple[float, int]]) -> None:
        populate(trial, scenario, 3)
        total = len(scenario.walk().ids)
        for where, limit in pages:
            scenario.page(offset=int(where * total), limit=limit)
        scenario.walk()

    trial.explore(st.lists(st.tuples(st.floats(0, 1.1), st.integers(1, 20)), min_size=3, max_size=4), anywhere, 1)


@check("no-limit-is-all", writes=False)
def all_without_a_limit(trial: Trial) -> None:
    """From the start and from an offset on."""

    def ask(scenario: Scenario, walk: Walk) -> None:
        total = len(walk.ids)
        scenario.page()
        for offset in sorted({0, 1, max(0, total - 2)}):
            scenario.page(offset=offset)

    between_walks(trial, ask)


@check("offset-past-end-is-empty", writes=False)
def nothing_past_the_end(trial: Trial) -> None:
    """Far past the end, a little past it, at it, with and without a limit.

    Far past it first: that is past it another time too, when the list is a little longer.
    """

    def ask(scenario: Scenario, walk: Walk) -> None:
        total = len(walk.ids)
        for offset in (total + 1000, 10**25, total + 1, total):
            scenario.page(offset=offset)
            scenario.page(offset=offset, limit=1)
        scenario.page(offset=10**6, search=scenario.new_id("nothing"))

    between_walks(trial, ask)


def words(walk: Walk) -> list[str]:
    """Words of the descriptions that are there, the rarest first: they tell the most."""
    count: dict[str, int] = {}
    for record in walk.records:
        for word in set(str(record.get("package_desc", "")).split()):
            plain = word.strip(".,:;()'\"!?")
            if len(plain) > 2:
                count[plain] = count.get(plain, 0) + 1
    return sorted(count, key=lambda word: (count[word], word))


def names(walk: Walk) -> list[str]:
    """Parts of the ids of people and packages, which often hold the names that can't be seen here."""
    found = {str(record.get(name, "")) for record in walk.records for name in ("person_api_id", "package_api_id")}
    parts = {part for api_id in found for part in api_id.replace("_", "-").replace(".", "-").split("-")}
    return sorted(part for part in parts if len(part) > 3 and part.isalpha())


@check("search-narrows", writes=False)
def searches_return_records_of_the_list(trial: Trial) -> None:
    """Nothing for a term that no name can have, and never a record that is not in the list."""

    def ask(scenario: Scenario, walk: Walk) -> None:
        scenario.page(search=scenario.new_id("nothing"))
        scenario.page(search=scenario.new_id("nothing"), limit=5)
        for word in words(walk)[-1:]:
            # A term that no name contains, whatever parts of it some do, and whatever it means as a pattern.
            for term in (f"{word} {scenario.new_id('x')}", f"{scenario.new_id('x')}|{word}", f"({scenario.new_id()})?"):
                scenario.page(search=term)
        for term in words(walk)[:2] + names(walk)[:1]:
            scenario.page(search=term)
            scenario.page(search=term, limit=2)

    between_walks(trial, ask)


@check("search-matches-names", writes=False)
def searches_find_what_they_name(trial: Trial) -> None:
    """Words of descriptions in any case, parts of words, several words; the names behind ids as far as they match."""

    def ask(scenario: Scenario, walk: Walk) -> None:
        found = words(walk)
        for word in dict.fromkeys(found[:1] + found[len(found) // 2 : len(found) // 2 + 1] + found[-1:]):
            for term in dict.fromkeys((word, word.upper(), word.lower(), word[1:].swapcase())):
                scenario.page(search=term)
        description = max((str(r.get("package_desc", "")) for r in walk.records), key=len, default="")
        scenario.page(search=description[3:40])
        scenario.page(search=description[:12].upper())
        scenario.page(search="")
        for name in names(walk)[:2]:
            scenario.page(search=name)
            scenario.page(search=name.upper())
        scenario.page(search=found[-1] if found else "a", limit=2, offset=1)

    between_walks(trial, ask)


@check("list-envelope", writes=False)
def the_envelope_counts_all_that_match(trial: Trial) -> None:
    """On the first page, later ones, past the end, and of a search."""

    def ask(scenario: Scenario, walk: Walk) -> None:
        total = len(walk.ids)
        scenario.page(limit=2)
        scenario.page(limit=2, offset=2)
        scenario.page(limit=3, offset=max(0, total - 2))
        scenario.page(offset=total + 3)
        for term in [*words(walk)[-1:], scenario.new_id("nothing")]:
            scenario.page(search=term)
            scenario.page(search=term, limit=1)
            scenario.page(search=term, limit=1, offset=1)

    between_walks(trial, ask)


@check("page-links-lead-on", writes=False)
def links_lead_to_the_neighbouring_pages(trial: Trial) -> None:
    """Each link is followed as it stands, which is one step that a client takes."""

    def ask(scenario: Scenario, walk: Walk) -> None:
        total = len(walk.ids)
        scenario.page()
        scenario.page(offset=1)
        for offset, limit in ((0, 2), (2, 2), (1, 2), (max(0, total - 2), 2), (0, total), (0, max(1, total - 1))):
            if limit:
                scenario.page(offset=offset, limit=limit)
        term = words(walk)[-1:]
        for word in term:
            scenario.page(search=word)
            scenario.page(search=word, limit=1)
        follow(scenario, scenario.page(limit=max(1, total // 2)), "next")
        for word in term:
            follow(scenario, scenario.page(search=word, limit=1, offset=1), "previous")
        scenario.page(search="a&b=c #é", limit=1)

    between_walks(trial, ask)


def follow(scenario: Scenario, exchange: object, name: str) -> None:
    """GET the page behind a link, where it leads to this service."""
    answer = getattr(exchange, "answer", None)
    link = answer.get(name) if isinstance(answer, dict) else None
    base = scenario.service.base_url
    if isinstance(link, str) and link.startswith(base):
        from ..exchange import Step

        scenario.perform(Step("GET", link.removeprefix(base)))


@check("list-order-is-stable")
def listed_in_the_order_of_creation(trial: Trial) -> None:
    """Updates, renamings and deletions between them move none."""

    def play(scenario: Scenario) -> None:
        made = populate(trial, scenario, 6)
        scenario.walk()
        scenario.patch(made[1], {"date_started": EARLY})
        scenario.put(made[0], trial.body(1, 1, date_completed=EARLY))
        scenario.walk()
        scenario.delete(made[2])
        scenario.patch(made[3], {"api_id": scenario.new_id("0first")})
        scenario.create(trial.body(api_id=scenario.new_id()))
        scenario.walk()
        scenario.walk()

    trial.once(play)


@check("unknown-parameter-is-ignored", writes=False)
def parameters_of_others_change_nothing(trial: Trial) -> None:
    """Alone and beside those that the list knows."""

    def ask(scenario: Scenario, walk: Walk) -> None:
        foreign = next(iter(walk.ids), "")
        for extra in (
            ("utm_source", "x"),
            ("page", "2"),
            ("api_id", foreign),
            ("ordering", "-date_assigned"),
            ("q", "zz"),
        ):
            scenario.request("GET", parameters=[extra])
        scenario.request("GET", parameters=[("limit", "2"), ("page_size", "1"), ("offset", "1")])

    between_walks(trial, ask)

    def play(scenario: Scenario) -> None:
        api_id = scenario.create(trial.body(api_id=scenario.new_id()))
        scenario.request("GET", api_id, parameters=[("fields", "api_id"), ("limit", "0")])

    if trial.bench.writes:
        trial.once(play)


@check("no-server-error", writes=False)
def odd_searches_do_not_crash(trial: Trial) -> None:
    """The empty term, any unicode, characters that mean something to databases and patterns."""

    def fixed(scenario: Scenario) -> None:
        for term in ("", "%", "_", "*", "[", "(", "\\", "'", '"', "\x00", "ß", "İ", "𝒳😀", "\u202e", "a" * 2000):
            scenario.page(search=term)
        scenario.page(search="", limit=1, offset=10**9)

    def play(scenario: Scenario, term: str) -> None:
        scenario.page(search=term)

    trial.once(fixed)
    trial.explore(terms(), play, examples=4)


CHECKS = (
    the_list_is_an_object,
    every_record_is_listed_once,
    pages_of_every_size,
    pages_at_every_offset,
    all_without_a_limit,
    nothing_past_the_end,
    searches_return_records_of_the_list,
    searches_find_what_they_name,
    the_envelope_counts_all_that_match,
    links_lead_to_the_neighbouring_pages,
    listed_in_the_order_of_creation,
    parameters_of_others_change_nothing,
    odd_searches_do_not_crash,
)
