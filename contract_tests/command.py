"""The `training-contract` command. What takes long to import is imported when it is needed: not for --help."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .options import IN_REPORT, OPTIONS, Option, Options, UsageError, options_of, secrets_in, unexpected
from .safety.redaction import HIDDEN

if TYPE_CHECKING:
    from .result import Report
    from .run.run import Publisher
    from .spec import Spec

PROGRAM = "training-contract"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 kept, 1 broken, 2 usage, 3 could not run."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    commands: dict[str, Callable[[list[str]], int]] = {"replay": _replay, "cleanup": _cleanup}
    try:
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](arguments[1:])
        return _check(arguments)
    except _Leave as exc:
        return exc.code
    except KeyboardInterrupt as exc:
        from .result import Exit

        return _complain(str(exc) or "interrupted", Exit.COULD_NOT_RUN)
    except Exception as exc:
        return _fail(exc, arguments)


def _fail(exc: Exception, arguments: list[str]) -> int:
    """Say what is wrong with the command line, or with the kit itself."""
    from api_spec.file import SpecError

    from .result import Exit
    from .run.counterexample import ReplayError
    from .run.run import reason
    from .safety.ledger import LedgerError
    from .safety.redaction import Redactor

    text = Redactor(secrets_in(arguments)).text
    if isinstance(exc, (UsageError, SpecError, LedgerError, ReplayError)):
        return _complain(text(str(exc)), Exit.USAGE)
    return _complain(text(reason(exc)), Exit.COULD_NOT_RUN)


def _complain(text: str, code: int) -> int:
    with suppress(OSError):  # nobody needs to read it
        print(f"{PROGRAM}: {text}", file=sys.stderr)
    return code


# Arguments


class _Leave(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Parser(argparse.ArgumentParser):
    """Leaves by an exception instead of ending the process, so that `main` can be called."""

    def error(self, message: str) -> NoReturn:
        # A switch is given no value: what was given to one is not shown, as it may be anything.
        super().error(re.sub("ignored explicit argument .*", "it takes no value", message, flags=re.DOTALL))

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if message:
            self._print_message(message, sys.stderr)
        raise _Leave(status)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"{PROGRAM} {version('training-record-api')}")
        parser.exit()


def parser(name: str = "", description: str = "", *, everything: bool = False) -> argparse.ArgumentParser:
    """Return the parser of a command with all options; its help shows the rare ones only if it is to show everything.

    What it parses `options_from` takes.
    """
    made = _Parser(
        prog=f"{PROGRAM} {name}".strip(),
        description=description
        or "Check a Training Record API against its contract. It touches no record that it did not create.",
        epilog=None if name else f"Also: {PROGRAM} replay FILE BASE_URL, and {PROGRAM} cleanup LEDGER [BASE_URL].",
        allow_abbrev=False,
    )
    for option in OPTIONS:
        if not option.means_something_to(name):
            continue
        hidden = {"help": argparse.SUPPRESS} if option.rare and not everything else {}
        made.add_argument(option.flag, dest=option.field, **{**option.keywords, **hidden})
    made.add_argument("--help-all", action="help", help="show every option")
    made.add_argument("--version", action=_Version, nargs=0, help="show the version")
    return made


def options_from(parsed: argparse.Namespace) -> Options:
    """Return the options that were parsed, those that the command does not take unset; raise UsageError."""
    return options_of(parsed.base_url, lambda option: _given(option, parsed))


def _given(option: Option, parsed: argparse.Namespace) -> Any:
    return getattr(parsed, option.field, [] if option.many else None)


def _parse(
    arguments: list[str],
    made: argparse.ArgumentParser,
    *positional: tuple[str, dict[str, Any]],
    base_url: str = "the service; without one the mock is checked",
) -> Any:
    for name, keywords in positional:
        made.add_argument(name, **keywords)
    made.add_argument("base_url", nargs="?", metavar="BASE_URL", help=base_url)
    parsed, others = made.parse_known_intermixed_args(arguments)  # BASE_URL may come after the options too
    if others:
        made.error(unexpected(others))
    return parsed


# Commands


def _check(arguments: list[str]) -> int:
    made = parser(everything="--help-all" in arguments)
    made.add_argument("--verbose", action="store_true", help="show what is kept too, and every text in full")
    parsed = _parse(arguments, made)
    options = options_from(parsed)

    from hypothesis.configuration import set_hypothesis_home_dir

    from .report import Terminal, clear_reports
    from .report.outlet import outlet
    from .run.connection import state_folder, target
    from .run.run import Run

    spec = _spec(options)
    set_hypothesis_home_dir(state_folder() / "hypothesis")  # by default it is one in the current folder
    if options.report_dir is not None:
        try:
            clear_reports(options.report_dir)
        except OSError as exc:
            raise UsageError(f"--report-dir {options.report_dir}: {exc.strerror}") from exc
    with (
        Terminal(outlet(sys.stdout), outlet(sys.stderr), verbose=parsed.verbose) as terminal,
        target(options) as there,
        Run(there, spec, terminal, publish=_publisher(options, terminal)) as run,
    ):
        run.check_all()
    return run.report.exit_code


def _spec(options: Options) -> Spec:
    from .spec import load_spec

    return load_spec(options.overlays)


def _publisher(options: Options, terminal: Any) -> Publisher:
    """Files first, as the terminal says where they are; should the terminal fail, they are told."""
    import os
    from dataclasses import replace

    from .report import github, write_reports
    from .report.outlet import outlet
    from .run.run import reason

    def publish(report: Report) -> Report:
        folder = options.report_dir
        told = report if folder is None else write_reports(report, folder)
        try:
            terminal.show(told, folder)
            github(told, os.environ, outlet(sys.stdout))
        except Exception as exc:
            told = replace(told, problem=told.problem or reason(exc))
            if folder is not None:
                write_reports(told, folder)
            terminal.note(f"{PROGRAM}: {told.problem}")
        return told

    return publish


def _replay(arguments: list[str]) -> int:
    made = parser("replay", "Send the requests of a counterexample again.", everything="--help-all" in arguments)
    made.add_argument("--rule", help="which counterexample of a report.json (default: every one)")
    file = ("file", {"type": Path, "metavar": "FILE", "help": "report.json, or one counterexample of it"})
    parsed = _parse(arguments, made, file)

    from .run.connection import target
    from .run.replay import Recorded, replay

    recorded = Recorded.read(parsed.file)
    before = _read_again(recorded.arguments)
    options = _as_recorded(parsed, before)
    spec = _spec(options)
    read = recorded.counterexamples(parsed.rule, spec)
    say = _say(options)
    here = {name.lower() for name in _headers(parsed)}
    for name in _headers(before):
        if name.lower() not in here:
            say(f"the run sent the header {name}: pass it again with --header if the service needs it")
    with target(options) as there:
        return replay(read, there, spec, say, _saying(say))


def _as_recorded(parsed: argparse.Namespace, before: argparse.Namespace) -> Options:
    """The options of the command line, and for those that it does not have what the report says.

    Whom and what a service knows means nothing to the mock. Raises UsageError.
    """

    def given(option: Option) -> Any:
        here = _given(option, parsed)
        of_service = option.field in ("person_api_ids", "package_api_ids") and not parsed.base_url
        if here or option.flag not in IN_REPORT or of_service:
            return here
        there = _given(option, before)
        if HIDDEN in str(there):
            raise UsageError(
                f"the report does not tell the value of {option.flag}, as it holds a secret: pass it again"
            )
        return there

    return options_of(parsed.base_url, given)


def _headers(parsed: argparse.Namespace) -> list[str]:
    return [text.partition(":")[0].strip() for text in parsed.headers]


def _read_again(arguments: Sequence[str]) -> Any:
    """The arguments of a report, parsed; raise UsageError when they are none."""
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as said:
            return _parse(list(arguments), parser())
    except _Leave:
        why = said.getvalue().strip().rpartition("error: ")[2]
        raise UsageError(f"the report was made with other options than this version has: {why}") from None


def _cleanup(arguments: list[str]) -> int:
    made = parser("cleanup", "Delete what a run that was killed did not.", everything="--help-all" in arguments)
    ledger = ("ledger", {"type": Path, "metavar": "LEDGER", "help": "its file"})
    parsed = _parse(arguments, made, ledger, base_url="the service; without one the one that the ledger names")

    from .run.resume import options_for, resume
    from .safety.ledger import Ledger

    file = Ledger.load(parsed.ledger)
    options = options_for(file, options_from(parsed))
    say = _say(options)
    return resume(file, options, _spec(options), say, _saying(say))


def _say(options: Options) -> Callable[[str], None]:
    """What prints a line, with no secret in it."""
    from .report.outlet import outlet
    from .report.plain_text import visible

    redactor, stdout = options.redactor, outlet(sys.stdout)
    return lambda text: print(visible(redactor.text(text)), file=stdout, flush=True)


def _saying(say: Callable[[str], None]) -> Publisher:
    """What says how it ended where there is no report: what went wrong, and what is left."""
    from .report import wording

    def publish(report: Report) -> Report:
        if report.problem:
            say(f"{PROGRAM}: {report.problem}")
        for line in wording.left(report):
            say(line)
        return report

    return publish
