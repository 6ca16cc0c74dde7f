"""The organisation that every service of these tests works for: its people, its packages, and what they had before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FOREIGN = 60

PEOPLE = {f"p{n}": f"{first} {last}" for n, (first, last) in enumerate(
    (first, last) for first in ("Ada", "Bo", "Cem", "Zoé", "Eli") for last in ("Ek", "Ford", "Gil"))}  # fmt: skip
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
    """Yield what other people have, each person and package of the directory among them, no pair twice in sixty."""
    long_ago = datetime(2024, 5, 6, 7, 8, 9, 250_000, tzinfo=UTC)
    people, packages = list(PEOPLE), list(PACKAGES)
    for n in range(number):
        assigned = long_ago + timedelta(hours=n)
        started = assigned + timedelta(days=3) if n % 3 else None
        completed = assigned + timedelta(days=4) if n % 3 == 1 else None
        yield Assignment(people[n % 15], packages[n % 4], assigned, started, completed)
