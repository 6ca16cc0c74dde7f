"""The command `training-mock`."""

import argparse
import gc
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_server.console import Console, keep_numbers
from mock_server.signals import mind

if TYPE_CHECKING:
    from socket import socket

    from mock_server.app import MockApp
    from mock_server.files import Files

_TOKEN_VARIABLE = "TRAINING_MOCK_CONTROL_TOKEN"  # noqa: S105  the name of a variable

LOG_LEVELS = ("critical", "error", "warning", "info", "debug")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted. Returns 0 at the end, 2 if it can't start, 1 if it could not save at the end.

    Without arguments it takes those of the process, which is its own then, signals included.
    """
    if arguments is None:
        # Until the server minds them: there is nothing to be saved yet.
        mind(end=lambda *_: os._exit(0), save=signal.SIG_IGN)
    words = sys.argv[1:] if arguments is None else arguments
    console = Console(sys.stdout, sys.stderr)
    try:
        return _serve(_parser(console, everything="--help-all" in words).parse_args(words), console)
    except KeyboardInterrupt:  # before there was anything to be saved
        return 0
    finally:
        console.finish()


def _serve(options: argparse.Namespace, console: Console) -> int:
    # Imported late: help and usage errors need none of it.
    from api_spec.file import SpecError
    from mock_server.address import in_url, listen
    from mock_server.app import create_app
    from mock_server.files import Files, Unwritable
    from mock_server.sandbox.fixture import FixtureInvalid, fixture_path, load_scenario
    from mock_server.sandbox.state_file import StateFileInvalid

    def refuse(reason: str) -> int:
        console.tell(reason)
        return 2

    keep_numbers()
    try:
        scenario = load_scenario(options.scenario, options.max_records)
        app = create_app(
            scenario,
            seed=options.seed,
            cors_origins=options.cors_origin,
            allowed_hosts=options.allowed_host,
            control_token=options.control_token,
            max_organisations=options.max_organisations,
            max_records=options.max_records,
            journal_bytes=options.journal_bytes,
            max_body=options.max_body,
            trust_proxy=options.proxy_headers,
        )
    except (FixtureInvalid, SpecError) as error:
        return refuse(str(error))
    kept = Files(app, fixture_path(options.scenario), options.state, options.coverage_report, console.tell)
    with closing(kept) as files:
        try:
            files.open()
        except (StateFileInvalid, Unwritable) as error:
            return refuse(str(error))
        try:
            sock = listen(options.host, options.port)
        except OSError as error:
            return refuse(f"cannot listen on {in_url(options.host)}:{options.port}: {error.strerror}")
        if not (options.control_token or options.open_control) and _is_open(sock):
            sock.close()
            return refuse(
                f"--host {options.host} opens the control API to the network: protect it with --control-token TOKEN "
                f"(or {_TOKEN_VARIABLE}), or say --open-control"
            )
        _run(app, scenario.name, sock, files, options, console)
        return 0 if files.saved else 1


def _run(
    app: "MockApp", scenario: str, sock: "socket", files: "Files", options: argparse.Namespace, console: Console
) -> None:
    """Serve until a signal comes, and save."""
    from mock_server.address import url_of
    from mock_server.server import Server

    beside = None
    if options.reload:
        from mock_server.reload import follow

        beside = follow(app, options.scenario, options.max_records, console.tell)
    url = url_of(sock)
    held = app.sandboxes.default.organisation  # what a state file has put into it included
    size = f"{len(held.people)} people, {len(held.packages)} packages, {len(held.records)} records"
    ready = f"Training Record API mock on {url}  scenario {scenario}: {size}  docs {url}/docs/"
    console.log(options.log_level)
    # A full collection goes through every record there is, 80 ms for 200,000, in which nobody is answered. There are
    # hardly any circles to be found, and this process is ours alone.
    gc.set_threshold(700, 10, 1000)
    Server(
        app,
        access_log=options.log_level in ("info", "debug"),
        at_start=lambda: console.out.say(ready),
        beside=beside,
        on_signal=files.save_state,
        at_end=files.save,
    ).run(sockets=[sock])


def _is_open(sock: "socket") -> bool:
    """Say whether others than this machine can reach a socket, whatever name it was made for."""
    from mock_server.web.host import is_loopback

    return not is_loopback(sock.getsockname()[0])


class _Parser(argparse.ArgumentParser):
    """A parser that says what it has to say on a console."""

    def __init__(self, console: Console, **options: Any) -> None:
        super().__init__(**options)
        self._console = console

    def _print_message(self, message: str, file: object = None) -> None:
        lines = self._console.out if file is sys.stdout else self._console.err
        lines.say(message.removesuffix("\n"))


def _parser(console: Console, everything: bool) -> argparse.ArgumentParser:
    """Return the parser; its help shows the options that are rarely needed only if it is to show everything."""
    parser = _Parser(
        console,
        prog="training-mock",
        description="Serve a mock of the Training Record API, with its records in memory.",
        epilog="The dashboard is at /_mock/ and the documentation at /docs/ of the address that is printed.",
    )
    add = parser.add_argument
    add("--host", type=_address, default="127.0.0.1", help="address to listen on (default %(default)s)")
    add("--port", type=_number(0, 65535), default=8080, metavar="N", help="0 takes a free one (default %(default)s)")
    add(
        "--scenario",
        default="default",
        metavar="NAME|FILE",
        help="what every organisation starts with: default, empty, edge-cases, large, or a YAML file",
    )
    add("--seed", type=int, default=0, metavar="N", help="the same seed makes the same api_ids (default %(default)s)")
    add(
        "--cors-origin",
        type=_origin,
        action="append",
        metavar="ORIGIN",
        help="let only pages of this origin use the API, and the control API too; may be repeated (default: pages of "
        "any origin may use the API, those of this machine the control API too)",
    )
    add("--reload", action="store_true", help="follow changes of the spec and the scenario, and keep all records")
    add(
        "--state",
        type=_file,
        metavar="FILE",
        help="load all organisations from this file, if it is there, and write it at the end and at SIGUSR1",
    )
    add(
        "--log-level",
        choices=LOG_LEVELS,
        default="warning",
        help="info prints a line for each request (default %(default)s)",
    )

    def add_rare(flag: str, text: str, **options: Any) -> None:
        add(flag, help=text if everything else argparse.SUPPRESS, **options)

    add_rare(
        "--control-token",
        f"ask for this token at the dashboard and the control API (default: {_TOKEN_VARIABLE} of the environment)",
        type=_token,
        default=os.environ.get(_TOKEN_VARIABLE),
        metavar="TOKEN",
    )
    add_rare(
        "--open-control",
        "with a --host beyond this machine, let everybody there use the control API without a token",
        action="store_true",
    )
    add_rare(
        "--allowed-host",
        "answer the control API by this name too; may be repeated; *.NAME is all below it, * is all (default: the "
        "names of this machine, and addresses)",
        type=_host,
        action="append",
        default=[],
        metavar="NAME",
    )
    add_rare("--proxy-headers", "build links from X-Forwarded-Proto and X-Forwarded-Host", action="store_true")
    add_rare(
        "--max-organisations",
        "how many live at once; the one unused for longest makes room (default %(default)s)",
        type=_number(2, 1_000_000),
        default=1000,
        metavar="N",
    )
    add_rare(
        "--max-records",
        "how many records (and people, and packages) one organisation holds (default %(default)s)",
        type=_number(1, 10_000_000),
        default=200_000,
        metavar="N",
    )
    add_rare(
        "--journal-bytes",
        "how much all journals together may fill; the oldest exchanges go first (default %(default)s)",
        type=_number(1 << 20, 1 << 40),
        default=64 << 20,
        metavar="BYTES",
    )
    add_rare(
        "--max-body",
        "larger bodies are refused with 413 (default %(default)s)",
        type=_number(1, 1 << 40),
        default=1 << 20,
        metavar="BYTES",
    )
    add_rare(
        "--coverage-report",
        "at the end, write as JSON which parts of the contract were exercised",
        type=_file,
        metavar="FILE",
    )
    add("--help-all", action="help", help="show the options that are rarely needed too, and exit")
    add("--version", action=_Version, nargs=0, help="show the version, and exit")
    return parser


class _Version(argparse.Action):
    """Shows the version; looking it up takes as long as all else of --help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser._print_message(f"{parser.prog} {version('training-record-api')}\n", sys.stdout)
        parser.exit()


