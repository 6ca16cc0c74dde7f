"""The command `training-mock`."""

import argparse
import contextlib
import sys
from collections.abc import Sequence

LOG_LEVELS = ("critical", "error", "warning", "info", "debug")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted. Returns 0 at the end, 2 if it can't start."""
    options = _parser().parse_args(arguments)
    # Imported late: help and usage errors need none of it.
    from mock_server.app import create_app
    from mock_server.fixture import FixtureInvalid, load_scenario
    from mock_server.server import listen, url_of, uvicorn_server

    try:
        scenario = load_scenario(options.scenario)
        sock = listen(options.host, options.port)
    except FixtureInvalid as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"cannot listen on {options.host}:{options.port}: {error.strerror}")
    app = create_app(
        scenario,
        seed=options.seed,
        cors_origins=options.cors_origin or ["*"],
        max_organisations=options.max_organisations,
        max_body=options.max_body,
        trust_proxy=options.proxy_headers,
    )
    url = url_of(sock)
    size = f"{len(scenario.people)} people, {len(scenario.packages)} packages, {len(scenario.records)} records"
    print(f"Training Record API mock on {url}  scenario {scenario.name}: {size}  docs {url}/ui/", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn_server(app, options.log_level).run(sockets=[sock])
    return 0


def _refuse(reason: str) -> int:
    print(f"training-mock: {reason}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="training-mock",
        description="Serve a mock of the Training Record API, with its records in memory.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument(
        "--port", type=_number(0, 65535), default=8080, metavar="N", help="0 takes a free one (default %(default)s)"
    )
    parser.add_argument(
        "--scenario",
        default="default",
        metavar="NAME|FILE",
        help="what every organisation starts with: default, empty, edge-cases, large, or a YAML file",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the same seed makes the same api_ids (default %(default)s)"
    )
    parser.add_argument(
        "--cors-origin",
        action="append",
        metavar="ORIGIN",
        help="let only pages of this origin call the server; may be repeated (default: any origin)",
    )
    parser.add_argument(
        "--max-organisations",
        type=_number(2, 1_000_000),
        default=1000,
        metavar="N",
        help="how many live at once; the one unused for longest makes room (default %(default)s)",
    )
    parser.add_argument(
        "--max-body",
        type=_number(1, 1 << 40),
        default=1 << 20,
        metavar="BYTES",
        help="larger bodies are refused with 413 (default %(default)s)",
    )
    parser.add_argument(
        "--proxy-headers", action="store_true", help="build links from X-Forwarded-Proto and X-Forwarded-Host"
    )
    parser.add_argument(
        "--log-level",
        choices=LOG_LEVELS,
        default="warning",
        help="info prints a line for each request (default %(default)s)",
    )
    return parser


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
