"""Examples as they go over the wire: a request, and the answer of the same name."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mock_server.docs import curl
from mock_server.docs.body import Body
from mock_server.docs.content import Content
from mock_server.docs.example import Example
from mock_server.docs.parameter import Parameter


@dataclass(frozen=True)
class Sample:
    """One example of an operation.

    `curl` is empty where no example of the request has its name, and `answer` where the answer has no body.
    """

    name: str
    asked: tuple[str, ...]
    """What the examples of the request say of themselves."""
    curl: str
    answered: str
    """What the example of the answer says of itself."""
    answer: str


class Asking:
    """The requests that an operation has examples of, to a server at `url`."""

    def __init__(self, url: str, method: str, path: str, parameters: Sequence[Parameter], body: Body | None) -> None:
        self._url = url
        self._method = method
        self._path = path
        self._parameters = parameters
        self._body = body
        self._content = body.contents[0] if body is not None and body.contents else None

    def names(self) -> list[str]:
        """Return the names of all examples, each once, those of the body first."""
        return [*dict.fromkeys(example.name for part in self._parts() for example in part.examples)]

    def sample(self, name: str, answer: Example | None) -> Sample:
        """Return the example of a name with its answer; None stands for an answer without a body."""
        asked = [example.summary for part in self._parts() for example in part.examples if example.name == name]
        return Sample(
            name=name,
            asked=tuple(dict.fromkeys(filter(None, asked))),
            curl=self._curl(name),
            answered="" if answer is None else answer.summary,
            answer="" if answer is None else _shown(answer.value),
        )

    def _parts(self) -> Iterator[Parameter | Content]:
        if self._content is not None:
            yield self._content
        yield from self._parameters

    def _curl(self, name: str) -> str:
        if name not in self.names() or self._lacks(name):
            return ""
        path = self._path
        for parameter, value in self._values(name, "path"):
            path = path.replace(f"{{{parameter.name}}}", quote(curl.text(value), safe=""))
        query = curl.query([(parameter.name, value) for parameter, value in self._values(name, "query")])
        headers = [(parameter.name, curl.text(value)) for parameter, value in self._values(name, "header")]
        body = None
        if self._content is not None and _values(self._content.examples, name):
            headers.append(("Content-Type", self._content.media_type))
            body = _shown(_values(self._content.examples, name)[0])
        return curl.line(self._method, self._url + path + query, headers, body)

    def _lacks(self, name: str) -> bool:
        """Say whether something that a request needs has no example of this name."""
        needed: list[Parameter | Content | None] = [p for p in self._parameters if p.required]
        if self._body is not None and self._body.required:
            needed.append(self._content)
        return not all(part and _values(part.examples, name) for part in needed)

    def _values(self, name: str, place: str) -> Iterator[tuple[Parameter, Any]]:
        for parameter in (each for each in self._parameters if each.place == place):
            for value in _values(parameter.examples, name):
                yield parameter, value


def _values(examples: Sequence[Example], name: str) -> list[Any]:
    return [example.value for example in examples if example.name == name]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
