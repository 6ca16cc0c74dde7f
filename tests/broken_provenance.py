"""The example of docs/provenance.md, whose provenance is sound, and each way to break it."""

import json
from typing import Any, NamedTuple

import yaml
from papers import ROOT, blocks

Spec = dict[str, Any]
PAGE = (ROOT / "docs" / "provenance.md").read_text("utf-8")
EXAMPLE: Spec = next(yaml.safe_load(block) for block in blocks(PAGE, "yaml") if block.startswith("openapi:"))

GET = ("paths", "/readers/{card}/loans", "get")
LOAN = ("components", "schemas", "Loan")
RULE = (*GET, "x-rules", 1)


class Break(NamedTuple):
    """One law broken: where, how, and what the ruleset says of it."""

    at: tuple[str | int, ...]
    """The member that is set, or taken away."""
    value: Any
    """What it is set to; None takes it away."""
    finding: str
    """The rule of the ruleset that finds it."""
    where: tuple[str | int, ...]
    """The place that the finding names."""
    says: str
    """What stands in its message."""

    def done(self) -> Spec:
        """Return the example with this broken."""
        spec: Spec = json.loads(json.dumps(EXAMPLE))
        *path, name = self.at
        node: Any = spec
        for step in path:
            node = node[step]
        if self.value is None:
            del node[name]
        else:
            node[name] = self.value
        return spec


def _rule(**members: Any) -> Spec:
    return EXAMPLE["paths"]["/readers/{card}/loans"]["get"]["x-rules"][1] | members


CARD = (*GET, "parameters", 0)
FOUND = (*GET, "responses", "200")
MISSING = (*GET, "responses", "404")
DUE = (*LOAN, "properties", "due")
QUESTION = ("x-questions", 0)
OPEN: Spec = {"type": "object", "properties": {"title": {"type": "string"}}}

# The JSON Schema sees these as well.
OF_FORM = {
    "a basis that is none": Break((*CARD, "x-basis"), "guessed", "provenance-mark", (*CARD, "x-basis"), "documented"),
    "a source without a basis": Break((*CARD, "x-basis"), None, "provenance-mark", CARD, '"x-basis"'),
    "a reason without a basis": Break((*MISSING, "x-basis"), None, "provenance-mark", MISSING, '"x-basis"'),
    "a documented part without a source": Break((*GET, "x-source"), None, "provenance-documented", GET, '"x-source"'),
    "an empty source": Break((*GET, "x-source"), " ", "provenance-documented", (*GET, "x-source"), "not empty"),
    "a source that is no text": Break((*GET, "x-source"), 7, "provenance-documented", (*GET, "x-source"), "a text"),
    "a documented part with a reason": Break(
        (*GET, "x-reason"), "So.", "provenance-documented", (*GET, "x-reason"), "assumed part"
    ),
    "a documented part with a question": Break(
        (*GET, "x-question"), "due-form", "provenance-documented", (*GET, "x-question"), "assumed part"
    ),
    "assumptions that are no list": Break(
        (*CARD, "x-assumptions"), "So.", "provenance-documented", (*CARD, "x-assumptions"), "array"
    ),
    "no assumption in the list": Break(
        (*CARD, "x-assumptions"), [], "provenance-documented", (*CARD, "x-assumptions"), "1 items"
    ),
    "an empty assumption": Break(
        (*CARD, "x-assumptions"), [""], "provenance-documented", (*CARD, "x-assumptions", "0"), "not empty"
    ),
    "an assumed part without a reason": Break((*DUE, "x-reason"), None, "provenance-assumed", DUE, '"x-reason"'),
    "an assumed part without a question": Break((*DUE, "x-question"), None, "provenance-assumed", DUE, '"x-question"'),
    "an assumed part with a source": Break(
        (*DUE, "x-source"), "a due date", "provenance-assumed", (*DUE, "x-source"), "documented part"
    ),
    "an assumed part with assumptions": Break(
        (*DUE, "x-assumptions"), ["So."], "provenance-assumed", (*DUE, "x-assumptions"), "as a whole"
    ),
    "a question that is no id": Break(
        (*DUE, "x-question"), "Due form", "provenance-assumed", (*DUE, "x-question"), "hyphens"
    ),
    "a rule without an id": Break((*RULE, "id"), None, "provenance-rule", RULE, '"id"'),
    "an id with capitals": Break((*RULE, "id"), "ReturnedLoans", "provenance-rule", (*RULE, "id"), "hyphens"),
    "a rule without a basis": Break((*RULE, "basis"), None, "provenance-rule", RULE, '"basis"'),
    "a rule on a basis that is none": Break(
        (*RULE, "basis"), "guessed", "provenance-rule", (*RULE, "basis"), "assumed"
    ),
    "a rule without a text": Break((*RULE, "text"), None, "provenance-rule", RULE, '"text"'),
    "a rule with an empty text": Break((*RULE, "text"), "", "provenance-rule", (*RULE, "text"), "not empty"),
    "a rule with a member of no meaning": Break((*RULE, "why"), "So.", "provenance-rule", RULE, '"why"'),
    "a rule of the whole API without a text": Break(
        ("x-rules",), [_rule(id="other", text="")], "provenance-rule", ("x-rules", "0", "text"), "not empty"
    ),
    "a documented rule without a source": Break(
        (*GET, "x-rules", 0, "source"), None, "provenance-documented-rule", (*GET, "x-rules", 0), '"source"'
    ),
    "a documented rule with a reason": Break(
        (*GET, "x-rules", 0, "reason"),
        "So.",
        "provenance-documented-rule",
        (*GET, "x-rules", 0, "reason"),
        "assumed rule",
    ),
    "a documented rule with a question": Break(
        (*GET, "x-rules", 0, "question"),
        "due-form",
        "provenance-documented-rule",
        (*GET, "x-rules", 0, "question"),
        "assumed rule",
    ),
    "an assumed rule without a reason": Break((*RULE, "reason"), None, "provenance-assumed-rule", RULE, '"reason"'),
    "an assumed rule without a question": Break(
        (*RULE, "question"), None, "provenance-assumed-rule", RULE, '"question"'
    ),
    "an assumed rule with a source": Break(
        (*RULE, "source"), "a loan", "provenance-assumed-rule", (*RULE, "source"), "documented rule"
    ),
    **{
        f"a question without its {name}": Break((*QUESTION, name), None, "provenance-question", QUESTION, f'"{name}"')
        for name in ("id", "text", "source", "alternatives", "evidence")
    },
    "a question that asks nothing": Break(
        (*QUESTION, "text"), "Yes.", "provenance-question", (*QUESTION, "text"), "question mark"
    ),
    "a question without another answer": Break(
        (*QUESTION, "alternatives"), [], "provenance-question", (*QUESTION, "alternatives"), "1 items"
    ),
    "an answer without a reason": Break(
        ("x-questions", 3, "reason"), None, "provenance-question", ("x-questions", 3), "reason"
    ),
    "a question with a member of no meaning": Break(
        (*QUESTION, "why"), "So.", "provenance-question", QUESTION, '"why"'
    ),
}

