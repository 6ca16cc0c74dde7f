"""For whom and for what records can be created, and whether twice."""

from __future__ import annotations

from collections.abc import Callable

from ...checks.bench import MOST_NAMED
from .answers import ok
from .asker import FIRST_PAIR, Asker, Pair, body_of

ENOUGH = 3
"""How many people, and packages, are tried until they are enough."""


def learn_pairs(asker: Asker, api_id: str) -> None:
    """Learn whether a person may have two records for a package, beside this one; delete it where not."""
    second = asker.create({**body_of(FIRST_PAIR), **asker.own_id()})
    asker.know(pairs_repeat=second is not None and asker.answered != asker.plain(api_id))
    if second is not None and asker.plain(second) != asker.plain(api_id):
        asker.drop(second)
    if not asker.dialect.pairs_repeat:
        asker.drop(api_id)


def learn_people_and_packages(asker: Asker) -> None:
    """Leave out whom and what no record can be created for: people who left, packages that are archived."""
    bench = asker.learnt.bench
    people = _usable(asker, bench.people, lambda n: (f"<<person:{n}>>", FIRST_PAIR[1]))
    packages = _usable(asker, bench.packages, lambda n: (FIRST_PAIR[0], f"<<package:{n}>>"))
    asker.refer_to(people, packages)


def _usable(asker: Asker, ids: tuple[str, ...], pair_of: Callable[[int], Pair]) -> tuple[str, ...]:
    """These ids, first those for which a record can be created, without those for which none can."""
    usable, refused = list(ids[:1]), []
    free = set(asker.learnt.bench.free_pairs)
    for n, api_id in enumerate(ids[1:MOST_NAMED], 2):
        if len(usable) == ENOUGH:
            break
        pair = pair_of(n)
        if not asker.dialect.pairs_repeat and pair not in free:
            continue
        body = {**body_of(pair), **asker.own_id()}
        if ok(asker.post(body)):
            usable.append(api_id)
            asker.drop(asker.named(body))
        else:
            refused.append(api_id)
    return tuple(dict.fromkeys([*usable, *(api_id for api_id in ids if api_id not in refused)]))
