"""What the judge says of single answers: a documented rule is broken only by what no reading of its sentence allows."""

from typing import Any

import pytest

from api_spec.provenance import Basis
from contract_tests.judge import Clock, Expectations, Judge
from kit.exchanges import NOW, SPEC, answered

RULES = frozenset(rule.id for rule in SPEC.rules)
DOCUMENTED = frozenset(rule.id for rule in SPEC.rules if rule.basis is Basis.DOCUMENTED)
PREFIX = "kit-0123456789ab-"
OURS = f"{PREFIX}0001-1"
SENT = {"api_id": OURS, "person_api_id": "p1", "package_api_id": "k1"}
STORED = {
    **SENT,
    "package_desc": "One",
    "date_assigned": f"{NOW.isoformat()}Z",
    "date_started": None,
    "date_completed": None,
}


def judge(**more: Any) -> Judge:
    people, packages = frozenset({"p1", "p2"}), frozenset({"k1", "k2"})
    described = {"k1": "One", "k2": "Two"}
    return Judge(SPEC, Expectations(PREFIX, "qvxzqvxz", people, packages, described, Clock(), **more), RULES)


def broken(made: Judge, *, documented: bool = True) -> set[str]:
    return {finding.rule for finding in made.findings.found if (finding.rule in DOCUMENTED) == documented}


def created(made: Judge, sent: dict[str, Any], shown: dict[str, Any], status: int = 201) -> Judge:
    made.observe(answered("POST", status, shown, body=sent), 1)
    return made


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 415, 422, 423])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
def test_no_refusal_breaks_a_documented_rule(status: int, method: str) -> None:
    made = created(judge(), SENT, STORED)
    if method == "POST":
        made.observe(answered(method, status, {}, body={**SENT, "api_id": f"{OURS}0"}), 2)
    elif method == "GET":
        made.observe(answered(method, status, {}, query="limit=100000&offset=5&search=a"), 2)
    else:
        body = None if method == "DELETE" else {"date_started": "2031-01-01T00:00:00.123456+05:30"}
        made.observe(answered(method, status, {}, api_id=OURS, body=body), 2)
    assert broken(made) == set()


def test_a_refusal_breaks_the_rule_of_a_request_that_any_service_must_take() -> None:
    made = created(judge(), SENT, STORED)
    made.observe(answered("DELETE", 405, {}, api_id=OURS), 2, must="delete-removes-one-record")
    assert broken(made) == {"delete-removes-one-record"}


@pytest.mark.parametrize("status", [500, 502, 503, None])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_after_a_crash_nothing_is_demanded_of_the_record_any_more(status: int | None, method: str) -> None:
    made = created(judge(), SENT, STORED)
    body = None if method == "DELETE" else SENT
    made.observe(answered(method, status, api_id=None if method == "POST" else OURS, body=body), 2)
    for answer in (
        answered("GET", 404, {}, api_id=OURS),
        answered("GET", 200, {**STORED, "person_api_id": "p2"}, api_id=OURS),
    ):
        made.observe(answer, 3)
    assert broken(made) == set()


OTHERWISE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("dates left out", {}, {"date_started": ..., "date_completed": ...}),
    ("empty texts", {}, {"date_started": "", "date_completed": ""}),
    ("a default date", {}, {"date_started": "2026-02-01T08:00:00Z"}),
    ("no offset", {"date_started": "2024-01-01T09:00:00+02:00"}, {"date_started": "2024-01-01 07:00:00"}),
    ("to the second", {"date_started": "2024-01-01T09:00:00.987654Z"}, {"date_started": "2024-01-01T09:00:00Z"}),
    ("rounded", {"date_started": "2024-01-01T09:00:00.987654Z"}, {"date_started": "2024-01-01T09:00:01Z"}),
    ("milliseconds since 1970", {"date_started": "2024-01-01T09:00:00Z"}, {"date_started": 1704099600000}),
    ("another description", {}, {"package_desc": "One, as it is by now"}),
    ("no description", {}, {"package_desc": None}),
    ("more fields", {}, {"links": [], "version": 3}),
    ("the clock of a house", {}, {"date_assigned": "2026-02-01T13:30:00"}),
    ("a clock of its own", {}, {"date_assigned": "2026-02-01T08:10:00Z"}),
]


