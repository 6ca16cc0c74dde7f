"""Which ids are given, which are taken, and whether their records are found again."""

from __future__ import annotations

from collections.abc import Iterable

from ...client.dialect import LONGEST_ID, ODD_SIGNS
from ...client.exchange import Exchange
from .answers import holds_record
from .asker import Asker, body_of

SHORT_IDS = (64, 36, 32)


def learn_given_ids(asker: Asker) -> None:
    """Learn whether the ids that the service gives can be used like others: found, and not given again."""
    given: list[str | None] = []
    for _ in range(2):
        api_id = asker.create(body_of(asker.pair()))
        given.append(None if api_id is None else asker.plain(api_id))
        if api_id is None or not _is_found(asker, api_id):
            asker.know(given_ids=False)
            asker.drop(api_id)
            return
        asker.drop(api_id)
    if given[0] == given[1]:
        asker.know(given_ids=False)


def learn_chosen_ids(asker: Asker, api_id: str) -> None:
    """Learn which ids of our own are taken and found again; `api_id` is one of a record.

    One that is taken and has no address is enough: it can't be deleted.
    """
    if not asker.dialect.chosen_ids:
        return
    upper = asker.dialogue.request("GET", asker.plain(api_id).upper())
    asker.know(cases_differ=not holds_record(upper))
    signs = "".join(sign for sign in ODD_SIGNS if _may_have_address(asker, f"a{sign}1b"))
    lost = "".join(sign for sign in ODD_SIGNS if sign not in signs)
    asker.know(signs=signs, lost_signs=lost)
    if not _takes(asker, _everything(asker, signs)) and not asker.stranded:
        _learn_one_by_one(asker, signs)


def _everything(asker: Asker, signs: str) -> str:
    """The tail of an id that has capitals, all these signs and the greatest length."""
    room = _room(asker, LONGEST_ID)
    return ("A" + "".join(f"{sign}1b" for sign in signs)).ljust(room, "z")[:room]


def _room(asker: Asker, length: int) -> int:
    """How many characters an id of this length has beside those that all of ours begin with."""
    return length - len(asker.plain(asker.dialogue.new_id()))


def _learn_one_by_one(asker: Asker, signs: str) -> None:
    for sign in signs:
        if not _takes(asker, f"a{sign}1b"):
            asker.know(signs=asker.dialect.signs.replace(sign, ""))
    if not asker.stranded:
        asker.know(capitals=_takes(asker, "A"))
    _learn_length(asker)


def _learn_length(asker: Asker) -> None:
    for length in (LONGEST_ID, *SHORT_IDS):
        room = _room(asker, length)
        if asker.stranded or room <= 0 or _takes(asker, "z" * room):
            asker.know(longest_id=SHORT_IDS[-1] if asker.stranded or room <= 0 else length)
            return
    asker.know(longest_id=SHORT_IDS[-1])


def _may_have_address(asker: Asker, tail: str) -> bool:
    """Whether asking for an unknown record with such an id is answered as for any other: else nothing is there."""
    plain, again, odd = (_unknown(asker, text) for text in ("a1b", "a2b", tail))
    steady = plain[-1] == again[-1]  # some name the time, or the request
    return plain == odd if steady else plain[:-1] == odd[:-1]


def _unknown(asker: Asker, tail: str) -> tuple[object, ...]:
    """How asking for a record that is not there is answered, whatever its id."""
    api_id = asker.dialogue.new_id(tail)
    exchange = asker.dialogue.read(api_id)
    text = "" if exchange is None else exchange.text.replace(asker.plain(api_id), "")
    return *_kind(exchange), text


def _kind(exchange: Exchange | None) -> tuple[object, ...]:
    """What an error is like: its status, its media type, the members of its JSON."""
    if exchange is None:
        return ()
    members: Iterable[str] = exchange.answer if isinstance(exchange.answer, dict) else ()
    return exchange.status, exchange.media_type, tuple(sorted(members))


def _takes(asker: Asker, tail: str) -> bool:
    """Whether an id with this tail is taken; should its record have no address, note that, and take no such id."""
    created = asker.try_with(api_id=asker.dialogue.new_id() + tail)
    if created is None:
        return False
    found = _is_found(asker, created)
    if not found:
        asker.stranded = True
        asker.know(signs="", lost_signs=ODD_SIGNS, capitals=False, longest_id=SHORT_IDS[-1])
    asker.drop(created)
    return found


def _is_found(asker: Asker, api_id: str) -> bool:
    """Whether the new record is found at its address, or under another id that the service says it gave it."""
    answered = asker.answered
    if isinstance(answered, str) and answered != asker.plain(api_id):
        return True  # it was taken, and changed: that is not for here to judge
    lag, waited = 3 * asker.dialect.lag, 0.0
    while not holds_record(asker.dialogue.read(api_id)):
        if waited >= lag:
            return False
        asker.dialogue.manner.sleep(0.2)
        waited += 0.2
    return True
