"""What a run learns of a service before its checks: that it answers, whom records may refer to, its clock."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import requests

from ..checks.bench import MOST_NAMED, Bench
from ..checks.context import CheckContext, Discovery, words_of
from ..checks.dialogue import Dialogue
from ..client.dialect import JSON, PLAIN_PAST
from ..client.service import Service
from ..client.walk import Walk
from ..judge import Clock, Expectations
from ..options import PROFILES, Options
from ..result import Habit
from ..safety.redaction import Redactor
from ..safety.session import CONNECT_TIMEOUT
from .habits import habits
from .learning import Learner, Learnt
from .unreachable import why

PROBE_TIMEOUT = 6.0
"""Seconds that the very first answer may take."""


class CouldNotRun(Exception):
    """The run can't be done against this service. The message says what to do about it; secrets may be in it."""


@dataclass(frozen=True)
class Survey:
    """What was learnt, as the checks need it, and what showed on the way."""

    bench: Bench
    discoveries: tuple[Discovery, ...]
    habits: tuple[Habit, ...]


def survey(service: Service, options: Options, judged: frozenset[str], redactor: Redactor) -> Survey:
    """Find out whether and with what the service can be tested, judging these rules; raise CouldNotRun.

    Raises BudgetExceeded and Unreachable too.
    """
    _probe(service)
    bench = _blank_bench(service, options, judged)
    context = CheckContext(bench, "run.survey", "")
    dialogue = bench.dialogue()
    walk = dialogue.walk()
    context.collect(dialogue)
    bench = _filled_bench(bench, options, walk)
    learner = Learner(bench, walk)
    learner.learn_reading()
    if bench.writes:
        if not (bench.people and bench.packages):
            raise CouldNotRun(_nobody_to_refer_to(bench, walk))
        learner.learn_writing()
        _complain_of_refusal(learner.learnt, options, redactor)
    learnt = learner.learnt
    bench = _with_dialect(learnt)
    _ask_for_what_any_service_takes(context, bench, learnt)
    return Survey(bench, tuple(context.discoveries), habits(learnt, walk))


def _probe(service: Service) -> None:
    """Ask for one record, with little patience."""
    url = service.base_url + service.spec.collection
    prepared = service.session.prepare_request(requests.Request("GET", url, params={"limit": 1}))
    try:
        response = service.session.send(prepared, timeout=(CONNECT_TIMEOUT, PROBE_TIMEOUT))
    except OSError as exc:  # requests' own, or that the authorities to trust can't be read
        raise CouldNotRun(f"{service.base_url} does not answer: {why(exc, service.base_url, os.environ)}") from exc
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
    prefix = service.ledger.prefix
    return Bench(
        service,
        Expectations(prefix, made_up_word(prefix)),
        judged,
        (),
        (),
        PROFILES[options.profile],
        options.seed,
        writes=not options.read_only,
    )


def made_up_word(prefix: str) -> str:
    """A word that nobody's name holds, made of the random digits of the prefix.

    No three letters of it stand together in a name either: to some services so many are a match, to forgive a slip.
    """
    word = ""
    for digit in prefix.split("-")[1]:
        others = [letter for letter in "qxjz" if letter != word[-1:]]
        word += others[int(digit, 16) % len(others)]
    return word


def _filled_bench(bench: Bench, options: Options, walk: Walk) -> Bench:
    """The bench with whom and what records refer to, those that were named first, and how packages are described."""
    people = _named(options.person_api_ids, walk, "person_api_id")
    packages = _named(options.package_api_ids, walk, "package_api_id")
    expectations = replace(
        bench.expectations,
        people=frozenset(people),
        packages=frozenset(packages),
        descriptions=_descriptions(walk),
        list_path=bench.service.list_path,
    )
    return replace(
        bench,
        expectations=expectations,
        people=options.person_api_ids or people[:MOST_NAMED],
        packages=options.package_api_ids or packages[:MOST_NAMED],
        listed=walk.records,
    )


