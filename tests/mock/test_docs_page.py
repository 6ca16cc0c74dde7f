"""The page made for the spec: it says all that the spec says, in the document's words where those are, and no more."""

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from api_spec.effective import read_spec
from api_spec.provenance import METHODS, questions, rules
from api_spec.references import followed
from mock_server import MockServer
from mock_server.docs.page import DocsPage

from .docs_page import ShownPage, ShownSample, words

DOCUMENT = " ".join((Path(__file__).parents[1] / "spec" / "training-record-api.txt").read_text("utf-8").split())
URL = "http://127.0.0.1:8080"


def shown(spec: dict[str, Any], url: str = URL) -> ShownPage:
    return ShownPage(DocsPage(spec).at(url, ".."))


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return read_spec()


@pytest.fixture(scope="module")
def page(spec: dict[str, Any]) -> ShownPage:
    return shown(spec)


def operations(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [item[method] for item in spec["paths"].values() for method in METHODS if method in item]


def said(spec: dict[str, Any], node: Any) -> Iterator[str]:
    """Yield every text in a node of a spec, Markdown paragraph by paragraph, and the names of the schemas there."""
    if isinstance(node, dict) and node.get("$ref", "").startswith("#/components/schemas/"):
        yield node["$ref"].rpartition("/")[2]
    elif isinstance(node, dict):
        for name, value in followed(spec, node).items():
            if name not in ("question", "x-question", "tags"):  # which are told by what they lead to
                yield from said(spec, value)
    elif isinstance(node, list):
        for value in node:
            yield from said(spec, value)
    elif isinstance(node, str):
        yield from node.split("\n\n")


def missing(spec: dict[str, Any], node: Any, page: ShownPage) -> list[str]:
    """Return what a node of a spec says and a page does not."""
    return [text for text in said(spec, node) if words(text) and not page.says(text) and text not in page.links]


def section(page: ShownPage, name: str) -> ShownPage:
    """Return the part of the page that has this id, and what stands below it up to the next of its kind."""
    (start,) = re.findall(f'<(?:section|article) class="part[^"]*" id="{name}">', page.html)
    return ShownPage(re.split('<(?:section|article) class="part', page.html.split(start)[1])[0])


def test_everything_that_the_spec_says_is_on_the_page(spec: dict[str, Any], page: ShownPage) -> None:
    assert missing(spec, spec, page) == []


def test_everything_that_the_spec_says_of_one_thing_is_told_in_one_place(spec: dict[str, Any], page: ShownPage) -> None:
    things = {
        **{operation["operationId"]: operation for operation in operations(spec)},
        **spec["components"]["schemas"],
        **{f"question-{question['id']}": question for question in spec["x-questions"]},
    }
    assert {name: missing(spec, thing, section(page, name)) for name, thing in things.items()} == {
        name: [] for name in things
    }


def test_every_rule_operation_schema_field_and_question_has_an_address_of_its_own_name(
    spec: dict[str, Any], page: ShownPage
) -> None:
    schemas = spec["components"]["schemas"]
    expected = {
        *(rule.id for rule in rules(spec)),
        *(f"question-{question.id}" for question in questions(spec)),
        *(operation["operationId"] for operation in operations(spec)),
        *schemas,
        *(f"{name}.{field}" for name, schema in schemas.items() for field in schema.get("properties", ())),
    }
    assert expected <= page.ids.keys()
    assert [name for name in expected if not page.says(name.removeprefix("question-").rpartition(".")[2])] == []


def test_every_field_of_a_body_is_told_where_the_body_is(spec: dict[str, Any], page: ShownPage) -> None:
    for name in ("RecordInput", "RecordPatch"):
        fields = {f"#{name}.{field}" for field in spec["components"]["schemas"][name]["properties"]}
        assert [link for link in fields if page.links.count(link) < 2] == []


def test_every_id_is_there_once_and_every_link_leads_somewhere(page: ShownPage) -> None:
    assert [name for name, times in page.ids.items() if times > 1] == []
    inner = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert inner - page.ids.keys() == set()


def test_headings_are_in_order(page: ShownPage) -> None:
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert [pair for pair in steps if pair[1] > pair[0] + 1] == []


def test_whatever_stands_in_quotation_marks_is_the_documents_own(page: ShownPage) -> None:
    assert [text for text in page.quotations if " ".join(text.split()) not in DOCUMENT] == []


def test_every_quotation_of_the_spec_is_on_the_page_as_it_is(spec: dict[str, Any], page: ShownPage) -> None:
    def sources(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (node[key] for key in ("source", "x-source") if isinstance(node.get(key), str))
        for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from sources(value)

    assert {*sources(spec)} <= {*page.quotations}


def test_an_operation_quotes_its_source_once(page: ShownPage) -> None:
    assert section(page, "get_record").quotations.count("Get a single Training Record.") == 1


def test_every_assumption_leads_to_its_question_and_every_question_back(spec: dict[str, Any], page: ShownPage) -> None:
    for rule in rules(spec):
        if rule.question:
            (told,) = re.findall(f'<li class="rule [a-z]+" id="{rule.id}">(.*?)</li>', page.html, re.DOTALL)
            assert f"#question-{rule.question}" in ShownPage(told).links
            assert f"#{rule.id}" in section(page, f"question-{rule.question}").links
    parts = {"list_records-answer-400": "invalid-requests", "RecordList.next": "list-form", "ApiId": "api-id-form"}
    for anchor, question in parts.items():
        assert f"#question-{question}" in section(page, re.split("[.-]", anchor)[0]).links
        assert f"#{anchor}" in section(page, f"question-{question}").links


def test_documented_and_assumed_are_told_in_words_at_every_rule(spec: dict[str, Any], page: ShownPage) -> None:
    for rule in rules(spec):
        assert page.says(f"{rule.basis.value.capitalize()} {rule.id} {rule.text}")


# The examples, as a reader tries them


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    """A server at the time at which the examples were made."""
    with MockServer(scenario="default", clock=lambda: datetime(2026, 2, 1, 8, tzinfo=UTC)) as server:
        yield server


def in_a_shell(sample: ShownSample, folder: Path) -> tuple[int, Any]:
    """Return the status and the body that the line of an example gets, where curl is told to print the status too."""
    (folder / ".curlrc").write_text('silent\nshow-error\nnoproxy = "*"\nwrite-out = "\\n%{http_code}"\n')
    environment = {"PATH": os.environ["PATH"], "CURL_HOME": str(folder)}
    ran = subprocess.run(["sh", "-c", sample.curl], env=environment, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, ""), sample.curl
    body, _, status = ran.stdout.rpartition("\n")
    return int(status), json.loads(body) if body else None


def test_every_curl_line_gets_the_answer_beside_it(
    http: requests.Session, mock: MockServer, page: ShownPage, tmp_path: Path
) -> None:
    served = ShownPage(http.get(f"{mock.url}/docs/").text)
    assert len(served.samples) == len(page.samples) >= 17
    for sample in served.samples:
        http.post(f"{mock.url}/_mock/reset").raise_for_status()
        assert in_a_shell(sample, tmp_path) == (sample.status, sample.answer), sample.name


def test_every_example_of_a_request_is_a_curl_line(spec: dict[str, Any], page: ShownPage) -> None:
    for operation in operations(spec):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        lines = [sample.name for sample in section(page, operation["operationId"]).samples]
        assert [name for name in content.get("examples", ()) if name not in lines] == []


def test_an_example_without_a_request_of_its_name_has_no_curl_line(page: ShownPage) -> None:
    assert "two_errors" in page.html
    assert "two_errors" not in [sample.name for sample in page.samples]


@pytest.mark.parametrize("root", ["", "/org/shop.1~x"])
def test_curl_lines_ask_the_organisation_whose_page_it_is(
    http: requests.Session, server: MockServer, root: str, tmp_path: Path
) -> None:
    shown = ShownPage(http.get(f"{server.url}{root}/docs/").text)
    assert [s.curl for s in shown.samples if f"'{server.url}{root}/training/record/" not in s.curl] == []
    first = shown.samples[0]
    assert in_a_shell(first, tmp_path) == (first.status, first.answer)


def test_whatever_is_in_a_body_reaches_the_command_as_it_is(spec: dict[str, Any]) -> None:
    other, odd = copy.deepcopy(spec), 'it\'s $(exit 1) `exit 1` \\ "x" é\n'
    post = other["paths"]["/training/record/"]["post"]
    post["requestBody"]["content"]["application/json"]["examples"]["assign"]["value"] = {"note": odd}
    (sample,) = (sample for sample in shown(other).samples if sample.name == "assign")
    words_of_command = sample.curl.replace("curl", "printf '%s\\0'", 1)
    ran = subprocess.run(["sh", "-c", words_of_command], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout.split("\0")[-2]) == {"note": odd}


def test_an_apostrophe_in_the_address_ends_no_quotation_of_the_shell(spec: dict[str, Any]) -> None:
    sample = shown(spec, "http://127.0.0.1/o'clock").samples[0]
    ran = subprocess.run(["sh", "-c", sample.curl.replace("curl", "echo", 1)], capture_output=True, text=True)
    assert ran.stdout.startswith("http://127.0.0.1/o%27clock/training/record/")


# Specs of another content


def test_an_operation_that_was_removed_is_gone_and_what_is_left_holds_together(spec: dict[str, Any]) -> None:
    other = copy.deepcopy(spec)
    del other["paths"]["/training/record/{api_id}/"]["delete"]
    page = shown(other)
    assert "delete_record" not in page.ids
    assert page.says("delete_record Delete the record that was created.")  # a link of another operation names it
    test_every_id_is_there_once_and_every_link_leads_somewhere(page)


def test_an_answer_a_field_and_a_header_that_were_added_are_told(spec: dict[str, Any]) -> None:
    other = copy.deepcopy(spec)
    retry = {"description": "When to try again.", "schema": {"type": "integer", "minimum": 5}}
    busy = {"description": "The service rests.", "headers": {"Retry-After": retry}}
    post = other["paths"]["/training/record/"]["post"]
    post["responses"]["503"] = busy
    post["x-mood"] = {"today": "curious"}
    colour = {"type": "object", "properties": {"hue": {"type": "string", "description": "Of the sky."}}}
    other["components"]["schemas"]["TrainingRecord"]["properties"]["colour"] = colour
    page = shown(other)
    for text in (
        "503 The service rests.",
        "Retry-After integer",
        "minimum 5",
        "Of the sky.",
        'x-mood {"today": "curious"}',
    ):
        assert page.says(text), text
    assert {"create_record-answer-503", "TrainingRecord.colour", "TrainingRecord.colour.hue"} <= page.ids.keys()
    test_every_id_is_there_once_and_every_link_leads_somewhere(page)


def test_what_is_said_under_a_name_that_nobody_knows_is_told_too(spec: dict[str, Any]) -> None:
    other, notes = copy.deepcopy(spec), []

    def note(node: Any) -> None:
        if isinstance(node, dict):
            for value in [*node.values()]:
                note(value)
            if "description" in node:
                notes.append(f"note {len(notes)}")
                node["x-note"] = notes[-1]
        for value in node if isinstance(node, list) else ():
            note(value)

    other["paths"]["/training/record/"]["post"]["requestBody"]["content"]["application/json"]["schema"] = {
        "description": "Several.",
        "type": "array",
        "items": {
            "type": "object",
            "description": "One.",
            "properties": {"a": {"type": "string", "description": "A."}},
        },
    }
    for part in ("info", "paths", "components"):
        note(other[part])
    page = shown(other)
    assert len(notes) > 60
    assert [text for text in ("Several.", "One.", "A.", *notes) if not page.says(text)] == []
    assert "create_record-body.a" in page.ids


def test_a_spec_that_says_next_to_nothing_is_told_too() -> None:
    get = {"operationId": "get_it", "responses": {"200": {"description": "It."}}}
    page = shown({"openapi": "3.0.3", "info": {"title": "Bare", "version": "1"}, "paths": {"/it": {"get": get}}})
    assert page.says("GET it")
    test_every_id_is_there_once_and_every_link_leads_somewhere(page)


def test_a_question_that_is_gone_is_named_where_it_was_answered(spec: dict[str, Any]) -> None:
    page = shown({name: value for name, value in spec.items() if name != "x-questions"})
    assert page.says("Answers list-form")
    test_every_id_is_there_once_and_every_link_leads_somewhere(page)


def test_a_text_with_html_or_a_picture_in_it_is_a_text(spec: dict[str, Any]) -> None:
    hostile = "<script>alert(1)</script> ![x](http://elsewhere.test/x.png) [y](javascript:alert(1)) {{ api }} \"'&"

    def poisoned(node: Any) -> Any:
        if isinstance(node, dict):
            told = ("description", "text", "summary", "reason", "x-reason", "source", "x-source", "title", "evidence")
            poisonable = {key for key, value in node.items() if key in told and isinstance(value, str)}
            return {key: hostile if key in poisonable else poisoned(value) for key, value in node.items()}
        return [poisoned(value) for value in node] if isinstance(node, list) else node

    page = shown(poisoned(spec))
    assert "<script" not in page.html
    assert "<img" not in page.html
    assert [link for link in page.links if link.startswith("javascript")] == []


def test_rules_that_a_text_names_are_links_to_them(page: ShownPage) -> None:
    assert 'see the rule <a class="rule-name" href="#all-fields-are-shown">' in page.html


# As a file, and as a page of the server


def test_the_file_needs_nothing_but_itself(tmp_path: Path) -> None:
    file = tmp_path / "deeper" / "index.html"
    subprocess.run([sys.executable, "-m", "mock_server.docs", str(file)], check=True, timeout=60)
    page = ShownPage(file.read_text("utf-8"))
    for loaded in ("src=", "@import", "url(", "<script", '<link rel="stylesheet"'):
        assert loaded not in page.html
    relative = [link for link in page.links if not link.startswith(("#", "data:", "http://", "https://"))]
    assert relative == []
    assert page.samples[0].curl.startswith(f"curl '{URL}/training/record/")


def test_a_server_that_is_not_asked_for_it_loads_none_of_it() -> None:
    program = "import sys, mock_server; mock_server.create_app('empty'); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60)
    assert {"mock_server.docs.page", "markdown_it"} & {*ran.stdout.split()} == set()
    assert "mock_server.app" in ran.stdout


@pytest.mark.parametrize("root", ["", "/org/shop.1~x"])
def test_it_leads_to_the_other_pages_of_its_organisation(http: requests.Session, server: MockServer, root: str) -> None:
    page = http.get(f"{server.url}{root}/docs/")
    others = {urljoin(page.url, link) for link in ShownPage(page.text).links if link.startswith("..")}
    names = ("", "_mock/", "ui/", "openapi.yaml", "openapi.json")
    assert others == {f"{server.url}{root}/{name}" for name in names}
    assert {http.get(link, stream=True).status_code for link in others} == {200}


def test_docs_without_its_slash_leads_there(http: requests.Session, server: MockServer) -> None:
    assert http.get(f"{server.url}/org/x/docs").url == f"{server.url}/org/x/docs/"


def test_it_may_run_no_script_and_load_nothing(http: requests.Session, server: MockServer) -> None:
    policy = http.get(f"{server.url}/docs/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_words_are_compared_without_what_is_between_them() -> None:
    assert words("* `x-basis: documented`, so.") == "x basis documented so"
