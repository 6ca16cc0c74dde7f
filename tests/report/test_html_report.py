import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.report import html_report
from contract_tests.result import BlockedRequest, Report, Safety, Verdict

from .reports import HABITS, LONG, hostile, kept, mixed, report

VOID = {"meta", "input", "br"}


@dataclass
class Page(HTMLParser):
    """What a browser would find, roughly."""

    report: Report
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.source = html_report(self.report).decode("utf-8")
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def count(self, tag: str, name: str) -> int:
        """How many elements have a class."""
        return sum(tag == found and name in (attrs.get("class") or "").split() for found, attrs in self.tags)


def test_nothing_comes_from_another_host() -> None:
    for made in (mixed(), hostile(), kept()):
        page = Page(made)
        for _, attrs in page.tags:
            assert not attrs.keys() & {"src", "srcset", "action", "data", "poster", "ping"}
            assert (attrs.get("href") or "#").startswith("#")
        assert not re.search(r"@import|url\(", page.source)
        assert not {"link", "iframe", "img", "object", "base"} & {tag for tag, _ in page.tags}


def test_hostile_text_is_only_text() -> None:
    page = Page(hostile())
    assert not page.open
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text


def test_hostile_text_adds_no_element() -> None:
    safety = Safety(3, 1, ("a",), ("b",), (BlockedRequest("DELETE", "/", "x"),), "l")
    calm = mixed("x", safety=safety, habits=HABITS[:1], problem="x")
    assert [tag for tag, _ in Page(calm).tags] == [tag for tag, _ in Page(hostile()).tags]


def test_what_cannot_be_seen_is_spelled_out() -> None:
    page = Page(hostile())
    assert not re.search("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202e\ufffe]", page.source)
    assert r"\x1b[31mred" in page.text
    assert r"\ud800" in page.text


def test_only_its_own_script_may_run() -> None:
    policy = next(attrs["content"] for tag, attrs in Page(hostile()).tags if attrs.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]+';", policy)


def test_every_rule_stands_in_the_list_and_at_a_glance() -> None:
    made = mixed()
    page = Page(made)
    assert len(made.rules) == sum(page.count("details", verdict.value) for verdict in Verdict)
    assert len(made.rules) == page.count("a", "cell")
    assert len(made.broken) == page.count("details", "broken-rule")


def test_every_link_leads_somewhere() -> None:
    for made in (mixed(), kept()):
        page = Page(made)
        ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
        assert len(ids) == len(set(ids))
        for _, attrs in page.tags:
            for name in ("href", "for", "aria-labelledby"):
                if attrs.get(name):
                    assert (attrs[name] or "").removeprefix("#") in ids


def test_shows_sentences_reasons_and_requests() -> None:
    text = Page(mixed()).text
    assert "The document says “sentence of limit-bounds-page”" in text
    assert "Assumed, because sentence of list-envelope" in text
    assert "others moved the data" in text
    assert "no answer came on which it could be checked" in text
    assert "training-contract replay report.json http://127.0.0.1:8080 --rule limit-bounds-page" in text


def test_shows_what_the_service_does_where_the_document_is_silent() -> None:
    page = Page(mixed(habits=HABITS))
    assert "What this service does where the document is silent" in page.text
    assert "dates keeps milliseconds, and writes them with Z" in page.text
    assert "silent" not in Page(mixed()).text


def test_a_check_that_passed_is_not_called_kept() -> None:
    source = Page(kept()).source
    checks = re.findall(r'<table class="checks">.*?</table>', source, re.DOTALL)
    assert len(checks) == 2
    assert all("passed" in table and ">kept" not in table for table in checks)


def test_shows_what_was_left_behind_and_how_to_delete_it() -> None:
    text = Page(mixed(safety=Safety(2, 0, ("rec-left",), ("rec-perhaps",), ledger="l.jsonl"))).text
    assert "rec-left not deleted" in text
    assert "rec-perhaps perhaps not deleted" in text
    assert "training-contract cleanup l.jsonl" in text


def test_shows_what_was_exercised() -> None:
    page = Page(mixed())
    assert "2 of 3 statuses were seen, 1 of 2 parameters and properties were sent" in page.text
    assert page.count("td", "seen") == 3
    assert page.count("td", "never") == 2
    assert page.count("td", "odd") == 2


def test_a_report_of_nothing_is_a_page_too() -> None:
    assert "could not be finished: unreachable" in Page(report(coverage=(), problem="unreachable")).text


def test_very_long_text_is_cut() -> None:
    assert "more characters)" in Page(mixed(LONG)).text


@settings(max_examples=15, deadline=None, database=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=40))
def test_is_whole_whatever_the_text(text: str) -> None:
    assert not Page(mixed(text, problem=text)).open
