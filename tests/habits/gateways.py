"""What something in front of a service answers in its place."""

import re
from dataclasses import replace
from urllib.parse import unquote

from .habit import habit
from .hosting import hosted_by_hand
from .service import TrainingService
from .web import Answer, Request

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def page(status: int, title: str) -> Answer:
    """Return an error page as nginx writes one."""
    body = f"<html><head><title>{status} {title}</title></head><body><center><h1>{title}</h1></center></body></html>"
    return Answer(status, body.encode(), "text/html", (("Server", "nginx"),))


class Gateway(TrainingService):
    """A service behind something that answers some requests itself."""

    def answer(self, request: Request) -> Answer:
        answer = self.gate(request)
        if answer is None:
            return super().answer(request)
        self.note_aim(request)
        return answer

    def gate(self, request: Request) -> Answer | None:
        raise NotImplementedError


@habit("the gateway answers other methods 405, in HTML")
class OtherMethods(Gateway):
    def gate(self, request: Request) -> Answer | None:
        return None if request.method in METHODS else page(405, "Not Allowed")


@habit("the gateway answers unknown methods 501")
class NotImplementedHere(Gateway):
    def gate(self, request: Request) -> Answer | None:
        return None if request.method in (*METHODS, "HEAD", "OPTIONS") else page(501, "Not Implemented")


@habit("the gateway closes the connection at unknown methods", host=hosted_by_hand)
class Closes(Gateway):
    def gate(self, request: Request) -> Answer | None:
        return None if request.method in (*METHODS, "HEAD", "OPTIONS") else Answer(400, dropped=True)


@habit("the gateway answers OPTIONS and HEAD 200, for all addresses")
class Preflight(Gateway):
    def gate(self, request: Request) -> Answer | None:
        return Answer(200, headers=(("Allow", "GET"),)) if request.method in ("OPTIONS", "HEAD") else None


@habit("a firewall answers odd terms and bodies 403")
class Firewall(Gateway):
    odd = re.compile(r"<\w+|'|\.\./|;|--|\$\{|\b(or|and|union|select)\b|[\x00-\x1f]", re.IGNORECASE)

    def gate(self, request: Request) -> Answer | None:
        seen = unquote(request.query_string) + request.content.decode("utf-8", "replace")
        return page(403, "Forbidden") if self.odd.search(seen) else None


@habit("a firewall answers what is not ASCII 406")
class AsciiAlone(Gateway):
    def gate(self, request: Request) -> Answer | None:
        seen = unquote(request.path + request.query_string).encode() + request.content
        return None if seen.isascii() else page(406, "Not Acceptable")


@habit("a firewall drops the connection at odd terms", host=hosted_by_hand)
class Drops(Firewall):
    def gate(self, request: Request) -> Answer | None:
        answer = super().gate(request)
        return answer and replace(answer, dropped=True)


@habit("the gateway refuses long addresses and long bodies")
class Long(Gateway):
    def gate(self, request: Request) -> Answer | None:
        if len(request.path + request.query_string) > 200:
            return page(414, "Request-URI Too Large")
        return page(413, "Request Entity Too Large") if len(request.content) > 1000 else None


@habit("the gateway decodes an address before it looks at it")
class Decodes(Gateway):
    def gate(self, request: Request) -> Answer | None:
        path = unquote(request.path)
        return page(400, "Bad Request") if "//" in path or "/." in path or "\0" in path or "%" in path else None


@habit("the gateway answers what the API has no address for with a page")
class SinglePage(Gateway):
    """A web application that finds its way itself."""

    def gate(self, request: Request) -> Answer | None:
        there = request.path.startswith("/training/record/") and request.path.endswith("/")
        return None if there else Answer(200, b"<!doctype html><title>App</title>", "text/html")
