"""OpenAPI Overlay 1.0: another reading of the document, as a list of changes to the spec.

Source: https://spec.openapis.org/overlay/v1.0.0.html
"""

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api_spec.file import SpecError, read_yaml

if TYPE_CHECKING:
    import jsonpath


class OverlayError(SpecError):
    """An overlay that can't be read or applied. The message names the file and the action."""


def load_overlay(path: Path) -> dict[str, Any]:
    """Return the overlay document in `path`. Raises SpecError for anything that is not Overlay 1.x."""
    document = read_yaml(path)
    if not isinstance(document, dict) or not str(document.get("overlay", "")).startswith("1."):
        raise OverlayError(f"{path} is not an OpenAPI Overlay 1.x: it has no `overlay: 1.0.0`")
    if not isinstance(document.get("actions"), list) or not document["actions"]:
        raise OverlayError(f"{path} has no actions")
    return document


def apply_overlay(spec: dict[str, Any], overlay: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a copy of `spec` with the overlay's actions applied in order; `name` is for the messages.

    Raises OverlayError, and then has changed nothing.
    """
    result = copy.deepcopy(spec)
    for number, action in enumerate(overlay["actions"], 1):
        where = f"{name}, action {number}"
        if not isinstance(action, dict) or not isinstance(action.get("target"), str):
            raise OverlayError(f"{where}: no target")
        _apply(result, action, where)
    return result


def _apply(spec: dict[str, Any], action: dict[str, Any], where: str) -> None:
    import jsonpath  # late: most runs have no overlay, and it takes its time

    try:
        matches = list(jsonpath.finditer(action["target"], spec))
    except jsonpath.JSONPathError as exc:
        raise OverlayError(f"{where}: {action['target']!r} is not a JSONPath: {exc}") from exc
    if not matches:
        # The Overlay spec lets this pass; here it would silently test another contract than the one meant.
        raise OverlayError(f"{where}: {action['target']!r} matches nothing in the spec")
    # Backwards, so that removing one item of an array does not move those still to be removed.
    for match in reversed(matches):
        if action.get("remove") is True:
            _remove(match, where)
        elif "update" in action:
            _update(match, action["update"], where)
        else:
            raise OverlayError(f"{where}: neither update nor remove")


def _remove(match: "jsonpath.JSONPathMatch", where: str) -> None:
    if match.parent is None:
        raise OverlayError(f"{where}: the whole spec can't be removed")
    container: Any = match.parent.obj
    del container[match.parts[-1]]


def _update(match: "jsonpath.JSONPathMatch", update: Any, where: str) -> None:
    target: Any = match.obj
    if isinstance(target, dict) and isinstance(update, dict):
        _merge(target, update)
    elif isinstance(target, list):
        target.append(copy.deepcopy(update))
    else:
        raise OverlayError(f"{where}: the target is neither an object nor an array; aim at its parent")


def _merge(target: dict[str, Any], update: dict[str, Any]) -> None:
    """Merge as Overlay 1.0 says: objects recursively, arrays appended, everything else replaced."""
    for key, value in update.items():
        present = target.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(copy.deepcopy(value))
        else:
            target[key] = copy.deepcopy(value)
