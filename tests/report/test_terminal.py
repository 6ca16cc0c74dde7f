import io
import re
from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest
from rich.console import Console

from contract_tests.options import Options
from contract_tests.report import Terminal
from contract_tests.report.progress import Tally
from contract_tests.result import BlockedRequest, Report, Safety, Verdict

from .reports import HABITS, HOSTILE, LONG, STEP, hostile, kept, mixed, outcome, report, rule

SGR = re.compile(r"\x1b\[[0-9;]*m")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(
    made: Report, directory: Path | None = None, environ: dict[str, str] | None = None, *, verbose: bool = False
) -> tuple[str, str]:
    """What a pipe gets on stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    Terminal(out, err, environ or {}, verbose=verbose).show(made, directory)
    return out.getvalue(), err.getvalue()


def test_what_is_kept_is_only_counted() -> None:
    out, _ = shown(mixed())
    assert not re.search("field-types|dates-are-utc", out)
    assert re.search(r"^  Rules +2 broken, 1 inconclusive, 1 not exercised, 2 kept$", out, re.MULTILINE)
    assert len(shown(report(*(rule(f"r-{n}", Verdict.KEPT) for n in range(99))))[0].splitlines()) < 8


def test_verbose_table_has_a_line_for_each_rule() -> None:
    out, _ = shown(mixed(), verbose=True)
    for made in mixed().rules:
        verdict = made.verdict.value.replace("-", " ")
        assert re.search(rf"^ *{made.id} +{made.basis.value} +{verdict} +1 +\d+ *$", out, re.MULTILINE)


def test_broken_rule_comes_with_sentence_expectation_and_requests() -> None:
    out, _ = shown(mixed())
    assert "The document “sentence of limit-bounds-page”" in out
    assert "Assumed      sentence of list-envelope" in out
    assert "Expected     a page of 2 records" in out
    assert "Got          a page of 3 records" in out
    assert " 1. POST /training/record/\n" in out
    assert '201 {"api_id":"rec-1"}' in out
    assert "no answer" in out
    assert "the same requests did not show it again" in out


def test_curl_stays_in_one_line_however_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out, _ = shown(mixed(), environ={"COLUMNS": "40"})
    assert STEP.curl in [line.strip() for line in out.splitlines()]


def test_what_could_not_be_told_says_why_once() -> None:
    reason = "it can't be checked without writing"
    out, _ = shown(report(*(rule(f"rule-{n}", Verdict.NOT_EXERCISED, message=reason) for n in range(5))))
    assert out.count(reason) == 1
    assert "not exercised (5)" in out
    assert "rule-0, rule-1, rule-2, rule-3, rule-4" in out


def test_safety_numbers_and_seed_are_told() -> None:
    blocked = BlockedRequest("DELETE", "/training/record/other/", "not ours")
    out, _ = shown(mixed(safety=Safety(5, 5, blocked=(blocked,))))
    assert "5 records created, all of them deleted." in out
    assert "1 request blocked by the guard" in out
    assert "DELETE /training/record/other/: not ours" in out
    assert "1,423 requests in 12.3 s, seed 7" in out


def test_tells_how_to_replay_and_to_run_again() -> None:
    told = Options(seed=7, allow_writes=True, overlays=(Path("strict.yaml"),))
    made = mixed(target="https://api.example", arguments=told.arguments, replay_arguments=told.replay_arguments)
    out, _ = shown(made, Path("out"))
    assert "training-contract replay out/report.json https://api.example --allow-writes\n" in out
    assert "training-contract https://api.example --seed 7 --allow-writes --overlay=strict.yaml\n" in out
    assert "--report-dir DIR" in shown(mixed())[0]


def test_what_is_not_told_is_left_to_variables_of_the_shell() -> None:
    hidden = ("--header=X-Api-Key: ...", "--header-command", "...", "--header=2fa: ...")
    out, _ = shown(mixed(arguments=hidden, replay_arguments=hidden, credentials=True), Path("out"))
    words = '--header="X-Api-Key: $X_API_KEY" --header-command "$HEADER_COMMAND" --header="2fa: $_2FA"\n'
    assert f'replay out/report.json "http://$CREDENTIALS@127.0.0.1:8080" {words}' in out
    for name in ("CREDENTIALS", "X_API_KEY", "HEADER_COMMAND", "_2FA"):
        assert re.search(rf"\b{name} \(", out)


def test_a_habit_is_one_line_cut_after_a_word_unless_verbose(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"COLUMNS": "60"}
    monkeypatch.setenv("COLUMNS", "60")
    out, _ = shown(mixed(habits=HABITS), environ=environ)
    assert "\n  page size    gives at most 10 records a page, whatever…\n" in out
    assert all(len(line) <= 60 for line in out.splitlines() if "training-contract" not in line and "curl" not in line)
    full, _ = shown(mixed(habits=HABITS), environ=environ, verbose=True)
    assert HABITS[1].text in " ".join(full.split())


def test_leftovers_and_problems_go_to_stderr() -> None:
    _, err = shown(mixed(problem="interrupted", safety=Safety(2, 0, ("rec-a",), ("rec-b",), ledger="l.jsonl")))
    assert "not deleted: rec-a\nperhaps not deleted (it may be somebody else's, and was not touched): rec-b\n" in err
    assert "training-contract cleanup l.jsonl\n" in err
    assert err.endswith("2 of 6 rules are broken.\n")
    assert "training-contract: The run could not be finished: interrupted." in err


def test_a_run_that_told_nothing_shows_no_table() -> None:
    out, err = shown(report(rule("a-rule", Verdict.NOT_EXERCISED), problem="http://x does not answer", safety=Safety()))
    assert "a-rule" not in out
    assert "http://x does not answer" in err


def test_a_run_without_trouble_writes_nothing_to_stderr() -> None:
    out, err = shown(kept())
    assert err == ""
    assert out.endswith("\nAll 2 rules are kept.\n")


def test_markup_in_the_data_is_not_obeyed() -> None:
    out, _ = shown(hostile())
    assert "[bold red]markup[/bold red] :smile:" in out


def test_no_control_character_reaches_a_pipe() -> None:
    for text in shown(hostile()):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800]", text)
    assert r"\x1b[31mred\x1b[0m" in shown(hostile())[0]


def test_a_terminal_gets_no_control_sequence_but_colours() -> None:
    out = Screen()
    Terminal(out, io.StringIO(), {}).show(hostile())
    assert SGR.search(out.getvalue())
    assert "\x1b" not in SGR.sub("", out.getvalue())


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Screen()
    Terminal(out, io.StringIO(), {"NO_COLOR": "1"}).show(mixed())
    assert not re.search(r"\x1b\[(\d+;)*(3|4|9)\dm", out.getvalue())


@pytest.mark.parametrize("columns", ["30", "39", "80", "200"])
def test_every_width_will_do(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    out, _ = shown(mixed(), environ={"COLUMNS": columns})
    assert "limit-bounds-page" in out.replace("\n", "").replace(" ", "")
    for line in out.splitlines():
        assert len(line) <= int(columns) or "curl" in line or "training-contract" in line


def test_a_stream_that_knows_no_unicode_will_do() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Terminal(out, io.StringIO(), {}).show(hostile())
    out.flush()
    assert rb"\u65e5\u672c\u8a9e" in raw.getvalue()


def test_very_long_answers_are_cut_unless_verbose() -> None:
    long = replace(STEP, answer=LONG)
    made = rule("a-rule", Verdict.BROKEN)
    assert made.counterexample is not None
    shown_long = report(replace(made, counterexample=replace(made.counterexample, got=LONG, steps=(long,))))
    out, _ = shown(shown_long)
    assert len(out) < 10_000
    assert "long… (" in out
    assert "more characters)" not in shown(shown_long, verbose=True)[0]


def test_github_obeys_nothing_that_an_answer_says() -> None:
    lines = shown(hostile(), environ={"GITHUB_ACTIONS": "true"})[0].splitlines()
    stop = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[0])
    assert stop
    assert f"::{stop[1]}::" == lines[-1]
    assert lines.count(lines[-1]) == 1


# Progress


class Watch:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def checked(terminal: Terminal, watch: Watch, verdict: Verdict, seconds: float) -> None:
    terminal.check_started("lists.pages", "limit-bounds-page")
    watch.now += seconds
    terminal.check_finished(replace(outcome("limit-bounds-page", verdict), seconds=seconds))


def test_a_log_tells_what_is_broken_at_once_and_the_rest_now_and_then() -> None:
    err, watch = io.StringIO(), Watch()
    with Terminal(io.StringIO(), err, {}, clock=watch) as terminal:
        terminal.started("http://127.0.0.1:8080", 7, 4)
        for verdict in (Verdict.KEPT, Verdict.BROKEN, Verdict.KEPT):
            checked(terminal, watch, verdict, 4.0)
        terminal.note("cleaning up")
    assert err.getvalue() == (
        "checking http://127.0.0.1:8080, seed 7: 4 checks\n"
        "broken: limit-bounds-page (lists.pages)\n"
        "3 of 4 checks, about 4 s left, 15 requests, 1 broken, 2 passed\n"
        "cleaning up\n"
    )


def tally(checks: int, *seconds: float) -> tuple[Tally, Watch]:
    """A tally after checks that took these seconds and 5 requests each, and its clock."""
    watch = Watch()
    made = Tally(watch)
    made.begin(checks)
    for taken in seconds:
        watch.now += taken
        made.add(replace(outcome("limit-bounds-page", Verdict.KEPT), seconds=taken))
    return made, watch


def test_nothing_is_said_of_the_time_left_before_there_is_anything_to_go_by() -> None:
    made, _ = tally(74, 12.0)
    assert made.words().plain == "1 of 74 checks, 5 requests, 1 passed"


@pytest.mark.parametrize(
    ("checks", "each", "left"), [(20, 0.1, "2 s"), (20, 4.0, "75 s"), (74, 1.5, "2 min"), (74, 30.0, "33 min")]
)
def test_the_time_left_is_that_of_the_checks_before(checks: int, each: float, left: str) -> None:
    made, _ = tally(checks, *[each] * ceil(checks / 10))
    assert f" of {checks} checks, about {left} left, " in made.words().plain


def test_what_follows_the_checks_is_estimated_by_what_one_more_takes_at_most() -> None:
    made, _ = tally(2, 5.0, 5.0)
    made.enter("counterexamples made short", 0, 3, most=60)
    assert made.words().plain == "0 of 3 counterexamples made short, at most 3 min left, 10 requests, 2 passed"
    made.enter("counterexamples made short", 0, 1, most=60)
    assert made.words().plain.startswith("0 of 1 counterexample made short, at most 60 s left, ")


def test_what_follows_the_checks_is_estimated_by_its_own_pace_once_it_goes() -> None:
    made, watch = tally(2, 1.0, 1.0)
    made.enter("records cleaned up", 0, 80)
    assert "left" not in made.words().plain
    watch.now += 10.0
    made.enter("records cleaned up", 20, 80)
    assert made.words().plain.startswith("20 of 80 records cleaned up, about 30 s left, ")


def test_a_log_tells_how_far_the_clean_up_is() -> None:
    err, watch = io.StringIO(), Watch()
    with Terminal(io.StringIO(), err, {}, clock=watch) as terminal:
        terminal.started("http://127.0.0.1:8080", 7, 1)
        for done in range(60):
            terminal.phase("records cleaned up", done, 60)
            watch.now += 0.5
    said = [line for line in err.getvalue().splitlines() if "cleaned up" in line]
    assert [line.partition(" of ")[0] for line in said] == ["20", "40"]


@pytest.mark.parametrize("columns", ["20", "30", "60", "100", "200"])
def test_the_moving_line_fits_and_is_cut_after_a_word(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    (made, _), out = tally(74, 1.0), Screen()
    made.current = "lists.pages_at_every_offset, offset-is-start-index"
    Console(file=out, width=int(columns)).print(made)
    (line,) = SGR.sub("", out.getvalue()).splitlines()
    assert len(line) <= int(columns)
    words = re.sub("[^ -~…].*", "", line)[2:].rstrip()
    whole = f"1 of 74 checks, 5 requests, 1 passed {made.current}"
    kept_words, cut, _ = words.partition("…")
    assert whole.startswith(kept_words)
    assert not cut or whole[len(kept_words)] == " "


@pytest.mark.parametrize("columns", ["30", "100"])
def test_a_screen_shows_a_line_that_moves_and_is_gone_in_the_end(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    err = Screen()
    with Terminal(io.StringIO(), err, {}) as terminal:
        terminal.started("http://127.0.0.1:8080", 7, 2)
        terminal.check_started("lists.pages" + HOSTILE, "limit-bounds-page")
        terminal.check_finished(outcome("limit-bounds-page", Verdict.BROKEN))
        terminal.note("not deleted: [red]" + HOSTILE)
    assert "1 of 2 checks, about" in SGR.sub("", err.getvalue())
    assert "not deleted: [red]" in " ".join(err.getvalue().split())
    assert err.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")


def test_stopping_before_the_start_is_fine() -> None:
    with Terminal(io.StringIO(), Screen(), {}) as terminal:
        terminal.stop()
        terminal.stop()
