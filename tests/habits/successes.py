"""How a service says that something was done."""

from typing import Any

from .habit import habit
from .service import Row, TrainingService
from .web import Answer, Refused, Request


@habit("success is always 200")
class Always200(TrainingService):
    create_status = 200
    delete_status = 200


@habit("a deletion is 202 without a body")
class Accepted(TrainingService):
    delete_status = 202


@habit("a creation is 202 with the record")
class CreationAccepted(TrainingService):
    create_status = 202


@habit("a deletion of nothing succeeds")
class NothingDeleted(TrainingService):
    def delete(self, request: Request) -> Answer:
        self.rows.pop(request.api_id or "", None)
        return Answer(204)


@habit("a deletion holds the line null", inconclusive=3)
class NullDeleted(TrainingService):
    """ "Response None", written as JSON."""

    delete_status = 200

    def delete(self, request: Request) -> Answer:
        super().delete(request)
        return self.json(200, None)


@habit("a PUT leaves what it does not name")
class PutMerges(TrainingService):
    """ "Update or partially update"."""

    def changed(self, row: Row, given: dict[str, Any], *, whole: bool) -> Row:
        return super().changed(row, given, whole=False)


@habit("a PUT to a free address creates")
class PutCreates(TrainingService):
    def update(self, request: Request) -> Answer:
        if request.method == "PUT" and not self.taken(request.api_id or ""):
            given = {**self.given(request), "api_id": self.chosen_id(request.api_id or "")}
            if not {"person", "package"} <= set(given):
                raise Refused(400, "person_api_id and package_api_id are needed")
            row = self.rows[request.api_id or ""] = Row(assigned=self.now(), **given)
            return self.json(201, self.show(row))
        return super().update(request)


@habit("a creation says where the record is")
class Location(TrainingService):
    def create(self, request: Request) -> Answer:
        answer = super().create(request)
        return Answer(201, answer.content, answer.media_type, (("Location", "/training/record/created/"),))


@habit("what is not there is 200, and an error in it")
class ErrorIn200(TrainingService):
    def error(self, status: int, reason: str) -> Answer:
        return self.json(200 if status == 404 else status, {"error": reason, "code": status})


@habit("what is not there is 200, and null")
class NullFor404(TrainingService):
    def error(self, status: int, reason: str) -> Answer:
        return self.json(200, None) if status == 404 else super().error(status, reason)


@habit("what is not there is 204")
class NoContentFor404(TrainingService):
    def error(self, status: int, reason: str) -> Answer:
        return Answer(204) if status == 404 else super().error(status, reason)


@habit("a creation with an api_id that is taken is answered with the record that is there")
class Idempotent(TrainingService):
    def create(self, request: Request) -> Answer:
        body = request.body
        api_id = body.get("api_id") if isinstance(body, dict) else None
        if isinstance(api_id, str) and self.taken(api_id):
            return self.json(200, self.single(self.show(self.stored(api_id))))
        return super().create(request)
