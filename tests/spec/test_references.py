"""References: each is replaced by what it refers to, or refused."""

from typing import Any

import pytest

from api_spec.file import SpecError
from api_spec.references import dereferenced, followed


def test_a_reference_becomes_what_it_refers_to_wherever_it_stands() -> None:
    document = {
        "a": {"$ref": "#/parts/one"},
        "b": [{"$ref": "#/parts/two"}],
        "parts": {"one": {"type": "string"}, "two": {"items": {"$ref": "#/parts/one"}}},
    }
    whole = dereferenced(document)
    assert whole["a"] == {"type": "string"}
    assert whole["b"] == [{"items": {"type": "string"}}]


def test_tokens_are_those_of_a_json_pointer() -> None:
    document = {"a": {"$ref": "#/parts/~1x~0y"}, "parts": {"/x~y": 1}}
    assert dereferenced(document)["a"] == 1


def test_one_node_alone_can_be_asked_for() -> None:
    document = {"parts": {"one": {"type": "string"}}}
    assert dereferenced(document, {"$ref": "#/parts/one"}) == {"type": "string"}


def test_a_property_called_ref_is_no_reference() -> None:
    document = {"properties": {"$ref": {"type": "string"}}}
    assert dereferenced(document) == document


def test_the_document_stays_as_it_is() -> None:
    document = {"a": {"$ref": "#/b"}, "b": {"c": []}}
    dereferenced(document)["a"]["c"].append(1)
    assert document == {"a": {"$ref": "#/b"}, "b": {"c": []}}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"a": {"$ref": "#/b"}}, "#/b leads nowhere"),
        ({"a": {"$ref": "#/b/c"}, "b": 1}, "#/b/c leads nowhere"),
        ({"a": {"$ref": "other.yaml#/b"}}, "leads out of the document"),
        ({"a": {"$ref": "#/a"}}, "#/a refers back to itself"),
        ({"a": {"b": {"$ref": "#/c"}}, "c": {"d": {"$ref": "#/a"}}}, "refers back to itself"),
    ],
)
def test_a_reference_that_cannot_be_followed_is_refused(document: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        dereferenced(document)


def test_one_step_can_be_followed_and_what_is_below_it_stays() -> None:
    document = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/c"}, "c": {"d": {"$ref": "#/a"}}}
    assert followed(document, document["a"]) == {"d": {"$ref": "#/a"}}
    assert followed(document, {"e": 1}) == {"e": 1}


def test_a_step_that_leads_back_to_itself_is_refused() -> None:
    document = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}
    with pytest.raises(SpecError, match="refers back to itself"):
        followed(document, document["a"])
