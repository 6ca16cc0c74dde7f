"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from .safety.guard import settable


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


QUICK = Profile("quick", 1, sequences=5, sequence_steps=8, fuzzing=2)
THOROUGH = Profile("thorough", 8, sequences=40, sequence_steps=25, fuzzing=40)
PROFILES = {profile.name: profile for profile in (QUICK, THOROUGH)}


@dataclass(frozen=True)
class Options:
    """All options of `training-contract`; `base_url` None means: start the mock and check that."""

    base_url: str | None = None
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
    rate: float | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the values of the headers and the password in the URL."""
        parts = urlsplit(self.base_url or "")
        return tuple(value for value in (*(value for _, value in self.headers), parts.password or "") if value)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments that make the same run again, but for the base URL and the values of the headers."""
        words = ["--seed", str(self.seed)]
        # With "=", as an id may begin with a dash.
        words += [f"--person-api-id={api_id}" for api_id in self.person_api_ids]
        words += [f"--package-api-id={api_id}" for api_id in self.package_api_ids]
        words += [word for name, _ in self.headers for word in ("--header", f"{name}: ...")]
        words += ["--profile", self.profile] if self.profile != "quick" else []
        words += ["--basis", self.basis] if self.basis != "all" else []
        words += ["--read-only"] if self.read_only else []
        words += ["--allow-writes"] if self.allow_writes else []
        words += [word for overlay in self.overlays for word in ("--overlay", str(overlay))]
        words += ["--max-requests", str(self.max_requests)] if self.max_requests is not None else []
        words += ["--rate", f"{self.rate:g}"] if self.rate is not None else []
        return tuple(words)

    def validate(self) -> None:
        """Raise UsageError when a run with these options must not begin."""
        if self.base_url is None:
            return
        parts = urlsplit(self.base_url)
        try:
            host, _ = parts.hostname, parts.port
        except ValueError as exc:
            raise UsageError(f"{self.base_url!r} is no URL: {exc}") from exc
        if parts.scheme not in ("http", "https") or not host:
            raise UsageError(f"{self.base_url!r} is no http or https URL, such as http://127.0.0.1:8080")
        if parts.query or parts.fragment:
            raise UsageError("a base URL has no query and no fragment")
        if not (self.read_only or self.allow_writes or _is_loopback(host)):
            raise UsageError(
                f"{host} is not this machine: pass --allow-writes to let the run create, change and delete "
                "records of its own there, or --read-only to only read"
            )


def header(text: str) -> tuple[str, str]:
    """Return name and value of `Name: value`; raise UsageError, which does not repeat the value."""
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or any(letter in text for letter in "\r\n"):
        raise UsageError("a header is written 'Name: value'")
    if not settable(name.strip()):
        raise UsageError(
            f"the header {name.strip()} can't be added: each request has its own, or means another with it"
        )
    return name.strip(), value.strip()


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
