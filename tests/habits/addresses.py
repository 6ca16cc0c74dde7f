"""Which addresses lead to a record."""

from dataclasses import replace

from .habit import habit
from .service import TrainingService
from .web import COLLECTION, Answer, Request


@habit("an address without its last slash redirects")
class AppendsSlash(TrainingService):
    def answer(self, request: Request) -> Answer:
        if request.path.endswith("/"):
            return super().answer(request)
        return Answer(301, headers=(("Location", f"{request.path}/?{request.query_string}".rstrip("?")),))


@habit("an address that the API does not have redirects to the list")
class BackToList(TrainingService):
    def answer(self, request: Request) -> Answer:
        if request.path.startswith(COLLECTION) and (request.api_id is not None or request.path == COLLECTION):
            return super().answer(request)
        return Answer(302, headers=(("Location", COLLECTION),))


@habit("an address is good without its last slash, too")
class SlashOrNot(TrainingService):
    def answer(self, request: Request) -> Answer:
        return super().answer(replace(request, path=request.path.rstrip("/") + "/"))


@habit("slashes in a row are one")
class MergedSlashes(TrainingService):
    def answer(self, request: Request) -> Answer:
        merged = "/".join(part for part in request.path.split("/") if part)
        return super().answer(replace(request, path=f"/{merged}/"))


@habit("every address of the API is 200 for OPTIONS, and tells of it")
class TellsOfItself(TrainingService):
    def answer(self, request: Request) -> Answer:
        if request.method == "OPTIONS":
            return self.json(200, {"name": "Record List", "renders": ["application/json"]})
        return super().answer(request)