def _nobody_to_refer_to(bench: Bench, walk: Walk) -> str:
    missing = [
        option for option, ids in (("--person-api-id", bench.people), ("--package-api-id", bench.packages)) if not ids
    ]
    why = "the list has no record to learn a person and a package from"
    if not walk.complete:
        why = f"the list could not be read: {walk.last}"
    return f"{why}: pass {' and '.join(missing)} (twice each is better) with ids that records may refer to"


def _complain_of_refusal(learnt: Learnt, options: Options, redactor: Redactor) -> None:
    """Raise CouldNotRun where no record can be created; a service that crashes each time is judged instead."""
    refused = learnt.refused
    if learnt.created is not None or refused is None:
        return
    if refused.status in (401, 403):
        raise CouldNotRun(
            f"creating a record is answered {refused.status}: pass credentials that may write with --header, "
            "or --read-only"
        )
    if refused.refused:
        bench = learnt.bench
        tried = f"person {bench.people[0]} and package {bench.packages[0]}"
        more = "" if options.person_api_ids and options.package_api_ids else ", and of others that the list names,"
        raise CouldNotRun(
            f"a record of {tried}{more} is refused ({refused.status} {redactor.text(refused.text[:1000])[:200]}): "
            "pass ids that records may refer to with --person-api-id and --package-api-id"
        )


def _with_dialect(learnt: Learnt) -> Bench:
    """The bench with all that was learnt."""
    bench, dialect = learnt.bench, learnt.dialect
    expectations = replace(
        bench.expectations,
        clock=Clock() if learnt.created is None else Clock.shown_by(learnt.created),
        date_unit=dialect.dates.unit,
        own_dates=dialect.dates.form not in (None, "RFC 3339"),
        patch_type="" if dialect.patch_type == JSON else dialect.patch_type,
        first_index=learnt.first_index,
    )
    return replace(bench, expectations=expectations, dialect=dialect)


def _ask_for_what_any_service_takes(context: CheckContext, bench: Bench, learnt: Learnt) -> None:
    """What was refused however plain it was is asked for once more, and judged by the rule that it is about."""
    context.bench = bench
    must = learnt.musts
    if not must:
        return
    dialogue = bench.dialogue()
    limit = {"limit": bench.dialect.limits[0] if bench.dialect.limits else 10}
    if "limit-bounds-page" in must:
        dialogue.page(must="limit-bounds-page", **limit)
    if "offset-is-start-index" in must:
        dialogue.page(must="offset-is-start-index", **limit, offset=1)
    if "search-narrows" in must:
        dialogue.page(must="search-narrows", search=next(iter(words_of(bench.listed)[-1:]), "training"))
    if bench.writes and "create-returns-record" in must:
        dialogue.post(context.body(), must="create-returns-record")
    elif bench.writes and must & {"put-updates", "patch-is-partial", "delete-removes-one-record"}:
        context.guarded(dialogue, lambda: _update(context, dialogue, must))
        return
    context.collect(dialogue)
    dialogue.clear()


def _update(context: CheckContext, dialogue: Dialogue, must: frozenset[str]) -> None:
    api_id = dialogue.create(context.body(api_id=dialogue.new_id()))
    if "put-updates" in must:
        dialogue.put(api_id, context.body(), must="put-updates")
    if "patch-is-partial" in must:
        dialogue.patch(api_id, {"date_started": PLAIN_PAST}, must="patch-is-partial")
    if "delete-removes-one-record" in must:
        dialogue.delete(api_id, must="delete-removes-one-record")


def _named(chosen: tuple[str, ...], walk: Walk, field: str) -> tuple[str, ...]:
    there = [str(record[field]) for record in walk.records if isinstance(record.get(field), str) and record[field]]
    return tuple(dict.fromkeys([*chosen, *there]))


def _descriptions(walk: Walk) -> dict[str, str]:
    """package_desc by package, where all records of the package agree."""
    texts: dict[str, set[str]] = {}
    for record in walk.records:
        texts.setdefault(str(record.get("package_api_id")), set()).add(str(record.get("package_desc")))
    return {package: next(iter(one)) for package, one in texts.items() if len(one) == 1}
