"""How much a service takes, and for how long it knows whom it talks to."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

from .habit import habit
from .service import TrainingService
from .web import Answer, Request


class Limited(TrainingService):
    """A service that rests for a second after so many requests."""

    most = 100
    status = 429
    rest = 1.0
    counted = 0
    again = 0.0

    def answer(self, request: Request) -> Answer:
        if monotonic() < self.again:
            return Answer(self.status, b'{"detail": "throttled"}', "application/json", tuple(self.told().items()))
        self.counted += self.counts(request)
        if self.counted > self.most:
            self.counted, self.again = 0, monotonic() + self.rest
        return super().answer(request)

    def counts(self, request: Request) -> bool:
        return True

    def told(self) -> Mapping[str, str]:
        raise NotImplementedError


@habit("after 100 requests it is 429, for so many seconds")
class Seconds(Limited):
    def told(self) -> Mapping[str, str]:
        return {"Retry-After": "1"}


@habit("after 100 requests it is 429, until a date")
class Date(Limited):
    def told(self) -> Mapping[str, str]:
        return {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)}


@habit("after 100 requests it is 429, for nobody knows how long")
class Untold(Limited):
    def told(self) -> Mapping[str, str]:
        return {}


@habit("after 100 requests it is 503, for so many seconds")
class Busy(Seconds):
    status = 503


@habit("after 40 writes it is 429, for so many seconds")
class Writes(Seconds):
    most = 40

    def counts(self, request: Request) -> bool:
        return request.method != "GET"


@habit("it is 429 in seconds since 1970, in a header of its own")
class OwnHeader(Limited):
    def told(self) -> Mapping[str, str]:
        return {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{datetime.now(UTC).timestamp() + 1:.0f}"}


class Session(TrainingService):
    """A service that does not know its client any more after so many requests."""

    most = 100
    status = 401

    def answer(self, request: Request) -> Answer:
        if self.requests < self.most:
            return super().answer(request)
        return Answer(self.status, b'{"detail": "token expired"}', "application/json")


@habit("after 100 requests it is 401", ends="401", leaves=10)
class Expired(Session):
    pass


@habit("after 100 requests it is 403", ends="403", leaves=10)
class Blocked(Session):
    status = 403


@habit("after 100 requests it redirects to a page to log in", ends="the session has ended", leaves=10, inconclusive=21)
class LogIn(Session):
    def answer(self, request: Request) -> Answer:
        if self.requests < self.most:
            return super().answer(request)
        return Answer(302, headers=(("Location", "/login/"),))


@habit("one request in 150 is 401", ends="401")
class ForgetsOnce(Session):
    def answer(self, request: Request) -> Answer:
        answer = super(Session, self).answer(request)
        return answer if self.requests != 150 else Answer(401, b'{"detail": "token expired"}', "application/json")
