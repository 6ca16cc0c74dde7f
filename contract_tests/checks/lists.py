"""Checks of the list: between two equal readings of all of it, every page must be a part of it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from ..client.step import Step
from ..client.walk import Walk
from .context import CheckContext, check
from .creating import EARLY
from .dialogue import Dialogue
from .strategies import terms


def populate(context: CheckContext, dialogue: Dialogue, number: int = 4) -> list[str]:
    """Some records of our own for the list; none in a read-only run, which makes do with what is there."""
    if not context.bench.writes:
        return []
    made = []
    for n in range(number):
        chosen = {"api_id": dialogue.new_id()} if n % 3 else {}
        made.append(dialogue.create(context.body(n // 2, n, **chosen, **({"date_started": EARLY} if n % 2 else {}))))
    return made


def between_walks(context: CheckContext, ask: Callable[[Dialogue, Walk], None], number: int = 4) -> None:
    """Ask for pages between two readings of the whole list."""

    def play(dialogue: Dialogue) -> None:
        populate(context, dialogue, number)
        ask(dialogue, dialogue.walk())
        dialogue.walk()

    context.once(play)


@check("list-is-object", writes=False)
def the_list_is_an_object(context: CheckContext) -> None:
    """Full, as one page, and with nothing in it."""

    def play(dialogue: Dialogue) -> None:
        populate(context, dialogue, 1)
        dialogue.page()
        dialogue.page(limit=1)
        dialogue.page(search=dialogue.new_id("nothing"))

    context.once(play)


@check("list-has-records", writes=False)
def every_record_is_listed_once(context: CheckContext) -> None:
    """As reading it alone shows it, ours and others'."""

    def play(dialogue: Dialogue) -> None:
        made = populate(context, dialogue, 5)
        before = dialogue.walk()
        for api_id in made:
            dialogue.read(api_id)
        others = [api_id for api_id in before.ids if api_id in dialogue.service.ledger.not_ours]
        for api_id in dict.fromkeys(others[:1] + others[-1:]):
            dialogue.read(api_id)
        dialogue.walk()

    context.once(play)


@check("limit-bounds-page", writes=False)
def pages_of_every_size(context: CheckContext) -> None:
    """One, a few, all but one, all, more than all; and at the end of the list."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        total = len(walk.ids)
        for limit in sorted({1, 2, 3, 10, max(1, total - 1), max(1, total), total + 1, 10**25}):
            dialogue.page(limit=limit)
        dialogue.page(limit=2, offset=max(0, total - 1))
        dialogue.page(limit=2, offset=max(0, total - 2))
        dialogue.page(limit=2, offset=max(0, total - 3))

    between_walks(context, ask, 6)


@check("offset-is-start-index", writes=False)
def pages_at_every_offset(context: CheckContext) -> None:
    """Pages side by side, and single ones anywhere."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        total = len(walk.ids)
        for offset in (0, 1, 2, 3):
            dialogue.page(limit=1, offset=offset)
        for start in range(max(0, total - 9), total + 2, 3):
            dialogue.page(limit=3, offset=start)
        dialogue.page(offset=max(0, total - 2))
        dialogue.page(offset=1, limit=5)

    between_walks(context, ask, 6)

    def anywhere(dialogue: Dialogue, pages: list[tuple[float, int]]) -> None:
        populate(context, dialogue, 3)
        total = len(dialogue.walk().ids)
        for where, limit in pages:
            dialogue.page(offset=int(where * total), limit=limit)
        dialogue.walk()

    context.explore(st.lists(st.tuples(st.floats(0, 1.1), st.integers(1, 20)), min_size=3, max_size=4), anywhere, 1)


@check("no-limit-is-all", writes=False)
def all_without_a_limit(context: CheckContext) -> None:
    """From the start and from an offset on."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        total = len(walk.ids)
        dialogue.page()
        for offset in sorted({0, 1, max(0, total - 2)}):
            dialogue.page(offset=offset)

    between_walks(context, ask)


@check("offset-past-end-is-empty", writes=False)
def nothing_past_the_end(context: CheckContext) -> None:
    """Far past the end, a little past it, at it, with and without a limit.

    Far past it first: that is past it another time too, when the list is a little longer.
    """

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        total = len(walk.ids)
        for offset in (total + 1000, 10**25, total + 1, total):
            dialogue.page(offset=offset)
            dialogue.page(offset=offset, limit=1)
        dialogue.page(offset=10**6, search=dialogue.new_id("nothing"))

    between_walks(context, ask)


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
def searches_return_records_of_the_list(context: CheckContext) -> None:
    """Nothing for a term that no name can have, and never a record that is not in the list."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        dialogue.page(search=dialogue.new_id("nothing"))
        dialogue.page(search=dialogue.new_id("nothing"), limit=5)
        for word in words(walk)[-1:]:
            # A term that no name contains, whatever parts of it some do, and whatever it means as a pattern.
            for term in (f"{word} {dialogue.new_id('x')}", f"{dialogue.new_id('x')}|{word}", f"({dialogue.new_id()})?"):
                dialogue.page(search=term)
        for term in words(walk)[:2] + names(walk)[:1]:
            dialogue.page(search=term)
            dialogue.page(search=term, limit=2)

    between_walks(context, ask)


