"""In what a service puts its JSON, and what it takes for JSON."""

import gzip
import json
from dataclasses import replace
from typing import Any

from .habit import habit
from .service import TrainingService
from .web import Answer, Refused, Request, answer_json


@habit("JSON comes with a byte order mark")
class ByteOrderMark(TrainingService):
    def json(self, status: int, document: Any) -> Answer:
        return Answer(status, "\ufeff".encode() + json.dumps(document).encode(), "application/json; charset=utf-8")


@habit("JSON has a media type of its own")
class OwnMediaType(TrainingService):
    def json(self, status: int, document: Any) -> Answer:
        return answer_json(status, document, "application/vnd.api+json")


@habit("JSON is called text")
class Text(TrainingService):
    def json(self, status: int, document: Any) -> Answer:
        return answer_json(status, document, "text/plain; charset=utf-8")


@habit("JSON has no media type")
class NoMediaType(TrainingService):
    def json(self, status: int, document: Any) -> Answer:
        return answer_json(status, document, "")


@habit("JSON is in Latin-1, and says so")
class Latin1(TrainingService):
    def __init__(self) -> None:
        super().__init__()
        self.packages["3"] = ("Kitchen hygiene", "Wie Käse gelagert wird")

    def json(self, status: int, document: Any) -> Answer:
        content = json.dumps(document, ensure_ascii=False).encode("latin-1", "replace")
        return Answer(status, content, "application/json; charset=iso-8859-1")


@habit("answers are compressed")
class Compressed(TrainingService):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if "gzip" not in request.headers.get("accept-encoding", "") or not answer.content:
            return answer
        headers = (*answer.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
        return replace(answer, content=gzip.compress(answer.content), headers=headers)


@habit("every answer sets a cookie")
class Cookie(TrainingService):
    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        return replace(answer, headers=(*answer.headers, ("Set-Cookie", f"node={self.requests}; Path=/; HttpOnly")))


@habit("JSON is indented, its names are sorted")
class Indented(TrainingService):
    def json(self, status: int, document: Any) -> Answer:
        return Answer(status, json.dumps(document, indent=4, sort_keys=True).encode() + b"\n", "application/json")


@habit("a body is JSON whatever it is called")
class AnyMediaType(TrainingService):
    def given(self, request: Request) -> dict[str, Any]:
        headers = {**request.headers, "content-type": "application/json"}
        return super().given(Request(request.method, request.path, request.query_string, headers, request.content))


@habit("errors are a line of text")
class PlainErrors(TrainingService):
    invalid = 422

    def error(self, status: int, reason: str) -> Answer:
        return Answer(status, f"{reason}\n".encode(), "text/plain")


@habit("errors are a page of HTML")
class HtmlErrors(TrainingService):
    def error(self, status: int, reason: str) -> Answer:
        return Answer(status, f"<html><body><h1>{status}</h1><hr></body></html>".encode(), "text/html")


@habit("errors have no body")
class NoBody(TrainingService):
    def error(self, status: int, reason: str) -> Answer:
        return Answer(status)


@habit("what breaks a rule is 403, what is not there 410")
class OtherStatuses(TrainingService):
    invalid = 403

    def error(self, status: int, reason: str) -> Answer:
        return super().error(410 if status == 404 else status, reason)


@habit("what is odd is a server error")
class ServerErrors(TrainingService):
    """Nobody looked at what a client may send: the document does not say what an odd request is answered."""

    def error(self, status: int, reason: str) -> Answer:
        return super().error(500 if status in (400, 415) else status, reason)


@habit("texts have at most 40 characters, bodies 2,000 bytes")
class Short(TrainingService):
    def look_over(self, request: Request, body: dict[str, Any]) -> None:
        if len(request.content) > 2000:
            raise Refused(413, "too long")
        if any(len(value) > 40 for value in body.values() if isinstance(value, str)):
            raise Refused(400, "too long")


@habit("a PATCH has a media type of its own")
class MergePatch(TrainingService):
    def look_over(self, request: Request, body: dict[str, Any]) -> None:
        if request.method == "PATCH" and "merge-patch" not in request.headers.get("content-type", ""):
            raise Refused(415, "send application/merge-patch+json")
