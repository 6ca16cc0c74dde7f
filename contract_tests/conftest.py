"""The kit as pytest tests: `pytest contract_tests --base-url URL` with the options of `training-contract`.

Without a base URL the mock is started. Each worker of `pytest -n 2` has a run of its own: prefix, ledger, clean-up.
pytest's exit status is 1 when a rule is broken, and 3 when the kit could not run, or could not clean up.
"""

from __future__ import annotations

from argparse import ArgumentError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api_spec.file import SpecError

from .options import BASE_URL, OPTIONS, Option, Options, UsageError, options_of, unexpected
from .report import wording, write_reports
from .result import Exit, Report
from .run.connection import target
from .run.run import Run, reason
from .spec import Spec, load_spec

TROUBLES = pytest.StashKey[list[str]]()
"""Why the exit status is 3: what each run could not do, and what it left."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command; only seen when this folder is named on pytest's command line."""
    group = parser.getgroup("training contract")
    for option in (BASE_URL, *OPTIONS):
        keywords = {**option.keywords, "dest": _destination(option)}
        try:
            group.addoption(option.flag, **keywords)
        except (ValueError, ArgumentError):  # another plugin has one of that name
            group.addoption(f"--contract-{option.flag.removeprefix('--')}", **keywords)


def _is_there(word: str, config: pytest.Config) -> bool:
    """Whether a word of the command line names a file or a folder to test."""
    return (config.invocation_params.dir / word.partition("::")[0].partition("[")[0]).exists()


def _destination(option: Option) -> str:
    return f"contract_{option.field}"


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that make no sense, before a worker is started."""
    config.stash[TROUBLES] = []
    try:
        _asked(config)
    except (UsageError, SpecError) as exc:
        raise pytest.UsageError(str(exc)) from None


def _asked(config: pytest.Config) -> tuple[Options, Spec]:
    # Where another plugin owns --base-url, what was given there is meant.
    base_url = config.getoption(_destination(BASE_URL)) or config.getoption(BASE_URL.flag) or None
    options = options_of(base_url, lambda option: config.getoption(_destination(option)))
    if (options.headers or options.header_command) and not all(_is_there(word, config) for word in config.args):
        raise UsageError(unexpected([]))  # pytest would show the word
    return options, load_spec(options.overlays)


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """One run for the whole session, cleaned up at its end."""
    config, session = request.config, request.session
    options, spec = _asked(config)

    def publish(report: Report) -> Report:
        told = report if options.report_dir is None else write_reports(report, _own_folder(options.report_dir, config))
        config.stash[TROUBLES] += wording.troubles(told)
        return told

    try:
        with target(options) as there, Run(there, spec, publish=publish) as made:
            yield made
            if made.bench is not None and _broken_off(session) and not made.verdicts.discoveries:
                made.end("pytest ended before all was checked")
    except Exception as exc:
        why = options.redactor.text(reason(exc))
        config.stash[TROUBLES].append(why)
        session.shouldstop = why
        pytest.skip(why)


def _own_folder(folder: Path, config: pytest.Config) -> Path:
    """The folder itself, or one in it for each of several workers."""
    worker = getattr(config, "workerinput", {}).get("workerid")
    return folder / worker if worker else folder


def _broken_off(session: pytest.Session) -> bool:
    """Whether pytest did not come to the end of its tests."""
    return bool(session.shouldstop or session.shouldfail or session.exitstatus == pytest.ExitCode.INTERRUPTED)


# The end: fixtures are torn down by now. Of several workers each tells the process that started them.


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Make the exit status 3 where there was trouble."""
    troubles = session.config.stash.get(TROUBLES, [])
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["training_contract"] = troubles
    elif troubles:
        session.exitstatus = Exit.COULD_NOT_RUN


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in what a worker has to tell."""
    output = getattr(node, "workeroutput", {"training_contract": [f"{node.gateway.id} ended without a report"]})
    node.config.stash[TROUBLES] += output.get("training_contract", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the trouble was."""
    for line in config.stash.get(TROUBLES, []):
        terminalreporter.write_line(f"training-contract: {line}", red=True)
