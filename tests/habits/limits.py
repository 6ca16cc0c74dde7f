"""Which limits and offsets a service takes, and how many records it returns for them."""

from collections.abc import Sequence

from .habit import habit
from .service import Row, TrainingService
from .web import Refused, Request


@habit("a limit above 50 is refused")
class RefusedAbove50(TrainingService):
    page_size = 20

    def limit(self, request: Request) -> int | None:
        limit = super().limit(request)
        if limit is not None and limit > 50:
            raise Refused(422, "Input should be less than or equal to 50")
        return limit


@habit("never more than 10 records a page")
class Ten(TrainingService):
    page_size = 10

    def limit(self, request: Request) -> int | None:
        return min(super().limit(request) or 10, 10)


@habit("a limit below 5 is refused")
class RefusedBelow5(TrainingService):
    page_size = 25

    def limit(self, request: Request) -> int | None:
        return self.whole(request, "limit", 5)


@habit("a page has 20 records unless asked")
class Twenty(TrainingService):
    page_size = 20


@habit("a limit is 10, 25, 50 or 100")
class OneOfFour(TrainingService):
    page_size = 25

    def limit(self, request: Request) -> int | None:
        limit = super().limit(request)
        if limit not in (None, 10, 25, 50, 100):
            raise Refused(400, "limit must be one of 10, 25, 50, 100")
        return limit


@habit("a limit that is no number is passed over")
class PassedOver(TrainingService):
    page_size = 30

    def whole(self, request: Request, name: str, least: int) -> int | None:
        try:
            return super().whole(request, name, least)
        except Refused:
            return None


@habit("a limit of 0 returns none")
class NoneForZero(TrainingService):
    def limit(self, request: Request) -> int | None:
        return self.whole(request, "limit", 0)

    def page(self, rows: Sequence[Row], limit: int | None, offset: int) -> Sequence[Row]:
        return [] if limit == 0 else super().page(rows, limit, offset)


@habit("an offset past the end is 404")
class NothingThere(TrainingService):
    page_size = 20

    def page(self, rows: Sequence[Row], limit: int | None, offset: int) -> Sequence[Row]:
        if offset and offset >= len(rows):
            raise Refused(404, "Invalid page.")
        return super().page(rows, limit, offset)


@habit("a list or a search with nothing in it is 404")
class EmptyIs404(TrainingService):
    def page(self, rows: Sequence[Row], limit: int | None, offset: int) -> Sequence[Row]:
        page = super().page(rows, limit, offset)
        if not page:
            raise Refused(404, "no records found")
        return page


@habit("offset and limit together are at most 10,000")
class ResultWindow(TrainingService):
    page_size = 10

    def page(self, rows: Sequence[Row], limit: int | None, offset: int) -> Sequence[Row]:
        if offset + (limit or 10) > 10_000:
            raise Refused(400, "Result window is too large, from + size must be less than or equal to: [10000]")
        return super().page(rows, limit, offset)


@habit("an offset is a multiple of the limit")
class WholePages(TrainingService):
    page_size = 20

    def page(self, rows: Sequence[Row], limit: int | None, offset: int) -> Sequence[Row]:
        if offset % (limit or 20):
            raise Refused(400, "offset must be a multiple of limit")
        return super().page(rows, limit, offset)


@habit("an offset needs a limit")
class OffsetNeedsLimit(TrainingService):
    def page(self, rows: Sequence[Row], limit: int | None, offset: int) -> Sequence[Row]:
        if offset and limit is None:
            raise Refused(400, "offset without limit")
        return super().page(rows, limit, offset)


@habit("a limit is needed")
class LimitNeeded(TrainingService):
    def limit(self, request: Request) -> int | None:
        if "limit" not in request.query:
            raise Refused(400, "limit is required")
        return super().limit(request)


@habit("numbers have 32 bits")
class ThirtyTwoBits(TrainingService):
    def whole(self, request: Request, name: str, least: int) -> int | None:
        number = super().whole(request, name, least)
        if number is not None and number >= 2**31:
            raise Refused(400, f"{name} is out of range")
        return number


@habit("never more than 3 records a page")
class AtMostThree(TrainingService):
    page_size = 3

    def limit(self, request: Request) -> int | None:
        return min(super().limit(request) or 3, 3)
