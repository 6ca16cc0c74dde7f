"""Which ids a service takes, which it gives, and how it finds a record by one."""

import base64
import re
from uuid import UUID, uuid5

from .habit import habit
from .service import Row, TrainingService
from .web import Refused


class Choosy(TrainingService):
    """A service that takes the ids that fit a pattern."""

    pattern = ""

    def chosen_id(self, api_id: str) -> str:
        if api_id and not re.fullmatch(self.pattern, api_id):
            raise Refused(self.invalid, f"api_id must match {self.pattern}")
        return api_id


@habit("an api_id has at most 64 characters")
class SixtyFour(Choosy):
    pattern = r"[A-Za-z0-9._~-]{1,64}"


@habit("an api_id has at most 36 characters")
class ThirtySix(Choosy):
    pattern = r"[A-Za-z0-9._~-]{1,36}"


@habit("an api_id has at most 24 characters")
class TwentyFour(Choosy):
    pattern = r"[A-Za-z0-9_-]{1,24}"


@habit("an api_id has at least 8 characters")
class AtLeastEight(Choosy):
    pattern = r"[A-Za-z0-9._~-]{8,100}"


@habit("an api_id is a slug")
class Slug(Choosy):
    pattern = r"[-a-zA-Z0-9_]+"


@habit("an api_id is in lower case")
class LowerCase(Choosy):
    pattern = r"[a-z0-9._~-]{1,100}"


@habit("an api_id is letters and digits alone")
class LettersAndDigits(Choosy):
    pattern = r"[A-Za-z0-9]{1,50}"


@habit("an api_id is a UUID")
class Uuids(Choosy):
    pattern = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

    def new_id(self) -> str:
        return str(uuid5(UUID(int=7), str(next(self.numbers))))


@habit("an api_id is a number")
class Numbers(Choosy):
    pattern = r"[1-9][0-9]{0,17}"

    def new_id(self) -> str:
        return str(next(self.numbers))

    def chosen_id(self, api_id: str) -> str:
        if api_id and int(super().chosen_id(api_id)) < 1_000_000:
            raise Refused(400, "numbers below 1,000,000 are for the service to give")
        return api_id


@habit("an api_id is a number of the house")
class OfTheHouse(Choosy):
    pattern = r"TR-[0-9]{6}"

    def new_id(self) -> str:
        return f"TR-{next(self.numbers):06}"


@habit("an api_id with a dot has no address", leaves=1)
class NoAddressWithDot(TrainingService):
    """Django's default routes are `[^/.]+`."""

    def stored(self, api_id: str) -> Row:
        if "." in api_id:
            raise Refused(404, "Not Found")
        return super().stored(api_id)


@habit("an api_id with an upper-case letter has no address", leaves=1)
class NoAddressWithCapital(TrainingService):
    """A route that was written as `[a-z0-9._~-]+`."""

    def stored(self, api_id: str) -> Row:
        if api_id != api_id.lower():
            raise Refused(404, "Not Found")
        return super().stored(api_id)


@habit("upper and lower case are the same in an api_id")
class AnyCase(TrainingService):
    """So a database compares where its collation says so."""

    def stored(self, api_id: str) -> Row:
        return super().stored(self.written_as(api_id))

    def taken(self, api_id: str) -> bool:
        return super().taken(self.written_as(api_id))

    def written_as(self, api_id: str) -> str:
        return next((row for row in self.rows if row.casefold() == api_id.casefold()), api_id)


@habit("given ids hold colons")
class Colons(TrainingService):
    def new_id(self) -> str:
        return f"urn:training:record:{next(self.numbers)}"


@habit("given ids are base64, with = and +")
class Base64(TrainingService):
    def new_id(self) -> str:
        return base64.b64encode(b"Record\xfb:%d" % next(self.numbers)).decode()


@habit("given ids hold blanks and letters of every alphabet")
class Named(TrainingService):
    def new_id(self) -> str:
        return f"Übung {next(self.numbers)}"


@habit("an update with another api_id is refused")
class NoRename(TrainingService):
    def allow(self, row: Row, before: Row | None) -> None:
        if before is not None and row.api_id != before.api_id:
            raise Refused(400, "api_id can't be changed")


@habit("another api_id in an update is passed over")
class RenamePassedOver(TrainingService):
    def changed(self, row: Row, given: dict[str, object], *, whole: bool) -> Row:
        given.pop("api_id", None)
        return super().changed(row, given, whole=whole)


@habit("an api_id is used once, even after its record is deleted")
class UsedOnce(TrainingService):
    def __init__(self) -> None:
        self.used: set[str] = set()
        super().__init__()

    def taken(self, api_id: str) -> bool:
        if api_id in self.used or super().taken(api_id):
            return True
        self.used.add(api_id)
        return False


@habit("some words are no api_id, and none begins with a hyphen")
class Reserved(Choosy):
    pattern = r"(?!new$|search$|bulk$)[A-Za-z0-9][A-Za-z0-9._~-]{0,99}(?<![.~-])"
