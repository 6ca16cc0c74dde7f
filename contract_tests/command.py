"""The `training-contract` command."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from hypothesis.configuration import set_hypothesis_home_dir

from api_spec.file import SpecError

from .options import PROFILES, Options, UsageError, header
from .report import Terminal, github, write_reports
from .report.plain_text import visible
from .result import Exit
from .run.counterexample import ReplayError
from .run.replay import replay
from .run.resume import resume
from .run.run import Run, state_folder
from .safety.ledger import LedgerError
from .safety.redaction import Redactor
from .spec import Spec, load_spec


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 kept, 1 broken, 2 usage, 3 could not run."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    commands: dict[str, Callable[[list[str]], int]] = {"replay": _replay, "cleanup": _cleanup}
    try:
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](arguments[1:])
        return _check(arguments)
    except (UsageError, SpecError, LedgerError, ReplayError) as exc:
        print(f"training-contract: {exc}", file=sys.stderr)
        return Exit.USAGE
    except _Usage as exc:
        return exc.code


class _Usage(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Parser(argparse.ArgumentParser):
    """Leaves by an exception instead of ending the process, so that `main` can be called."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if message:
            self._print_message(message, sys.stderr)
        raise _Usage(status)


def parser() -> argparse.ArgumentParser:
    """The options of a run."""
    found = _Parser(
        prog="training-contract",
        description="Check a Training Record API against its contract. It touches no record that it did not create.",
        epilog="Also: training-contract replay FILE BASE_URL, and training-contract cleanup LEDGER [BASE_URL].",
    )
    found.add_argument("base_url", nargs="?", metavar="BASE_URL", help="the service; without one the mock is checked")
    add_options(found)
    return found


def add_options(found: argparse.ArgumentParser) -> None:
    """Add every option but the base URL."""
    add = found.add_argument
    add("--person-api-id", action="append", default=[], metavar="ID", help="a person to refer to (repeatable)")
    add("--package-api-id", action="append", default=[], metavar="ID", help="a package to refer to (repeatable)")
    add("--header", action="append", default=[], metavar="'NAME: VALUE'", help="sent along, never shown (repeatable)")
    add("--basis", choices=["documented", "all"], default="all", help="which rules to judge (default: all)")
    add("--profile", choices=sorted(PROFILES), default="quick", help="how much to try (default: quick)")
    add("--read-only", action="store_true", help="only read")
    add("--allow-writes", action="store_true", help="create records of its own on a host that is not this machine")
    add("--seed", type=int, default=1, metavar="N", help="of the generated data (default: 1)")
    add("--overlay", action="append", default=[], type=Path, metavar="FILE", help="another reading (repeatable)")
    add("--report-dir", type=Path, metavar="DIR", help="where to write the reports")
    add("--max-requests", type=_positive_int, metavar="N", help="stop after so many requests")
    add("--rate", type=_positive_float, metavar="N", help="at most so many requests a second")


def _positive_int(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _positive_float(text: str) -> float:
    value = float(text.removesuffix("/s"))
    if not value > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def options_of(arguments: argparse.Namespace, base_url: str | None = None) -> Options:
    """Return the options that were parsed; raise UsageError."""
    options = Options(
        base_url=base_url or getattr(arguments, "base_url", None),
        person_api_ids=tuple(arguments.person_api_id),
        package_api_ids=tuple(arguments.package_api_id),
        headers=tuple(header(text) for text in arguments.header),
        basis=arguments.basis,
        profile=arguments.profile,
        read_only=arguments.read_only,
        allow_writes=arguments.allow_writes,
        seed=arguments.seed,
        overlays=tuple(arguments.overlay),
        report_dir=arguments.report_dir,
        max_requests=arguments.max_requests,
        rate=arguments.rate,
    )
    options.validate()
    return options


@contextmanager
def target(options: Options) -> Iterator[str]:
    """The base URL to check: the one given, or that of a mock that runs for as long."""
    if options.base_url is not None:
        yield options.base_url
        return
    from mock_server import MockServer  # only here: against any other service the kit needs no mock

    if options.overlays:
        raise UsageError("--overlay needs a BASE_URL: the mock keeps to the spec as it stands")
    with MockServer() as server:
        yield server.url


def _check(arguments: list[str]) -> int:
    options = options_of(parser().parse_args(arguments))
    spec = load_spec(options.overlays)
    set_hypothesis_home_dir(state_folder() / "hypothesis")  # by default it is one in the current folder
    if options.report_dir is not None:
        _make_folder(options.report_dir)
    with Terminal() as terminal:
        with target(options) as base_url, _terminable():
            report = Run(options, spec, base_url, terminal).execute()
        if options.report_dir is not None:
            try:
                write_reports(report, options.report_dir)
            except OSError as exc:
                terminal.note(f"training-contract: no reports: {exc}")
        terminal.show(report, options.report_dir)
    github(report, os.environ, sys.stdout)
    return report.exit_code


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM, with which CI systems cancel a job, end a run as Ctrl-C does: everything is deleted first."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no thread but this one may set handlers
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise UsageError(f"--report-dir {path}: {exc.strerror}") from exc


def _replay(arguments: list[str]) -> int:
    found = _Parser(prog="training-contract replay", description="Send the requests of a counterexample again.")
    found.add_argument("file", type=Path, metavar="FILE", help="report.json, or one counterexample of it")
    found.add_argument("base_url", nargs="?", metavar="BASE_URL")
    found.add_argument("--rule", help="which counterexample of a report.json (default: every one)")
    add_options(found)
    parsed = found.parse_args(arguments)
    options = options_of(parsed)
    spec = load_spec(options.overlays)
    with target(options) as base_url:
        return replay(parsed.file, parsed.rule, options, spec, base_url, _say(options))


def _cleanup(arguments: list[str]) -> int:
    found = _Parser(prog="training-contract cleanup", description="Delete what a run that was killed left behind.")
    found.add_argument("ledger", type=Path, metavar="LEDGER")
    found.add_argument("base_url", nargs="?", metavar="BASE_URL", help="default: the one in the ledger")
    add_options(found)
    parsed = found.parse_args(arguments)
    return resume(parsed.ledger, options_of(parsed), _spec(parsed), _say(options_of(parsed)))


def _spec(parsed: argparse.Namespace) -> Spec:
    return load_spec(tuple(parsed.overlay))


def _say(options: Options) -> Callable[[str], None]:
    redactor = Redactor(options.secrets)
    return lambda text: print(visible(redactor.text(text)))
