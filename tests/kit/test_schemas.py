"""The JSON Schemas of report.json and of the ledger name all that a run writes, and nothing more."""

from __future__ import annotations

import copy
import json
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from report.reports import hostile, mixed

from api_spec.schema_files import schema_file
from contract_tests.command import main
from contract_tests.report import json_report
from contract_tests.result import Exit
from contract_tests.safety.ledger import Ledger

from .fake_service import Answer, FakeService, fake_service
from .test_ledger import LIST, RECORD, VERBS


def schema(name: str) -> Any:
    return json.loads(schema_file(name).read_text("utf-8"))


def validator(name: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(schema(name))


def events(lines: list[str]) -> set[str]:
    """Hold lines of a ledger against the schema; return their events."""
    line_validator = validator("ledger")
    documents = [json.loads(line) for line in lines]
    for document in documents:
        line_validator.validate(document)
    return {document["event"] for document in documents}


def keeping_one(fake: FakeService) -> None:
    """Let a service never delete the record that it is asked to delete first, so that the ledger of a run stays."""
    kept: list[str] = []

    def answer(method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        if method == "DELETE" and target in (kept or [target]):
            kept.append(target)
            return 500, {}, b""
        return fake.act(method, target, body)

    fake.answer = answer


def test_a_run_that_leaves_records_writes_a_report_and_a_ledger_as_the_schemas_say(tmp_path: Path) -> None:
    with fake_service("rec-1") as fake:
        keeping_one(fake)
        command = [fake.url, "--report-dir", str(tmp_path), "--max-requests", "100"]
        assert main(command) == Exit.COULD_NOT_RUN
    report = json.loads((tmp_path / "report.json").read_bytes())
    validator("report").validate(report)
    assert report["rules"]
    assert report["safety"]["leftovers"]
    (ledger,) = tmp_path.glob("ledger-*.jsonl")
    written = events(ledger.read_text("ascii").splitlines())
    assert {"run", "planned", "made"} <= written


@pytest.mark.parametrize("report", [mixed(), hostile()], ids=["mixed", "hostile"])
def test_a_report_with_all_that_there_can_be_is_as_its_schema_says(report: Any) -> None:
    document = json.loads(json_report(report))
    validator("report").validate(document)
    assert any(rule["counterexample"] for rule in document["rules"])


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every object of a JSON document that has members of its own and not by anybody's names."""
    own = isinstance(node, dict) and way[-1:] not in [("headers",), ("statuses",), ("parameters",), ("unsent",)]
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [*([way] if own else []), *(found for key, value in items for found in places(value, (*way, key)))]


def test_a_member_of_a_report_that_is_new_or_gone_is_seen() -> None:
    document = json.loads(json_report(hostile()))
    report_validator = validator("report")
    for way in places(document):
        changed = copy.deepcopy(document)
        node = changed
        for step in way:
            node = node[step]
        node["new"] = 1
        assert not report_validator.is_valid(changed), way
        del node["new"]
        node.popitem()
        assert not report_validator.is_valid(changed), way


def test_every_event_of_a_ledger_is_as_its_schema_says_and_every_event_of_the_schema_is_written(tmp_path: Path) -> None:
    written: set[str] = set()
    for number, story in enumerate(product(VERBS, VERBS, [("61", "62"), ("+a", "+b")], [[], ["62"]])):
        *verbs, ids, seen = story
        path = tmp_path / f"{number}.jsonl"
        ledger = Ledger.open(path, "http://127.0.0.1:9", LIST, RECORD)
        one, other = (api_id.replace("+", ledger.prefix) for api_id in ids)
        ledger.was_made(ledger.plan(one, {"person_api_id": "p", "date_started": None}), one)
        ledger.were_seen(seen)
        for verb in verbs:
            VERBS[verb](ledger, one, other)
        ledger.close(remove=False)
        again = Ledger.load(path)
        again.recognise(one, {"api_id": one, "date_assigned": "2026-02-01T08:00:00Z"})
        again.recognise(other, {"api_id": other})
        again.close(remove=False)
        written |= events(path.read_text("ascii").splitlines())
    assert written == {branch["properties"]["event"]["const"] for branch in schema("ledger")["oneOf"]}


@pytest.mark.parametrize(
    "line",
    [
        {"event": "sold", "api_id": "61"},
        {"event": "made", "api_id": "61"},
        {"event": "gone", "api_id": None},
        {"event": "gone", "api_id": "61", "colour": "red"},
        {"event": "planned", "n": 1, "api_id": "61", "marker": {"colour": "red"}},
        {"api_id": "61"},
    ],
)
def test_a_line_that_is_none_of_a_ledger_is_refused(line: dict[str, Any]) -> None:
    assert not validator("ledger").is_valid(line)
