"""What a run is asked to do, and every option of it: declared once, for the command and for pytest."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from .safety.address import Address, AddressError
from .safety.headers import TOKEN, settable
from .safety.redaction import Redactor
from .safety.secret import is_secret


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
        """What must never be shown: the values of the headers, and user and password of the URL, also as sent."""
        values = (value for name, value in self.headers if is_secret(name))
        return (*values, *Address.of(self.base_url or "").secrets)

    @property
    def redactor(self) -> Redactor:
        """What hides the secrets."""
        return Redactor(self.secrets, Address.of(self.base_url or "").url)

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
        return bool(Address.of(self.base_url or "").given)

    def _words(self, options: Iterable[Option]) -> tuple[str, ...]:
        return tuple(word for option in options for word in option.words(getattr(self, option.field)))

    def validate(self) -> None:
        """Raise UsageError when a run with these options must not begin."""
        if self.base_url is None:
            if self.overlays:
                raise UsageError("--overlay needs a base URL: the mock keeps to the spec as it stands")
            return
        try:
            host = Address.of(self.base_url).checked_host()
        except AddressError as exc:
            raise UsageError(str(exc)) from None
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
    name = name.strip()
    if not colon or not TOKEN.fullmatch(name):
        raise ArgumentTypeError("a header is written 'Name: value', with a name of letters, digits and -")
    if not settable(name):
        raise ArgumentTypeError(f"the header {name} can't be added: each request has its own, or means another with it")
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
        raise ArgumentTypeError(f"the value of the header {name} has a control character, which HTTP can't carry")
    if any(letter > "\xff" for letter in value):
        raise ArgumentTypeError(
            f"the value of the header {name} has a character beyond Latin-1, which HTTP can't carry: encode it as the "
            "service expects"
        )
    if not value.strip() or (name.lower() in _CREDENTIALS and value.strip().lower() in _SCHEMES):
        raise ArgumentTypeError(
            f"the header {name} has no value, or only the first word of it: put quotes around it, as in '{name}: value'"
        )
    return name, value.strip(" \t")


_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})

_SCHEMES = frozenset({"apikey", "basic", "bearer", "digest", "dpop", "hawk", "negotiate", "signature", "token"})
"""Of credentials; none is a whole value."""


def _api_id(text: str) -> str:
    """Return an id, which JSON in UTF-8 can hold."""
    if not text or re.search("[\ud800-\udfff]", text):
        raise ArgumentTypeError("an id is text in UTF-8, and not empty")
    return text


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
    Option("--person-api-id", "person_api_ids", "a person to refer to (repeatable)", "ID", _api_id, many=True),
    Option("--package-api-id", "package_api_ids", "a package to refer to (repeatable)", "ID", _api_id, many=True),
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
    if base_url == "":
        raise UsageError("the base URL is empty; leave it out to check the mock")
    values = {option.field: option.value(given(option)) for option in OPTIONS}
    options = Options(base_url, **{name: value for name, value in values.items() if value is not None})
    options.validate()
    return options


def secrets_in(words: Sequence[str]) -> tuple[str, ...]:
    """What may be secret in the words of a command line, however wrong they are."""
    headers = [word for before, word in pairwise(words) if before.endswith("header")]
    headers += [word.partition("=")[2] for word in words if re.match("--[a-z-]*header=", word)]
    urls = [word for word in words if "@" in word]
    return (
        *(header.partition(":")[2] or header for header in headers),
        *(secret for url in urls for secret in Address.of(url).secrets),
        *_after_headers(words),
    )


def _after_headers(words: Sequence[str]) -> Iterator[str]:
    """The words after a header without a blank, which may be the rest of it: quotes were forgotten."""
    within = False
    for before, word in pairwise(["", *words]):
        if before.endswith("header") or re.match("--[a-z-]*header=", word):
            within = " " not in word
        elif word.startswith("--"):
            within = False
        elif within and not re.match("https?://", word):
            yield word


def unexpected(words: Sequence[str]) -> str:
    """What to say of words that no option takes. They may be the rest of a header without quotes: none is shown."""
    options = [word for word in words if re.fullmatch("--[a-z]+(-[a-z]+)*", word.partition("=")[0])]
    if options:
        return f"there is no option {options[0].partition('=')[0]}"
    return "there are words too many: put quotes around a header, as in --header 'Name: value'"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or its address."""
    from ipaddress import ip_address  # here, as --help needs none

    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
