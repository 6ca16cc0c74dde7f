"""What a run learnt of a service where the document is silent, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..client.dialect import JSON, LONGEST_ID, ODD_SIGNS, Dialect
from ..client.walk import Walk
from ..instants import DAY, MINUTE
from ..result import Habit
from .learning import Learnt

CREATED = 201

UNITS = {DAY: "day", MINUTE: "minute"}


def habits(learnt: Learnt, walk: Walk) -> tuple[Habit, ...]:
    """Say what was learnt: nothing of what any service does that takes all the spec allows."""
    dialect = learnt.dialect
    told = [*_of_lists(learnt, walk)]
    if learnt.created is not None:
        told += [*_of_ids(dialect), *_of_dates(learnt), *_of_records(learnt)]
    return tuple(told)


def _of_lists(learnt: Learnt, walk: Walk) -> Iterator[Habit]:
    if walk.pages > 1:
        yield Habit("pages", f"without a limit a page has {walk.sizes[0]} records")
    if len(walk.sizes) > 2 and max(walk.sizes[1:]) < 100:
        yield Habit("pages", f"no page has more than {max(walk.sizes)} records")
    if learnt.first_index:
        yield Habit("pages", "the first record of the list has the offset 1")
    if learnt.place:
        yield Habit("order", f"a new record stands {learnt.place} in the list")


def _of_ids(dialect: Dialect) -> Iterator[Habit]:
    if not dialect.chosen_ids:
        yield Habit("api_id", "takes none such as kit-0123-1 from a client")
        return
    if not dialect.given_ids:
        yield Habit("api_id", "those that it gives do not name their records, or are given again")
    if dialect.lost_signs:
        yield Habit("api_id", f"a record has no address if {' or '.join(dialect.lost_signs)} is in its api_id")
    refused = [sign for sign in ODD_SIGNS if sign not in dialect.signs + dialect.lost_signs]
    if refused:
        yield Habit("api_id", f"{' and '.join(refused)} are refused in it")
    if not dialect.capitals:
        yield Habit("api_id", "capitals are not taken in it")
    elif not dialect.cases_differ:
        yield Habit("api_id", "capitals and small letters are the same in it")
    if dialect.longest_id < LONGEST_ID:
        yield Habit("api_id", f"one of {dialect.longest_id} characters is taken, and none of {LONGEST_ID}")


def _of_dates(learnt: Learnt) -> Iterator[Habit]:
    dates = learnt.dialect.dates
    if learnt.written_date:
        yield Habit("dates", f"are written as {learnt.written_date}")
    if dates.form is None:
        yield Habit("dates", "are taken in no form that was tried")
        return
    if dates.form != "RFC 3339":
        yield Habit("dates", f"are taken {dates.form}, and not as RFC 3339 has them")
        return
    refused = {
        "with an offset other than Z": dates.offsets,
        "with a fraction of a second": dates.fractions,
        "before 1970": dates.early,
        "of long ago": dates.old,
        "in the future": dates.future,
        "that are completed and were never started": dates.completed_alone,
        "that are completed before they are started": dates.unordered,
    }
    for kind, taken in refused.items():
        if not taken:
            yield Habit("dates", f"{kind} are refused")
    if dates.unit in UNITS:
        yield Habit("dates", f"are kept to the {UNITS[dates.unit]}")


def _of_records(learnt: Learnt) -> Iterator[Habit]:
    dialect = learnt.dialect
    if learnt.created is not None and learnt.created.status != CREATED:
        yield Habit("records", f"a creation is answered {learnt.created.status}")
    if not dialect.pairs_repeat:
        yield Habit("records", "a person has at most one for a package")
    if not dialect.person_changes:
        yield Habit("records", "the person can't be changed")
    if not dialect.package_changes:
        yield Habit("records", "the package can't be changed")
    if dialect.patch_type != JSON:
        yield Habit("records", f"a PATCH is taken as {dialect.patch_type}, and not as {JSON}")
    if dialect.whole_puts:
        yield Habit("records", "a PUT must give every date")
    if learnt.lag:
        yield Habit("writes", late(learnt.lag))


def late(seconds: float) -> str:
    """Say after how many seconds a write was seen."""
    return f"show not at once, but {max(0.1, seconds):.1f} s later"
