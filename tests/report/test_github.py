import io
import re
from pathlib import Path

from contract_tests.report import github
from contract_tests.report.markdown import LONGEST, escaped, fenced, markdown
from contract_tests.result import Report, Safety, Verdict

from .reports import HOSTILE, hostile, kept, mixed, report, rule


def lines(made: Report, **environ: str) -> list[str]:
    out = io.StringIO()
    github(made, {"GITHUB_ACTIONS": "true", **environ}, out)
    return out.getvalue().split("\n")[:-1]


def test_elsewhere_it_does_nothing(tmp_path: Path) -> None:
    out, summary = io.StringIO(), tmp_path / "summary.md"
    github(mixed(), {"GITHUB_STEP_SUMMARY": str(summary)}, out)
    assert out.getvalue() == ""
    assert not summary.exists()


def test_an_error_for_each_broken_rule() -> None:
    assert lines(mixed()) == [
        "::error title=limit-bounds-page is broken::The document: “sentence of limit-bounds-page”"
        "%0Aexpected: a page of 2 records%0Agot: a page of 3 records",
        "::error title=list-envelope is broken::Assumed: sentence of list-envelope"
        "%0Aexpected: a page of 2 records%0Agot: a page of 3 records",
    ]


def test_a_run_that_could_not_be_done_is_an_error() -> None:
    assert lines(report(problem="100% gone")) == [
        "::error title=The contract could not be checked::The run could not be finished: 100%25 gone."
    ]


def test_a_kept_contract_is_silent() -> None:
    assert lines(kept()) == []


def test_properties_cannot_end_early() -> None:
    made = report(rule("a%,b:c\r\nd", Verdict.BROKEN))
    assert lines(made)[0].startswith(r"::error title=a%25%2Cb%3Ac\r%0Ad is broken::")


def test_hostile_text_makes_no_line_of_its_own() -> None:
    found = lines(hostile())
    assert len(found) == 3
    assert all(line.startswith("::error title=") for line in found)


def test_a_stream_that_knows_no_unicode_will_do() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    github(hostile(), {"GITHUB_ACTIONS": "true"}, out)


def test_summary_is_appended(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    lines(mixed(), GITHUB_STEP_SUMMARY=str(summary))
    text = summary.read_text("utf-8")
    assert text.startswith("before\n## Training Record API: 2 of 6 rules are broken\\.\n")
    assert "| limit\\-bounds\\-page | documented | ❌ broken | 1 |" in text
    assert "❔ inconclusive: others moved the data" in text
    assert "```\ncurl -sS -X POST" in text


def test_a_summary_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    assert lines(kept(), GITHUB_STEP_SUMMARY=str(tmp_path))[0].startswith("::warning title=No step summary::")


def test_summary_tells_what_was_left_behind() -> None:
    text = markdown(mixed(safety=Safety(2, 0, ("rec",), ("maybe",), ledger="l.jsonl")))
    assert "* not deleted: rec\n* perhaps not deleted: maybe\n```\ntraining-contract cleanup l.jsonl\n```" in text


def test_no_fence_can_be_closed_from_inside() -> None:
    assert fenced("```` x") == "`````\n```` x\n`````\n"


def test_markdown_and_html_in_the_data_are_only_text() -> None:
    assert escaped("<b>*x* | `y` &amp;\n[z](u) _#~") == r"\<b\>\*x\* \| \`y\` \&amp\; \[z\]\(u\) \_\#\~"
    for row in re.findall(r"^\| .*", markdown(hostile()), re.MULTILINE):
        assert len(re.findall(r"(?<!\\)\|", row)) == 5


def test_summary_fits_into_what_github_takes() -> None:
    many = report(*(rule(f"rule-{n}", Verdict.BROKEN, text=HOSTILE * 60) for n in range(40)))
    text = markdown(many)
    assert len(text.encode()) < LONGEST + 1000
    assert re.search(r"\n\d+ more broken rules in report\.html\.\n$", text)
    assert text.count("<details>") == text.count("</details>")
