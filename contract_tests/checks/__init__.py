"""Every check of the kit, in one place and in the order in which they run."""

from . import conformance, creating, deleting, errors, lists, reading, sequences, updating
from .context import Check

__all__ = ["CHECKS"]

CHECKS: tuple[Check, ...] = (
    *creating.CHECKS,
    *reading.CHECKS,
    *updating.CHECKS,
    *deleting.CHECKS,
    *lists.CHECKS,
    *errors.CHECKS,
    *sequences.CHECKS,
    *conformance.CHECKS,
)
