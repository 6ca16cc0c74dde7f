"""Parts as a spec tells them: what each is, and where it stands."""

from typing import Any

import pytest

from api_spec.file import SpecError
from api_spec.parts import Assumption, Kind, Part, parts
from api_spec.provenance import Basis

from .document import SPEC, walk

ASSUMED = {"x-basis": "assumed", "x-reason": "It is\n  simple.", "x-question": "which", "description": "Some\n part."}
DOCUMENTED = {"x-basis": "documented", "x-source": "It is."}
SOME: dict[str, Any] = {
    "paths": {
        "/a": {
            "parameters": [{"name": "one", **ASSUMED}, {"name": "two", **ASSUMED}],
            "get": {
                "operationId": "get_a",
                "parameters": [{"name": "two", **DOCUMENTED}],
                "responses": {
                    "200": {"content": {"text/plain": {"schema": ASSUMED}}},
                    "400": {"$ref": "#/components/responses/Bad"},
                },
                **DOCUMENTED,
            },
            "put": {
                "operationId": "put_a",
                "requestBody": ASSUMED,
                "responses": {"204": ASSUMED, "422": {"$ref": "#/components/responses/Bad"}},
            },
        }
    },
    "components": {
        "schemas": {
            "A": {**ASSUMED, "properties": {"b": ASSUMED, "x-basis": ASSUMED, "example": ASSUMED}, "example": ASSUMED}
        },
        "responses": {"Bad": ASSUMED, "Unused": ASSUMED},
    },
}


def test_a_part_is_named_by_what_it_is_and_where_it_is_used() -> None:
    assert [(part.kind, part.name, part.at) for part in parts(SOME)] == [
        (Kind.PARAMETER, "one", ("get_a", "put_a")),
        (Kind.PARAMETER, "two", ("put_a",)),
        (Kind.OPERATION, "get_a", ("get_a",)),
        (Kind.PARAMETER, "two", ("get_a",)),
        (Kind.PROPERTY, "schema", ("get_a",)),
        (Kind.BODY, "", ("put_a",)),
        (Kind.RESPONSE, "204", ("put_a",)),
        (Kind.SCHEMA, "A", ("A",)),
        (Kind.PROPERTY, "b", ("A",)),
        (Kind.PROPERTY, "x-basis", ("A",)),
        (Kind.PROPERTY, "example", ("A",)),
        (Kind.RESPONSE, "400, 422", ("get_a", "put_a")),
        (Kind.RESPONSE, "Unused", ()),
    ]


def test_a_part_says_where_it_comes_from_on_one_line() -> None:
    assert parts({"paths": {}, "components": {"schemas": {"A/B": ASSUMED | {"x-assumptions": ["Yes."]}}}}) == [
        Part(
            "/components/schemas/A~1B",
            Kind.SCHEMA,
            "A/B",
            ("A/B",),
            "Some part.",
            Basis.ASSUMED,
            "It is simple.",
            "which",
            (Assumption("Yes.", (), ""),),
        )
    ]


@pytest.mark.parametrize(
    ("text", "said", "rules", "question"),
    [
        ("It is 1; see the rule\n counts-from-1.", "It is 1.", ("counts-from-1",), ""),
        ("It is 1, see the rules one-a and two.", "It is 1.", ("one-a", "two"), ""),
        ("It is 1; see the rules one, two and three.", "It is 1.", ("one", "two", "three"), ""),
        ("It is 1; none shows nothing; see the question size.", "It is 1; none shows nothing.", (), "size"),
        ("It is 1; none shows nothing.", "It is 1; none shows nothing.", (), ""),
    ],
)
def test_what_is_assumed_about_a_part_names_where_to_look(
    text: str, said: str, rules: tuple[str, ...], question: str
) -> None:
    (part,) = parts({"paths": {}, "components": {"schemas": {"A": DOCUMENTED | {"x-assumptions": [text]}}}})
    assert part.assumptions == (Assumption(said, rules, question),)


@pytest.mark.parametrize(
    "broken", [{"x-basis": "guessed"}, {"x-reason": None}, {"x-reason": 7}, {"x-assumptions": [7]}]
)
def test_a_part_that_lacks_something_is_refused_with_its_place(broken: dict[str, Any]) -> None:
    node = {name: value for name, value in (ASSUMED | broken).items() if value is not None}
    with pytest.raises(SpecError, match=r"^the part at /components/schemas/A lacks its"):
        parts({"paths": {}, "components": {"schemas": {"A": node}}})


def test_every_part_of_the_spec_is_found_and_stands_somewhere() -> None:
    marked = [pointer.removeprefix("#") for pointer, node in walk() if isinstance(node, dict) and "x-basis" in node]
    found = parts(SPEC)
    assert [part.pointer for part in found] == marked
    assert [part.pointer for part in found if not part.at] == []
