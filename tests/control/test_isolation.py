"""Organisations are worlds apart: 64 clients at once, each on its own, never see anything of each other."""

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

from mock_server.sandbox.fixture import load_scenario

from .process import serving

CLIENTS, STEPS = 64, 24

BORN = {name: [record.api_id for record in load_scenario(name).records] for name in ("default", "empty")}


class Client:
    """One client of one organisation, with a model of what must be in it.

    All clients use the same api_ids; the dates, statuses and names that they write are their own.
    """

    def __init__(self, url: str, number: int) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._root = f"/org/client-{number}"
        self._random = Random(number)
        self._mine = f"{2000 + number}-01-01T00:00:00Z"
        self._status = 500 + number
        self._scenario = "default"
        self._born()

    def _born(self) -> None:
        """Expect the organisation to be as it was born from its scenario."""
        self._started: dict[str, str | None] = dict.fromkeys(BORN[self._scenario])
        self._changed: set[str] = set()
        self._asked = 0

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request to the organisation and return status and body."""
        content = None if body is None else json.dumps(body)
        self._asked += not path.startswith("/_mock")
        self._connection.request(method, self._root + path, content, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def live(self, together: Barrier) -> int:
        """Take some dozens of steps, each followed by a look, and return how many."""
        steps = [self._create, self._update, self._delete, self._reset, self._switch, self._fail, self._date]
        together.wait()
        for _ in range(STEPS):
            self._random.choice(steps)()
            self._look()
        self._connection.close()
        return STEPS

    def _create(self) -> None:
        api_id = f"rec-new-{self._random.randrange(3)}"
        status, _ = self.ask(
            "POST", "/training/record/", ASSIGNED_IN_BOTH | {"api_id": api_id, "date_started": self._mine}
        )
        assert status == (409 if api_id in self._started else 201)
        if status == 201:
            self._started[api_id] = self._mine
            self._changed.add(api_id)

    def _update(self) -> None:
        api_id = self._any()
        status, answer = self.ask("PATCH", f"/training/record/{api_id}/", {"date_started": self._mine})
        assert status == (200 if api_id in self._started else 404)
        if status == 200:
            assert answer["date_started"] == self._mine
            self._started[api_id] = self._mine
            self._changed.add(api_id)

    def _delete(self) -> None:
        api_id = self._any()
        status, _ = self.ask("DELETE", f"/training/record/{api_id}/")
        assert status == (204 if api_id in self._started else 404)
        self._started.pop(api_id, None)
        self._changed.discard(api_id)

    def _any(self) -> str:
        return self._random.choice([*self._started, "rec-new-0", "rec-0001"])

    def _reset(self) -> None:
        assert self.ask("POST", "/_mock/reset")[0] == 204
        self._born()

    def _switch(self) -> None:
        self._scenario = self._random.choice([*BORN])
        status, answer = self.ask("PUT", "/_mock/scenario", {"name": self._scenario})
        assert (status, answer["name"]) == (200, self._scenario)
        self._born()

    def _fail(self) -> None:
        fault = {"status": self._status, "times": 1, "operations": ["get_record"]}
        assert self.ask("PUT", "/_mock/faults", {"faults": [fault]})[0] == 200
        assert self.ask("GET", "/training/record/rec-0001/")[0] == self._status
        assert self.ask("GET", "/_mock/faults")[1] == {"faults": [fault | {"struck": 1}]}

    def _date(self) -> None:
        assert self.ask("PUT", "/_mock/clock", {"freeze": self._mine})[0] == 200
        status, record = self.ask("POST", "/training/record/", ASSIGNED_IN_BOTH)
        assert (status, record["date_assigned"]) == (201, self._mine)
        self._started[record["api_id"]] = None

    def _look(self) -> None:
        status, page = self.ask("GET", "/training/record/")
        assert status == 200
        assert [record["api_id"] for record in page["results"]] == [*self._started]
        for record in page["results"]:
            if record["api_id"] in self._changed:
                assert record["date_started"] == self._started[record["api_id"]]
        _, journal = self.ask("GET", f"/_mock/journal?since={max(0, self._asked - 2)}")
        assert all(exchange["path"].startswith(f"{self._root}/") for exchange in journal["exchanges"])
        assert journal["exchanges"][-1]["number"] == self._asked


ASSIGNED_IN_BOTH = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-fire-safety"}


def test_64_clients_on_64_organisations_never_see_each_others_data() -> None:
    together = Barrier(CLIENTS)
    with serving() as mock, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [Client(mock.url, number) for number in range(CLIENTS)]
        assert [*pool.map(lambda client: client.live(together), clients)] == [STEPS] * CLIENTS
