"""Runs of the kit as processes of their own, over a service that counts what is left and can hold an answer back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from .fake_service import Answer, FakeService, fake_service

ROOT = Path(__file__).parents[2]

LIST = "/training/record/"

When = Callable[[FakeService, str, str], bool]
"""Says of the service, a method and a target whether this is the request that is waited for."""

TIMEOUT = 60


@dataclass
class Gate:
    """Holds the answer to the first request that fits, until it is opened."""

    when: When
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)


@dataclass
class Outcome:
    """How a process ended, and what it left."""

    code: int
    shown: str
    left: list[str]
    """api_ids of the records that were not there before."""
    folder: Path

    @property
    def report(self) -> dict[str, object]:
        document: dict[str, object] = json.loads((self.folder / "report.json").read_text("utf-8"))
        return document

    @property
    def errors(self) -> list[str]:
        """The messages of junit.xml's errors."""
        root = ElementTree.parse(self.folder / "junit.xml").getroot()
        return [error.get("message", "") for error in root.iter("error")]


def _ignore_nothing() -> None:
    """Mind every signal, whatever the shell that the tests run in ignores (`nohup`, `&`)."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@dataclass
class Life:
    """A kit's process against the fake service."""

    fake: FakeService
    folder: Path
    gates: list[Gate] = field(default_factory=list)

    def gate(self, when: When) -> Gate:
        """Hold the answer to the first such request, once those of the gates before were given."""
        self.gates.append(Gate(when))
        return self.gates[-1]

    def answer(self, method: str, target: str, _: dict[str, str], body: bytes) -> Answer:
        answer = self.fake.act(method, target, body)
        gate = next((gate for gate in self.gates if not gate.reached.is_set()), None)
        if gate is not None and gate.when(self.fake, method, target):
            gate.reached.set()
            gate.opened.wait(TIMEOUT)
        return answer

    def start(self, *words: str, driver: str = "", stdout: int | None = None) -> subprocess.Popen[bytes]:
        """Start python with these words; `driver` is code that is run first, once pytest has loaded its plugins."""
        indented = "".join(f"    {line}\n" for line in driver.splitlines())
        (self.folder / "driver.py").write_text(f"def pytest_load_initial_conftests():\n{indented}    pass\n", "utf-8")
        if driver and "pytest" in words:
            words = (*words, "-p", "driver")
        elif driver:
            start = (
                "import sys, driver; driver.pytest_load_initial_conftests(); from contract_tests.command import main"
            )
            words = ("-c", f"{start}; sys.exit(main())", *words[2:])
        path = os.pathsep.join([str(self.folder), str(ROOT)])
        with (self.folder / "shown.txt").open("wb") as shown:
            return subprocess.Popen(
                [sys.executable, "-u", *words],
                stdout=shown if stdout is None else stdout,
                stderr=shown,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path, "COLUMNS": "300", "GITHUB_ACTIONS": ""},
                start_new_session=True,  # a terminal's Ctrl-C goes to all processes of a session's group
                preexec_fn=_ignore_nothing,
            )

    def end(self, process: subprocess.Popen[bytes]) -> Outcome:
        """Wait for its end."""
        try:
            code = process.wait(TIMEOUT)
        finally:
            process.kill()
            process.wait()
        shown = (self.folder / "shown.txt").read_text("utf-8", "replace")
        return Outcome(
            code, shown, [api_id for api_id in self.fake.records if not api_id.startswith("rec-")], self.folder
        )


@contextmanager
def life(folder: Path) -> Iterator[Life]:
    """A fake service with two records of others, and nothing started yet."""
    with fake_service("rec-1", "rec-2") as fake:
        made = Life(fake, folder)
        fake.answer = made.answer
        try:
            yield made
        finally:
            for gate in made.gates:
                gate.opened.set()
