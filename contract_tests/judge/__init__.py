"""The judge: which rules an exchange keeps, and which it breaks."""

from .expectations import Clock, Expectations
from .findings import Finding, Findings
from .judge import Judge

__all__ = ["Clock", "Expectations", "Finding", "Findings", "Judge"]
