"""What was searched for lately, and what it found."""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Sequence

from mock_server.organisation.record import Record

REMEMBERED = 4
"""How many terms are remembered: a page that is typed into asks for many, but goes on with the last one alone."""

Matches = Callable[[Record], bool]


class Searches:
    """The places of the records that each of the last few terms matches, kept up to date with every change.

    Finding them anew takes 10 ms where there are 100,000 records, and a client asks for one page after another.
    """

    def __init__(self) -> None:
        self._found: OrderedDict[str, tuple[Matches, list[int]]] = OrderedDict()

    def get(self, term: str) -> Sequence[int] | None:
        """Return the places that are remembered for this term. They change with the records: slice them at once."""
        found = self._found.get(term)
        if found is None:
            return None
        self._found.move_to_end(term)
        return found[1]

    def remember(self, term: str, matches: Matches, places: list[int]) -> None:
        """Remember, in place of what was not asked for longest, the places of all records that match."""
        self._found[term] = matches, places
        if len(self._found) > REMEMBERED:
            self._found.popitem(last=False)

    def follow(self, place: int, before: Record | None, after: Record | None) -> None:
        """Take note of a change at a place: the record there before and after, None where there is none."""
        for matches, places in self._found.values():
            was = before is not None and matches(before)
            is_now = after is not None and matches(after)
            if is_now and not was:
                insort(places, place)
            elif was and not is_now:
                del places[bisect_left(places, place)]

    def forget(self) -> None:
        """Forget them all."""
        self._found.clear()
