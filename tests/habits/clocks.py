"""What a service's clock says, and when it looks at it."""

from dataclasses import replace
from datetime import datetime, timedelta

from .habit import habit
from .service import Row, TrainingService
from .web import Answer, Request


@habit("two nodes, whose clocks are three seconds apart, answer in turn")
class TwoNodes(TrainingService):
    def now(self) -> datetime:
        return super().now() + timedelta(seconds=3 * (self.requests % 2))


@habit("the clock is ten minutes ahead")
class Ahead(TrainingService):
    def now(self) -> datetime:
        return super().now() + timedelta(minutes=10)


@habit("the clock is two minutes behind")
class Behind(TrainingService):
    def now(self) -> datetime:
        return super().now() - timedelta(minutes=2)


@habit("the clock is set back by five seconds in mid-run")
class SetBack(TrainingService):
    def now(self) -> datetime:
        return super().now() - timedelta(seconds=5 if self.requests > 100 else 0)


@habit("the clock is set once a second")
class OnceASecond(TrainingService):
    """So a server caches the time for its Date header."""

    def now(self) -> datetime:
        return super().now().replace(microsecond=0)


@habit("the time of creation is kept to the minute")
class ToTheMinute(TrainingService):
    def now(self) -> datetime:
        return super().now().replace(second=0, microsecond=0)


@habit("the time of creation is kept to the second, and rounded")
class RoundedUp(TrainingService):
    def now(self) -> datetime:
        return (super().now() + timedelta(milliseconds=500)).replace(microsecond=0)


@habit("the first creation takes two seconds, and is stamped at its beginning")
class SlowStart(TrainingService):
    slow = 1

    def create(self, request: Request) -> Answer:
        answer = super().create(request)
        if not self.slow:
            return answer
        self.slow -= 1
        return replace(answer, delay=2.0)


@habit("the first creation takes a second, and is stamped at its end")
class StampedAtEnd(TrainingService):
    slow = 1

    def create(self, request: Request) -> Answer:
        answer = super().create(request)
        self.slow = 0
        return answer

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.slow)

    def json(self, status: int, document: object) -> Answer:
        return replace(super().json(status, document), delay=float(self.slow if status == 201 else 0))


@habit("every answer takes a hundredth of a second")
class Slow(TrainingService):
    def answer(self, request: Request) -> Answer:
        return replace(super().answer(request), delay=0.01)


@habit("a read shows the time of creation to the second, the answer to a POST to the microsecond")
class MoreDigitsAtFirst(TrainingService):
    def find(self, api_id: str) -> Row:
        return self.cut(super().find(api_id))

    def listed(self) -> list[Row]:
        return [self.cut(row) for row in super().listed()]

    def cut(self, row: Row) -> Row:
        return replace(row, assigned=row.assigned.replace(microsecond=0))
