"""Which search terms a service takes, and what it finds by them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from .directory import PEOPLE
from .habit import habit
from .service import Row, TrainingService
from .web import Refused


class Choosy(TrainingService):
    """A service that does not take every term."""

    def search(self, rows: Sequence[Row], term: str | None) -> Sequence[Row]:
        if term is not None:
            self.look_at(term)
        return super().search(rows, term)

    def look_at(self, term: str) -> None:
        raise NotImplementedError


@habit("a term with a null character is refused")
class NoNull(Choosy):
    def look_at(self, term: str) -> None:
        if "\0" in term:
            raise Refused(400, "null characters are not allowed")


@habit("a term with any control character is refused")
class NoControls(Choosy):
    def look_at(self, term: str) -> None:
        if not term.isprintable():
            raise Refused(422, "control characters are not allowed")


@habit("a term has at least three characters")
class AtLeastThree(Choosy):
    def look_at(self, term: str) -> None:
        if len(term) < 3:
            raise Refused(400, "a search term has at least 3 characters")


@habit("a term has at most forty characters")
class AtMostForty(Choosy):
    def look_at(self, term: str) -> None:
        if len(term) > 40:
            raise Refused(414, "a search term has at most 40 characters")


@habit("a term is made of letters and blanks alone")
class LettersAlone(Choosy):
    def look_at(self, term: str) -> None:
        if not all(letter.isalpha() or letter.isspace() for letter in term):
            raise Refused(400, "a name is made of letters")


@habit("an empty term is refused")
class NoEmptyTerm(Choosy):
    def look_at(self, term: str) -> None:
        if not term.strip():
            raise Refused(400, "search for what?")


@habit("an empty term finds nothing")
class EmptyFindsNothing(TrainingService):
    def search(self, rows: Sequence[Row], term: str | None) -> Sequence[Row]:
        return [] if term == "" else super().search(rows, term)


@habit("whole words are searched")
class WholeWords(TrainingService):
    def matches(self, row: Row, term: str) -> bool:
        words = {word.casefold() for name in self.names(row) for word in name.split()}
        return all(word.casefold() in words for word in term.split())


@habit("every word of the term has to be found, in whichever name")
class EveryWord(TrainingService):
    def matches(self, row: Row, term: str) -> bool:
        return all(super(EveryWord, self).matches(row, word) for word in re.split(r"[\s,]+", term) if word)


@habit("words that say nothing are passed over")
class StopWords(EveryWord):
    def matches(self, row: Row, term: str) -> bool:
        said = [word for word in re.findall(r"\w+", term) if word.casefold() not in ("the", "of", "and", "a", "in")]
        return super().matches(row, " ".join(said))


@habit("accents are passed over")
class NoAccents(TrainingService):
    def names(self, row: Row) -> Iterable[str]:
        return map(plain, super().names(row))

    def matches(self, row: Row, term: str) -> bool:
        return super().matches(row, plain(term))


@habit("names are searched from their beginning")
class ByPrefix(TrainingService):
    def matches(self, row: Row, term: str) -> bool:
        return any(name.casefold().startswith(term.casefold()) for name in self.names(row))


@habit("upper and lower case differ")
class ByCase(TrainingService):
    def matches(self, row: Row, term: str) -> bool:
        return any(term in name for name in self.names(row))


@habit("the person's name alone is searched")
class PersonAlone(TrainingService):
    def names(self, row: Row) -> Iterable[str]:
        return [PEOPLE[row.person]]


@habit("the package's name alone is searched, as a whole")
class PackageAlone(TrainingService):
    def matches(self, row: Row, term: str) -> bool:
        return term.casefold() == self.packages[row.package][0].casefold()


@habit("a term is a pattern of SQL's LIKE")
class Like(TrainingService):
    def matches(self, row: Row, term: str) -> bool:
        pattern = re.escape(term).replace("%", ".*").replace("_", ".")
        return any(re.search(pattern, name, re.IGNORECASE | re.DOTALL) for name in self.names(row))


@habit("a term finds what is nearly so")
class Nearly(TrainingService):
    def matches(self, row: Row, term: str) -> bool:
        """Three letters in a row are enough; so search engines do it to forgive a slip."""
        return any(threes(term) & threes(name) for name in self.names(row))


def plain(text: str) -> str:
    """Return a text without its accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def threes(text: str) -> set[str]:
    """Return every three letters in a row."""
    return {text.casefold()[n : n + 3] for n in range(max(1, len(text) - 2))}


@habit("a search finds the first five")
class FirstFive(TrainingService):
    """So a box completes what is typed into it."""

    def search(self, rows: Sequence[Row], term: str | None) -> Sequence[Row]:
        found = super().search(rows, term)
        return found[:5] if term else found


@habit("what fits best comes first")
class BestFirst(TrainingService):
    def search(self, rows: Sequence[Row], term: str | None) -> Sequence[Row]:
        found = super().search(rows, term)
        return sorted(found, key=lambda row: (len("".join(self.names(row))), row.api_id)) if term else found
