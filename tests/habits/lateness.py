"""How soon a service shows what was written. The document sets no time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import monotonic

from .habit import habit
from .service import Row, TrainingService
from .web import Answer, Refused, Request


class Late(TrainingService):
    """A service that remembers what its records were some time ago."""

    lag = 0.5
    """Seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[tuple[float, Mapping[str, Row]]] = [(monotonic() - self.lag, dict(self.rows))]

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.method != "GET":
            self.history.append((monotonic(), dict(self.rows)))
        return answer

    def past(self) -> Mapping[str, Row]:
        """Return the records as they were `lag` seconds ago."""
        return next(rows for at, rows in reversed(self.history) if at <= monotonic() - self.lag)

    def in_past(self, api_id: str) -> Row:
        try:
            return self.past()[api_id]
        except KeyError:
            raise Refused(404, "no such record") from None


@habit("a read shows what was half a second ago")
class Replica(Late):
    def find(self, api_id: str) -> Row:
        return self.in_past(api_id)

    def listed(self) -> Sequence[Row]:
        return list(self.past().values())


@habit("of two replicas that answer in turn one is half a second behind")
class TwoReplicas(Replica):
    def past(self) -> Mapping[str, Row]:
        return super().past() if self.requests % 2 else self.rows


@habit("a list shows what was half a second ago")
class LateList(Late):
    def listed(self) -> Sequence[Row]:
        return list(self.past().values())


@habit("a search shows what was half a second ago")
class LateSearch(Late):
    def search(self, rows: Sequence[Row], term: str | None) -> Sequence[Row]:
        return super().search(list(self.past().values()) if term else rows, term)


@habit("a new record is 404 for half a second")
class NewIs404(Late):
    def find(self, api_id: str) -> Row:
        self.in_past(api_id)
        return super().find(api_id)


@habit("a new record is 404 for half a second, for those who write to it too")
class NewIs404ForAll(Late):
    def stored(self, api_id: str) -> Row:
        self.in_past(api_id)
        return super().stored(api_id)


@habit("a new record is in the list half a second later")
class NewListedLate(Late):
    def listed(self) -> Sequence[Row]:
        past = self.past()
        return [row for api_id, row in self.rows.items() if api_id in past]


@habit("a deletion shows half a second later")
class LateDeletion(Late):
    def find(self, api_id: str) -> Row:
        return self.rows.get(api_id) or self.in_past(api_id)

    def listed(self) -> Sequence[Row]:
        return list({**self.past(), **self.rows}.values())


@habit("an update shows half a second later")
class LateUpdate(Late):
    def find(self, api_id: str) -> Row:
        return self.past().get(api_id) or super().find(api_id)

    def listed(self) -> Sequence[Row]:
        past = self.past()
        return [past.get(api_id, row) for api_id, row in self.rows.items()]


class Cached(TrainingService):
    """A service that answers the same request again with what it answered before, for a second."""

    seconds = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, tuple[float, Answer]] = {}

    def cached(self, request: Request) -> bool:
        raise NotImplementedError

    def answer(self, request: Request) -> Answer:
        if not self.cached(request):
            return super().answer(request)
        key = f"{request.path}?{request.query_string}"
        at, answer = self.cache.get(key, (0.0, None))
        if answer is None or monotonic() - at > self.seconds:
            answer = super().answer(request)
            self.cache[key] = (monotonic(), answer)
        return replace(answer, headers=(("Cache-Control", f"max-age={self.seconds:.0f}"),))


@habit("a list is cached for a second")
class CachedList(Cached):
    def cached(self, request: Request) -> bool:
        return request.method == "GET" and request.api_id is None


@habit("every read is cached for a second")
class CachedReads(Cached):
    """What is not there, too."""

    def cached(self, request: Request) -> bool:
        return request.method == "GET"


@habit("every read is cached until something is written, and half a second longer")
class Invalidated(Cached):
    seconds = 60.0

    def cached(self, request: Request) -> bool:
        return request.method == "GET"

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.method != "GET":
            soon = monotonic() - self.seconds + 0.5
            self.cache = {key: (min(at, soon), kept) for key, (at, kept) in self.cache.items()}
        return answer
