"""Reports made by hand: one of every verdict, and text that wants to be something else."""

from dataclasses import replace
from typing import Any

from api_spec.provenance import Basis
from contract_tests.result import (
    BlockedRequest,
    CheckOutcome,
    Counterexample,
    Habit,
    OperationCoverage,
    Report,
    RuleResult,
    Safety,
    SpecInfo,
    StepResult,
    Verdict,
)

HOSTILE = (
    "</script><script>alert(1)</script> <img src=x onerror=alert(1)> \" ' & {{ 7*7 }} {% raw %} "
    "[bold red]markup[/bold red] :smile: ``` | ]]> <!-- --> \x00\x07\x1b[31mred\x1b[0m \x9b1m \r \u202eturned "
    "\ud800 \ufffe 日本語 👩‍🚀\n::error::fake\n##[error]fake\n::set-output name=a::b"
)

LONG = "long " * 2_500

STEP = StepResult(
    method="POST",
    target="/training/record/",
    headers={"Content-Type": "application/json"},
    body='{"person_api_id": "<<person:1>>", "package_api_id": "<<package:1>>"}',
    curl='curl -sS -X POST --data-binary \'{"person_api_id": "usr-1"}\' http://127.0.0.1:8080/training/record/',
    status=201,
    content_type="application/json",
    answer='{"api_id":"rec-1"}',
    names="made:1",
)

WALK = replace(STEP, method="WALK", body=None, headers={}, status=200, curl="curl -sS http://127.0.0.1:8080/")


def example(rule: str, text: str = "") -> Counterexample:
    return Counterexample(
        rule=rule,
        sentence=f"sentence of {rule}{text}",
        text=f"text of {rule}{text}",
        expected=f"a page of 2 records{text}",
        got=f"a page of 3 records{text}",
        steps=(
            STEP,
            replace(STEP, target="/" + text, curl="curl " + text, answer="answer " + text, body=text),
            replace(WALK, status=None, answer=""),
        ),
        check="lists.pages",
        seed=7,
    )


def outcome(rule: str, verdict: Verdict, message: str = "", name: str = "lists.pages") -> CheckOutcome:
    judged = 3 if verdict in (Verdict.KEPT, Verdict.BROKEN) else 0
    return CheckOutcome(name, rule, verdict, judged, requests=5, seconds=0.25, message=message)


def rule(name: str, verdict: Verdict, basis: Basis = Basis.DOCUMENTED, text: str = "", message: str = "") -> RuleResult:
    return RuleResult(
        id=name,
        basis=basis,
        sentence=f"sentence of {name}{text}",
        text=f"text of {name}{text}",
        operation="" if verdict is Verdict.KEPT else "list_records",
        verdict=verdict,
        checks=(outcome(name, verdict, message),),
        counterexample=example(name, text) if verdict is Verdict.BROKEN else None,
        message=message,
    )


COVERAGE = (
    OperationCoverage(
        operation="list_records",
        method="GET",
        path="/training/record/",
        requests=40,
        statuses={"200": 37, "400": 0, "500": 3},
        parameters={"limit": 30, "search": 0},
        documented=("200", "400"),
    ),
    OperationCoverage("get_record", "GET", "/training/record/{api_id}/", 5, {"200": 4, "none": 1}, {}, ("200",)),
)


HABITS = (
    Habit("dates", "keeps milliseconds, and writes them with Z"),
    Habit("page size", "gives at most 10 records a page, whatever limit asks for; without a limit it gives 10, too"),
)


def report(*rules: RuleResult, text: str = "", **changes: Any) -> Report:
    made = Report(
        target="http://127.0.0.1:8080",
        spec=SpecInfo("Training Record API" + text, "1.0.0", "openapi.yaml", ("strict.yaml",)),
        seed=7,
        basis="all",
        profile="quick",
        read_only=False,
        started="2026-01-31T09:00:00Z",
        seconds=12.34,
        requests=1423,
        rules=rules,
        safety=Safety(created=5, deleted=5),
        coverage=COVERAGE,
    )
    return replace(made, **changes)


def mixed(text: str = "", **changes: Any) -> Report:
    """Two rules kept, two broken, one inconclusive, one not exercised."""
    return report(
        rule("field-types", Verdict.KEPT, text=text),
        rule("dates-are-utc", Verdict.KEPT, Basis.ASSUMED, text=text),
        rule("limit-bounds-page", Verdict.BROKEN, text=text),
        rule(
            "list-envelope", Verdict.BROKEN, Basis.ASSUMED, text=text, message="the same requests did not show it again"
        ),
        rule("search-narrows", Verdict.INCONCLUSIVE, text=text, message="others moved the data" + text),
        rule("put-updates", Verdict.NOT_EXERCISED, text=text),
        text=text,
        **changes,
    )


def hostile() -> Report:
    """Every text that a service, a file or a command line can put into a report is hostile."""
    left = Safety(
        created=3,
        deleted=1,
        leftovers=("rec-left" + HOSTILE,),
        possible_leftovers=("rec-perhaps" + HOSTILE,),
        blocked=(BlockedRequest("DELETE", "/training/record/other/" + HOSTILE, "not ours" + HOSTILE),),
        ledger="ledger.jsonl" + HOSTILE,
    )
    habits = (Habit("dates" + HOSTILE, "keeps" + HOSTILE),)
    return mixed(
        HOSTILE, safety=left, habits=habits, target="http://127.0.0.1:8080/" + HOSTILE, problem="gone" + HOSTILE
    )


def kept() -> Report:
    return report(rule("field-types", Verdict.KEPT), rule("api-id-kept", Verdict.KEPT))
