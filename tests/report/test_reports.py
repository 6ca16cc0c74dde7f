"""What every way of showing a report has in common."""

import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_spec.provenance import Basis
from contract_tests.options import Options
from contract_tests.report import Terminal, json_report, junit, write_reports
from contract_tests.report.markdown import markdown
from contract_tests.report.plain_text import brief, one_line, shortened, visible
from contract_tests.report.wording import conclusion
from contract_tests.result import Exit, Report, Safety, Verdict

from .reports import HABITS, hostile, kept, mixed, report, rule
from .test_html_report import Page

REPORTS = pytest.mark.parametrize("made", [mixed(), hostile(), kept()], ids=["mixed", "hostile", "kept"])


def in_json(made: Report) -> dict[str, int]:
    verdicts = [found["verdict"] for found in json.loads(json_report(made))["rules"]]
    return {verdict.value: verdicts.count(verdict.value) for verdict in Verdict}


def in_junit(made: Report) -> dict[str, int]:
    root = ElementTree.fromstring(junit(made))
    skipped = [node.attrib["message"].partition(":")[0] for node in root.iter("skipped")]
    counted = {"broken": len(list(root.iter("failure"))), "inconclusive": skipped.count("inconclusive")}
    counted["not-exercised"] = skipped.count("not exercised")
    others = sum(counted.values()) + len(list(root.iter("error")))
    return {**counted, "kept": len(list(root.iter("testcase"))) - others}


def in_html(made: Report) -> dict[str, int]:
    page = Page(made)
    return {verdict.value: page.count("details", verdict.value) for verdict in Verdict}


def in_terminal(made: Report) -> dict[str, int]:
    out = io.StringIO()
    Terminal(out, io.StringIO(), {"COLUMNS": "100"}, verbose=True).show(made)
    found = re.findall(r"^ *[\w-]+ +(?:documented|assumed) +(\w+(?: \w+)?) +\d+ +\d+ *$", out.getvalue(), re.MULTILINE)
    return {verdict.value: found.count(verdict.value.replace("-", " ")) for verdict in Verdict}


def in_markdown(made: Report) -> dict[str, int]:
    found = re.findall(r"^\| .* \| (?:documented|assumed) \| \S+ (\w+(?: exercised)?)", markdown(made), re.MULTILINE)
    return {verdict.value: found.count(verdict.value.replace("-", " ")) for verdict in Verdict}


@REPORTS
def test_all_count_the_same(made: Report) -> None:
    expected = {verdict.value: made.count(verdict) for verdict in Verdict}
    for count in (in_json, in_junit, in_html, in_terminal, in_markdown):
        assert expected == count(made), count.__name__


@REPORTS
def test_all_name_every_rule(made: Report) -> None:
    page, out = Page(made).text, io.StringIO()
    Terminal(out, io.StringIO(), {}, verbose=True).show(made)
    for found in made.rules:
        assert found.id in page
        assert found.id in out.getvalue()
        assert found.id.replace("-", r"\-") in markdown(made)


def test_all_tell_the_habits_of_the_service() -> None:
    made, out = mixed(habits=HABITS), io.StringIO()
    Terminal(out, io.StringIO(), {}).show(made)
    (system_out,) = ElementTree.fromstring(junit(made)).iter("system-out")
    for shown in (out.getvalue(), Page(made).text, markdown(made).replace("\\", ""), system_out.text or ""):
        assert "What this service does where the document is silent" in shown
        assert "keeps milliseconds, and writes them with Z" in shown
    assert json.loads(json_report(made))["habits"][0] == {
        "topic": "dates",
        "text": "keeps milliseconds, and writes them with Z",
    }


def test_three_files_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    write_reports(hostile(), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["junit.xml", "report.html", "report.json"]
    assert all(path.read_text("utf-8") for path in folder.iterdir())


LEFT = Safety(2, 0, ("a", "b"), ledger="l")


@pytest.mark.parametrize(
    ("made", "code", "words"),
    [
        (kept(), Exit.KEPT, "All 2 rules are kept."),
        (report(rule("a", Verdict.KEPT)), Exit.KEPT, "The rule is kept."),
        (
            report(rule("a", Verdict.KEPT), rule("b", Verdict.INCONCLUSIVE)),
            Exit.KEPT,
            "No rule is broken; 1 of 2 are kept, 1 could not be checked.",
        ),
        (report(rule("a", Verdict.BROKEN), rule("b", Verdict.KEPT)), Exit.BROKEN, "1 of 2 rules is broken."),
        (mixed(), Exit.BROKEN, "2 of 6 rules are broken."),
        (
            mixed(problem="interrupted"),
            Exit.COULD_NOT_RUN,
            "The run could not be finished: interrupted. 2 of 6 rules are broken.",
        ),
        (report(rule("a", Verdict.KEPT), safety=LEFT), Exit.COULD_NOT_RUN, "2 records not deleted."),
        (
            report(safety=Safety(1, 0, possible_leftovers=("a",))),
            Exit.COULD_NOT_RUN,
            "1 record perhaps not deleted.",
        ),
    ],
)
def test_conclusion_says_what_the_exit_code_says(made: Report, code: Exit, words: str) -> None:
    assert code is made.exit_code
    assert words == conclusion(made)
    assert words in Page(made).text


def test_commands_repeat_what_the_run_was_told() -> None:
    out = io.StringIO()
    told = Options(seed=7, profile="thorough", basis="documented", allow_writes=True, overlays=(Path("strict.yaml"),))
    made = mixed(target="https://api.example", arguments=told.arguments)
    Terminal(out, io.StringIO(), {"COLUMNS": "100"}).show(made)
    assert "--seed 7 --profile thorough --basis documented --allow-writes --overlay=strict.yaml" in out.getvalue()


def test_a_command_that_deletes_nothing_is_not_offered() -> None:
    assert "training-contract cleanup" not in Page(mixed()).text


def test_what_cannot_be_seen_is_spelled_out() -> None:
    assert visible("a\0\x1b\x9b\r\u202e\ud800\ufeff") == r"a\x00\x1b\x9b\r\u202e\ud800\ufeff"


def test_what_can_be_seen_stays() -> None:
    assert visible("tab\tline\n日本語 👩‍🚀 עברית") == "tab\tline\n日本語 👩‍🚀 עברית"


def test_one_line_has_no_other() -> None:
    assert one_line(" a\r\n b\0\u2029c ") == r"a b\x00 c"


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("abc", 3, "abc"),
        ("one two three", 8, "one two… (6 more characters)"),
        ("one two three", 7, "one two… (6 more characters)"),
        ("one two three", 6, "one… (10 more characters)"),
        ("abcde", 3, "abc… (2 more characters)"),
        ("a " + "b" * 20, 10, "a bbbbbbbb… (12 more characters)"),
    ],
)
def test_long_text_is_cut_after_a_word_and_what_is_left_out_is_counted(text: str, most: int, cut: str) -> None:
    assert shortened(text, most) == cut


@settings(max_examples=100, deadline=None, database=None)
@given(st.text("ab ", max_size=30), st.integers(0, 30))
def test_no_brief_text_is_longer_than_it_may_be(text: str, most: int) -> None:
    cut = brief(text, most)
    assert len(cut) <= most
    assert cut == text or cut == "" or (cut[-1] == "…" and text.startswith(cut[:-1]))


def test_rules_of_both_bases_are_told_apart() -> None:
    text = Page(report(rule("a", Verdict.KEPT, Basis.ASSUMED), rule("b", Verdict.KEPT))).text
    assert "Assumed, because sentence of a" in text
    assert "The document says “sentence of b”" in text
