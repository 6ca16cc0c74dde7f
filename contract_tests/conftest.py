"""The kit as pytest tests: `pytest contract_tests --base-url URL` with the options of `training-contract`.

Without a base URL the mock is started. Each worker of `pytest -n 2` has a run of its own: prefix, ledger, clean-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api_spec.file import SpecError

from .client.service import Unreachable
from .command import options_of, target
from .options import PROFILES, UsageError
from .result import Exit
from .run.run import CouldNotRun, Run
from .spec import load_spec


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command; only seen when this folder is named on pytest's command line."""
    add = parser.getgroup("training contract").addoption
    add("--base-url", metavar="URL", help="the service to check (default: the mock)")
    add("--person-api-id", action="append", default=[], metavar="ID", help="a person to refer to (repeatable)")
    add("--package-api-id", action="append", default=[], metavar="ID", help="a package to refer to (repeatable)")
    add("--header", action="append", default=[], metavar="'NAME: VALUE'", help="sent along, never shown (repeatable)")
    add("--basis", choices=["documented", "all"], default="all", help="which rules to judge")
    add("--profile", choices=sorted(PROFILES), default="quick", help="how much to try")
    add("--read-only", action="store_true", help="only read")
    add("--allow-writes", action="store_true", help="create records of its own on a host that is not this machine")
    add("--seed", type=int, default=1, metavar="N", help="of the generated data")
    add("--overlay", action="append", default=[], type=Path, metavar="FILE", help="another reading (repeatable)")
    add("--report-dir", type=Path, metavar="DIR", help="where to write the ledger and the reports")
    add("--max-requests", type=int, metavar="N", help="stop after so many requests")
    add("--rate", type=float, metavar="N", help="at most so many requests a second")


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Iterator[Run]:
    """One run for the whole session, cleaned up at its end."""
    try:
        options = options_of(pytestconfig.option)
        spec = load_spec(options.overlays)
    except (UsageError, SpecError) as exc:
        pytest.exit(str(exc), returncode=Exit.USAGE)
    with target(options) as base_url:
        run = Run(options, spec, base_url)
        try:
            run.prepare()
        except (CouldNotRun, Unreachable) as exc:
            run.finish(str(exc))
            pytest.exit(str(exc), returncode=Exit.COULD_NOT_RUN)
        try:
            yield run
        finally:
            report = run.finish()
        if options.report_dir is not None:
            from .report import write_reports

            write_reports(report, _own_folder(options.report_dir, pytestconfig))
        if report.safety.leftovers or report.safety.possible_leftovers:
            left = [*report.safety.leftovers, *report.safety.possible_leftovers]
            pytest.fail(f"left behind, see {report.safety.ledger}: {', '.join(left)}", pytrace=False)


def _own_folder(folder: Path, config: pytest.Config) -> Path:
    """The folder itself, or one in it for each of several workers."""
    worker = getattr(config, "workerinput", {}).get("workerid")
    return folder / worker if worker else folder
