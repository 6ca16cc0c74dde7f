"""For whom a record can be created, and under which id."""

from __future__ import annotations

from .asker import Asker, Pair, body_of

MOST_PAIRS = 9
"""How many pairs of a person and a package are tried until a record can be created."""


def learn_creation(asker: Asker) -> str | None:
    """Create a record for somebody, if it can be under an api_id of our own; return its api_id, None for nobody."""
    for pair in _pairs(asker):
        for chosen in (True, False):
            body = {**body_of(pair), **({"api_id": asker.dialogue.new_id()} if chosen else {})}
            exchange = asker.post(body)
            if exchange is not None and exchange.ok:
                asker.learnt.created = exchange
                asker.know(chosen_ids=chosen)
                _put_first(asker, pair)
                return asker.named(body)
            asker.learnt.refused = asker.learnt.refused or exchange
            if exchange is None or exchange.status in (401, 403):
                return None
            if not exchange.refused:
                asker.must("create-returns-record", taken=False)
                return None
    return None


def _pairs(asker: Asker) -> list[Pair]:
    """The pairs to try, first those of which no record is there."""
    bench = asker.learnt.bench
    people, packages = range(len(bench.people[:3])), range(len(bench.packages[:3]))
    free = set(bench.free_pairs)
    pairs = [(f"<<person:{n + 1}>>", f"<<package:{m + 1}>>") for m in packages for n in people]
    return sorted(pairs, key=lambda pair: pair not in free)[:MOST_PAIRS]


def _put_first(asker: Asker, pair: Pair) -> None:
    """Let the first person and the first package be those for which a record could be created."""
    bench = asker.learnt.bench
    person, package = map(asker.plain, pair)
    people = tuple(dict.fromkeys([person, *bench.people]))
    packages = tuple(dict.fromkeys([package, *bench.packages]))
    asker.refer_to(people, packages)
