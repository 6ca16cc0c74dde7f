"""Learning how a service speaks where the document is silent, gently and once, by asking it.

Nothing is judged here: what a service takes is its own affair. What it will not take at all, though any service must,
is asked for once more by the survey, and judged there.
"""

from .learner import Learner
from .learnt import Learnt

__all__ = ["Learner", "Learnt"]
