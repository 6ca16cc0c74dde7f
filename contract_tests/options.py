"""What a run is asked to do, and every option of it: declared once, for the command and for pytest."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from .safety.headers import settable


class UsageError(ValueError):
    """Options that make no sense. The message says what to do instead."""


@dataclass(frozen=True)
class Profile:
    """How much is tried."""

    name: str
    factor: int
    """Multiplies the number of examples of every check."""
    sequences: int
    sequence_steps: int
    fuzzing: int
    """Fuzzing examples for each operation and kind of data."""


QUICK = Profile("quick", 1, sequences=5, sequence_steps=8, fuzzing=6)
THOROUGH = Profile("thorough", 8, sequences=40, sequence_steps=25, fuzzing=40)
PROFILES = {profile.name: profile for profile in (QUICK, THOROUGH)}


@dataclass(frozen=True)
class Options:
    """All options of a run; `base_url` None means: start the mock and check that."""

    base_url: str | None = field(default=None, repr=False)
    """Perhaps with `user:password@` in it."""
    person_api_ids: tuple[str, ...] = ()
    package_api_ids: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    basis: str = "all"
    """`all` or `documented`."""
    profile: str = "quick"
    """`quick` or `thorough`."""
    read_only: bool = False
    allow_writes: bool = False
    seed: int = 1
    overlays: tuple[Path, ...] = ()
    report_dir: Path | None = None
    max_requests: int | None = None
    max_time: float | None = None
    """Seconds."""
    header_command: str | None = field(default=None, repr=False)
    """For the shell; it prints `Name: value` lines."""
    rate: float | None = None
    """Requests a second."""
    mock: bool = False
    """Whether `base_url` is a mock that the kit itself started."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the values of the headers, and the password (or the lone token) in the URL."""
        parts = urlsplit(self.base_url or "")
        secret = parts.password or ("" if parts.password == "" else parts.username) or ""
        return tuple(value for value in (*(value for _, value in self.headers), secret, unquote(secret)) if value)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments that make the same run again, but for the base URL and the values of the headers."""
        return self._words(option for option in OPTIONS if option.repeats)

    @property
    def replay_arguments(self) -> tuple[str, ...]:
        """Those of `arguments` that `replay` does not take from the report."""
        return self._words(
            o for o in OPTIONS if o.repeats and o.means_something_to("replay") and o.flag not in IN_REPORT
        )

    @property
    def cleanup_arguments(self) -> tuple[str, ...]:
        """Those of `arguments` that mean something to `cleanup`."""
        return self._words(o for o in OPTIONS if o.repeats and o.means_something_to("cleanup"))

    @property
    def credentials(self) -> bool:
        """Whether there is a user or a password in the base URL."""
        return "@" in urlsplit(self.base_url or "").netloc

    def _words(self, options: Iterable[Option]) -> tuple[str, ...]:
        return tuple(word for option in options for word in option.words(getattr(self, option.field)))

    def validate(self) -> None:
        """Raise UsageError when a run with these options must not begin."""
        if self.base_url is None:
            if self.overlays:
                raise UsageError("--overlay needs a base URL: the mock keeps to the spec as it stands")
            return
        shown = re.sub(r"//[^/?#]*@", "//...@", self.base_url)
        try:
            parts = urlsplit(self.base_url)
            host, _ = parts.hostname, parts.port
        except ValueError as exc:
            raise UsageError(f"{shown!r} is not a URL: {exc}") from exc
        if parts.scheme not in ("http", "https") or not host:
            raise UsageError(f"{shown!r} is not an http or https URL, such as http://127.0.0.1:8080")
        if parts.query or parts.fragment:
            raise UsageError("a base URL has no query and no fragment")
        if not (self.read_only or self.allow_writes or is_loopback(host)):
            raise UsageError(
                f"{host} is not this machine: pass --allow-writes to let the run create, change and delete "
                "records of its own there, or --read-only to only read"
            )


@dataclass(frozen=True)
class Option:
    """One option as it stands on a command line. A parser gives its values as text, or True for a switch."""

    flag: str
    field: str
    """The field of `Options` that it sets."""
    help: str
    metavar: str = ""
    """Empty for a switch."""
    read: Callable[[str], Any] = str
    """Makes a value of the text; raises ArgumentTypeError with what is wrong."""
    show: Callable[[Any], str] = str
    """Makes text of a value, to repeat it."""
    choices: tuple[str, ...] | None = None
    many: bool = False
    """Whether it may be given more than once."""
    rare: bool = False
    """Whether only --help-all shows it."""
    repeats: bool = True
    """Whether it belongs to the command that makes the same run again."""

    def means_something_to(self, command: str) -> bool:
        """Whether a command takes it."""
        return self.flag not in MEANINGLESS.get(command, ())

    @property
    def keywords(self) -> dict[str, Any]:
        """What `add_argument` of argparse, and so `addoption` of pytest, takes beside the names."""
        if not self.metavar:
            return {"action": "store_true", "help": self.help}
        action = {"action": "append", "default": []} if self.many else {}
        shown = {"choices": self.choices} if self.choices else {"metavar": self.metavar}
        return {**action, **shown, "type": self.checked, "help": self.help}

    def checked(self, text: str) -> str:
        """Return the text, which can be read; raise ArgumentTypeError otherwise."""
        self.read(text)
        return text

    def value(self, given: Any) -> Any:
        """Return the value for the field of what a parser has for this option; None when it was not given."""
        if self.many:
            return tuple(map(self.read, given)) or None
        return given if given is None or not self.metavar else self.read(given)

    def words(self, value: Any) -> Iterator[str]:
        """The words that give this value on a command line; none for the default."""
        if not self.metavar:
            yield from [self.flag] if value else []
        elif self.many:
            # With "=", as an id may begin with a dash.
            yield from (f"{self.flag}={self.show(item)}" for item in value)
        elif value != getattr(Options, self.field) or self.flag == "--seed":
            yield from (self.flag, self.show(value))


def header(text: str) -> tuple[str, str]:
    """Return name and value of `Name: value`; raise ArgumentTypeError, which does not repeat the value."""
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or any(letter in text for letter in "\r\n"):
        raise ArgumentTypeError("a header is written 'Name: value'")
    if not settable(name.strip()):
        raise ArgumentTypeError(
            f"the header {name.strip()} can't be added: each request has its own, or means another with it"
        )
    return name.strip(), value.strip()


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a whole number") from None


def _count(text: str) -> int:
    value = _whole(text)
    if value < 1:
        raise ArgumentTypeError("must be at least 1")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 < value < float("inf"):
        raise ArgumentTypeError("must be more than 0")
    return value


def _command(text: str) -> str:
    if not text.strip():
        raise ArgumentTypeError("must be a command")
    return text


def _rate(text: str) -> float:
    try:
        value = float(text.removesuffix("/s"))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a number of requests a second") from None
    if not 0 < value < float("inf"):
        raise ArgumentTypeError("must be more than 0")
    return value


def _anywhere(path: Path) -> str:
    """The path of a file that is there, as it may be given in any current folder."""
    return str(path.absolute() if path.exists() else path)


OPTIONS = (
    Option("--seed", "seed", "of the generated data (default: 1)", "N", _whole, rare=True),
    Option("--person-api-id", "person_api_ids", "a person to refer to (repeatable)", "ID", many=True),
    Option("--package-api-id", "package_api_ids", "a package to refer to (repeatable)", "ID", many=True),
    Option(
        "--header",
        "headers",
        "sent along, never shown (repeatable)",
        "'NAME: VALUE'",
        header,
        lambda value: f"{value[0]}: ...",
        many=True,
    ),
    Option("--profile", "profile", "how much to try (default: quick)", "NAME", choices=tuple(PROFILES)),
    Option("--basis", "basis", "which rules to judge (default: all)", "NAME", choices=("documented", "all")),
    Option("--read-only", "read_only", "only read"),
    Option("--allow-writes", "allow_writes", "create records of its own on a host that is not this machine"),
    Option(
        "--overlay",
        "overlays",
        "another reading of the document (repeatable)",
        "FILE",
        Path,
        _anywhere,
        many=True,
        rare=True,
    ),
    Option("--report-dir", "report_dir", "where to write the reports", "DIR", Path, repeats=False),
    Option("--max-requests", "max_requests", "stop after so many requests", "N", _count, rare=True),
    Option("--max-time", "max_time", "stop after so many seconds", "S", _seconds, "{:g}".format, rare=True),
    Option(
        "--header-command",
        "header_command",
        "prints headers to send along, 'NAME: VALUE' a line; run again when the session ends",
        "CMD",
        _command,
        lambda _: "...",  # a password may stand in it
        rare=True,
    ),
    Option("--rate", "rate", "at most so many requests a second", "N", _rate, "{:g}".format, rare=True),
)

IN_REPORT = frozenset(
    {
        "--seed",
        "--person-api-id",
        "--package-api-id",
        "--profile",
        "--basis",
        "--read-only",
        "--overlay",
        "--max-requests",
        "--rate",
    }
)
"""What `replay` takes from the report. Never what gives leave, holds a secret or runs a program: that is for whoever
starts it to say, and not for a file.
"""

MEANINGLESS: Mapping[str, frozenset[str]] = {
    "replay": frozenset({"--seed", "--profile", "--report-dir"}),
    "cleanup": IN_REPORT - {"--overlay", "--rate"} | {"--report-dir"},
}
"""The options that the other commands do not take, as they change nothing there."""


BASE_URL = Option("--base-url", "base_url", "the service to check (default: the mock)", "URL")
"""For pytest; the command takes it without a flag."""


def options_of(base_url: str | None, given: Callable[[Option], Any]) -> Options:
    """Return the options that a parser has read, `given` being its value of each; raise UsageError."""
    values = {option.field: option.value(given(option)) for option in OPTIONS}
    options = Options(base_url or None, **{name: value for name, value in values.items() if value is not None})
    options.validate()
    return options


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or its address."""
    from ipaddress import ip_address  # here, as --help needs none

    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
