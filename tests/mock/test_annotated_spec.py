"""The spec as Swagger UI shows it: its descriptions say where each promise comes from."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from api_spec.file import SpecError
from api_spec.provenance import Basis, Rule, rules
from mock_server import MockServer
from mock_server.docs.annotated import annotated

from .problems import SPEC


@pytest.fixture
def shown(http: requests.Session, server: MockServer) -> dict[str, Any]:
    document: dict[str, Any] = http.get(f"{server.url}/ui/openapi.json").json()
    return document | {"servers": SPEC["servers"]}  # which are another matter, see test_pages


def plain(markdown: str) -> str:
    """Return Markdown as it is read, but for its links, on one line."""
    return " ".join(markdown.replace("\\", "").split())


def without_descriptions(part: Any) -> Any:
    if isinstance(part, list):
        return [without_descriptions(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {key: without_descriptions(value) for key, value in part.items() if key != "description"}


def pairs(part: Any, shown: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every object of the spec with the same one as it is shown."""
    if isinstance(part, dict):
        yield part, shown
    for key in part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ():
        yield from pairs(part[key], shown[key])


def test_nothing_but_descriptions_is_another(shown: dict[str, Any]) -> None:
    assert without_descriptions(shown) == without_descriptions(SPEC)


def test_every_description_begins_as_the_spec_has_it(shown: dict[str, Any]) -> None:
    for part, annotation in pairs(SPEC, shown):
        assert annotation.get("description", "").startswith(part.get("description", "").rstrip())


def test_every_basis_is_told_where_it_is(shown: dict[str, Any]) -> None:
    told = [(part, plain(annotation["description"])) for part, annotation in pairs(SPEC, shown) if "x-basis" in part]
    assert len(told) > 40
    for part, description in told:
        if part["x-basis"] == "documented":
            assert f'"{part["x-source"]}"' in description
        else:
            assert "**Assumed:** " in description
            assert f"(question [{part['x-question']}](../docs/#question-{part['x-question']}))" in description
        assert description.count(" is assumed") >= len(part.get("x-assumptions", ()))


@pytest.mark.parametrize("rule", rules(SPEC), ids=lambda rule: rule.id)
def test_every_rule_is_told_with_its_basis_at_its_operation(shown: dict[str, Any], rule: Rule) -> None:
    operations = [operation for path in shown["paths"].values() for operation in path.values()]
    mine = [one["description"] for one in operations if isinstance(one, dict) and one["operationId"] == rule.operation]
    documented, _, assumed = plain((mine or [shown["info"]["description"]])[0]).partition("**Assumed rules**")
    told = documented.partition("**Documented rules**")[2] if rule.basis is Basis.DOCUMENTED else assumed
    assert f"* [`{rule.id}`](../docs/#{rule.id}) " in told
    if rule.basis is Basis.DOCUMENTED:
        assert f'*"{rule.source}"*' in told
    else:
        assert f"(question [{rule.question}](../docs/#question-{rule.question}))" in told


def test_every_operation_leads_to_its_place_in_the_docs(shown: dict[str, Any]) -> None:
    for operation in (one for path in shown["paths"].values() for one in path.values() if isinstance(one, dict)):
        assert f"(../docs/#{operation['operationId']})" in operation["description"]


def test_rule_that_a_text_names_is_a_link() -> None:
    spec = {
        "info": {},
        "paths": {},
        "x-rules": [{"id": "a-b", "basis": "documented", "source": "s", "text": "See a-b, not a-b-c or x-a-b."}],
    }
    assert "See [a-b](docs#a-b), not a-b-c or x-a-b." in annotated(spec, "docs")["info"]["description"]


def test_what_means_something_in_markdown_is_shown_as_it_is() -> None:
    spec = {"info": {"x-basis": "documented", "x-source": "*a* `b` <c> [d](e) \\ f_g_h &amp;"}, "paths": {}}
    assert annotated(spec, "docs")["info"]["description"] == (
        '* **Documented:** "\\*a\\* \\`b\\` \\<c\\> \\[d\\](e) \\\\ f\\_g\\_h \\&amp;"'
    )


@pytest.mark.parametrize(("basis", "missing"), [("documented", "x-source"), ("assumed", "x-reason")])
def test_part_that_does_not_say_what_its_basis_needs_is_named(basis: str, missing: str) -> None:
    spec = {"info": {"title": "T", "x-basis": basis}, "paths": {}}
    with pytest.raises(SpecError, match=f"x-basis: {basis} lacks its {missing}: .*'title': 'T'"):
        annotated(spec, "docs")


def test_spec_without_provenance_is_shown_as_it_is(http: requests.Session, server: MockServer) -> None:
    shown = http.get(f"{server.url}/_mock/ui/openapi.json").json()
    assert shown == http.get(f"{server.url}/_mock/openapi.json").json()
