"""Which faults of the mock are found, by the kit and by a stock Schemathesis, and at what cost.

    python benchmarks/catch_rate.py [--stock-every 4] [--max-examples 20] [--topic lists] [--seed 1]

Every fault of tests/faults is put into a server of its own, and the kit (quick) looks for it: it is found when the
rule that it breaks is called broken. `schemathesis run --checks all` then looks at every N-th of them, in a process
of its own against a server of its own: there any failure counts as found, as the good mock has none. Records of
others that are harmed, and records that are left behind, are counted in the server. The last lines are a Markdown
table.
"""

import argparse
import logging
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
warnings.simplefilter("ignore")

from faults import FAULTS, Fault, FaultyMock, served  # noqa: E402 - found by the path just set
from faults.hunt import hunt  # noqa: E402

from contract_tests.result import Verdict  # noqa: E402

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
TIMEOUT = 300


@dataclass(frozen=True)
class Row:
    """What came of one fault. `requests` and `seconds` are to the catch for the kit, of the whole run for stock."""

    fault: Fault
    found: bool
    requests: int
    seconds: float
    harmed: int
    left: int


def by_kit(fault: Fault) -> Row:
    """Have the kit look for a fault, in a whole run."""
    with tempfile.TemporaryDirectory() as folder:
        done = hunt(fault, Path(folder))
    found = done.verdict(fault.breaks) is Verdict.BROKEN
    requests, seconds = len(done.mock.exchanges), done.report.seconds
    if done.catch is not None:
        requests, seconds = done.catch.requests, done.catch.seconds
    return Row(fault, found, requests, seconds, len(done.mock.harmed()), len(done.mock.left()))


def by_stock(fault: Fault, max_examples: int, seed: int) -> Row:
    """Have a stock Schemathesis look for any failure."""
    mock = FaultyMock()
    fault.inject(mock)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, served(mock) as url:
        options = ["--url", url, "--checks", "all", "--max-examples", str(max_examples), "--seed", str(seed)]
        command = [str(SCHEMATHESIS), "run", str(ROOT / "spec" / "openapi.yaml"), *options]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=TIMEOUT)
    seconds = time.monotonic() - begun
    return Row(fault, done.returncode == 1, len(mock.exchanges), seconds, len(mock.harmed()), len(mock.left()))


def line(row: Row, by: str) -> str:
    """Return what came of one fault, in words."""
    verdict = "found" if row.found else "MISSED"
    harm = f", {row.harmed} records of others harmed" if row.harmed else ""
    left = f", {row.left} records left behind" if row.left else ""
    return f"{verdict:6} by {by:5} {row.requests:5} requests {row.seconds:6.2f} s{harm}{left}"


def summary(name: str, kit: Iterable[Row], stock: Iterable[Row]) -> str:
    """Return one line of the table."""
    kit, stock = list(kit), list(stock)
    requests = statistics.median(row.requests for row in kit if row.found)
    seconds = statistics.median(row.seconds for row in kit if row.found)
    cells = [
        name,
        f"{sum(row.found for row in kit)} of {len(kit)}",
        f"{requests:.0f} requests, {seconds:.1f} s",
        f"{sum(row.found for row in stock)} of {len(stock)}" if stock else "",
        f"{statistics.median(row.requests for row in stock):.0f} requests, "
        f"{statistics.median(row.seconds for row in stock):.1f} s"
        if stock
        else "",
    ]
    return f"| {' | '.join(cells)} |"


def table(kit: list[Row], stock: list[Row]) -> str:
    """Return all in one Markdown table, a line for each topic."""
    lines = [
        "| faults in | found by the kit | to the catch (median) | found by stock Schemathesis | a whole run (median) |",
        "| --- | --- | --- | --- | --- |",
    ]
    topics = dict.fromkeys(row.fault.topic for row in kit)
    lines += [
        summary(topic, *([row for row in rows if row.fault.topic == topic] for rows in (kit, stock)))
        for topic in topics
    ]
    lines.append(summary("all", kit, stock))
    same = {row.fault.name for row in stock}
    both = [row for row in kit if row.fault.name in same]
    kit_harmed, stock_harmed = (sum(row.harmed for row in rows) for rows in (kit, stock))
    left = [row for row in kit if row.left and not row.fault.leaves]
    told = (
        [f"Of the {len(stock)} that both looked for the kit found {sum(row.found for row in both)}."] if stock else []
    )
    told.append(f"Records of others harmed: {kit_harmed} by the kit, {stock_harmed} by Schemathesis.")
    told.append(f"Services that let the kit delete its records, and in which it left some: {len(left)}.")
    lines += ["", " ".join(told)]
    return "\n".join(lines)


def main() -> None:
    """Look for every fault and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--stock-every", type=int, default=4, metavar="N", help="stock for every N-th fault; 0: for none"
    )
    parser.add_argument("--max-examples", type=int, default=20, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--topic", help="only these faults: lists, creating, updating, deleting or errors")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    kit: list[Row] = []
    stock: list[Row] = []
    for number, fault in enumerate(fault for fault in FAULTS if options.topic in (None, fault.topic)):
        print(f"{fault.breaks}: {fault.name}")
        kit.append(by_kit(fault))
        print(f"    {line(kit[-1], 'kit')}", flush=True)
        if options.stock_every and number % options.stock_every == 0:
            stock.append(by_stock(fault, options.max_examples, options.seed))
            print(f"    {line(stock[-1], 'stock')}", flush=True)
    print(f"\n{table(kit, stock)}")


if __name__ == "__main__":
    main()
