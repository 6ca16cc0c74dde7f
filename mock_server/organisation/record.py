"""A training record, and what it refers to."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the Directory API, as far as training records know one."""

    api_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Package:
    """ "A Training Package is the definition of a training module." """

    api_id: str
    name: str
    description: str


class Record(NamedTuple):
    """ "It holds the state of the training for that employee."

    Dates are RFC 3339 text in the form of `instant.normalise`, or None. `package_desc` is not stored:
    it is the package's, whatever that is when the record is shown.
    """

    api_id: str
    person_api_id: str
    package_api_id: str
    date_assigned: str
    date_started: str | None = None
    date_completed: str | None = None
