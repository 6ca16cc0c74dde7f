"""Models that datamodel-code-generator makes from the spec take every example of it."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api_spec.effective import read_spec
from mock_server import MockServer

from .conftest import Run
from .section import follow_section


def examples(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield every example of a body or an answer anywhere in the spec, after the name of its schema."""
    if isinstance(node, dict):
        if "examples" in node and "$ref" in node.get("schema", {}):
            yield from (
                (node["schema"]["$ref"].rpartition("/")[2], named["value"]) for named in node["examples"].values()
            )
        node = [*node.values()]
    if isinstance(node, list):
        for child in node:
            yield from examples(child)


def test_models_take_every_example(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with MockServer() as server:
        (done,) = follow_section("neighbours.md", "datamodel-code-generator", tmp_path, server.url, run)
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(tmp_path)
    models = importlib.import_module("training_record")
    # A parameter's schema is a text by itself, of which no model is made.
    known = [(name, value) for name, value in examples(read_spec()) if name != "ApiId"]
    assert {name for name, _ in known} == {"Problem", "RecordInput", "RecordList", "RecordPatch", "TrainingRecord"}
    for name, value in known:
        written = getattr(models, name).model_validate(value).model_dump(mode="json", exclude_unset=True, by_alias=True)
        assert written.keys() == value.keys()
