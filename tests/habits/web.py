"""Requests and answers, as the services written here see them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

COLLECTION = "/training/record/"

JSON = "application/json"


class Refused(Exception):
    """A request that is not done, with the status that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Request:
    """One request; `path` is as it was sent, `headers` are by their names in lower case."""

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def api_id(self) -> str | None:
        """The api_id that the path names; None where it names the list, or nothing of this API."""
        segment = self.path.removeprefix(COLLECTION)
        named = segment != self.path and segment.endswith("/") and segment.count("/") == 1 and segment != "/"
        return unquote(segment[:-1]) if named else None

    @property
    def query(self) -> dict[str, str]:
        """The parameters, the last value of each."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def body(self) -> Any:
        """The JSON of the body; raises Refused."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise Refused(400, "this is no JSON") from None


@dataclass(frozen=True)
class Answer:
    """One answer, and how it goes out."""

    status: int
    content: bytes = b""
    media_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    """Seconds until it is sent."""
    dropped: bool = False
    """Whether the connection is closed instead."""
    cut: bool = False
    """Whether the connection is closed after half of the content."""
    last: bool = False
    """Whether the connection is closed behind it, without a word."""


def answer_json(status: int, document: Any, media_type: str = JSON) -> Answer:
    """Return an answer that holds this document."""
    return Answer(status, json.dumps(document).encode(), media_type)
