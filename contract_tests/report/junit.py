"""junit.xml: one case a rule, for the test tab of a CI service."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ..report import wording
from ..result import Exit, Report, RuleResult, Verdict
from .counterexample_text import counterexample_text
from .plain_text import one_line, shortened, visible

LONGEST_MESSAGE = 500


def junit(report: Report) -> bytes:
    """Return the report in the form that JUnit's Ant task writes."""
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", _attributes(report))
    _add_properties(suite, report)
    for rule in report.rules:
        _add_case(suite, rule)
    if report.exit_code is Exit.COULD_NOT_RUN:
        _add_run(suite, report)
    SubElement(suite, "system-out").text = visible("\n".join(_out(report)))
    SubElement(suite, "system-err").text = visible(report.problem)
    ElementTree.indent(suites)
    xml: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _attributes(report: Report) -> dict[str, str]:
    could_not_run = report.exit_code is Exit.COULD_NOT_RUN
    return {
        "id": "0",
        "package": "training-contract",
        "name": _brief(f"{report.spec.title} {report.spec.version}"),
        "hostname": one_line(urlsplit(report.target).hostname or "localhost"),
        # The schema knows no offset here.
        "timestamp": report.started.removesuffix("Z"),
        "time": f"{report.seconds:.3f}",
        "tests": str(len(report.rules) + could_not_run),
        "failures": str(report.count(Verdict.BROKEN)),
        "errors": str(int(could_not_run)),
        "skipped": str(report.count(Verdict.INCONCLUSIVE) + report.count(Verdict.NOT_EXERCISED)),
    }


def _add_properties(suite: Element, report: Report) -> None:
    properties = SubElement(suite, "properties")
    for name, value in (
        ("target", report.target),
        ("seed", str(report.seed)),
        ("basis", report.basis),
        ("profile", report.profile),
        ("requests", str(report.requests)),
        ("created", str(report.safety.created)),
        ("deleted", str(report.safety.deleted)),
        ("blocked", str(len(report.safety.blocked))),
    ):
        SubElement(properties, "property", {"name": name, "value": one_line(value)})


def _add_case(suite: Element, rule: RuleResult) -> None:
    seconds = sum(check.seconds for check in rule.checks)
    place = one_line(rule.operation) or "api"
    case = SubElement(
        suite,
        "testcase",
        {"name": one_line(rule.id), "classname": f"{rule.basis.value}.{place}", "time": f"{seconds:.3f}"},
    )
    if rule.verdict is Verdict.BROKEN:
        _add_failure(case, rule)
    elif rule.verdict is not Verdict.KEPT:
        message = f"{wording.WORDS[rule.verdict]}: {wording.reason(rule)}"
        SubElement(case, "skipped", {"message": _brief(message)})


def _add_failure(case: Element, rule: RuleResult) -> None:
    example = rule.counterexample
    if example is None:
        SubElement(case, "failure", {"type": "broken", "message": _brief(rule.text)}).text = visible(rule.text)
        return
    message = f"expected {example.expected}; got {example.got}"
    failure = SubElement(case, "failure", {"type": "broken", "message": _brief(message)})
    failure.text = counterexample_text(rule, example)


def _add_run(suite: Element, report: Report) -> None:
    """A case for the run itself: without it a run that told nothing would look well."""
    case = SubElement(suite, "testcase", {"name": "run", "classname": "training-contract", "time": "0.000"})
    error = SubElement(case, "error", {"type": "could-not-run", "message": _brief(wording.conclusion(report))})
    error.text = visible("\n".join(wording.troubles(report)))


def _out(report: Report) -> Iterator[str]:
    yield wording.counts(report)
    yield wording.run_command(report)
    if report.habits:
        yield f"{wording.HABITS}:"
        yield from (one_line(wording.habit(habit)) for habit in report.habits)


def _brief(text: str) -> str:
    return shortened(one_line(text), LONGEST_MESSAGE)
