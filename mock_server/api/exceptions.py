"""Errors that no contract answers, in the form of the contract."""

from typing import Any

from connexion import http_facts
from connexion.exceptions import ProblemException, problem
from connexion.middleware.exceptions import ExceptionMiddleware, connexion_wrapper
from starlette.exceptions import HTTPException
from starlette.requests import Request


class Exceptions(ExceptionMiddleware):
    """Connexion's own, but that it logs no 4xx of a page: what a client got wrong is the client's to know."""

    @staticmethod
    async def http_exception(request: Request, error: HTTPException, **more: Any) -> Any:
        """Answer what a router of Starlette's raises."""
        answer = _client_error if 400 <= error.status_code <= 499 else ExceptionMiddleware.http_exception
        return await answer(request, error, **more)

    @staticmethod
    def problem_handler(request: Request, error: ProblemException) -> Any:
        """Answer what Connexion raises."""
        is_clients = 400 <= error.status <= 499
        return error.to_problem() if is_clients else ExceptionMiddleware.problem_handler(request, error)


@connexion_wrapper  # type: ignore[untyped-decorator]
def _client_error(_request: Request, error: HTTPException, **_: Any) -> Any:
    title = http_facts.HTTP_STATUS_CODES.get(error.status_code)
    return problem(title=title, detail=error.detail, status=error.status_code, headers=error.headers)
