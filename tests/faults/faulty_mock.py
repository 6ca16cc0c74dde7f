"""A mock server into which faults are put from outside, and which sees every exchange on the wire."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Thread
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from .ask import Answer, Ask, blank_scope, body_of, call
from .mock import (
    MAX_RECORDS,
    Clock,
    Coverage,
    Journals,
    MockApp,
    Record,
    RecordStore,
    Sandbox,
    Server,
    Source,
    create_app,
    listen,
    system_time,
    url_of,
)

Before = Callable[[Ask], Ask | Answer]
After = Callable[[Ask, Answer], Answer]

WRITES = frozenset({"post", "put", "patch", "delete"})


@cache
def _application() -> MockApp:
    """The mock, whose contract takes longer to compile than all else; what has state in it is its organisation."""
    return create_app()


class FaultyMock:
    """The mock as an ASGI application, one at a time; `exchanges` are all requests and how they were answered."""

    def __init__(self, clock: Source = system_time) -> None:
        app = _application()
        self._app: ASGIApp = app
        app.sandboxes.default = Sandbox(
            "default", app.start, Clock(clock), 0, Coverage(), Journals().open(), MAX_RECORDS
        )
        self.organisation = app.sandboxes.default.organisation
        self.start: tuple[Record, ...] = tuple(self.records)
        self.exchanges: list[tuple[Ask, int]] = []
        self._befores: list[Before] = []
        self._afters: list[After] = []

    @property
    def records(self) -> RecordStore:
        return self.organisation.records

    def record(self, api_id: str) -> Record | None:
        """Return the record that is stored under this api_id, if there is one."""
        return self.records[api_id] if api_id in self.records else None  # noqa: SIM401 - the store has no get

    # Ways in for faults

    def around(self, method: str, instead: Callable[..., Any]) -> None:
        """Have `instead(original, *arguments)` done where a method of the organisation is called."""
        original = getattr(self.organisation, method)
        setattr(self.organisation, method, lambda *given, **named: instead(original, *given, **named))

    def around_patch(self, instead: Callable[..., Any]) -> None:
        """Have `instead(update, at, **changes)` done for a PATCH; a PUT, which also updates, stays as it is."""
        update, replace = self.organisation.update, self.organisation.replace

        def patched(at: str, **changes: Any) -> Any:
            return instead(update, at, **changes)

        def put(at: str, **body: Any) -> Any:
            setattr(self.organisation, "update", update)  # noqa: B010 - a method, which is what is replaced here
            try:
                return replace(at, **body)
            finally:
                setattr(self.organisation, "update", patched)  # noqa: B010

        setattr(self.organisation, "update", patched)  # noqa: B010
        setattr(self.organisation, "replace", put)  # noqa: B010

    def before(self, change: Before) -> None:
        """Have each request changed before it is answered, or answered by `change` itself."""
        self._befores.append(change)

    def after(self, change: After) -> None:
        """Have each answer changed before it is sent."""
        self._afters.append(change)

    def rewrite(self, operations: str, change: Callable[[Any, Ask], Any]) -> None:
        """Have the JSON of successful answers changed: of `list`, `get`, `post`, `put`, `patch`, as many as named."""
        named = operations.split()

        def rewritten(ask: Ask, answer: Answer) -> Answer:
            if answer.ok and ask.operation in named and answer.content:
                return answer.with_document(change(answer.document, ask))
            return answer

        self.after(rewritten)

    # Answering

    async def answer(self, ask: Ask, scope: Scope | None = None) -> Answer:
        """Return the answer to a request, with all that the faults make of it."""
        given: Ask | Answer = ask
        for before in self._befores:
            given = before(given)
            if isinstance(given, Answer):
                return given
        answer = await call(self._app, scope or blank_scope(), given)
        for after in self._afters:
            answer = after(ask, answer)
        return answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ask = Ask(
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            scope["query_string"].decode("latin-1"),
            await body_of(receive),
            tuple(scope["headers"]),
        )
        answer = await self.answer(ask, scope)
        self.exchanges.append((ask, answer.status))
        length = () if answer.status == 204 else ((b"content-length", b"%d" % len(answer.content)),)
        await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, *length]})
        await send({"type": "http.response.body", "body": b"" if ask.method == "HEAD" else answer.content})

    # Safety, as the server saw it

    def aimed_at_others(self) -> list[Ask]:
        """Return every request that names, to write, a record that was there from the start."""
        others = {record.api_id for record in self.start}
        return [ask for ask, _ in self.exchanges if ask.operation in WRITES and others & set(_named(ask))]

    def harmed(self) -> list[str]:
        """Return the api_ids of the records from the start that are gone, moved, or not to the byte what they were."""
        others = {record.api_id for record in self.start}
        now = tuple(record for record in self.records if record.api_id in others)
        return [] if now == self.start else sorted(record.api_id for record in set(self.start) - set(now)) or ["order"]

    def left(self) -> list[str]:
        """Return the api_ids of the records that were not there from the start."""
        others = {record.api_id for record in self.start}
        return [record.api_id for record in self.records if record.api_id not in others]


def _named(ask: Ask) -> Iterator[str]:
    if ask.api_id is not None:
        yield ask.api_id
    if isinstance(api_id := ask.fields.get("api_id"), str):
        yield api_id


class TickingClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 2, 1, 8, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def tick(self) -> None:
        self.time += timedelta(hours=1, seconds=1)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port of this machine for as long as the context lasts; give its URL."""
    sock = listen("127.0.0.1", 0)
    server = Server(app)
    thread = Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    try:
        yield url_of(sock)
    finally:
        server.should_exit = True
        thread.join()
        sock.close()