def _file(text: str) -> Path:
    """The path of a file, for argparse; an empty one would be the folder that the server was started in."""
    if not text:
        raise argparse.ArgumentTypeError(f"must be the path of a file, not {text!r}")
    return Path(text)


def _address(text: str) -> str:
    """An address to listen on, for argparse; none would be all of them, which has to be said."""
    if not text.strip():
        raise argparse.ArgumentTypeError("must be an address, such as 127.0.0.1 or ::1, or 0.0.0.0 for all")
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text


def _origin(text: str) -> str:
    """An origin, for argparse."""
    from mock_server.web.origin import read_origin

    try:
        return read_origin(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _token(text: str) -> str:
    """A control token, for argparse, whose own words would tell it."""
    from mock_server.web.token import Token

    try:
        Token(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error} (it may come from {_TOKEN_VARIABLE})") from None
    return text


def _host(text: str) -> str:
    """The name of a host without a port, for argparse; "*" for all, or for all below a name."""
    if not re.fullmatch(r"\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", text):
        raise argparse.ArgumentTypeError(f"must be the name of a host without a port, such as mock.test, not {text}")
    return text


class _number:  # noqa: N801  argparse names the type in its error messages
    """A whole number between two others, for argparse."""

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def __call__(self, text: str) -> int:
        value = int(text)
        if not self._least <= value <= self._most:
            raise argparse.ArgumentTypeError(f"must be from {self._least} to {self._most}, not {value}")
        return value

    def __repr__(self) -> str:
        return "whole number"
