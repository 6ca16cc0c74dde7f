"""The spec for a page that shows its descriptions alone: they say where each promise comes from, as Markdown."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from api_spec.file import SpecError
from api_spec.provenance import METHODS, Basis, Rule, rules

_SPECIAL = re.compile(r"([\\`*_\[\]<>&])")


def annotated(spec: Mapping[str, Any], docs: str) -> dict[str, Any]:
    """Return the spec with its provenance in the descriptions of its parts, and its rules in those of its operations.

    `docs` is the address of the page with every rule and question, as seen from the page that shows this. Raises
    SpecError where a rule or a part says of its basis less than it must.
    """
    return _Annotation(rules(spec), docs).of_spec(spec)


class _Annotation:
    """Writes provenance as Markdown: its basis in words, and a link wherever a rule or a question is named."""

    def __init__(self, found: list[Rule], docs: str) -> None:
        self._rules = found
        self._docs = docs
        ids = "|".join(re.escape(rule.id) for rule in found)
        self._named = re.compile(rf"(?<![\w-])({ids})(?![\w-])" if ids else r"(?!)")

    def of_spec(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return the annotated spec."""
        shown: dict[str, Any] = self._of_part(spec)
        general = self._of_rules("")
        if general:  # folded, so that the operations are not far away
            general = f"<details><summary>Rules that hold for every operation</summary>\n\n{general}\n\n</details>"
        shown["info"]["description"] = _joined(shown["info"].get("description"), general)
        for path in shown["paths"].values():
            for operation in (path[method] for method in METHODS if method in path):
                name = operation["operationId"]
                more = f"[{name} in the docs]({self._docs}#{name})"
                operation["description"] = _joined(operation.get("description"), self._of_rules(name), more)
        return shown

    def _of_part(self, part: Any) -> Any:
        """Return a part and all within it, each with its provenance behind its description."""
        if isinstance(part, list):
            return [self._of_part(item) for item in part]
        if not isinstance(part, Mapping):
            return part
        shown = {key: self._of_part(value) for key, value in part.items()}
        if "x-basis" in part:
            shown["description"] = _joined(part.get("description"), _list(self._provenance(part)))
        return shown

    def _provenance(self, part: Mapping[str, Any]) -> Iterable[str]:
        if part["x-basis"] == Basis.ASSUMED:
            yield f"**Assumed:** {self._linked(_said(part, 'x-reason'))}{self._question(part.get('x-question'))}"
        elif _said(part, "x-source") not in part.get("description", ""):
            yield f'**Documented:** "{_escaped(part["x-source"])}"'
        yield from map(self._linked, part.get("x-assumptions", ()))

    def _of_rules(self, operation: str) -> str:
        """Return the rules of an operation, by their basis."""
        parts = []
        for basis in Basis:
            mine = [self._rule(rule) for rule in self._rules if rule.operation == operation and rule.basis is basis]
            parts += [f"**{basis.capitalize()} rules**", _list(mine)] if mine else []
        return _joined(*parts)

    def _rule(self, rule: Rule) -> str:
        told = f"[`{rule.id}`]({self._docs}#{rule.id}) {self._linked(rule.text)}"
        if rule.basis is Basis.DOCUMENTED:
            return f'{told} *"{_escaped(rule.source)}"*'
        return f"{told} *{self._linked(rule.source)}*{self._question(rule.question)}"

    def _question(self, question: str | None) -> str:
        return f" (question [{question}]({self._docs}#question-{question}))" if question else ""

    def _linked(self, text: str) -> str:
        """Return a text with a link wherever it names a rule."""
        return self._named.sub(lambda match: f"[{match[1]}]({self._docs}#{match[1]})", _escaped(text))


def _said(part: Mapping[str, Any], name: str) -> str:
    if name not in part:
        raise SpecError(f"a part with x-basis: {part['x-basis']} lacks its {name}: {str(part)[:200]}")
    return str(part[name])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"* {line}" for line in lines)


def _joined(*parts: str | None) -> str:
    return "\n\n".join(part.rstrip() for part in parts if part)
