"""The same seed, the same clock and the same requests: the same answers, byte for byte."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from mock_server import MockServer

from .process import serving
from .world import ASSIGNED, NOON

SCRIPT: list[tuple[str, str, Any]] = [
    ("PUT", "/_mock/clock", {"freeze": NOON}),
    ("POST", "/training/record/", ASSIGNED),
    ("POST", "/training/record/", ASSIGNED | {"api_id": "rec-mine", "date_started": "2026-02-01T13:00:00+01:00"}),
    ("GET", "/training/record/?limit=5&offset=57", None),
    ("PATCH", "/training/record/rec-mine/", {"api_id": "rec-yours"}),
    ("POST", "/training/record/", ASSIGNED | {"api_id": "rec-yours", "person_api_id": "nobody"}),
    ("GET", "/training/record/?limit=0&offset=x", None),
    ("PUT", "/_mock/clock", {"advance": "P1DT0.5S"}),
    ("POST", "/training/record/", ASSIGNED),
    ("PUT", "/_mock/packages/pkg-first-aid", {"name": "Aid", "description": "Quick"}),
    ("GET", "/training/record/?search=quick", None),
    ("PUT", "/_mock/faults", {"faults": [{"status": 503, "probability": 0.5, "operations": ["get_record"]}]}),
    *[("GET", f"/training/record/rec-000{number}/", None) for number in range(1, 10)],
    ("GET", "/_mock/faults", None),
    ("GET", "/training/record/rec-0003/?__code=409", None),
    ("GET", "/training/record/rec-0003/?__code=502", None),
    ("DELETE", "/training/record/rec-0003/", None),
    ("PUT", "/_mock/faults", {"faults": [{"delay": {"from": 0, "to": 0.001}, "probability": 0.5}]}),
    *[("POST", "/training/record/", ASSIGNED)] * 5,
    ("GET", "/training/record/", None),
    ("GET", "/_mock/state", None),
    ("GET", "/_mock/scenario", None),
    ("GET", "/_mock/coverage", None),
    ("GET", "/_mock/people", None),
]


def play(http: requests.Session, root: str) -> list[tuple[int, bytes]]:
    """Send the script to an organisation and return status and body of each answer."""
    answers = [
        http.request(method, root + path, json=body, headers={"Host": "a.localhost"}) for method, path, body in SCRIPT
    ]
    return [(answer.status_code, answer.content) for answer in answers]


@pytest.fixture(scope="module")
def seeded() -> Iterator[MockServer]:
    with MockServer(seed=5) as server:
        yield server


def test_same_requests_get_the_same_bytes_after_a_reset_and_in_another_process(
    http: requests.Session, seeded: MockServer
) -> None:
    roots = ("", "/org/a")
    first = [play(http, seeded.url + root) for root in roots]
    for root in roots:
        assert http.post(f"{seeded.url}{root}/_mock/reset").status_code == 204
    assert first == [play(http, seeded.url + root) for root in roots]
    with serving("--seed", "5") as mock:
        assert first == [play(http, mock.url + root) for root in roots]


def test_order_in_which_organisations_are_asked_does_not_matter(http: requests.Session, seeded: MockServer) -> None:
    with MockServer(seed=5) as other:
        one = {name: play(http, f"{seeded.url}/org/{name}") for name in ("c", "d")}
        assert one == {name: play(http, f"{other.url}/org/{name}") for name in ("d", "c")}


def test_another_seed_or_another_name_gives_other_answers(http: requests.Session, seeded: MockServer) -> None:
    with MockServer(seed=6) as other:
        answers = [
            play(http, f"{seeded.url}/org/e"),
            play(http, f"{seeded.url}/org/f"),
            play(http, f"{other.url}/org/e"),
        ]
    assert answers[0] != answers[1] != answers[2] != answers[0]


def test_script_tries_every_kind_of_answer(http: requests.Session, seeded: MockServer) -> None:
    assert {200, 201, 204, 400, 409, 502, 503} == {status for status, _ in play(http, f"{seeded.url}/org/g")}