@pytest.mark.parametrize(("sent", "shown"), [case[1:] for case in OTHERWISE], ids=[case[0] for case in OTHERWISE])
def test_what_the_document_leaves_open_breaks_no_documented_rule(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    record = {name: value for name, value in {**STORED, **sent, **shown}.items() if value is not ...}
    made = created(judge(), {**SENT, **sent}, record)
    made.observe(answered("GET", 200, record, api_id=OURS), 2)
    assert broken(made) == set()


@pytest.mark.parametrize("around", ["record", "data"])
def test_a_record_may_stand_in_another_object(around: str) -> None:
    made = created(judge(), SENT, {around: STORED})
    made.observe(answered("GET", 200, {around: STORED}, api_id=OURS), 2)
    assert broken(made) == set()
    assert broken(made, documented=False) == {"record-is-the-answer"}


WRONG: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("api-id-kept", {}, {"api_id": OURS.upper()}),
    ("field-types", {}, {"person_api_id": 7}),
    ("field-types", {}, {"date_started": "soon"}),
    ("create-returns-record", {}, {"person_api_id": "p2"}),
    ("create-returns-record", {}, {"package_api_id": ...}),
    ("date-assigned-generated", {"date_started": "2020-01-01T00:00:00Z"}, {"date_assigned": "2020-01-01T00:00:00Z"}),
    ("date-assigned-generated", {}, {"date_assigned": "2026-02-01T09:00:00Z"}),
    ("dates-kept", {"date_started": "2024-01-01T09:00:00+02:00"}, {"date_started": "2024-01-01T09:00:00Z"}),
    ("dates-kept", {"date_started": "2024-01-01T09:00:00Z"}, {"date_started": "2024-01-02T09:00:00Z"}),
    ("dates-kept", {"date_started": "2024-01-01T09:00:00Z"}, {"date_started": None}),
    ("package-desc-populated", {"package_desc": "mine"}, {"package_desc": "mine"}),
    ("package-desc-populated", {}, {"package_desc": "Two"}),
]


@pytest.mark.parametrize(("rule", "sent", "shown"), WRONG)
def test_what_contradicts_the_sentence_breaks_its_rule(rule: str, sent: dict[str, Any], shown: dict[str, Any]) -> None:
    record = {name: value for name, value in {**STORED, **sent, **shown}.items() if value is not ...}
    assert broken(created(judge(), {**SENT, **sent}, record)) == {rule}


def test_a_record_that_was_accepted_and_is_not_found_breaks_the_rule_of_its_id() -> None:
    made = created(judge(), SENT, STORED)
    made.observe(answered("GET", 404, {}, api_id=OURS), 2)
    assert broken(made) == {"api-id-kept", "create-returns-record"}


def test_asking_whether_an_answer_breaks_a_rule_takes_nothing_in() -> None:
    made = created(judge(), SENT, STORED)
    missing = answered("GET", 404, {}, api_id=OURS)
    assert made.complains(missing, RULES)
    assert not made.complains(missing, frozenset({"dates-kept"}))
    assert broken(made) == set()
    made.observe(answered("GET", 200, STORED, api_id=OURS), 2)
    assert broken(made) == set()


@pytest.mark.parametrize("shown", [None, {}, {"error": "no such record"}])
def test_a_deleted_record_may_be_answered_200_with_nothing(shown: Any) -> None:
    made = created(judge(), SENT, STORED)
    made.observe(answered("DELETE", 204, api_id=OURS), 2)
    made.observe(answered("GET", 200, shown, api_id=OURS), 3)
    assert broken(made) == set()


