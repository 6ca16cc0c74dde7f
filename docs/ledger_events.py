"""The lines of a ledger, as a JSON Schema: what `contract_tests/safety/ledger.py` writes, and `cleanup` reads."""

from typing import Any

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "integer", "minimum": 1}

MEMBERS: dict[str, tuple[str, Json]] = {
    "prefix": (
        "What every api_id that the run chose begins with; random.",
        {**_TEXT, "pattern": "^kit-[0-9a-f]{12}-$"},
    ),
    "target": ("The base URL of the service.", _TEXT),
    "collection": ("The path of the list of records.", _TEXT),
    "record": ("The path of one record, with a parameter in braces.", _TEXT),
    "number": ("A random integer of the run, for bodies whose api_id is wrongly a number.", _NUMBER),
    "n": ("The number of the request, counted from 1.", _NUMBER),
    "api_id": ("The api_id of a record.", _TEXT),
    "marker": (
        "What the record must show: of the body what every record has.",
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: {"title": name, "description": f"The {name} that was sent.", "type": ["string", "null"]}
                for name in ("person_api_id", "package_api_id", "date_started", "date_completed")
            },
        },
    ),
    "assigned": ("The date_assigned that the service answered.", _TEXT),
    "renamed_from": ("The api_id that the same record had before.", _TEXT),
    "answered": ("The api_id that the service answered instead.", _TEXT),
    "api_ids": ("The api_ids of records.", {"type": "array", "minItems": 1, "items": _TEXT}),
    "ours": ("Whether it is the very record that the run made.", {"type": "boolean"}),
}
"""Every member of a line by its name: what it is, and its schema."""

EVENTS: dict[str, tuple[str, str]] = {
    "run": ("The first line: the run.", "prefix target collection record number"),
    "planned": (
        "A record is about to be made, or updated; the service gives the api_id if it is null.",
        "n api_id marker",
    ),
    "made": ("The service says that it made a record, or renamed one.", "n api_id assigned? renamed_from?"),
    "unproven": (
        "The service says that it made a record, of an api_id that somebody else's had.",
        "n api_id assigned?",
    ),
    "refused": ("The service made nothing.", "n"),
    "updated": ("The service updated a record in its place.", "n"),
    "deleting": ("A record is about to leave an api_id that the service gave.", "api_id"),
    "kept": ("The service refused to let it leave.", "api_id"),
    "deleted": ("The service says that it deleted it.", "api_id"),
    "unknown": ("A DELETE did not find it.", "api_id"),
    "gone": ("A read did not find it.", "api_id"),
    "proven gone": ("A clean-up has proven that it is gone.", "api_id"),
    "seen": ("A read shows it.", "api_id"),
    "there": ("An answer other than a read shows it.", "api_id"),
    "found": ("It is at its address after all.", "api_id"),
    "uncertain": ("Its record may be another one by now.", "api_id"),
    "misplaced": ("An update was answered with an api_id that nobody asked for.", "api_id answered"),
    "not ours": ("Records that were seen, and are not of this run.", "api_ids"),
    "resumed": ("A clean-up goes on from here.", ""),
    "recognised": ("A read shows the very record that the run made, or another.", "api_id ours"),
}
"""Every event by its name: what it says, and its members, those with a question mark only sometimes."""


def line_schema() -> Json:
    """Return the schema of one line; a ledger has one JSON object a line."""
    return {
        "title": "Ledger line",
        "description": "One line of a ledger: what a run of training-contract made, for `cleanup` to delete.",
        "type": "object",
        "required": ["event"],
        "oneOf": [_event(name, said, members.split()) for name, (said, members) in EVENTS.items()],
    }


def _event(name: str, said: str, members: list[str]) -> Json:
    properties = {member.removesuffix("?"): _member(name, member.removesuffix("?")) for member in members}
    return {
        "title": name,
        "description": said,
        "additionalProperties": False,
        "required": ["event", *(member for member in members if not member.endswith("?"))],
        "properties": {"event": {"title": "event", "description": said, "const": name}, **properties},
    }


def _member(event: str, name: str) -> Json:
    said, schema = MEMBERS[name]
    # Where the service is to give it, nobody knows it yet.
    given = {"type": ["string", "null"]} if (event, name) == ("planned", "api_id") else {}
    return {"title": name, "description": said, **schema, **given}
