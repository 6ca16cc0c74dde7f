"""The page of the spec, taken apart."""

import html
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import Any


def words(text: str) -> str:
    """Return the letters and digits of a text in lower case, with one space for all that is between them."""
    return " ".join(re.findall(r"\w+", text.lower()))


@dataclass(frozen=True)
class ShownSample:
    """An example on the page: a line for a shell, and the answer that it gets (None: without a body)."""

    name: str
    curl: str
    status: int
    answer: Any


class ShownPage(HTMLParser):
    """What a reader finds on a page: its ids, its links, its words, its quotations and its examples."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.html = text
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.quotations: list[str] = []
        self.headings: list[int] = []
        self._text: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    @cached_property
    def words(self) -> str:
        """All words of the page, in order."""
        return f" {words(' '.join(self._text))} "

    @cached_property
    def samples(self) -> list[ShownSample]:
        """The examples that have a request."""
        figures = re.findall(r'<figure class="sample">(.*?)</figure>', self.html, re.DOTALL)
        return [_sample(figure) for figure in figures if 'class="curl"' in figure]

    def says(self, text: str) -> bool:
        """Whether these words stand on the page, in this order and with none between them."""
        return f" {words(text)} " in self.words

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        if given.get("href"):
            self.links.append(str(given["href"]))
        if tag == "blockquote":
            self.quotations.append("")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self._text.append(data)
        if "blockquote" in self._open:
            self.quotations[-1] += data


def _sample(figure: str) -> ShownSample:
    (curl,) = re.findall(r'<code class="curl">(.*?)</code>', figure, re.DOTALL)
    (name,) = re.findall(r"<figcaption><b>(.*?)</b>", figure)
    (status,) = re.findall(r"<p>Answer (\d+)", figure)
    answers = re.findall(r"<pre><code>(.*?)</code></pre>", figure, re.DOTALL)
    (answer,) = map(json.loads, map(html.unescape, answers)) if answers else (None,)
    return ShownSample(html.unescape(name), html.unescape(curl), int(status), answer)
