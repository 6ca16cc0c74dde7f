"""The texts of a spec as HTML: Markdown, plain sentences, and the names of rules in both."""

import re
from collections.abc import Collection, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

_NAME = r"(?<![\w/.-])[a-z]+(?:_[a-z]+)+(?![\w-])"
"""Words that are joined by underscores: fields and operations."""


_ASIDE = r"<(?P<element>a|code|blockquote)\b.*?</(?P=element)>|<[^>]*>"
"""What is left as it is in HTML: tags, and elements that hold code, a link or a quotation."""


class Prose:
    """Makes HTML of texts, in which the id of a rule leads to that rule."""

    def __init__(self, rules: Collection[str]) -> None:
        # A rule that is called by a word of every day is not meant wherever that word stands.
        ids = sorted((re.escape(rule) for rule in rules if "-" in rule), key=len, reverse=True)
        rule = rf"(?<![\w-])(?P<rule>{'|'.join(ids) or '(?!)'})(?![\w-])"
        self._words = re.compile(f"{_ASIDE}|{rule}|(?P<name>{_NAME})", re.DOTALL)
        # An image would be a request, maybe to another host.
        self._markdown = MarkdownIt("commonmark", {"html": False}).disable("image")

    def line(self, text: str) -> Markup:
        """Return a plain sentence."""
        return Markup(self._linked(str(escape(text))))  # noqa: S704  escaped

    def block(self, text: str, heading: int, without: str = "") -> Markup:
        """Return a text in Markdown, its highest headings being of this level.

        A block quotation in quotation marks is one of the document; that of the words `without` is left out.
        """
        tokens = [*_quotations(self._markdown.parse(text), without)]
        _shift_headings(tokens, heading)
        html = self._markdown.renderer.render(tokens, self._markdown.options, {})
        return Markup(self._linked(html))  # noqa: S704  the renderer escapes, and raw HTML is off

    def _linked(self, html: str) -> str:
        return self._words.sub(_marked, html)


def _marked(match: re.Match[str]) -> str:
    if match["rule"]:
        return f'<a class="rule-name" href="#{match["rule"]}">{match["rule"]}</a>'
    return f"<code>{match['name']}</code>" if match["name"] else match[0]


def _quotations(tokens: list[Token], without: str) -> Iterator[Token]:
    """Yield the tokens with each quotation of the document as one, and without these words."""
    for block in _blocks(tokens):
        words = " ".join(" ".join(token.content for token in block if token.type == "inline").split())
        if block[0].type != "blockquote_open" or not (words.startswith('"') and words.endswith('"')):
            yield from block
        elif words[1:-1] != without:
            html = f'<blockquote class="words"><p>{escape(words[1:-1])}</p></blockquote>'
            yield Token("html_block", "", 0, content=html)


def _blocks(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the blocks of a text, each with all that is in it."""
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def _shift_headings(tokens: list[Token], highest: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    shift = highest - min((int(token.tag[1]) for token in headings), default=highest)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
