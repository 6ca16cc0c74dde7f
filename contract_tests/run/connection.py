"""The one way from options to a service: for a run, a replay and a clean-up."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from requests.auth import HTTPBasicAuth

from ..client.patience import Patience
from ..client.service import Renewal, Service, Unreachable
from ..options import Options, UsageError
from ..safety.address import Address
from ..safety.guard import Guard
from ..safety.ledger import Ledger
from ..safety.redaction import Redactor
from ..safety.secret import is_secret
from ..safety.session import GuardedSession
from ..spec import Spec
from .header_command import CommandFailed, headers_printed_by


def connect(
    options: Options,
    spec: Spec,
    ledger: Ledger,
    redactor: Redactor | None = None,
    patience: Patience | None = None,
) -> Service:
    """Return the client of the service that `options.base_url` names; it sends through a guarded session.

    The `redactor` learns what --header-command prints; the ledger writes down what it leaves. Raises UsageError when
    the command fails.
    """
    # It would log headers that it can't parse, and what they hold.
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    redactor = redactor or options.redactor
    ledger.hide = partial(redactor.text, cut=False)
    address = Address.of(options.base_url or "")
    session = GuardedSession(
        Guard(address.url, ledger, read_only=options.read_only),
        ledger,
        headers=dict(options.headers),
        rate=options.rate,
        max_requests=options.max_requests,
        max_time=options.max_time,
    )
    if address.credentials is not None:
        session.auth = HTTPBasicAuth(*address.credentials)
    renew = None
    if options.header_command is not None:
        renew = _renewal(options.header_command, session, redactor)
        try:
            renew()
        except Unreachable as exc:
            raise UsageError(str(exc)) from exc
    return Service(session, spec, address.url, ledger, patience, renew)


def _renewal(command: str, session: GuardedSession, redactor: Redactor) -> Renewal:
    """What makes the session send what the command prints; it raises Unreachable."""

    def renew() -> None:
        try:
            headers = headers_printed_by(command)
        except CommandFailed as exc:
            raise Unreachable(redactor.text(str(exc))) from exc
        redactor.learn(value for name, value in headers.items() if is_secret(name))
        session.add_headers(headers)

    return renew


def open_ledger(options: Options, spec: Spec) -> Ledger:
    """Begin a ledger: a file in the report's folder, else among the state of programs; raise UsageError.

    A read-only run makes nothing, and keeps its ledger in memory.
    """
    name = f"ledger-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}-{os.urandom(3).hex()}.jsonl"
    path = None if options.read_only else (options.report_dir or state_folder()) / name
    try:
        return Ledger.open(path, Address.of(options.base_url or "").url, spec.collection, spec.record)
    except OSError as exc:
        raise UsageError(f"the ledger can't be written to {path}: {exc.strerror}") from exc


@contextmanager
def target(options: Options) -> Iterator[Options]:
    """The options with a base URL: the one given, or that of a mock that runs for as long."""
    if options.base_url is not None:
        yield options
        return
    from mock_server import MockServer  # only here: against any other service the kit needs no mock

    with MockServer() as server:
        yield replace(options, base_url=server.url, mock=True)


def state_folder() -> Path:
    """Where the system keeps the state of programs; its folder for temporary files where that can't be made."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "training-contract"
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    return state
