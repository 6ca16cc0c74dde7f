"""How many services that keep the document are accused, by the kit and by a stock Schemathesis.

    python benchmarks/honest_services.py [--stock-every 1] [--max-examples 20] [--kind dates] [--seed 1]

Each service of tests/habits is checked by the kit (quick, --basis documented) and, every N-th, by `schemathesis run`
with its default checks, in a process of its own against a service of its own: a documented rule that is called
broken, or any failure, is an accusation. Records of others that are harmed, and records that are left behind, are
counted in the service. The last lines are a Markdown table, a line for each kind of habit.
"""

import argparse
import logging
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
warnings.simplefilter("ignore")

import pytest  # noqa: E402 - found by the path just set, as all below
from habits import HABITS, Habit  # noqa: E402
from habits.trial import tried  # noqa: E402

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
TIMEOUT = 600


@dataclass(frozen=True)
class Row:
    """What came of one service. `harmed` and `left` count records."""

    kind: str
    accused: bool
    harmed: int
    left: int
    told: str
    """What it is accused of, and whatever else is worth a line."""


def by_kit(habit: Habit) -> Row:
    """Have the kit check a service."""
    with tempfile.TemporaryDirectory() as folder, habit.start() as honest:
        trial = tried(honest, "documented", Path(folder))
    told = ", ".join(trial.accused) or trial.report.problem
    return Row(habit.kind, bool(trial.accused), len(trial.harmed), len(trial.left), told)


def by_stock(habit: Habit, max_examples: int, seed: int) -> Row:
    """Have a stock Schemathesis check it."""
    with tempfile.TemporaryDirectory() as folder, habit.start() as honest:
        options = ["--url", honest.url, "--max-examples", str(max_examples), "--seed", str(seed)]
        command = [str(SCHEMATHESIS), "run", str(ROOT / "spec" / "openapi.yaml"), *options]
        try:
            code = subprocess.run(command, cwd=folder, capture_output=True, timeout=TIMEOUT).returncode
        except subprocess.TimeoutExpired:
            code = -1
        return Row(habit.kind, code == 1, len(honest.harmed()), len(honest.left()), f"exit {code}")


def line(by: str, row: Row) -> str:
    """Return what came of one service, in words."""
    verdict = "ACCUSED" if row.accused else "accepted"
    harm = f", {row.harmed} records of others harmed" if row.harmed else ""
    left = f", {row.left} records left" if row.left else ""
    return f"    {by:5} {verdict:8}{harm}{left}  {row.told}"


def cells(rows: Iterable[Row]) -> list[str]:
    """Return how many were accused, harmed, and left with records."""
    rows = list(rows)
    if not rows:
        return ["", ""]
    harm = f"{sum(row.harmed for row in rows)} harmed, {sum(row.left for row in rows)} left"
    return [f"{sum(row.accused for row in rows)} of {len(rows)}", harm]


def table(kit: list[Row], stock: list[Row]) -> str:
    """Return all in one Markdown table."""
    lines = [
        "| habits | accused by the kit | its records | accused by stock Schemathesis | its records |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in dict.fromkeys(row.kind for row in kit):
        sides = (cells(row for row in rows if row.kind == kind) for rows in (kit, stock))
        lines.append(f"| {' | '.join([kind, *(cell for side in sides for cell in side)])} |")
    lines.append(f"| {' | '.join(['all', *cells(kit), *cells(stock)])} |")
    return "\n".join(lines)


def main() -> None:
    """Check every service and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--stock-every", type=int, default=4, metavar="N", help="stock for every N-th service; 0: for none"
    )
    parser.add_argument("--max-examples", type=int, default=20, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", help="only these habits, e.g. dates")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    kit: list[Row] = []
    stock: list[Row] = []
    for number, habit in enumerate(habit for habit in HABITS if options.kind in (None, habit.kind)):
        print(habit)
        try:
            kit.append(by_kit(habit))
            print(line("kit", kit[-1]), flush=True)
            if options.stock_every and number % options.stock_every == 0:
                stock.append(by_stock(habit, options.max_examples, options.seed))
                print(line("stock", stock[-1]), flush=True)
        except pytest.skip.Exception as exc:
            print(f"    skipped: {exc}")
    print(f"\n{table(kit, stock)}")


if __name__ == "__main__":
    main()
