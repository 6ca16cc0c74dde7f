"""OpenAPI Overlay 1.0: each action does what its specification says, or all of them are refused."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from api_spec.effective import read_spec
from api_spec.file import SPEC, SpecError

DOCUMENT: dict[str, Any] = {"info": {"title": "A", "tags": ["x"]}, "paths": {"/a": {"get": {}}, "/b": {"get": {}}}}


def overlaid(folder: Path, *actions: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return the document with one overlay of these actions applied."""
    file, overlay = folder / "spec.yaml", folder / "overlay.yaml"
    file.write_text(json.dumps(DOCUMENT), "utf-8")  # JSON is YAML
    overlay.write_text(json.dumps({"overlay": "1.0.0", "actions": list(actions), **members}), "utf-8")
    return read_spec([overlay], file)


def changed(change: Any) -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    change(document)
    return document


def test_update_merges_objects_and_leaves_the_rest(tmp_path: Path) -> None:
    got = overlaid(tmp_path, {"target": "$.info", "update": {"title": "B", "version": "1"}})
    assert got == changed(lambda d: d["info"].update(title="B", version="1"))


def test_update_appends_to_arrays(tmp_path: Path) -> None:
    got = overlaid(tmp_path, {"target": "$.info.tags", "update": "y"}, {"target": "$.info", "update": {"tags": ["z"]}})
    assert got["info"]["tags"] == ["x", "y", "z"]


def test_remove_takes_every_match_away(tmp_path: Path) -> None:
    got = overlaid(tmp_path, {"target": "$.paths[*].get", "remove": True})
    assert got["paths"] == {"/a": {}, "/b": {}}


def test_actions_are_applied_in_their_order(tmp_path: Path) -> None:
    first = {"target": "$.info", "update": {"x-a": {"b": 1}}}
    assert overlaid(tmp_path, first, {"target": "$.info['x-a']", "update": {"c": 2}})["info"]["x-a"] == {"b": 1, "c": 2}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"target": "$.nowhere", "update": {}}, "matches nothing"),
        ({"target": "$[", "update": {}}, "is not a JSONPath"),
        ({"target": "$.info.title", "update": {}}, "neither an object nor an array"),
        ({"target": "$", "remove": True}, "whole spec"),
        ({"target": "$.info"}, "neither update nor remove"),
        ({"update": {}}, "no target"),
        ("remove it", "no target"),
    ],
)
def test_action_that_cannot_be_done_is_refused_by_its_number(tmp_path: Path, action: Any, words: str) -> None:
    with pytest.raises(SpecError, match=r"overlay.yaml, action 2") as refused:
        overlaid(tmp_path, {"target": "$.info", "update": {}}, action)
    assert words in str(refused.value)


@pytest.mark.parametrize("members", [{"overlay": "2.0.0"}, {"overlay": None}, {"actions": []}, {"actions": {}}])
def test_what_is_not_an_overlay_is_refused(tmp_path: Path, members: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=r"overlay.yaml"):
        overlaid(tmp_path, {"target": "$.info", "update": {}}, **members)


def test_the_projects_own_spec_takes_one(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text("overlay: 1.0.0\nactions: [{target: $.info, update: {x-reading: other}}]", "utf-8")
    assert read_spec([overlay], SPEC)["info"]["x-reading"] == "other"
