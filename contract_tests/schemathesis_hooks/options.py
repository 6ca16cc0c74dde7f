"""The options that `schemathesis run` gets besides its own; they mean what they mean to `training-contract`."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

import schemathesis.cli

from ..options import OPTIONS, Options, UsageError

TAKEN = ("--person-api-id", "--package-api-id", "--read-only", "--allow-writes")


def add() -> None:
    """Add them to the command line of Schemathesis."""
    group = schemathesis.cli.add_group("Training Record API")
    for option in OPTIONS:
        if option.flag in TAKEN:
            kind = {"multiple": True, "metavar": option.metavar} if option.metavar else {"is_flag": True}
            group.add_option(option.flag, help=option.help, **kind)


def options(base_url: str, config: Any, params: dict[str, Any]) -> Options:
    """What a run is asked to do, by the configuration of Schemathesis and its command line; raise UsageError."""
    if "@" in urlsplit(base_url).netloc:
        raise UsageError("pass the user and password with --auth, not in the URL")
    headers = dict(config.headers_for() or {})
    auth = config.auth_for()
    if auth is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode("ascii")
    asked = Options(
        base_url=base_url,
        person_api_ids=tuple(params.get("person_api_id") or ()),
        package_api_ids=tuple(params.get("package_api_id") or ()),
        headers=tuple((str(name), str(value)) for name, value in headers.items()),
        basis="documented",
        read_only=bool(params.get("read_only")),
        allow_writes=bool(params.get("allow_writes")),
        seed=config.seed or 0,
    )
    asked.validate()
    return asked
