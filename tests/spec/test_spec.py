"""The contract is a sound OpenAPI document that tells where each of its promises comes from."""

import re
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest

from api_spec.parts import parts

from .document import DOCUMENT, SPEC, in_document, operations, resolve, rules, walk

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


def quotations() -> Iterator[tuple[str, str]]:
    """Yield everything in the spec that is given as the document's words, with its place."""
    for pointer, node in walk():
        name = pointer.rpartition("/")[2]
        if name == "x-source" or (name == "source" and re.search("/x-(rules|questions)/", pointer)):
            yield pointer, node
        elif name == "description" and isinstance(node, str):
            for block in re.findall(r"(?:^>.*\n?)+", node, re.MULTILINE):
                yield pointer, re.sub("^>", "", block, flags=re.MULTILINE).strip(' "\n')


def parts_with_basis() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every operation, body, parameter, response, schema and property, with a name for it."""
    for operation_id, operation in operations().items():
        yield operation_id, operation
        for status, response in operation["responses"].items():
            yield f"{operation_id} {status}", resolve(response)
        if "requestBody" in operation:
            yield f"{operation_id} body", operation["requestBody"]
    for pointer, node in walk():
        parent, _, _ = pointer.rpartition("/")
        if parent.endswith("/parameters") and "/links/" not in pointer:
            yield pointer, node
    for name, schema in SPEC["components"]["schemas"].items():
        yield name, schema
        # What was assumed as a whole was assumed in all its parts.
        if schema["x-basis"] != "assumed":
            for field, value in schema.get("properties", {}).items():
                yield f"{name}.{field}", resolve(value)


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
    assert [link["parameters"] for link in links.values()] == [{"api_id": "$response.body#/api_id"}] * 4


def test_every_quotation_is_the_documents_own_words() -> None:
    quoted = [*quotations()]
    assert len(quoted) > 50
    assert [(where, quotation) for where, quotation in quoted if not in_document(quotation)] == []


def test_words_that_the_document_does_not_have_are_no_quotation() -> None:
    said = ["Create a new\n  Training Record.", "if one is not specified ... by querying the API"]
    unsaid = ["Create a new Package.", "by querying the API ... if one is not specified"]
    assert [words for words in said + unsaid if in_document(words)] == said


# Words that carry no promise of their own, beyond those of the document: articles, pronouns, and how a rule is put.
NEUTRAL = frozenset(
    re.findall(
        r"\S+",
        """
        a after an and another answer are as at be begins body but by changes comes consecutive created
        creation date-times dates delete deletion description details every exactly found from gap gave get
        gets given gives gone has have ids in includes index is it its leave leaves left list may more name
        names neither no nobody nor not nothing of offsets on one other others overlap own package page
        pages patch post properties put put's read reading record records returned returns search sent
        service several shows so stands strings taken than that the them there they time times to under
        update updates was were what wherever which who without
        """,
    )
)


def test_a_documented_text_says_no_more_than_the_document() -> None:
    """Each word of it stands in the document, or promises nothing: a bound, a precision or a null is an assumption."""
    document = set(re.findall(r"[a-z_'-]+", DOCUMENT.lower()))
    added = {
        rule["id"]: sorted(set(re.findall(r"[a-z_'-]+", rule["text"].lower())) - document - NEUTRAL)
        for rule in rules()
        if rule["basis"] == "documented"
    }
    assert {name: words for name, words in added.items() if words} == {}
    assert {
        word for rule in rules() if rule["basis"] == "documented" for word in re.findall(r"\d", rule["text"])
    } == set()


def test_what_a_documented_part_adds_to_its_source_is_said_to_be_assumed_and_names_the_rule_or_else_the_question() -> (
    None
):
    assumed = {rule["id"] for rule in rules() if rule["basis"] == "assumed"}
    asked = {question["id"] for question in SPEC["x-questions"]}
    said = [assumption for part in parts(SPEC) for assumption in part.assumptions]
    assert len(said) > 10
    assert [one for one in said if " assumed" not in one.text or bool(one.rules) is bool(one.question)] == []
    assert {rule for assumption in said for rule in assumption.rules} <= assumed
    assert {assumption.question for assumption in said} <= asked | {""}


@pytest.mark.parametrize(
    "claim",
    ["null", "microsecond", "RFC 3339", "at least", "however large", "from 0", "must exist", "ignored", "until then"],
)
def test_no_documented_part_claims_what_is_assumed_without_saying_so(claim: str) -> None:
    silent = [
        name
        for name, part in parts_with_basis()
        if part["x-basis"] == "documented" and claim in part["description"] and "x-assumptions" not in part
    ]
    # An operation, a body and an answer are described by the rules that stand with the operation.
    operations_parts = {name for name in silent if name.split()[0] in operations()}
    assert sorted(set(silent) - operations_parts) == []


def test_every_part_says_what_it_rests_on() -> None:
    """In what form it says so is told by the schema of the convention."""
    parts = dict(parts_with_basis())
    assert len(parts) > 50
    assert [name for name, part in parts.items() if "x-basis" not in part] == []


def test_every_part_is_described() -> None:
    assert [name for name, part in parts_with_basis() if not part.get("description", "").strip()] == []


def test_every_assumption_answers_a_question_and_every_question_is_answered() -> None:
    asked = {question["id"] for question in SPEC["x-questions"] if "answer" not in question}
    answered = [rule["question"] for rule in rules() if rule["basis"] == "assumed"]
    parts = [part for _, part in parts_with_basis()]
    answered += [part["x-question"] for part in parts if part["x-basis"] == "assumed"]
    assert set(answered) == asked
    assert [part for part in parts if part["x-basis"] == "documented" and "x-question" in part] == []


def test_no_reference_leads_into_another_schema() -> None:
    """Many tools can name only what has a name of its own."""
    places = [node["$ref"] for _, node in walk() if isinstance(node, dict) and "$ref" in node]
    assert [place for place in places if place.count("/") != 3] == []


def test_every_schema_has_a_title_and_every_field_an_example() -> None:
    for name, schema in SPEC["components"]["schemas"].items():
        assert schema["title"], name
        fields = {field: resolve(value) for field, value in schema.get("properties", {}).items()}
        assert [field for field, value in fields.items() if "example" not in value and value["type"] != "array"] == []


def test_ids_of_rules_and_of_questions_are_unique() -> None:
    for named in (rules(), SPEC["x-questions"]):
        ids = [entry["id"] for entry in named]
        assert len(ids) > 20
        assert sorted(set(ids)) == sorted(ids)


def test_promised_rules_are_there_and_documented() -> None:
    bases = {rule["id"]: rule["basis"] for rule in rules()}
    assert {rule_id: bases.get(rule_id) for rule_id in PROMISED} == dict.fromkeys(PROMISED, "documented")


def test_reference_leads_somewhere() -> None:
    followed = [resolve(node) for _, node in walk() if isinstance(node, dict) and "$ref" in node]
    assert len(followed) > 20
    assert [node for node in followed if "$ref" in node] == []
