"""How a page is wrapped: the contract says so."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from mock_server.values.page import Page
from mock_server.web.request import Request


class Envelope:
    """The form of a list's answer, taken from its schema.

    A schema of type array is the bare list. In an object the items of the page are the one property that is an
    array, and count, next and previous are filled in where the schema has them.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        properties: Mapping[str, Any] = schema.get("properties", {})
        self._items = next((name for name, value in properties.items() if value.get("type") == "array"), None)
        self._filled = [name for name in ("count", "next", "previous") if name in properties]

    def parts(self, schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the schema without what it says of single items, and just that."""
        if self._items is None:
            return _without_items(schema), schema.get("items", {})
        properties = schema["properties"]
        items = properties[self._items]
        around = {**schema, "properties": {**properties, self._items: _without_items(items)}}
        return around, items.get("items", {})

    def wrap(self, page: Page, request: Request) -> Any:
        """Return the answer that holds a page."""
        if self._items is None:
            return page.items
        following, previous = _neighbours(page)
        linked = following is not None or previous is not None
        url = f"{request.url()}?{_kept(page)}offset=" if linked else ""
        members = {
            "count": page.count,
            "next": None if following is None else f"{url}{following}",
            "previous": None if previous is None else f"{url}{previous}",
        }
        return {name: members[name] for name in self._filled} | {self._items: page.items}

    def with_items(self, answer: Any, items: list[Any]) -> Any:
        """Return an answer that holds these items in place of its own."""
        return items if self._items is None else answer | {self._items: items}


def _without_items(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {keyword: value for keyword, value in schema.items() if keyword != "items"}


def _neighbours(page: Page) -> tuple[int | None, int | None]:
    """Return the offsets of the next and of the previous page, None where there is none."""
    if page.limit is None:
        return None, None
    following = page.offset + page.limit
    return (
        following if following < page.count else None,
        max(0, page.offset - page.limit) if page.offset > 0 else None,
    )


def _kept(page: Page) -> str:
    """Return the part of the query that the neighbouring pages keep."""
    search = "" if page.search is None else f"search={quote_plus(page.search)}&"
    return f"{search}limit={page.limit}&"
