"""The contract is a sound OpenAPI document that tells where each of its promises comes from."""

import re
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest

from .document import SPEC, in_document, operations, resolve, rules, walk

PROMISED = [
    "api-id-kept",
    "api-id-generated",
    "api-id-queryable",
    "create-returns-record",
    "package-desc-populated",
    "date-assigned-generated",
    "date-assigned-kept",
    "dates-kept",
    "get-returns-record",
    "list-is-object",
    "list-has-records",
    "limit-bounds-page",
    "offset-is-start-index",
    "search-narrows",
    "package-has-many-records",
    "put-updates",
    "patch-is-partial",
    "update-touches-one-record",
    "delete-removes-one-record",
    "delete-returns-nothing",
    "field-types",
]


def quotations() -> Iterator[Any]:
    """Yield everything in the spec that is given as the document's words."""
    for pointer, node in walk():
        name = pointer.rpartition("/")[2]
        if name == "x-source" or (name == "source" and "/x-rules/" in pointer):
            yield pytest.param(node, id=pointer)
        elif name == "description" and isinstance(node, str):
            for number, block in enumerate(re.findall(r"(?:^>.*\n?)+", node, re.MULTILINE)):
                yield pytest.param(re.sub("^>", "", block, flags=re.MULTILINE).strip(' "\n'), id=f"{pointer}>{number}")


def parts_with_basis() -> Iterator[Any]:
    """Yield every operation, body, parameter, response, schema and property."""
    for operation_id, operation in operations().items():
        yield pytest.param(operation, id=operation_id)
        for status, response in operation["responses"].items():
            yield pytest.param(response, id=f"{operation_id} {status}")
        if "requestBody" in operation:
            yield pytest.param(operation["requestBody"], id=f"{operation_id} body")
    for pointer, node in walk():
        parent, _, name = pointer.rpartition("/")
        if parent.endswith("/parameters") and "/links/" not in pointer:
            yield pytest.param(node, id=pointer)
    for name, schema in SPEC["components"]["schemas"].items():
        yield pytest.param(schema, id=name)
        # What was assumed as a whole was assumed in all its parts.
        if schema["x-basis"] != "assumed":
            for field, value in schema.get("properties", {}).items():
                yield pytest.param(value, id=f"{name}.{field}")


def test_validator_accepts_it() -> None:
    openapi_spec_validator.validate(SPEC)


def test_version_is_one_that_connexion_reads() -> None:
    assert SPEC["openapi"] == "3.0.3"


def test_paths_methods_and_operation_ids_are_exactly_these() -> None:
    collection, item = SPEC["paths"]["/training/record/"], SPEC["paths"]["/training/record/{api_id}/"]
    assert list(SPEC["paths"]) == ["/training/record/", "/training/record/{api_id}/"]
    assert {m: o["operationId"] for m, o in collection.items()} == {"get": "list_records", "post": "create_record"}
    assert {m: o["operationId"] for m, o in item.items() if m != "parameters"} == {
        "get": "get_record",
        "put": "replace_record",
        "patch": "update_record",
        "delete": "delete_record",
    }


def test_creation_links_to_the_four_operations_on_one_record() -> None:
    links = operations()["create_record"]["responses"]["201"]["links"]
    assert {link["operationId"] for link in links.values()} == {
        "get_record",
        "replace_record",
        "update_record",
        "delete_record",
    }
    assert all(link["parameters"] == {"api_id": "$response.body#/api_id"} for link in links.values())


@pytest.mark.parametrize("quotation", [*quotations()])
def test_quotation_is_the_documents_own_words(quotation: str) -> None:
    assert in_document(quotation)


def test_words_that_the_document_does_not_have_are_no_quotation() -> None:
    assert in_document("Create a new\n  Training Record.")
    assert in_document("if one is not specified ... by querying the API")
    assert not in_document("Create a new Package.")
    assert not in_document("by querying the API ... if one is not specified")


@pytest.mark.parametrize("part", [*parts_with_basis()])
def test_part_says_what_it_rests_on(part: dict[str, Any]) -> None:
    part = resolve(part)
    why = {"documented": "x-source", "assumed": "x-reason"}[part["x-basis"]]
    assert part[why].strip()
    assert {"x-source", "x-reason"} & part.keys() == {why}


@pytest.mark.parametrize("part", [*parts_with_basis()])
def test_part_is_described(part: dict[str, Any]) -> None:
    assert resolve(part)["description"].strip()


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule["id"]) for rule in rules()])
def test_rule_has_a_text_and_its_source_or_reason(rule: dict[str, str]) -> None:
    why = {"documented": "source", "assumed": "reason"}[rule["basis"]]
    assert rule.keys() == {"id", "basis", "text", why}
    assert all(value.strip() for value in rule.values())


def test_rule_ids_are_unique_and_kebab_case() -> None:
    ids = [rule["id"] for rule in rules()]
    assert sorted(set(ids)) == sorted(ids)
    assert [i for i in ids if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", i)] == []


@pytest.mark.parametrize("rule_id", PROMISED)
def test_promised_rule_is_there_and_documented(rule_id: str) -> None:
    assert [rule["basis"] for rule in rules() if rule["id"] == rule_id] == ["documented"]


def test_reference_leads_somewhere() -> None:
    for _, node in walk():
        if isinstance(node, dict) and "$ref" in node:
            assert "$ref" not in resolve(node)
