"""The page as HTML."""

import html
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mock_server.docs.api import Api, api
from mock_server.docs.prose import Prose

DEFAULT_URL = "http://127.0.0.1:8080"
"""Where the server is found unless it is told otherwise: the address that the examples of the spec are written for."""

_HERE = Path(__file__).parent
# Stand in the page, and nowhere in a spec, for what differs from address to address: it is rendered once for all.
_URL, _HOME = "\ue000", "\ue001"


class DocsPage:
    """The page of one spec, its references as they stand."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._spec = spec

    def at(self, url: str, home: str) -> str:
        """Return the page. Its examples ask a server at `url`, whose other pages are below `home`, as in `../ui/`."""
        # An apostrophe may stand in an address, but would end the shell's quotation around it.
        shown = html.escape(url.replace("'", "%27"))
        return self._html.replace(_URL, shown).replace(_HOME, html.escape(home))

    @cached_property
    def _html(self) -> str:
        return _render(api(_moved(self._spec), _URL))


def _moved(part: Any) -> Any:
    """Return the spec with every address in it that is the server's own at the place where that is found."""
    if isinstance(part, Mapping):
        return {name: _moved(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_moved(value) for value in part]
    return part.replace(DEFAULT_URL, _URL) if isinstance(part, str) else part


def _render(shown: Api) -> str:
    prose = Prose([rule.id for rule in shown.rules])
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"line": prose.line, "block": prose.block}
    environment.globals["api"] = shown
    return environment.get_template("page.html").render(
        url=_URL, home=_HOME, style=(_HERE / "style.css").read_text("utf-8")
    )
