"""The server answers as Connexion does for the same spec and the same handlers, but where there is a reason not to."""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from api_spec.effective import read_spec
from mock_server import create_app
from mock_server.organisation.clock import Clock
from mock_server.organisation.organisation import MAX_RECORDS
from mock_server.sandbox.fixture import load_scenario
from mock_server.sandbox.sandbox import Sandbox
from mock_server.sandbox.state import dump
from mock_server.workbench.coverage import Coverage
from mock_server.workbench.journal import Journals

from .asked import Answer, Asked, answer
from .generated_requests import generated_requests
from .hand_made_requests import hand_made
from .stock_connexion import stock_app

SPEC = read_spec()
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)

Explains = Callable[[Asked], object]
DONE = (200, 201)


@dataclass(frozen=True)
class Difference:
    """Why the server and Connexion answer such a request with other statuses, or with one in another form."""

    reason: str
    ours: tuple[int, ...]
    stock: tuple[int, ...]
    asked: Explains

    def explains(self, asked: Asked, ours: Answer, stock: Answer) -> bool:
        return ours.status in self.ours and stock.status in self.stock and bool(self.asked(asked))


def in_body(pattern: str) -> Explains:
    return lambda asked: re.search(pattern.encode(), asked.body)


def in_path(pattern: str) -> Explains:
    return lambda asked: re.search(pattern, asked.path)


def in_query(pattern: str) -> Explains:
    return lambda asked: re.search(pattern, asked.query)


def is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


DIFFERENCES = [
    Difference(
        "A body in chunks is a body (RFC 9112, section 7.1); Connexion looks at Content-Length alone and finds none.",
        DONE,
        (400,),
        lambda asked: len(asked.chunks) > 1,
    ),
    Difference(
        "JSON does not say which of two equal names counts (RFC 8259, section 4); Connexion takes the last.",
        (400,),
        DONE,
        in_body('"person_api_id".*"person_api_id"'),
    ),
    Difference(
        "NaN is no JSON, and no double holds 1e999; Connexion reads both, as Python's json does.",
        (400,),
        DONE,
        in_body("NaN|1e999"),
    ),
    Difference(
        "Half a surrogate pair is no character; Connexion reads it, as Python's json does.",
        (400,),
        (*DONE, 409),
        in_body(r"\\ud800"),
    ),
    Difference(
        "A bad request is the client's; Connexion reads 100,000 arrays in each other until Python's stack is full.",
        (400,),
        (500,),
        in_body(r"\[{1000}"),
    ),
    Difference(
        "A bad request is the client's; Connexion decodes a body that is no UTF-8 without a thought of failing.",
        (400,),
        (500,),
        lambda asked: not is_utf_8(asked.body),
    ),
    Difference(
        "Nothing says what a body without a media type is; Connexion checks it as JSON and hands it on as bytes.",
        (415,),
        (500,),
        lambda asked: asked.body and not asked.header("content-type"),
    ),
    Difference(
        "A media type is the same in any case (RFC 9110, section 8.3.1); Connexion hands it on as bytes.",
        DONE,
        (500,),
        lambda asked: asked.header("content-type") == "Application/JSON",
    ),
    Difference(
        "JSON is UTF-8 (RFC 8259, section 8.1); Connexion fails on others, or overlooks them.",
        (415,),
        (*DONE, 500),
        lambda asked: re.search("charset=(?!utf-8)", asked.header("content-type")),
    ),
    Difference(
        "A coding that is not undone makes another body of it (RFC 9110, section 8.4); Connexion pays no heed to it.",
        (415,),
        DONE,
        lambda asked: asked.header("content-encoding"),
    ),
    Difference(
        "The spec documents 413; Connexion reads bodies of any size.",
        (413,),
        DONE,
        lambda asked: len(asked.body) > 1024 * 1024,
    ),
    Difference(
        "RFC 3339 has leap seconds; Python's datetime, by which Connexion checks, has none.",
        DONE,
        (400,),
        in_body(":60Z"),
    ),
    Difference(
        "An api_id or a date with a line break at its end is none; to Python's $, by which Connexion checks, it is.",
        (400,),
        (*DONE, 500),
        in_body(r'\\n"'),
    ),
    Difference(
        "An encoded slash is part of its segment (RFC 3986, section 2.2); Connexion routes by the path decoded.",
        (400,),
        (404,),
        in_path("%2F"),
    ),
    Difference(
        "An encoded line break is part of its segment; Connexion's routes match one line.",
        (400,),
        (307, 404),
        in_path("%0A"),
    ),
    Difference(
        "After a redirect many clients send a POST again as a GET without its body; Connexion redirects to the slash.",
        (404,),
        (307,),
        in_path("[^/]$"),
    ),
    Difference(
        "Allow lists every method of a path (RFC 9110, section 15.5.6); Connexion lists those of the first operation.",
        (405,),
        (405,),
        lambda asked: asked.method,
    ),
    Difference(
        "Every path answers OPTIONS with its methods (RFC 9110, section 9.3.7); Connexion only where the spec says so.",
        (204,),
        (405,),
        lambda asked: asked.method == "OPTIONS",
    ),
    Difference(
        "An answer without a body has no media type; Connexion gives it that of the errors.",
        (204,),
        (204,),
        lambda asked: asked.method == "DELETE",
    ),
    Difference(
        "An integer is written as in JSON; Connexion reads what Python's int() does: signs, blanks, _, other digits.",
        (400,),
        (200,),
        in_query("limit=(%2B|%20|1_|%D9)"),
    ),
    Difference(
        "Which of two values counts is left open; Connexion takes the last.",
        (400,),
        (200,),
        in_query(r"(limit|offset|search)=.*&\1="),
    ),
    Difference(
        "A query that is no UTF-8 can't be read; Connexion reads something else in its place.",
        (400,),
        (200,),
        in_query("search=%ff"),
    ),
    Difference(
        "An answer can be asked for by its status; Connexion knows nothing of it.",
        (503,),
        (200,),
        lambda asked: asked.header("prefer") or "__code" in asked.query,
    ),
]