@check("search-matches-names", writes=False)
def searches_find_what_they_name(context: CheckContext) -> None:
    """Words of descriptions in any case, parts of words, several words; the names behind ids as far as they match."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        found = words(walk)
        for word in dict.fromkeys(found[:1] + found[len(found) // 2 : len(found) // 2 + 1] + found[-1:]):
            for term in dict.fromkeys((word, word.upper(), word.lower(), word[1:].swapcase())):
                dialogue.page(search=term)
        description = max((str(r.get("package_desc", "")) for r in walk.records), key=len, default="")
        dialogue.page(search=description[3:40])
        dialogue.page(search=description[:12].upper())
        dialogue.page(search="")
        for name in names(walk)[:2]:
            dialogue.page(search=name)
            dialogue.page(search=name.upper())
        dialogue.page(search=found[-1] if found else "a", limit=2, offset=1)

    between_walks(context, ask)


@check("list-envelope", writes=False)
def the_envelope_counts_all_that_match(context: CheckContext) -> None:
    """On the first page, later ones, past the end, and of a search."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        total = len(walk.ids)
        dialogue.page(limit=2)
        dialogue.page(limit=2, offset=2)
        dialogue.page(limit=3, offset=max(0, total - 2))
        dialogue.page(offset=total + 3)
        for term in [*words(walk)[-1:], dialogue.new_id("nothing")]:
            dialogue.page(search=term)
            dialogue.page(search=term, limit=1)
            dialogue.page(search=term, limit=1, offset=1)

    between_walks(context, ask)


@check("page-links-lead-on", writes=False)
def links_lead_to_the_neighbouring_pages(context: CheckContext) -> None:
    """Each link is followed as it stands, which is one step that a client takes."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        total = len(walk.ids)
        dialogue.page()
        dialogue.page(offset=1)
        for offset, limit in ((0, 2), (2, 2), (1, 2), (max(0, total - 2), 2), (0, total), (0, max(1, total - 1))):
            if limit:
                dialogue.page(offset=offset, limit=limit)
        term = words(walk)[-1:]
        for word in term:
            dialogue.page(search=word)
            dialogue.page(search=word, limit=1)
        follow(dialogue, dialogue.page(limit=max(1, total // 2)), "next")
        for word in term:
            follow(dialogue, dialogue.page(search=word, limit=1, offset=1), "previous")
        dialogue.page(search="a&b=c #é", limit=1)

    between_walks(context, ask)


def follow(dialogue: Dialogue, exchange: object, name: str) -> None:
    """GET the page behind a link, where it leads to this service."""
    answer = getattr(exchange, "answer", None)
    link = answer.get(name) if isinstance(answer, dict) else None
    base = dialogue.service.base_url
    if isinstance(link, str) and link.startswith(base):
        dialogue.perform(Step("GET", link.removeprefix(base)))


@check("list-order-is-stable")
def listed_in_the_order_of_creation(context: CheckContext) -> None:
    """Updates, renamings and deletions between them move none."""

    def play(dialogue: Dialogue) -> None:
        made = populate(context, dialogue, 6)
        dialogue.walk()
        dialogue.patch(made[1], {"date_started": EARLY})
        dialogue.put(made[0], context.body(1, 1, date_completed=EARLY))
        dialogue.walk()
        dialogue.delete(made[2])
        dialogue.patch(made[3], {"api_id": dialogue.new_id("0first")})
        dialogue.create(context.body(api_id=dialogue.new_id()))
        dialogue.walk()
        dialogue.walk()

    context.once(play)


@check("unknown-parameter-is-ignored", writes=False)
def parameters_of_others_change_nothing(context: CheckContext) -> None:
    """Alone and beside those that the list knows."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        other = next(iter(walk.ids), "")
        for extra in (
            ("utm_source", "x"),
            ("page", "2"),
            ("api_id", other),
            ("ordering", "-date_assigned"),
            ("q", "zz"),
        ):
            dialogue.request("GET", parameters=[extra])
        dialogue.request("GET", parameters=[("limit", "2"), ("page_size", "1"), ("offset", "1")])

    between_walks(context, ask)

    def play(dialogue: Dialogue) -> None:
        api_id = dialogue.create(context.body(api_id=dialogue.new_id()))
        dialogue.request("GET", api_id, parameters=[("fields", "api_id"), ("limit", "0")])

    if context.bench.writes:
        context.once(play)


@check("no-server-error", writes=False)
def odd_searches_do_not_crash(context: CheckContext) -> None:
    """The empty term, any unicode, characters that mean something to databases and patterns."""

    def fixed(dialogue: Dialogue) -> None:
        for term in ("", "%", "_", "*", "[", "(", "\\", "'", '"', "\x00", "ß", "İ", "𝒳😀", "\u202e", "a" * 2000):
            dialogue.page(search=term)
        dialogue.page(search="", limit=1, offset=10**9)

    def play(dialogue: Dialogue, term: str) -> None:
        dialogue.page(search=term)

    context.once(fixed)
    context.explore(terms(), play, examples=4)


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
