"""Each service keeps the document: plain requests, as its clients would send them, show it."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import requests

from habits import HABITS, Habit, Honest

FIELDS = {"api_id", "person_api_id", "package_api_id", "package_desc", "date_assigned"}

WAIT = 3.0
"""Seconds within which even the latest shows what was written."""


class Client:
    """A patient client: a connection for each request, once more at a 503, and time for what shows late."""

    def __init__(self, url: str) -> None:
        self.list = f"{url}/training/record/"

    def ask(self, method: str, url: str, **more: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            answers = (session.request(method, url, timeout=10, **more) for _ in range(3))
            return next(answer for answer in answers if answer.status_code != 503)

    def create(self, **body: Any) -> Mapping[str, Any]:
        answer = self.ask("POST", self.list, json=body)
        assert answer.ok, answer.text
        return record_in(answer)

    def at(self, api_id: str) -> str:
        return f"{self.list}{requests.utils.quote(api_id, safe='')}/"

    def eventually(self, seen: Callable[[], bool]) -> bool:
        """Whether it is seen, at once or a little later."""
        end = time.monotonic() + WAIT
        while not seen():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def records(self, **query: Any) -> list[Mapping[str, Any]]:
        answer = self.ask("GET", self.list, params=query)
        return records_in(json_of(answer)) if answer.ok else []

    def everything(self) -> list[Mapping[str, Any]]:
        """All records, in pages of ten."""
        found: list[Mapping[str, Any]] = []
        while page := self.records(limit=10, offset=len(found)):
            found += page
        return found

    def there(self, api_id: str) -> bool:
        answer = self.ask("GET", self.at(api_id))
        return answer.ok and has_record(answer, api_id)


def json_of(answer: requests.Response) -> Any:
    answer.encoding = "utf-8-sig" if answer.content.startswith(b"\xef\xbb\xbf") else answer.encoding or "utf-8"
    return answer.json() if answer.content else None


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a document, the outermost first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def record_in(answer: requests.Response) -> Mapping[str, Any]:
    return next(found for found in objects(json_of(answer)) if "person_api_id" in found)


def has_record(answer: requests.Response, api_id: str) -> bool:
    return any(found.get("api_id") == api_id and "person_api_id" in found for found in objects(json_of(answer)))


def records_in(document: Any) -> list[Mapping[str, Any]]:
    """The longest list of records in a document, however deep."""
    lists = [
        value
        for found in objects(document)
        for value in found.values()
        if isinstance(value, list)
        and value
        and all(isinstance(item, dict) and "person_api_id" in item for item in value)
    ]
    return max(lists, key=len, default=[])


@pytest.fixture(params=HABITS, ids=str)
def habit(request: pytest.FixtureRequest) -> Habit:
    chosen: Habit = request.param
    return chosen


@pytest.fixture
def honest(habit: Habit) -> Iterator[Honest]:
    with habit.start() as running:
        yield running


@pytest.fixture
def client(honest: Honest) -> Client:
    return Client(honest.url)


def test_what_is_created_is_read_listed_changed_and_deleted(client: Client, honest: Honest) -> None:
    record = client.create(person_api_id="p3", package_api_id="3")
    assert set(record) >= FIELDS - {"package_desc"}
    assert (record["person_api_id"], record["package_api_id"]) == ("p3", "3")

    api_id = record["api_id"]
    assert isinstance(api_id, str)
    assert client.eventually(lambda: client.there(api_id))
    assert client.eventually(lambda: [listed["api_id"] for listed in client.everything()].count(api_id) == 1)
    assert honest.left() == [api_id]

    assert client.ask("DELETE", client.at(api_id)).content in (b"", b"null")
    assert client.eventually(lambda: not client.there(api_id))
    assert client.eventually(lambda: api_id not in [listed["api_id"] for listed in client.everything()])
    assert (honest.left(), honest.harmed()) == ([], [])


def test_pages_are_windows_of_the_list(client: Client) -> None:
    everything = [record["api_id"] for record in client.everything()]
    assert len(everything) >= 60
    assert len(set(everything)) == len(everything)
    assert [record["api_id"] for record in client.records(limit=10, offset=20)] == everything[20:30]


def test_a_search_returns_records_of_the_list(client: Client) -> None:
    everything = {record["api_id"] for record in client.everything()}
    for term in ("Ladders", "Ada"):
        assert {record["api_id"] for record in client.records(search=term, limit=10)} <= everything
