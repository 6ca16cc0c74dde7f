"""Checks of DELETE."""

from __future__ import annotations

from .context import CheckContext, check
from .dialogue import Dialogue
from .updating import neighbours


@check("delete-removes-one-record")
def gone_and_no_other(context: CheckContext) -> None:
    """From its own address and from the list, while every neighbour stays."""

    def play(dialogue: Dialogue) -> None:
        made = neighbours(context, dialogue)
        for victim in (1, 3):
            dialogue.delete(made[victim])
            dialogue.read(made[victim])
            dialogue.walk()
        for survivor in (0, 2, 4, 5):
            dialogue.read(made[survivor])
        dialogue.delete(made[2])
        dialogue.walk()
        dialogue.read(made[2])
        dialogue.delete(made[0])
        dialogue.page()
        dialogue.read(made[5])

    context.once(play)


@check("delete-returns-nothing")
def no_body(context: CheckContext) -> None:
    """For ids of our own and those that the service gave."""

    def play(dialogue: Dialogue) -> None:
        dialogue.delete(dialogue.create(context.body(api_id=dialogue.new_id())))
        dialogue.delete(dialogue.create(context.body()))

    context.once(play)


CHECKS = (gone_and_no_other, no_body)
