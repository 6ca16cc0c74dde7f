"""Asking a service in one dialogue that nobody judges, with what is known of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...checks.bench import MOST_NAMED, Bench
from ...checks.dialogue import Dialogue, Manner
from ...client.dialect import FLUENT, Dialect
from ...client.exchange import Exchange
from ...client.walk import WHOLE, Walk
from ...records import record_in
from .answers import ok
from .learnt import Learnt

Pair = tuple[str, str]
"""A person and a package, in symbols."""

FIRST_PAIR: Pair = ("<<person:1>>", "<<package:1>>")


def body_of(pair: Pair) -> dict[str, str]:
    """The body of the plainest record of a person and a package."""
    return {"person_api_id": pair[0], "package_api_id": pair[1]}


class Asker:
    """The dialogue, what was learnt in it, and the list as it was before. All ids are symbolic, see Dialogue."""

    def __init__(self, bench: Bench, walk: Walk) -> None:
        self.learnt = Learnt(bench, replace(FLUENT, region=WHOLE))
        self.walk = walk
        self.stranded = False
        """Whether a record was created that has no address."""
        self.dialogue: Dialogue = bench.dialogue(Manner(FLUENT), frozenset())

    # What is known

    @property
    def dialect(self) -> Dialect:
        """How the service speaks, as far as that is known."""
        return self.learnt.dialect

    def know(self, **more: Any) -> None:
        """Note members of the dialect."""
        self.learnt.dialect = replace(self.learnt.dialect, **more)

    def must(self, rule: str, *, taken: bool) -> None:
        """Note the rule by which any service takes what this one did not, unless it was taken."""
        if not taken:
            self.learnt.musts |= {rule}

    def refer_to(self, people: tuple[str, ...], packages: tuple[str, ...]) -> None:
        """Let records refer to these, the first ones first; the ids are concrete."""
        self.learnt.bench = replace(self.learnt.bench, people=people, packages=packages)
        for kind, ids in (("person", people), ("package", packages)):
            for n, api_id in enumerate(ids[:MOST_NAMED], 1):
                self.dialogue.symbols.values[f"{kind}:{n}"] = api_id

    # Creating and deleting

    def try_with(self, **more: Any) -> str | None:
        """Create a record with these members; return its api_id, None when it is refused."""
        body = {**body_of(self.pair()), **more}
        if self.dialect.chosen_ids:
            body.setdefault("api_id", self.dialogue.new_id())
        return self.create(body)

    def create(self, body: Mapping[str, Any]) -> str | None:
        """Create a record; return its api_id, None when it is refused."""
        return self.named(body) if ok(self.post(body)) else None

    def post(self, body: Mapping[str, Any]) -> Exchange | None:
        """POST a record."""
        return self.dialogue.post(dict(body))

    def named(self, body: Mapping[str, Any]) -> str | None:
        """The api_id of the record that was just created; None when the answer does not say."""
        api_id, answered = body.get("api_id"), self.answered
        if api_id and isinstance(answered, str) and answered != self.plain(str(api_id)):
            return answered  # that is not for here to judge, but there it is
        if api_id:
            return str(api_id)
        made = f"made:{self.dialogue.made}"
        return f"<<{made}>>" if made in self.dialogue.symbols.values else None

    def drop(self, *api_ids: str | None) -> None:
        """Delete these records; None stands for one that was never created."""
        for api_id in api_ids:
            if api_id is not None:
                self.dialogue.delete(api_id)

    def pair(self) -> Pair:
        """For whom a record can be created now, if for anybody."""
        if self.dialect.pairs_repeat:
            return FIRST_PAIR
        used = self._used
        return next((pair for pair in self.learnt.bench.free_pairs if pair not in used), FIRST_PAIR)

    @property
    def _used(self) -> set[Pair]:
        symbolic = self.dialogue.symbols.symbolic
        standing = [known.fields for known in self.dialogue.judge.model.records.values()]
        return {
            (symbolic(str(fields["person_api_id"])), symbolic(str(fields["package_api_id"]))) for fields in standing
        }

    def own_id(self) -> dict[str, str]:
        """An api_id of our own as a member of a body, where the service takes one."""
        return {"api_id": self.dialogue.new_id()} if self.dialect.chosen_ids else {}

    # What was answered

    @property
    def answered(self) -> Any:
        """The api_id in the last answer, as it is there; None when there is none."""
        last = self.dialogue.performed[-1].exchange
        return None if last is None else (record_in(last.answer) or {}).get("api_id")

    def plain(self, api_id: str) -> str:
        """An api_id as it goes over the wire."""
        return self.dialogue.symbols.plain(api_id)
