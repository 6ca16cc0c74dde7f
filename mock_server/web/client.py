"""The client behind a request, as long as it is there."""

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import Receive


async def until_gone(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def wait(seconds: float, receive: Receive) -> None:
    """Wait so long. Raises ClientDisconnect as soon as the client has gone."""
    try:
        async with asyncio.timeout(seconds):
            await until_gone(receive)
    except TimeoutError:
        return
    raise ClientDisconnect