def test_a_deleted_record_that_is_read_all_the_same_is_not_deleted() -> None:
    made = created(judge(), SENT, STORED)
    made.observe(answered("DELETE", 204, api_id=OURS), 2)
    made.observe(answered("GET", 200, STORED, api_id=OURS), 3)
    assert broken(made) == {"delete-removes-one-record"}


def test_a_given_id_may_be_given_again_to_another_record() -> None:
    shown = {**STORED, "api_id": "57"}
    made = created(judge(), {"person_api_id": "p1", "package_api_id": "k1"}, shown)
    made.observe(answered("DELETE", 204, api_id="57"), 2)
    made.observe(answered("GET", 200, {**shown, "person_api_id": "p2"}, api_id="57"), 3)
    assert broken(made) == set()
    made.observe(answered("GET", 200, shown, api_id="57"), 4)
    assert broken(made) == {"delete-removes-one-record"}


@pytest.mark.parametrize(
    ("document", "rules"), [(None, set()), ({}, set()), ("", set()), (STORED, {"delete-returns-nothing"})]
)
def test_a_deletion_returns_nothing_be_it_null(document: Any, rules: set[str]) -> None:
    made = created(judge(), SENT, STORED)
    made.observe(answered("DELETE", 200, document, api_id=OURS), 2)
    assert broken(made) == rules


def test_a_page_with_more_than_its_limit_is_too_large_and_one_with_fewer_is_not() -> None:
    made = judge()
    made.observe(answered("GET", 200, {"results": [STORED]}, query="limit=5"), 1)
    assert broken(made) == set()
    made.observe(answered("GET", 200, {"results": [STORED, {**STORED, "api_id": "x"}]}, query="limit=1"), 2)
    assert broken(made) == {"limit-bounds-page"}


def test_a_search_for_nobody_finds_nothing_and_other_terms_what_they_like() -> None:
    made = judge()
    for term in ("a", "", "%00", f"{PREFIX}x", "one two"):
        made.observe(answered("GET", 200, {"results": [STORED]}, query=f"search={term}"), 1)
    assert broken(made) == set()
    made.observe(answered("GET", 200, {"results": [STORED]}, query="search=qvxzqvxz"), 2)
    assert broken(made) == {"search-narrows"}


DEEP: dict[str, Any] = {}
for _ in range(700):
    DEEP = {"a": DEEP}

ODD: list[Any] = [
    None,
    0,
    10**400,
    -1.5,
    True,
    [],
    [1],
    [[]],
    {},
    {"$oid": "5"},
    DEEP,
    "",
    "\ud800",
    "/Date(" + "9" * 5000 + ")/",
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("field", [*STORED, "errors", "results", "next", "count"])
def test_no_odd_answer_is_too_odd_to_be_judged(field: str, value: Any) -> None:
    made = created(judge(), SENT, STORED)
    for method in ("POST", "PUT", "PATCH"):
        api_id = None if method == "POST" else OURS
        body = SENT if method != "POST" else {**SENT, "api_id": f"{OURS}0"}
        for status in (200, 400):
            document = {**STORED, field: value, "errors": [{"pointer": value}, value]}
            made.observe(answered(method, status, document, api_id=api_id, body=body), 2)
    made.observe(answered("GET", 200, {**STORED, field: value}, api_id=OURS), 3)
    page = {"count": 1, "next": "http://[::1/", "previous": None, "results": [{**STORED, field: value}], field: value}
    made.observe(answered("GET", 200, page, query="limit=1"), 4)
    assert made.findings.evaluations["no-server-error"] == 9


def test_a_date_may_be_derived_from_one_that_is_given() -> None:
    made = created(judge(), SENT, STORED)
    date = "2024-05-06T07:08:09Z"
    shown = {**STORED, "date_started": date, "date_completed": date}
    made.observe(answered("PATCH", 200, shown, api_id=OURS, body={"date_completed": date}), 2)
    assert broken(made) == set()
    made.observe(answered("PATCH", 200, {**shown, "date_started": None}, api_id=OURS, body={"date_completed": date}), 3)
    assert broken(made) == {"patch-is-partial"}
