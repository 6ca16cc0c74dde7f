"""What a run learns of a service before its checks: that it answers, whom records may refer to, its clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import requests

from ..checks.bench import Bench
from ..checks.context import CheckContext, Discovery
from ..checks.dialogue import Dialogue
from ..client.exchange import Exchange
from ..client.service import Service
from ..client.walk import Walk
from ..judge import Clock, Expectations
from ..options import PROFILES, Options
from ..safety.redaction import Redactor
from ..safety.session import CONNECT_TIMEOUT

PROBE_TIMEOUT = 6.0
"""Seconds that the very first answer may take."""

MOST_LEARNT = 3
"""How many people, and how many packages, new records are to refer to when none are named."""


class CouldNotRun(Exception):
    """The run can't be done against this service. The message says what to do about it; secrets may be in it."""


@dataclass(frozen=True)
class Survey:
    """What was learnt, as the checks need it, and what showed on the way."""

    bench: Bench
    discoveries: tuple[Discovery, ...]


def survey(service: Service, options: Options, judged: frozenset[str], redactor: Redactor) -> Survey:
    """Find out whether and with what the service can be tested, judging these rules; raise CouldNotRun.

    Raises BudgetExceeded and Unreachable too.
    """
    _probe(service)
    bench = _blank_bench(service, options, judged)
    dialogue = bench.dialogue()
    walk = dialogue.walk()
    context = CheckContext(bench, "run.survey", "")
    context.collect(dialogue)
    bench = _filled_bench(bench, options, walk)
    if bench.writes:
        if not (bench.people and bench.packages):
            raise CouldNotRun(_nobody_to_refer_to(bench, walk))
        bench = _try_writing(bench, options, redactor)
    return Survey(bench, tuple(context.discoveries))


def _probe(service: Service) -> None:
    """Ask for one record, with little patience."""
    url = service.base_url + service.spec.collection
    prepared = service.session.prepare_request(requests.Request("GET", url, params={"limit": 1}))
    try:
        response = service.session.send(prepared, timeout=(CONNECT_TIMEOUT, PROBE_TIMEOUT))
    except requests.RequestException as exc:
        raise CouldNotRun(f"{service.base_url} does not answer: {_reason(exc)}") from exc
    if response.status_code in (401, 403):
        raise CouldNotRun(
            f"{url} answers {response.status_code}: pass what it asks for with --header 'Authorization: ...'"
        )
    if 300 <= response.status_code < 400:
        location = response.headers.get("Location", "") or "somewhere"
        raise CouldNotRun(f"{url} redirects to {location}: pass the base URL that it leads to")
    if response.status_code == 404:
        raise CouldNotRun(f"there is no {service.spec.collection} at {service.base_url}: is the base URL right?")


def _blank_bench(service: Service, options: Options, judged: frozenset[str]) -> Bench:
    """The bench of a run that knows nothing of the service yet."""
    expectations = Expectations(
        strict=options.basis == "all",
        prefix=service.ledger.prefix,
        people=frozenset(),
        packages=frozenset(),
        descriptions={},
        clock=Clock(),
    )
    return Bench(
        service, expectations, judged, (), (), PROFILES[options.profile], options.seed, writes=not options.read_only
    )


def _filled_bench(bench: Bench, options: Options, walk: Walk) -> Bench:
    """The bench with whom and what records refer to, those that were named first, and how packages are described."""
    people = _named(options.person_api_ids, walk, "person_api_id")
    packages = _named(options.package_api_ids, walk, "package_api_id")
    expectations = replace(
        bench.expectations,
        people=frozenset(people),
        packages=frozenset(packages),
        descriptions=_descriptions(walk),
    )
    return replace(
        bench,
        expectations=expectations,
        people=options.person_api_ids or people[:MOST_LEARNT],
        packages=options.package_api_ids or packages[:MOST_LEARNT],
    )


def _nobody_to_refer_to(bench: Bench, walk: Walk) -> str:
    missing = [
        option for option, ids in (("--person-api-id", bench.people), ("--package-api-id", bench.packages)) if not ids
    ]
    why = "the list has no record to learn a person and a package from"
    if not walk.complete:
        why = f"the list could not be read: {walk.last}"
    return f"{why}: pass {' and '.join(missing)} (twice each is better) with ids that records may refer to"


def _try_writing(bench: Bench, options: Options, redactor: Redactor) -> Bench:
    """Create one record, to learn what the service's clock says, and at once when writing is not allowed."""
    dialogue = bench.dialogue()
    body = {"person_api_id": "<<person:1>>", "package_api_id": "<<package:1>>", "api_id": dialogue.new_id()}
    exchange = dialogue.post(body)
    if exchange is not None:
        _complain_of_refusal(exchange, bench, options, redactor)
    dialogue.clear()
    return _with_clock(bench, dialogue, exchange)


def _complain_of_refusal(exchange: Exchange, bench: Bench, options: Options, redactor: Redactor) -> None:
    if exchange.status in (401, 403):
        raise CouldNotRun(
            f"creating a record is answered {exchange.status}: pass credentials that may write with --header, "
            "or --read-only"
        )
    if exchange.refused and (options.person_api_ids or options.package_api_ids):
        # Those that were learnt are referred to by records that are there; these are somebody's word.
        raise CouldNotRun(
            f"a record of person {bench.people[0]} and package {bench.packages[0]} is refused ({exchange.status} "
            f"{redactor.text(exchange.text[:1000])[:200]}): pass ids that records may refer to"
        )


def _with_clock(bench: Bench, dialogue: Dialogue, exchange: Exchange | None) -> Bench:
    """The bench whose expectations know the service's clock, where its first record showed it."""
    if exchange is None or not exchange.ok or dialogue.judge.findings.of("date-assigned-generated") is not None:
        return bench
    return replace(bench, expectations=replace(bench.expectations, clock=Clock.shown_by(exchange)))


def _named(chosen: tuple[str, ...], walk: Walk, field: str) -> tuple[str, ...]:
    there = [str(record[field]) for record in walk.records if isinstance(record.get(field), str) and record[field]]
    return tuple(dict.fromkeys([*chosen, *there]))


def _descriptions(walk: Walk) -> dict[str, str]:
    """package_desc by package, where all records of the package agree."""
    texts: dict[str, set[str]] = {}
    for record in walk.records:
        texts.setdefault(str(record.get("package_api_id")), set()).add(str(record.get("package_desc")))
    return {package: next(iter(one)) for package, one in texts.items() if len(one) == 1}


def _reason(exc: BaseException) -> str:
    """The innermost reason of a failed request, in its own words."""
    seen: BaseException = exc
    while isinstance(inner := _inner(seen), BaseException):
        seen = inner
    return str(seen) or type(seen).__name__


def _inner(exc: BaseException) -> Any:
    reason = getattr(exc, "reason", None)
    if isinstance(reason, BaseException):
        return reason
    return next((arg for arg in exc.args if isinstance(arg, BaseException)), None)
