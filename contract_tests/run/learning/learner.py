"""The topics, in the order in which they are asked for: each one needs what was learnt before."""

from __future__ import annotations

from ...checks.bench import Bench
from ...client.walk import Walk
from .asker import Asker
from .creation import learn_creation
from .dates import learn_dates
from .ids import learn_chosen_ids, learn_given_ids
from .lateness import learn_place_and_lag
from .learnt import Learnt
from .lists import learn_limits, learn_offsets, learn_words
from .references import learn_pairs, learn_people_and_packages
from .updates import learn_updates


class Learner:
    """Learns how a service speaks; `walk` is the whole list before the run."""

    def __init__(self, bench: Bench, walk: Walk) -> None:
        self._asker = Asker(bench, walk)

    @property
    def learnt(self) -> Learnt:
        """What was learnt so far."""
        return self._asker.learnt

    def learn_reading(self) -> None:
        """Which limits, offsets and terms are taken, and which index the first record has."""
        learn_limits(self._asker)
        learn_offsets(self._asker)
        learn_words(self._asker)

    def learn_writing(self) -> None:
        """Whether, for whom and how records can be created, changed and deleted; clears up after itself."""
        api_id = learn_creation(self._asker)
        if api_id is not None:
            learn_place_and_lag(self._asker, api_id)
            learn_pairs(self._asker, api_id)
            learn_given_ids(self._asker)
            learn_people_and_packages(self._asker)
            learn_chosen_ids(self._asker, api_id)
            learn_dates(self._asker)
            learn_updates(self._asker)
        self._asker.dialogue.clear()
