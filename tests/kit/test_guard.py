"""Nothing leaves that could touch what is not ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests import PreparedRequest, Request

from contract_tests.safety.guard import Blocked, Guard
from contract_tests.safety.ledger import Ledger
from contract_tests.safety.session import BudgetExceeded, GuardedSession

from .fake_service import FakeService, fake_service

BASE = "http://127.0.0.1:9/api"
LIST = "/training/record/"
FOREIGN = "rec-0001"


@pytest.fixture
def ledger() -> Ledger:
    return Ledger.open(None, BASE, LIST, LIST + "{api_id}/")


def prepared(method: str, url: str, body: str | bytes | None = None, **headers: str) -> PreparedRequest:
    """A request exactly as given: nothing is normalised on the way."""
    request = Request(method, BASE, data=body, headers={k.replace("_", "-"): v for k, v in headers.items()}).prepare()
    request.method, request.url = method, url
    return request


def refuses(ledger: Ledger, request: PreparedRequest, *, read_only: bool = False) -> bool:
    try:
        Guard(BASE, ledger, read_only=read_only).check(request)
    except Blocked:
        return True
    return False


JSON = {"Content_Type": "application/json"}

HOSTILE_PATHS = [
    FOREIGN,
    "rec%2D0001",
    "",
    ".",
    "..",
    "%2e%2e",
    "%252e%252e",
    "OURS/../rec-0001",
    "OURS%2F..%2Frec-0001",
    "OURS%252F..%252Frec-0001",
    "OURS//rec-0001",
    "OURS\\..\\rec-0001",
    "OURS%5C..%5Crec-0001",
    "OURS;/rec-0001",
    "OURS%00/rec-0001",
    "rec-0001/OURS",
    "rec-0001%00OURS",
    "rec-0001,OURS",
    " OURS",
    "xOURS",
    "rec-0001OURS",
]


@pytest.mark.parametrize(
    ("method", "path"),
    [*(("DELETE", path) for path in HOSTILE_PATHS), ("PUT", FOREIGN), ("PATCH", FOREIGN), ("LOCK", FOREIGN)],
)
def test_no_write_leaves_for_a_record_that_is_not_ours(ledger: Ledger, method: str, path: str) -> None:
    url = f"{BASE}{LIST}{path.replace('OURS', ledger.prefix + 'a')}/"
    assert refuses(ledger, prepared(method, url))


@pytest.mark.parametrize(
    ("method", "segment"),
    [("PUT", "a"), ("PATCH", "aZ9.~_-"), ("DELETE", "a%20b"), ("DELETE", "%C3%A9"), ("DELETE", "a" * 200)],
)
def test_writes_under_our_prefix_leave(ledger: Ledger, method: str, segment: str) -> None:
    assert not refuses(ledger, prepared(method, f"{BASE}{LIST}{ledger.prefix}{segment}/"))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:10/api/training/record/",
        "https://127.0.0.1:9/api/training/record/",
        "http://localhost:9/api/training/record/",
        "http://127.0.0.1:9@evil.example/api/training/record/",
        "http://evil.example:9/api/training/record/",
        "http://127.0.0.1:9/training/record/",
        "http://127.0.0.1:9/api/training/record",
        "http://127.0.0.1:9/api/training/record/../users/",
        "http://127.0.0.1:9/api/Training/Record/",
        "http://127.0.0.1:9/api//training/record/",
        "http://127.0.0.1:9/api/training/record/a/b/",
        "http://127.0.0.1:9/api/training/record/é/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_leaves_for_another_address(ledger: Ledger, method: str, url: str) -> None:
    assert refuses(ledger, prepared(method, url))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "LOCK", "get", "Post", "DELETE ", "GET\r\nX: y", "MERGE"])
def test_only_reads_and_posts_leave_for_the_collection(ledger: Ledger, method: str) -> None:
    assert refuses(ledger, prepared(method, BASE + LIST))


def test_a_post_leaves_for_the_collection_alone(ledger: Ledger) -> None:
    assert not refuses(ledger, prepared("POST", BASE + LIST, "{}", **JSON))
    assert refuses(ledger, prepared("POST", f"{BASE}{LIST}{ledger.prefix}a/", "{}", **JSON))


HOSTILE_BODIES = [
    '{"api_id": "rec-0001"}',
    '{"api_id": "OURS", "api_id": "rec-0001"}',
    '{"api_id": "rec-0001", "api_id": "OURS"}',
    '{"API_ID": "rec-0001"}',
    '{"apiId": "rec-0001"}',
    '{" api_id ": "rec-0001"}',
    '{"api\\u005fid": "rec-0001"}',
    '{"api_id": 7}',
    '{"api_id": 1e3}',
    '{"api_id": ["rec-0001"]}',
    '{"api_id": {"api_id": "rec-0001"}}',
    '{"record": {"api_id": "rec-0001"}}',
    '[{"person_api_id": "p", "package_api_id": "k"}]',
    '{"api_id": "xOURS"}',
    '{"api_id": "rec-0001/../OURS"}',
    '{"api_id": "rec-0001", }',
    "{api_id: rec-0001}",
    '{"api_id" "rec-0001"}',
    "api_id=rec-0001",
    "api%5Fid=rec-0001",
    "<api_id>rec-0001</api_id>",
    '{"x": "&api_id=rec-0001&"}',
    '{"_method": "DELETE"}',
    "_method=DELETE",
    'api\\u005fid: "rec-0001"',
]


@pytest.mark.parametrize(
    ("method", "body"),
    [*(("POST", body) for body in HOSTILE_BODIES), *((method, HOSTILE_BODIES[0]) for method in ("PUT", "PATCH"))],
)
def test_no_body_leaves_that_names_a_record_that_is_not_ours(ledger: Ledger, method: str, body: str) -> None:
    url = BASE + LIST if method == "POST" else f"{BASE}{LIST}{ledger.prefix}a/"
    text = body.replace("OURS", ledger.prefix + "b")
    assert refuses(ledger, prepared(method, url, text, Content_Type="application/x-www-form-urlencoded"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be"])
def test_other_encodings_hide_nothing(ledger: Ledger, encoding: str) -> None:
    assert refuses(ledger, prepared("POST", BASE + LIST, '{"api_id": "rec-0001"}'.encode(encoding), **JSON))


@pytest.mark.parametrize("value", ["OURS", None, "", True, [], {}, "-OURS", "OURS é"])
def test_bodies_that_name_only_what_is_ours_leave(ledger: Ledger, value: object) -> None:
    ours = value.replace("OURS", ledger.prefix + "a") if isinstance(value, str) else value
    assert not refuses(ledger, prepared("POST", BASE + LIST, json.dumps({"api_id": ours}), **JSON))


@pytest.mark.parametrize(
    "name",
    ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL", "Host"],
)
def test_no_header_changes_what_a_request_means(ledger: Ledger, name: str) -> None:
    request = prepared("GET", BASE + LIST)
    request.headers[name] = "DELETE"
    assert refuses(ledger, request)


def test_no_parameter_changes_the_method(ledger: Ledger) -> None:
    assert refuses(ledger, prepared("POST", f"{BASE}{LIST}?_method=DELETE", "{}", **JSON))
    assert refuses(ledger, prepared("GET", f"{BASE}{LIST}?%5Fmethod=DELETE"))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_read_only_run_only_reads(ledger: Ledger, method: str) -> None:
    url = BASE + LIST if method in ("POST", "OPTIONS", "TRACE") else f"{BASE}{LIST}{ledger.prefix}a/"
    assert refuses(ledger, prepared(method, url), read_only=True)


segments = st.text(st.sampled_from("aA0-._~%2F5C/\\;?#\x00 é" + "rec"), max_size=12)


@settings(deadline=None)
@given(data=st.data())
def test_whatever_is_asked_only_ours_is_written(data: st.DataObject) -> None:
    """For any method, path and body made of our prefix and hostile pieces: what passes is provably ours."""
    ledger = Ledger.open(None, BASE, LIST, LIST + "{api_id}/")
    piece = segments | st.just(ledger.prefix) | st.just(FOREIGN)
    method = data.draw(st.sampled_from(["POST", "PUT", "PATCH", "DELETE", "GET", "put", "LOCK"]))
    path = "".join(data.draw(st.lists(piece, max_size=4)))
    value = "".join(data.draw(st.lists(piece, max_size=3)))
    name = data.draw(st.sampled_from(["api_id", "Api_Id", "person_api_id", "apiid"]))
    target = data.draw(st.sampled_from([LIST, LIST + path + "/", "/training/" + path]))
    body = data.draw(st.sampled_from([None, json.dumps({name: value}), f"{name}={value}"]))
    request = prepared(method, BASE + target, body, **JSON)
    if refuses(ledger, request) or method == "GET":
        return
    segment = urlsplit(str(request.url)).path.removeprefix("/api" + LIST).rstrip("/")
    if method == "POST":
        assert segment == ""
    else:
        assert unquote(segment).lstrip("-_~").startswith(ledger.prefix)
        assert "/" not in unquote(unquote(segment))
    if body and name != "person_api_id":
        assert value == "" or value.lstrip("-._~%/\\;?# \x00é").startswith(ledger.prefix)


SPLIT_IDS = ["a/OURSb", "a%2FOURSb", "a%252FOURSb", "a\\OURS", "a;OURS", "a?", "a#", "a\n"]

HALF_OURS = ["/b", "a%2Fb", "/../rec-0001", "%2F..%2Frec-0001", "%252Frec-0001", "?rec-0001", "\\rec-0001", "/.", "\0"]


@pytest.mark.parametrize("tail", SPLIT_IDS)
def test_an_id_that_a_reader_may_split_is_deleted_where_it_was_made_and_each_part_is_ours(
    ledger: Ledger, tail: str
) -> None:
    api_id = ledger.prefix + tail.replace("OURS", ledger.prefix)
    deletion = prepared("DELETE", f"{BASE}{LIST}{quote(api_id, safe='')}/")
    assert refuses(ledger, deletion)
    assert not refuses(ledger, prepared("POST", BASE + LIST, json.dumps({"api_id": api_id}), **JSON))
    assert ledger.was_made(ledger.plan(api_id, {}), api_id)
    assert not refuses(ledger, deletion)


@pytest.mark.parametrize("tail", HALF_OURS)
def test_an_id_with_a_part_that_is_not_ours_is_neither_made_nor_deleted(ledger: Ledger, tail: str) -> None:
    api_id = ledger.prefix + tail
    assert ledger.was_made(ledger.plan(api_id, {}), api_id)
    assert refuses(ledger, prepared("DELETE", f"{BASE}{LIST}{quote(api_id, safe='')}/"))
    assert refuses(ledger, prepared("POST", BASE + LIST, json.dumps({"api_id": api_id}), **JSON))


def test_an_id_that_the_service_gave_is_ours_until_it_is_deleted(ledger: Ledger) -> None:
    url = f"{BASE}{LIST}61/"
    assert refuses(ledger, prepared("DELETE", url))
    assert ledger.was_made(ledger.plan(None, {}), "61")
    assert not refuses(ledger, prepared("DELETE", url))
    ledger.was_deleted("61")
    assert refuses(ledger, prepared("DELETE", url))


def test_an_id_that_was_there_before_never_becomes_ours(ledger: Ledger) -> None:
    ledger.were_seen(["61"])
    assert not ledger.was_made(ledger.plan(None, {}), "61")
    assert refuses(ledger, prepared("DELETE", f"{BASE}{LIST}61/"))


# The session


@pytest.fixture
def fake() -> Iterator[FakeService]:
    with fake_service(FOREIGN) as service:
        yield service


def session_for(fake: FakeService, **options: object) -> GuardedSession:
    ledger = Ledger.open(None, fake.url, LIST, LIST + "{api_id}/")
    return GuardedSession(Guard(fake.url, ledger), ledger, **options)  # type: ignore[arg-type]


def test_what_is_refused_never_reaches_the_service(fake: FakeService) -> None:
    session = session_for(fake)
    for method in ("DELETE", "PUT", "PATCH"):
        with pytest.raises(Blocked):
            session.request(method, f"{fake.url}{LIST}{FOREIGN}/", json={})
    assert fake.requests == []
    assert [blocked.method for blocked in session.blocked] == ["DELETE", "PUT", "PATCH"]


def test_no_redirect_is_followed(fake: FakeService) -> None:
    fake.answer = lambda *_: (307, {"Location": fake.url + LIST + FOREIGN + "/"}, b"")
    response = session_for(fake).get(fake.url + LIST, allow_redirects=True)
    assert response.status_code == 307
    assert len(fake.requests) == 1


def test_a_budget_ends_the_run_before_the_request_leaves(fake: FakeService) -> None:
    session = session_for(fake, max_requests=2)
    session.get(fake.url + LIST)
    session.get(fake.url + LIST)
    with pytest.raises(BudgetExceeded):
        session.get(fake.url + LIST)
    assert len(fake.requests) == 2


def test_headers_are_added_to_every_request(fake: FakeService) -> None:
    session_for(fake, headers={"Authorization": "Bearer t0ken"}).get(fake.url + LIST)
    assert fake.requests[0][2]["authorization"] == "Bearer t0ken"


def test_nothing_is_taken_from_the_environment(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert session_for(fake).get(fake.url + LIST).ok


def test_ids_that_the_guard_lets_through_leave_as_they_were_judged(fake: FakeService) -> None:
    """What requests makes of a URL is what is judged: the service sees the very path."""
    ledger = Ledger.open(None, fake.url, LIST, LIST + "{api_id}/")
    session = GuardedSession(Guard(fake.url, ledger), ledger)
    session.delete(fake.url + LIST + quote(ledger.prefix + "a b~é") + "/")
    assert fake.requests[0][:2] == ("DELETE", LIST + quote(ledger.prefix + "a b~é") + "/")
    with pytest.raises(Blocked):
        session.delete(f"{fake.url}{LIST}{ledger.prefix}/../{FOREIGN}/")
    assert requests.get(fake.url + LIST + FOREIGN + "/", timeout=5).ok