# These need a look at more than one place.
OF_THE_WHOLE = {
    "an operation without marks": Break(
        ("paths", "/books"), {"get": {"responses": {}}}, "provenance-unmarked", ("paths", "/books", "get"), '"get"'
    ),
    "a parameter without marks": Break(
        (*GET, "parameters", 0), {"name": "card"}, "provenance-unmarked", (*GET, "parameters", 0), "x-source"
    ),
    "a parameter of a path without marks": Break(
        ("paths", "/readers/{card}/loans", "parameters"),
        [{"name": "page"}],
        "provenance-unmarked",
        ("paths", "/readers/{card}/loans", "parameters", 0),
        "x-reason",
    ),
    "a body without marks": Break(
        (*GET, "requestBody"), {"content": {}}, "provenance-unmarked", (*GET, "requestBody"), '"requestBody"'
    ),
    "an answer without marks": Break(
        (*GET, "responses", "400"), {"description": "No."}, "provenance-unmarked", (*GET, "responses", "400"), '"400"'
    ),
    **{
        f"components/{kind} without marks": Break(
            ("components", kind), {"One": {}}, "provenance-unmarked", ("components", kind, "One"), '"One"'
        )
        for kind in ("parameters", "requestBodies", "responses")
    },
    "a schema without marks": Break(
        ("components", "schemas", "Book"), OPEN, "provenance-unmarked", ("components", "schemas", "Book"), '"Book"'
    ),
    "a property without marks": Break(
        (*LOAN, "properties", "pages"), {}, "provenance-unmarked", (*LOAN, "properties", "pages"), '"pages"'
    ),
    "a property of a schema without a name": Break(
        (*LOAN, "allOf"),
        [{"type": "array", "items": OPEN}],
        "provenance-unmarked",
        (*LOAN, "allOf", 0, "items", "properties", "title"),
        '"title"',
    ),
    "a property in an answer": Break(
        (*FOUND, "content"),
        {"application/json": {"schema": OPEN}},
        "provenance-unmarked",
        (*FOUND, "content", "application/json", "schema", "properties", "title"),
        '"title"',
    ),
    "a property in a parameter": Break(
        (*CARD, "schema"), OPEN, "provenance-unmarked", (*CARD, "schema", "properties", "title"), '"title"'
    ),
    "two rules of one id": Break(
        ("x-rules",), [_rule(text="A loan ends.")], "provenance-references", (*RULE, "id"), '"returned-loans-leave"'
    ),
    "two questions of one id": Break(
        ("x-questions", 3, "id"), "due-form", "provenance-references", ("x-questions", 3, "id"), '"due-form"'
    ),
    "a rule that answers no question": Break(
        (*RULE, "question"), "lost-loans", "provenance-references", (*RULE, "question"), '"lost-loans"'
    ),
    "a part that answers no question": Break(
        (*DUE, "x-question"), "lost-loans", "provenance-references", (*DUE, "x-question"), '"lost-loans"'
    ),
    "a question that nothing answers": Break(
        DUE, {"$ref": "#/components/schemas/Day"}, "provenance-references", ("x-questions", 2), '"due-form"'
    ),
    "a question that is answered twice": Break(
        (*DUE, "x-question"), "who-may-ask", "provenance-references", (*DUE, "x-question"), '"who-may-ask"'
    ),
    "an assumption said by no rule": Break(
        (*FOUND, "x-assumptions", 0),
        "It is assumed; see the rule lost-loans-leave.",
        "provenance-references",
        (*FOUND, "x-assumptions", 0),
        '"lost-loans-leave"',
    ),
    "an assumption said by a documented rule": Break(
        (*FOUND, "x-assumptions", 0),
        "It is assumed; see the rules returned-loans-leave and loans-of-one-reader.",
        "provenance-references",
        (*FOUND, "x-assumptions", 0),
        '"loans-of-one-reader"',
    ),
    "a reason that names no rule": Break(
        (*DUE, "x-reason"), "See the rule lost-loans.", "provenance-references", (*DUE, "x-reason"), '"lost-loans"'
    ),
    "rules where nobody looks": Break((*LOAN, "x-rules"), [], "provenance-references", (*LOAN, "x-rules"), "operation"),
    "questions where nobody looks": Break(
        (*GET, "x-questions"), [], "provenance-references", (*GET, "x-questions"), "at the top"
    ),
}
