"""An unmodified Schemathesis, all its phases and checks, finds nothing in the mock server."""

import subprocess
import sys
from pathlib import Path

from mock_server import MockServer

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
SPEC = Path(__file__).parents[2] / "spec" / "openapi.yaml"


def test_stock_schemathesis_finds_nothing(tmp_path: Path) -> None:
    with MockServer(scenario="default") as server:
        options = ["--url", server.url, "--checks", "all", "--seed", "1", "--max-examples", "10", "--no-color"]
        command = [str(SCHEMATHESIS), "run", str(SPEC), *options]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tested: 6" in done.stdout
    phases = ("Examples", "Coverage", "Fuzzing", "Stateful")
    assert [phase for phase in phases if f"✅ {phase}" not in done.stdout] == []
