"""Checks of reading one record."""

from __future__ import annotations

from .context import CheckContext, check
from .creating import EARLY
from .dialogue import Dialogue


@check("get-returns-record")
def reading_returns_the_very_record(context: CheckContext) -> None:
    """Among records of the same person and package and of similar ids, in any order, again and again."""

    def play(dialogue: Dialogue) -> None:
        stem = dialogue.new_id("a")
        made = [
            dialogue.create(context.body(0, 0, api_id=dialogue.beside(stem, "b"))),
            dialogue.create(context.body(0, 0, api_id=dialogue.beside(stem, "B"), date_started=EARLY)),
            dialogue.create(context.body(0, 1, api_id=dialogue.beside(stem, "b.1"))),
            dialogue.create(context.body(1, 0, api_id=stem, date_completed=EARLY)),
        ]
        for number in (3, 0, 2, 1, 1, 0):
            dialogue.read(made[number])
        dialogue.read(made[3][:-1])  # nobody has it

    context.once(play)


@check("unknown-record-is-404")
def unknown_records_are_not_found(context: CheckContext) -> None:
    """For every method; it creates nothing, and a record that was deleted is as unknown as one that never was."""

    def play(dialogue: Dialogue) -> None:
        nobody = dialogue.new_id("Nobody")
        dialogue.read(nobody)
        dialogue.put(nobody, context.body())
        dialogue.read(nobody)
        dialogue.patch(nobody, {"date_started": EARLY})
        dialogue.put(nobody, context.body(api_id=nobody))
        dialogue.delete(nobody)
        dialogue.read(nobody)
        # Ids are told apart to the letter.
        near = dialogue.create(context.body(api_id=dialogue.new_id("Near.x")))
        for other in (near.replace("Near", "nEAR"), near[:-1], near + "x", near.replace(".", "~")):
            dialogue.read(other)
        gone = dialogue.create(context.body(api_id=dialogue.new_id()))
        dialogue.delete(gone)
        for ask in (dialogue.delete, dialogue.read):
            ask(gone)
        dialogue.put(gone, context.body())
        dialogue.patch(gone, {})
        dialogue.read(gone)
        dialogue.walk()

    context.once(play)


CHECKS = (reading_returns_the_very_record, unknown_records_are_not_found)