@dataclass(frozen=True, repr=False)
class Compared:
    """A request, the operation it was for, both answers to it, and what each changed of the records."""

    asked: Asked
    operation: str | None
    ours: Answer
    stock: Answer
    ours_changed: dict[str, Any]
    stock_changed: dict[str, Any]

    def __repr__(self) -> str:
        ours, stock = f"{self.ours} {self.ours_changed}", f"{self.stock} {self.stock_changed}"
        return f"{self.asked!r}: {ours}, and stock {stock}"

    @property
    def differ(self) -> bool:
        return (self.ours, self.ours_changed) != (self.stock, self.stock_changed)

    @property
    def reasons(self) -> list[str]:
        return [d.reason for d in DIFFERENCES if self.differ and d.explains(self.asked, self.ours, self.stock)]


@pytest.fixture(scope="module")
def generated() -> list[Asked]:
    return generated_requests()


@pytest.fixture(scope="module")
def compared(generated: list[Asked]) -> list[Compared]:
    """Both answers to every request, each time from the same state."""
    with pytest.MonkeyPatch.context() as patch:
        # It logs each request that it fails on.
        patch.setattr(logging.getLogger("connexion.middleware.exceptions"), "disabled", True)
        return asyncio.run(_compare([*hand_made(), *generated]))


async def _compare(requests: list[Asked]) -> list[Compared]:
    app = create_app(clock=lambda: NOON)
    ours = app.sandboxes.default
    stock = Sandbox(
        ours.name, load_scenario("default"), Clock(lambda: NOON), 0, Coverage(), Journals().open(), MAX_RECORDS
    )
    stock_connexion = stock_app(SPEC, stock)
    before, compared = _records(ours), []
    for asked in requests:
        ours.reset()
        stock.reset()
        answers = await answer(app, asked), await answer(stock_connexion, asked)
        operation = next((exchange.operation for exchange in ours.journal), None)
        compared.append(Compared(asked, operation, *answers, *(_changes(before, _records(s)) for s in (ours, stock))))
    return compared


def _records(sandbox: Sandbox) -> dict[str, Any]:
    return {record["api_id"]: record for record in dump(sandbox.organisation)["records"]}


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: after.get(name) for name in {**before, **after} if before.get(name) != after.get(name)}


def test_each_difference_to_stock_connexion_has_its_reason(compared: list[Compared]) -> None:
    assert [each for each in compared if each.differ and not each.reasons] == []


def test_each_reason_still_has_a_difference(compared: list[Compared]) -> None:
    found = {reason for each in compared for reason in each.reasons}
    assert [difference.reason for difference in DIFFERENCES] == [d.reason for d in DIFFERENCES if d.reason in found]


def test_every_answer_that_the_spec_documents_was_compared(compared: list[Compared]) -> None:
    operations = create_app().operations
    answers = {(each.operation, each.ours.status) for each in compared}
    documented = {(operation.id, status) for operation in operations for status in operation.statuses}
    assert documented - answers == set()


def test_generated_requests_are_200_of_every_operation_and_of_both_kinds(
    compared: list[Compared], generated: list[Asked]
) -> None:
    among = [each for each in compared if each.asked in generated]
    assert len(set(generated)) == 200
    kinds = {(each.operation, "good" if each.ours.status != 400 else "bad") for each in among}
    assert kinds >= {(operation.id, kind) for operation in create_app().operations for kind in ("good", "bad")}
