"""The proof that a fault is one: the same requests, to the good mock and to one with the fault."""

import asyncio
from collections.abc import Sequence

from .ask import Answer, Ask
from .fault import Fault
from .faulty_mock import FaultyMock, TickingClock


def answers(mock: FaultyMock, clock: TickingClock, asks: Sequence[Ask]) -> list[Answer]:
    async def ask_all() -> list[Answer]:
        given = []
        for ask in asks:
            clock.tick()
            given.append(await mock.answer(ask))
        return given

    return asyncio.run(ask_all())


def last_answers(fault: Fault) -> tuple[Answer, Answer]:
    """Return the last answer of the good mock and that of the mock with the fault."""
    shown = []
    for inject in (lambda _: None, fault.inject):
        clock = TickingClock()
        mock = FaultyMock(clock)
        inject(mock)
        shown.append(answers(mock, clock, fault.shown_by)[-1])
    good, faulty = shown
    return good, faulty
