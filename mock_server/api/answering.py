"""The answer to one request, from its reading to what is sent."""

import logging
from collections.abc import Mapping

from mock_server.api.problems import problem_of
from mock_server.contract.answer import AnswerInvalid
from mock_server.contract.operation import BROKEN, Answered, Operation
from mock_server.sandbox.sandbox import Sandbox
from mock_server.web.problem import Problem
from mock_server.web.request import Request

logger = logging.getLogger(__name__)


def answer(operation: Operation, request: Request, segments: Mapping[str, str], sandbox: Sandbox) -> Answered:
    """Return the answer to a request whose path has these segments, checked on its way in and out. Raises Problem 415.

    It is one step of the event loop: nothing of another request happens within it.
    """
    reading = operation.read(request, segments)
    if reading.violations:
        response = operation.refused(Problem.invalid(reading.violations))
        return Answered(response, reading.used, reading.ignored)
    try:
        result = operation.handler(sandbox, **reading.arguments)
        response = operation.success.response(result, request)
    except AnswerInvalid as error:
        operation.log(operation.success.status, error.violations)
        response = operation.refused(BROKEN)
    except Exception as error:
        problem = problem_of(error)
        if problem.status == 500:
            logger.exception("%s failed", operation.id)
        response = operation.refused(problem)
    return Answered(response, reading.used, reading.ignored)
