"""The content of a request: its body, read whole."""

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from mock_server.web.problem import Problem
from mock_server.web.request import Request


async def read_content(request: Request, receive: Receive, most: int) -> bytes:
    """Return the body of a request.

    Raises Problem 413 where it has more than `most` bytes, before it reads more than it must, the protocol's own
    problem where it is malformed, and ClientDisconnect where it breaks off.
    """
    declared = request.header(b"content-length")
    if declared is not None and declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise message.get("refused") or ClientDisconnect
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(most: int) -> Problem:
    return Problem(413, f"The body is larger than {most} bytes.")
