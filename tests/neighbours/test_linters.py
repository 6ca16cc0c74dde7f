"""Linters have nothing to say of our specs, but for what is excepted in their configuration with its reason."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import NEIGHBOURS, Run
from .specs import SPECS


@pytest.mark.parametrize("spec", SPECS)
def test_spectral_finds_nothing(spec: str, node_modules: Callable[[str], Path], run: Run) -> None:
    spectral = node_modules("typescript") / ".bin" / "spectral"
    done = run(spectral, "lint", "--format", "json", "--quiet", SPECS[spec], folder=NEIGHBOURS)
    assert json.loads(done.stdout) == [], done.stderr


@pytest.mark.parametrize("spec", SPECS)
def test_redocly_finds_nothing(spec: str, node_modules: Callable[[str], Path], run: Run) -> None:
    redocly = node_modules("typescript") / ".bin" / "redocly"
    done = run(redocly, "lint", "--format", "json", spec, folder=NEIGHBOURS)
    found = json.loads(done.stdout)
    assert found["problems"] == [], done.stderr
