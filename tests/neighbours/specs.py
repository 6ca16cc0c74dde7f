"""Our two specs, by name, as the tools of others are given them."""

import re

from papers import ROOT

SPECS = {"contract": ROOT / "spec" / "openapi.yaml", "control": ROOT / "mock_server" / "control.yaml"}


def operation_ids(spec: str) -> set[str]:
    """Return the operationId of each operation of a spec."""
    return set(re.findall(r"^ +operationId: (\w+)$", SPECS[spec].read_text("utf-8"), re.MULTILINE))
