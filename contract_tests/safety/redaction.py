"""Secrets never leave the process: they are replaced by value, in every spelling in which an answer may repeat them.

Hidden is every part of a secret (see `secret.parts`) that has four bytes or more, in every spelling (see `spelling`),
and every piece of one that is ten characters long: services cut what they repeat, too. Where a text may have been
cut, which is at its ends and beside an ellipsis, four characters of the beginning or of the end of a secret are enough.
When in doubt, it is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .secret import SHORTEST, parts
from .spelling import REST, UNFINISHED, Reading, counting, folded, readings, spellings

HIDDEN = "[redacted]"

LEAST = 10
"""From how many characters on a piece of a secret is hidden wherever it stands."""

GRAM = 5
"""Pieces are looked for by the strings of this length in them."""

STRIDE = LEAST - GRAM + 1
"""Each piece holds such a string that begins at a multiple of this."""

WINDOW = 20 * LEAST
"""In how many characters beside a cut there is what is left of a secret, blanks and all."""

PUBLIC = "/training/record/"
"""Stands in every request. A piece of it is no secret, whatever header it is a part of."""

_CUT = re.compile(r"\.{3,}|…")

Span = tuple[int, int]


class Redactor:
    """Replaces the given secrets in any text or JSON-like value. `public` is what is shown all the same: the URL."""

    def __init__(self, secrets: Iterable[str] = (), public: str = "") -> None:
        self._public = folded(f"{public} {public.rstrip('/')}{PUBLIC} application/json")
        self._grams: set[str] = set()
        """Every string of GRAM characters in a spelling that is long enough to be found by a piece."""
        self._short: set[str] = set()
        """The shorter spellings, which are looked for as a whole."""
        self._heads: set[str] = set()
        """What is left of a secret that was cut, when it is shorter than LEAST."""
        self._tails: set[str] = set()
        self._parts: set[str] = set()
        self._odd: re.Pattern[str] | None = None
        """Secrets of which folding leaves nearly nothing."""
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these from now on too."""
        found = {part for secret in secrets for part in parts(secret)} - self._parts
        self._parts |= found
        for part in found:
            self._take(part, folded(part))
        odd = [re.escape(part) for part in sorted(self._parts) if len(folded(part)) < SHORTEST]
        self._odd = re.compile("|".join(odd), re.IGNORECASE) if odd else None

    def _take(self, part: str, plain: str) -> None:
        for spelled in spellings(part):
            if len(spelled) >= LEAST:
                self._grams |= {spelled[at : at + GRAM] for at in range(len(spelled) - GRAM + 1)}
            elif len(spelled.encode("utf-8", "replace")) >= SHORTEST:
                self._short.add(spelled)
            # Where a character is spelled with several, so many more are needed to tell anything.
            least = max(SHORTEST, SHORTEST * len(spelled) // max(1, len(plain)))
            for length in range(least, min(LEAST, len(spelled))):
                self._heads.add(spelled[:length])
                self._tails.add(spelled[-length:])

    def text(self, text: str, *, cut: bool = True) -> str:
        """The text with no secret in it; `cut` is whether it may be what is left of a longer one."""
        if not (self._grams or self._short or self._odd):
            return text
        done, pieces = 0, []
        for start, end in sorted({span for reading in readings(text) for span in self._spans(reading, cut=cut)}):
            if start >= done:
                pieces += [text[done:start], HIDDEN]
            done = max(done, end)
        return "".join([*pieces, text[done:]])

    def value(self, value: Any) -> Any:
        """Return a copy of a JSON-like value with every string in it redacted, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value

    # Where secrets are: first in a reading of the text, then in the text

    def _spans(self, reading: Reading, *, cut: bool) -> Iterator[Span]:
        text, places = reading.text, reading.places
        for start, end in (*self._whole(text), *(self._beside_cuts(text) if cut else ())):
            while text.startswith("=", end):  # the padding of base64
                end += 1
            yield places[start], places[end]

    def _whole(self, text: str) -> Iterator[Span]:
        """Where secrets and long pieces of them are in a reading."""
        plain = folded(text)
        found = [*self._pieces(plain), *_occurrences(self._short, plain)]
        counts = counting(text) if found else []
        for start, end in found:
            yield counts[start], counts[end - 1] + 1
        yield from (match.span() for match in self._odd.finditer(text)) if self._odd else ()

    def _pieces(self, plain: str) -> Iterator[Span]:
        grams, done = self._grams, 0
        for at in [at for at in range(0, len(plain) - GRAM + 1, STRIDE) if plain[at : at + GRAM] in grams]:
            if at < done:
                continue
            start, done = at, at + 1
            while start and plain[start - 1 : start - 1 + GRAM] in grams:
                start -= 1
            while plain[done : done + GRAM] in grams:
                done += 1
            end = done - 1 + GRAM
            if end - start >= LEAST and plain[start:end] not in self._public:
                yield start, end

    def _beside_cuts(self, text: str) -> Iterator[Span]:
        """What is left of secrets where a text was cut."""
        cuts = [(0, 0), *(match.span() for match in _CUT.finditer(text)), (len(text), len(text))]
        for before, after in cuts:
            first = max(0, before - WINDOW)
            window = text[first:before].rstrip()
            for seen in {window, UNFINISHED.sub("", window)}:
                if length := _longest(self._heads, folded(seen), last=True):
                    yield first + counting(seen)[-length], before
            last = after + WINDOW
            window = text[after:last].lstrip()
            for left in range(len(REST.sub("", window)), len(window) + 1):
                seen = window[len(window) - left :]
                if length := _longest(self._tails, folded(seen), last=False):
                    yield after, min(last, len(text)) - left + counting(seen)[length - 1] + 1


def _occurrences(needles: Iterable[str], text: str) -> Iterator[Span]:
    for needle in needles:
        at = text.find(needle)
        while at >= 0:
            yield at, at + len(needle)
            at = text.find(needle, at + len(needle))


def _longest(ends: set[str], plain: str, *, last: bool) -> int:
    """How long the longest of these is that the text ends with, or begins with; 0 when it is none."""
    for length in range(min(LEAST - 1, len(plain)), SHORTEST - 1, -1):
        if (plain[-length:] if last else plain[:length]) in ends:
            return length
    return 0
