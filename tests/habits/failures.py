"""What goes wrong once, and is right when it is tried again."""

from dataclasses import replace
from functools import partial

from .habit import habit
from .hosting import hosted_by_hand
from .service import TrainingService
from .web import Answer, Request

HTML = b"<html><head><title>Oops</title></head><body><h1>Something went wrong</h1></body></html>"


class Failing(TrainingService):
    """A service that can't answer one request in so many."""

    every = 200
    turns = 0

    def answer(self, request: Request) -> Answer:
        self.turns += 1
        return self.fail(request) if self.turns % self.every == 0 else super().answer(request)

    def fail(self, request: Request) -> Answer:
        raise NotImplementedError


@habit("one request in 200 is 503")
class Unavailable(Failing):
    def fail(self, request: Request) -> Answer:
        return Answer(503)


@habit("one request in 150 is 500, a page of HTML")
class Oops(Failing):
    every = 150

    def fail(self, request: Request) -> Answer:
        return Answer(500, HTML, "text/html")


@habit("one request in 120 is 503, with the time after which to try again")
class TryAgain(Failing):
    every = 120

    def fail(self, request: Request) -> Answer:
        return Answer(503, b"{}", "application/json", (("Retry-After", "1"),))


@habit("one request in 90 is done, and answered 502", leaves=2)
class DoneAndLost(Failing):
    every = 90

    def fail(self, request: Request) -> Answer:
        super(Failing, self).answer(request)
        return Answer(502, b"<html>Bad Gateway</html>", "text/html")


@habit("the third and the fourth request are 503")
class WarmingUp(Failing):
    def answer(self, request: Request) -> Answer:
        self.turns += 1
        return Answer(503) if 3 <= self.turns <= 4 else super(Failing, self).answer(request)


@habit("one request in 100 is not answered, and not done", host=hosted_by_hand)
class Dropped(Failing):
    every = 100

    def fail(self, request: Request) -> Answer:
        return Answer(500, dropped=True)


@habit("one request in 110 is done, and not answered", host=hosted_by_hand, leaves=2)
class DoneAndDropped(Failing):
    every = 110

    def fail(self, request: Request) -> Answer:
        return replace(super(Failing, self).answer(request), dropped=True)


@habit("a connection is closed behind every answer, without a word", host=hosted_by_hand)
class ClosesAlways(TrainingService):
    def answer(self, request: Request) -> Answer:
        return replace(super().answer(request), last=True)


@habit("a connection is closed behind every answer, with a word", host=hosted_by_hand)
class SaysClose(TrainingService):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        return replace(answer, last=True, headers=(*answer.headers, ("Connection", "close")))


@habit("a connection is closed after 20 answers, without a word", host=hosted_by_hand)
class ClosesAfterTwenty(TrainingService):
    def answer(self, request: Request) -> Answer:
        return replace(super().answer(request), last=self.requests % 20 == 0)


@habit("a connection is closed when it was idle for a tenth of a second", host=partial(hosted_by_hand, idle=0.1))
class ClosesIdle(TrainingService):
    def answer(self, request: Request) -> Answer:
        return super().answer(request)


@habit("one request in 130 is 200, a page about maintenance", leaves=2)
class Maintenance(Failing):
    every = 130

    def fail(self, request: Request) -> Answer:
        return Answer(200, HTML, "text/html")


@habit("one request in 140 is 404")
class NotFoundOnce(Failing):
    """What is deployed anew knows no address for a moment."""

    every = 140

    def fail(self, request: Request) -> Answer:
        return Answer(404, HTML, "text/html")


@habit("one write in 40 meets a lock, and is 409")
class Locked(Failing):
    every = 40

    def answer(self, request: Request) -> Answer:
        return super(Failing, self).answer(request) if request.method == "GET" else super().answer(request)

    def fail(self, request: Request) -> Answer:
        return self.error(409, "could not obtain lock")


@habit("one answer in 80 ends in the middle", host=hosted_by_hand, leaves=2)
class CutOff(Failing):
    every = 80

    def fail(self, request: Request) -> Answer:
        return replace(super(Failing, self).answer(request), cut=True)
