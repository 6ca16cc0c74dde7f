"""A service repeats every header, in every spelling and everywhere: no secret gets into what the kit writes."""

from __future__ import annotations

import base64
import html
import itertools
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pytest

from .encoders import ENCODERS
from .fake_service import Answer, FakeService, fake_service

ROOT = Path(__file__).parents[2]

KEY = 'Zk7Qz+9vXw&Lm<2pé/4RtY"8uJ'
TOKEN = "tok_5Hn8xQzKv0WmR4tYb9Lc2Np"
SESSION, CSRF = "sEs51oNq7w3e9r", "cSrFm4n6b8v2"
USER, PASSWORD = "amara77hh", "p@ß/w0rd%41 x9Yz"

HEADERS = [f"X-Api-Key: {KEY}", f'Cookie: session={SESSION}; csrf="{CSRF}"', f"X-Token: Token {TOKEN}"]

SECRETS = [KEY, TOKEN, SESSION, CSRF, USER, PASSWORD]

WINDOW = 6
"""So many characters of a secret in a row are a leak."""


@dataclass
class Echo:
    """Answers as the fake service does, with what it was sent spelled in another way each time."""

    fake: FakeService
    spelled: Iterator[str] = field(default_factory=lambda: itertools.cycle(ENCODERS))
    count: int = 0

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        self.count += 1
        status, more, content = self.fake.act(method, target, body)
        if self.count < 12:  # what the survey needs
            return status, more, content
        words = self.words(headers)
        more = {
            **more,
            "X-Echo": next(words),
            ":reason": next(words),
            "Content-Type": f"application/json; a={next(words)}",
        }
        more["Broken " + next(words)] = next(words)  # no header: libraries log what they can't parse
        if self.count % 3 == 0:
            return 500, more, json.dumps({"title": next(words), "detail": [next(words) for _ in range(9)]}).encode()
        if self.count % 3 == 1:
            return 400, {**more, "Content-Type": "text/html"}, f"<p>{' '.join(next(words) for _ in range(9))}".encode()
        return status, more, self.record(content, words)

    def record(self, content: bytes, words: Iterator[str]) -> bytes:
        """A record, or a list of them, with other people's words in its fields."""
        document = json.loads(content or b"{}")
        for item in [document, *document.get("results", [])]:
            item |= {"package_desc": next(words), "date_assigned": next(words), next(words): next(words)}
            if str(item.get("api_id")).startswith("made-"):
                item["api_id"] = next(words)
        return json.dumps(document).encode()

    def words(self, headers: dict[str, str]) -> Iterator[str]:
        """What was sent, in the next spelling each time, so far to the right that it is cut now and then."""
        token = headers.get("authorization", "").removeprefix("Basic ")
        sent = [value.encode("latin-1").decode("latin-1") for value in headers.values()]
        sent += [*SECRETS, base64.b64decode(token).decode()]
        for n in itertools.count(self.count * 7):
            text = ENCODERS[next(self.spelled)](sent[n % len(sent)])
            yield (re.sub(r"[\r\n\0]", "", text).encode("ascii", "xmlcharrefreplace").decode().rjust(n % 640, "~"))


def leaks(text: str) -> set[str]:
    """What of the secrets stands in a text, as it is, with its escapes undone, in base64 and in hexadecimal."""
    read = [text]
    for undo in (html.unescape, unquote, unescaped, html.unescape, unquote, unescaped):
        read.append(undo(read[-1]))
    shown = "\n".join(read).lower()
    return {piece for piece in pieces() if any(form.lower() in shown for form in forms(piece))}


def unescaped(text: str) -> str:
    text = re.sub(r"\\u00([0-9a-fA-F]{2})|\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1] or found[2], 16)), text)
    return re.sub(r"\\(.)", r"\1", text)


def pieces() -> Iterator[str]:
    for secret in SECRETS:
        yield from (secret[at : at + WINDOW] for at in range(len(secret) - WINDOW + 1))


def forms(piece: str) -> Iterator[str]:
    yield piece
    raw = piece.encode()
    yield raw.hex()
    for before in range(3):
        yield base64.b64encode(bytes(before) + raw).decode()[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


def test_the_leaks_are_seen() -> None:
    """The test below would see them: here nothing hides them."""
    for name in ("plain", "JSON", ".NET", "URL, twice", "HTML, hexadecimal", "base64 after 2 bytes", "hexadecimal"):
        assert leaks(ENCODERS[name](TOKEN))
    assert leaks("nothing of it") == set()


def with_credentials(url: str) -> str:
    return url.replace("//", f"//{USER}:p%40%C3%9F%2fw0rd%2541%20x9Yz@")


COMMAND = ["contract_tests", "--basis", "all"]

PYTEST = ["pytest", "-v", "-l", "-p", "no:cacheprovider", "contract_tests", "--basis", "documented", "--base-url"]


@pytest.mark.parametrize("program", [COMMAND, PYTEST], ids=lambda program: program[0])
def test_no_secret_is_in_anything_that_is_written(tmp_path: Path, program: list[str]) -> None:
    summary, reports, state = (tmp_path / name for name in ("summary.md", "reports", "state"))
    with fake_service("rec-1", "rec-2") as fake:
        fake.answer = Echo(fake).answer
        words = [with_credentials(fake.url), *(word for header in HEADERS for word in ("--header", header))]
        words += ["--report-dir", str(reports), "--max-requests", "300"]
        done = subprocess.run(
            [sys.executable, "-m", *program, *words],
            cwd=ROOT,
            env=os.environ
            | {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "XDG_STATE_HOME": str(state)},
            capture_output=True,
            timeout=300,
            text=True,
        )
        assert {base64.b64decode(sent["authorization"][6:]).decode() for *_, sent in fake.requests} == {
            f"{USER}:{PASSWORD}"
        }
    assert done.returncode in (1, 3)
    written = {path.name: path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()}
    assert {"report.json", "report.html", "junit.xml"} <= set(written)
    assert "[redacted]" in written["report.json"]
    found = {name: leaks(text) for name, text in {**written, "stdout": done.stdout, "stderr": done.stderr}.items()}
    assert {name: pieces for name, pieces in found.items() if pieces} == {}
    ledgers = list(reports.glob("ledger-*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in ledgers} <= {0o600}
