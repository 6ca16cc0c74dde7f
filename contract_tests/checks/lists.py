"""Checks of the list: between two equal readings of all of it, every page must be a part of it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from ..client.step import Step
from ..client.walk import Walk
from .context import CheckContext, check, words_of
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
        for limit in limits(context, 1)[:1]:
            dialogue.page(limit=limit)
        dialogue.page(search="<<word>>")

    context.once(play)


@check("list-has-records", writes=False)
def every_record_is_listed(context: CheckContext) -> None:
    """As reading it alone shows it, ours and others'."""
    _listed(context)


@check("listed-once", writes=False)
def no_record_is_listed_twice(context: CheckContext) -> None:
    """Neither ours nor others', also of a person who has two for the package."""
    _listed(context)


def _listed(context: CheckContext) -> None:
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


def limits(context: CheckContext, *wanted: int) -> list[int]:
    """Limits to ask for: those of the wanted that the service is known to take, or another that it is."""
    known = context.dialect.limits
    if not context.documented or not known:
        return list(wanted)
    return [limit for limit in wanted if limit in known] or [known[0]]


@check("limit-bounds-page", writes=False)
def no_page_is_larger_than_asked_for(context: CheckContext) -> None:
    """One, a few, with an offset and in a search."""

    def play(dialogue: Dialogue) -> None:
        populate(context, dialogue, 6)
        total = dialogue.walk().total
        for limit in limits(context, 1, 2, 3, 5, 10):
            dialogue.page(limit=limit)
            dialogue.page(limit=limit, offset=max(0, total - limit))
        for word in context.words[:1]:
            dialogue.page(search=word)
            for limit in limits(context, 1, 2, 5):
                dialogue.page(search=word, limit=limit)

    context.once(play)


@check("pages-are-full", writes=False)
def pages_of_every_size(context: CheckContext) -> None:
    """One, a few, all but one, all, more than all; and at the end of the list."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        total = walk.total
        for limit in sorted({1, 2, 3, 10, max(1, total - 1), max(1, total), total + 1, 10**25}):
            dialogue.page(limit=limit)
        dialogue.page(limit=2, offset=max(0, total - 1))
        dialogue.page(limit=2, offset=max(0, total - 2))
        dialogue.page(limit=2, offset=max(0, total - 3))
        for word in words(walk)[-1:]:
            dialogue.page(search=word)
            dialogue.page(search=word, limit=3)

    between_walks(context, ask, 6)


@check("offset-is-start-index", writes=False)
def pages_at_every_offset(context: CheckContext) -> None:
    """Pages side by side, and single ones anywhere; of a search too."""
    _offsets(context)


@check("offset-counts-from-0", writes=False)
def offsets_count_from_0(context: CheckContext) -> None:
    """On pages side by side, and single ones anywhere."""
    _offsets(context)


def _offsets(context: CheckContext) -> None:
    between_walks(context, lambda dialogue, walk: _side_by_side(context, dialogue, walk), 6)

    def anywhere(dialogue: Dialogue, pages: list[tuple[float, int]]) -> None:
        populate(context, dialogue, 3)
        walk = dialogue.walk()
        for where, wanted in pages:
            limit = limits(context, wanted)[0]
            dialogue.page(offset=walk.first + int(where * (len(walk.ids) - 1)), limit=limit)
        dialogue.walk()

    context.explore(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 20)), min_size=3, max_size=4), anywhere, 1)


def _side_by_side(context: CheckContext, dialogue: Dialogue, walk: Walk) -> None:
    first, total = walk.first, walk.total
    one, three, five = (limits(context, *wanted)[0] for wanted in ((1, 3), (3, 5), (5, 3)))
    for offset in range(first, first + 4):
        dialogue.page(limit=one, offset=offset)
    for offset in range(max(first, total - 3 * three), total, three):
        dialogue.page(limit=three, offset=offset)
    dialogue.page(offset=max(first, total - 2))
    dialogue.page(offset=first + 1, limit=five)
    for word in context.words[:1]:
        dialogue.page(search=word)
        dialogue.page(search=word, offset=1)
        dialogue.page(search=word, offset=2, limit=limits(context, 2, 3)[0])


@check("no-limit-is-all", writes=False)
def all_without_a_limit(context: CheckContext) -> None:
    """From the start and from an offset on."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        total = walk.total
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
        total = walk.total
        for offset in (total + 1000, 10**25, total + 1, total):
            dialogue.page(offset=offset)
            dialogue.page(offset=offset, limit=1)
        dialogue.page(offset=10**6, search=dialogue.new_id("nothing"))

    between_walks(context, ask)


def words(walk: Walk) -> list[str]:
    """Words of the descriptions that are there, the rarest first: they tell the most."""
    return words_of(walk.records)


def names(walk: Walk) -> list[str]:
    """Parts of the ids of people and packages, which often hold the names that can't be seen here."""
    found = {str(record.get(name, "")) for record in walk.records for name in ("person_api_id", "package_api_id")}
    parts = {part for api_id in found for part in api_id.replace("_", "-").replace(".", "-").split("-")}
    return sorted(part for part in parts if len(part) > 3 and part.isalpha())


@check("search-narrows", writes=False)
def searches_for_nobody_find_nothing(context: CheckContext) -> None:
    """Alone, with a limit and an offset; and no search finds what is deleted."""

    def play(dialogue: Dialogue) -> None:
        made = populate(context, dialogue, 2)
        dialogue.page(search="<<word>>")
        for limit in limits(context, 5, 10)[:1]:
            dialogue.page(search="<<word>>", limit=limit)
            dialogue.page(search="<<word>>", limit=limit, offset=0)
        ours = [{"package_desc": known.fields["package_desc"]} for known in dialogue.judge.model.records.values()]
        terms = dict.fromkeys([*context.words[:1], *[word for word in words_of(ours) if word.isalpha()][:2]])
        for api_id in made:
            dialogue.delete(api_id)
        for term in terms:
            dialogue.page(search=term)

    context.once(play)


@check("search-matches-names", writes=False)
def searches_find_what_they_name(context: CheckContext) -> None:
    """Words of descriptions in any case, parts of words, several words; the names behind ids as far as they match."""

    def ask(dialogue: Dialogue, walk: Walk) -> None:
        found = words(walk)
        dialogue.page(search=dialogue.new_id("nothing"))
        for word in found[-1:]:
            # A term that no name contains, whatever parts of it some do, and whatever it means as a pattern.
            for term in (f"{word} {dialogue.new_id('x')}", f"{dialogue.new_id('x')}|{word}", f"({dialogue.new_id()})?"):
                dialogue.page(search=term)
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
        total = walk.total
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
        total = walk.total
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
        dialogue.request("GET", parameters=[("limit", "2"), ("page_size", "1"), ("offset", str(walk.first + 1))])

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
    every_record_is_listed,
    no_record_is_listed_twice,
    no_page_is_larger_than_asked_for,
    pages_of_every_size,
    pages_at_every_offset,
    offsets_count_from_0,
    all_without_a_limit,
    nothing_past_the_end,
    searches_for_nobody_find_nothing,
    searches_find_what_they_name,
    the_envelope_counts_all_that_match,
    links_lead_to_the_neighbouring_pages,
    listed_in_the_order_of_creation,
    parameters_of_others_change_nothing,
    odd_searches_do_not_crash,
)
