"""What the errors of the floors below are to a client."""

from mock_server.organisation.errors import Conflict, Full, RecordNotFound
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.values.violation import Violations
from mock_server.web.problem import Problem, listed


def problem_of(error: Exception) -> Problem:
    """Return the problem that an error of a handler is to a client."""
    match error:
        case Problem():
            return error
        case RecordNotFound():
            return Problem(404, f'There is no record with api_id "{error.api_id}".')
        case Conflict():
            return Problem(409, listed(Violations.of(error.violations), "conflict", "with the data"), error.violations)
        case Full():
            return Problem(507, f"There is room for {error.most} {error.kind} in an organisation (--max-records).")
        case DocumentInvalid():
            return Problem.invalid(error.violations)
        case _:
            return Problem(500, "The server failed on this request; its log says why.")
