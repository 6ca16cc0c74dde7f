"""What a search finds, whatever has happened since it was first asked for, against the plainest way to find it."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from mock_server.organisation.clock import Clock
from mock_server.organisation.organisation import Organisation
from mock_server.organisation.record import Package, Person, Record
from mock_server.organisation.record_store import RecordStore
from mock_server.organisation.scenario import Scenario
from mock_server.organisation.searches import REMEMBERED

PEOPLE = {f"usr-{name}": Person(f"usr-{name}", name) for name in ("ann", "bob", "anna")}
PACKAGES = {f"pkg-{name}": Package(f"pkg-{name}", name, f"About {name}") for name in ("first", "banana")}
TERMS = ["ann", "AN", "b", "about", "zz", "first", "a", "o"]


class Step(NamedTuple):
    """Something to do, to which record, person and package."""

    kind: str
    number: int
    person: str
    package: str


KINDS = st.sampled_from(
    ["search", "search", "create", "update", "rename", "delete", "person", "package", "load", "fork"]
)
STEPS = st.lists(
    st.builds(Step, KINDS, st.integers(0, 99), st.sampled_from([*PEOPLE]), st.sampled_from([*PACKAGES])), max_size=40
)


def start() -> Scenario:
    records = [
        Record(f"rec-{number}", [*PEOPLE][number % 3], [*PACKAGES][number % 2], "2026-02-01T08:00:00Z")
        for number in range(6)
    ]
    return Scenario("start", PEOPLE, PACKAGES, RecordStore(records))


def expected(organisation: Organisation, term: str) -> list[str]:
    """Return the api_ids of the records that match, looked at one by one."""

    def matches(record: Record) -> bool:
        package = organisation.packages[record.package_api_id]
        texts = (organisation.people[record.person_api_id].name, package.name, package.description)
        return any(term.casefold() in text.casefold() for text in texts)

    return [record.api_id for record in organisation.records if matches(record)]


def take(organisation: Organisation, step: Step, serial: int) -> None:
    records = [record.api_id for record in organisation.records]
    if step.kind in ("update", "rename", "delete"):
        if records:
            _touch(organisation, step, serial, records[step.number % len(records)])
        return
    match step.kind:
        case "search":
            organisation.page(search=TERMS[step.number % len(TERMS)], limit=1)
        case "create":
            organisation.create(step.person, step.package)
        case "person":
            organisation.put_person(Person(step.person, ("Bob", "Zz", "Ann")[step.number % 3]))
        case "package":
            organisation.put_package(Package(step.package, "zz", ("First", "Banana")[step.number % 2]))
        case "load":
            organisation.load(start())
        case "fork":
            organisation.records.fork()


def _touch(organisation: Organisation, step: Step, serial: int, at: str) -> None:
    match step.kind:
        case "update":
            organisation.update(at, person_api_id=step.person, package_api_id=step.package)
        case "rename":
            organisation.update(at, api_id=f"new-{serial}", person_api_id=step.person)
        case "delete":
            organisation.delete(at)


@given(steps=STEPS, offset=st.integers(0, 9), limit=st.none() | st.integers(1, 9))
def test_search_finds_what_matches_now(steps: list[Step], offset: int, limit: int | None) -> None:
    organisation = Organisation(start(), Clock(), "0")
    for serial, step in enumerate(steps):
        take(organisation, step, serial)
        for term in TERMS[: REMEMBERED - 1]:  # remembered from step to step
            found = expected(organisation, term)
            page = organisation.page(search=term, limit=limit, offset=offset)
            assert [record["api_id"] for record in page.items] == found[offset:][:limit]
            assert page.count == len(found)


def test_page_beyond_any_index_is_empty() -> None:
    organisation = Organisation(start(), Clock(), "0")
    for search in (None, "ann"):
        page = organisation.page(search=search, limit=10**30, offset=10**30)
        assert (list(page.items), page.count > 0) == ([], True)
        assert len(list(organisation.page(search=search, limit=10**30).items)) == page.count
