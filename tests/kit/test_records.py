"""Records are found wherever a service puts them, and nothing else is taken for one."""

from typing import Any

import pytest

from contract_tests.json_text import MISSING, parse_json
from contract_tests.records import list_path, record_in, records_in

RECORD = {"api_id": "r1", "person_api_id": "p1", "package_api_id": "k1"}
OTHER = {"api_id": "r2", "person_api_id": "p2", "package_api_id": "k1"}
LINKS = [{"rel": "self", "href": "/"}, {"rel": "next", "href": "/"}, {"rel": "last", "href": "/"}]
PEOPLE = [{"api_id": "p1", "name": "a"}, {"api_id": "p2", "name": "b"}, {"api_id": "p3", "name": "c"}]

LISTS: list[Any] = [
    {"results": [RECORD, OTHER]},
    {"records": [RECORD, OTHER], "count": 2},
    {"links": LINKS, "data": [RECORD, OTHER]},
    {"people": PEOPLE, "records": [RECORD, OTHER]},
    {"latest": [OTHER], "records": [RECORD, OTHER]},
    {"data": {"items": [RECORD, OTHER], "errors": []}},
    {"_embedded": {"records": [RECORD, OTHER]}, "_links": {"self": {"href": "/"}}},
    [RECORD, OTHER],
]


@pytest.mark.parametrize("answer", LISTS)
def test_the_list_is_found_whatever_stands_around_and_beside_it(answer: Any) -> None:
    assert records_in(answer, "results") == [RECORD, OTHER]


def test_a_page_is_looked_for_where_the_whole_list_was() -> None:
    path = list_path({"latest": [OTHER], "records": [RECORD, OTHER]})
    assert path == ("records",)
    assert records_in({"latest": [OTHER, RECORD], "records": [RECORD]}, "results", path) == [RECORD]
    assert records_in({"latest": [OTHER], "records": []}, "results", path) == []


@pytest.mark.parametrize("answer", [{"records": None, "total": 0}, {"total": 0}, {"records": []}])
def test_a_list_with_nothing_in_it_may_be_null_or_left_out(answer: Any) -> None:
    assert records_in(answer, "results", ("records",)) == []


@pytest.mark.parametrize("answer", [{"results": {"r1": RECORD}}, {"results": None}, {"a": 5}, "text", None, MISSING])
def test_what_holds_no_list_has_none(answer: Any) -> None:
    assert records_in(answer, "results") is None


@pytest.mark.parametrize(
    "answer",
    [RECORD, {"record": RECORD}, {"data": {"record": RECORD}, "links": LINKS}, {"total": 1, "results": [RECORD]}],
)
def test_the_record_is_found_whatever_stands_around_it(answer: Any) -> None:
    assert record_in(answer) == RECORD


@pytest.mark.parametrize("answer", [{"results": [RECORD, OTHER]}, {"a": RECORD, "b": OTHER}])
def test_of_two_records_none_is_taken_for_the_one(answer: Any) -> None:
    assert record_in(answer) == answer


@pytest.mark.parametrize("answer", [[RECORD], "text", None, 5, MISSING])
def test_what_is_no_object_holds_no_record(answer: Any) -> None:
    assert record_in(answer) is None


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_json_is_read_in_the_charset_that_its_answer_names(charset: str) -> None:
    assert parse_json('{"name": "Zoë"}'.encode(charset), f"application/json; charset={charset}") == {"name": "Zoë"}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe{", b"[" * 100_000, "ë".encode("latin-1")])
def test_what_is_no_json_is_missing(raw: bytes) -> None:
    assert parse_json(raw, "application/json; charset=no-such") is MISSING
