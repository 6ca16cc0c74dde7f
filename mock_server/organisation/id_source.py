"""Where api_ids come from when the client gives none."""

from random import Random
from uuid import UUID


class IdSource:
    """An endless row of api_ids, in the form of version 4 UUIDs; the same row for the same seed."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def next(self) -> str:
        """Return the next api_id of the row."""
        return str(UUID(int=self._random.getrandbits(128), version=4))
