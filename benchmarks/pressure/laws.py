"""What must hold under pressure, and what was seen to break it."""

from array import array
from collections import Counter

LAWS = {
    "lost": "a creation answered 201 is there, in a world that was not reset since",
    "doubled": "no record is there twice",
    "risen": "what was deleted, undone or refused is not there",
    "changed": "a record is as its last change was answered",
    "unasked 5xx": "no 5xx but those that were asked for, and 503 where a reset or a drop met the request",
    "malformed answer": "every answer is HTTP/1.1 and what it says it is",
    "foreign answer": "every answer is that of its own request",
    "wrong status": "every request gets the status that is its due",
    "no answer": "every request that was sent whole is answered",
    "old world": "what began before a reset, a scenario, a state or a drop has no effect after it",
    "dead stream": "an open event stream tells what happens in its organisation, or is ended",
    "undone": "a creation whose client has gone before its delay ended is not done",
    "dropped in use": "an organisation that is in use is not dropped for room",
    "server log": "the server logs no traceback, and lives",
    "memory": "memory is flat once the data is",
}
"""Each law by its short name."""


class Breach(Exception):
    """A law that was broken, by its short name, and how; by what, where that is not the act that raises it."""

    def __init__(self, law: str, detail: str, by: str = "") -> None:
        super().__init__(law, detail)
        self.law = law
        self.detail = detail
        self.by = by


class Laws:
    """Counts what was done and which laws were broken, and keeps one example of each kind."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.broken: dict[str, Counter[str]] = {law: Counter() for law in LAWS}
        """How often each law was broken by each kind of act."""
        self.examples: dict[tuple[str, str], str] = {}
        """The first breach of a law by a kind of act."""
        self.light = array("d")
        """Seconds that each light request took."""

    def breach(self, law: str, act: str, detail: str) -> None:
        """Enter a breach of a law by an act."""
        self.broken[law][act] += 1
        self.examples.setdefault((law, act), detail[:1500])

    @property
    def held(self) -> bool:
        """Whether no law was broken."""
        return not self.examples

    def quantile(self, share: float) -> float:
        """Return the time in milliseconds within which this share of the light requests was answered."""
        times = sorted(self.light)
        return times[min(int(share * len(times)), len(times) - 1)] * 1000 if times else 0.0
