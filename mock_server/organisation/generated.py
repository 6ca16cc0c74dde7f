"""Scenarios of any size, made from a seed."""

from datetime import UTC, datetime, timedelta
from random import Random

from mock_server.organisation.record import Package, Person, Record
from mock_server.organisation.record_store import RecordStore
from mock_server.values import instant

# ruff: noqa: SIM905  a list of words is read more easily as a text
_GIVEN = (
    "Ada Bram Cleo Dina Emil Fatou Goran Hiro Ines Joon Kofi Lena Mara Nils Olga Pavel Rania Sven Tala Umar".split()
)
_FAMILY = "Abbas Berg Costa Diaz Eriksen Ferrari Gupta Hansen Ito Jansen Kaya Lopez Moreau Novak Owusu Park".split()
_SUBJECT = "Safety Privacy Ethics Quality Security Finance Hygiene Logistics Leadership Reporting".split()
_LEVEL = "Basics Practice Refresher Update Workshop".split()

_START = datetime(2024, 1, 1, 8, tzinfo=UTC)
_MINUTES = 2 * 365 * 24 * 60


def generate(
    seed: int, people: int, packages: int, records: int
) -> tuple[dict[str, Person], dict[str, Package], RecordStore]:
    """Return so many people, packages and records, the same for the same seed.

    Records lie in two years from 2024 on, oldest first, in every state: assigned, started, completed.
    """
    random = Random(seed)
    people_by_id = {person.api_id: person for person in map(_person, range(1, people + 1))}
    packages_by_id = {package.api_id: package for package in map(_package, range(1, packages + 1))}
    person_ids, package_ids = list(people_by_id), list(packages_by_id)
    minutes = sorted(random.randrange(_MINUTES) for _ in range(records))
    return (
        people_by_id,
        packages_by_id,
        RecordStore(
            _record(number, random.choice(person_ids), random.choice(package_ids), minute, random)
            for number, minute in enumerate(minutes, start=1)
        ),
    )


def _person(number: int) -> Person:
    given = _GIVEN[number % len(_GIVEN)]
    family = _FAMILY[number // len(_GIVEN) % len(_FAMILY)]
    return Person(f"usr-{number:05d}", f"{given} {family}")


def _package(number: int) -> Package:
    subject = _SUBJECT[number % len(_SUBJECT)]
    level = _LEVEL[number // len(_SUBJECT) % len(_LEVEL)]
    return Package(f"pkg-{number:05d}", f"{subject} {level}", f"{subject}: {level.lower()}, module {number}")


def _record(number: int, person: str, package: str, minute: int, random: Random) -> Record:
    assigned = _START + timedelta(minutes=minute)
    started = assigned + timedelta(minutes=random.randrange(30 * 24 * 60))
    completed = started + timedelta(minutes=random.randrange(15, 240))
    state = random.choice(("assigned", "started", "completed", "completed"))
    return Record(
        f"rec-{number:06d}",
        person,
        package,
        instant.render(assigned),
        None if state == "assigned" else instant.render(started),
        instant.render(completed) if state == "completed" else None,
    )
