"""An implementation of the document by other hands, with habits of its own."""

from .service import EVERY_HABIT, HABITS, Habits, TrainingService

__all__ = ["EVERY_HABIT", "HABITS", "Habits", "TrainingService"]
