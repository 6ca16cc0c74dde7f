"""The organisation that every service of these tests works for: its people, its packages, and what they had before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

FOREIGN = 60

FIRST_NAMES = ("Ada", "Bo", "Cem", "Zoé", "Eli")
LAST_NAMES = ("Ek", "Ford", "Gil", "Hale")

PEOPLE = {f"p{n}": f"{first} {last}" for n, (first, last) in enumerate(product(FIRST_NAMES, LAST_NAMES))}
"""The name of each person, by api_id."""

PACKAGES = {
    "1": ("Ladders", "Working at height with ladders"),
    "2": ("Cyber", "Passwords and phishing"),
    "3": ("Kitchen hygiene", "How food is stored and served"),
    "4": ("Driving", "Company cars and long journeys"),
}
"""Name and description of each package, by api_id."""


@dataclass(frozen=True)
class Assignment:
    """A record that other people have: its person, its package and its dates, all of them long past."""

    person: str
    package: str
    assigned: datetime
    started: datetime | None
    completed: datetime | None


def assignments(number: int = FOREIGN) -> Iterator[Assignment]:
    """Yield what other people have: of the first sixty each person has three packages, and nobody has one twice."""
    long_ago = datetime(2024, 5, 6, 7, 8, 9, 250_000, tzinfo=UTC)
    people, packages = list(PEOPLE), list(PACKAGES)
    for n in range(number):
        assigned = long_ago + timedelta(hours=n)
        started = assigned + timedelta(days=3) if n % 3 else None
        completed = assigned + timedelta(days=4) if n % 3 == 1 else None
        yield Assignment(people[n % 20], packages[(n + n // 20) % 4], assigned, started, completed)
