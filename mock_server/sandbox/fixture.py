"""Scenarios as files: the ones that come with the server, and one's own."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

import yaml

from mock_server.bundled import FIXTURES
from mock_server.organisation.errors import Full
from mock_server.organisation.organisation import MAX_RECORDS
from mock_server.organisation.scenario import Scenario
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.sandbox.scenario_document import read_scenario

SHOWN_ERRORS = 5
MAX_DEPTH = 20


class FixtureInvalid(Exception):
    """A fixture that can't be read; the message names file, line and reason."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # one of two classes
    """YAML as data, except that date-times stay text and a key given twice is an error."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                raise yaml.MarkedYAMLError(problem=f"key {key.value!r} is given twice", problem_mark=key.start_mark)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def fixture_names() -> list[str]:
    """Return the names of the scenarios that come with the server."""
    return sorted(path.stem for path in FIXTURES.glob("*.yaml"))


def load_scenario(name_or_file: str, most: int = MAX_RECORDS) -> Scenario:
    """Return a scenario by the name of one that comes with the server, or from a YAML file.

    Raises FixtureInvalid, also where it has more than `most` people, packages or records.
    """
    path = FIXTURES / f"{name_or_file}.yaml"
    if name_or_file not in fixture_names():
        path = Path(name_or_file)
        if not path.is_file():
            names = ", ".join(fixture_names())
            raise FixtureInvalid(f"{name_or_file!r} is not a scenario: neither a file nor one of {names}")
    return _read(path, most)


def _read(path: Path, most: int) -> Scenario:
    try:
        text = path.read_text("utf-8")
        _check_depth(text)
        document = yaml.load(text, _Loader)  # noqa: S506  a SafeLoader
        return read_scenario(path.stem, document, most)
    except OSError as error:
        raise FixtureInvalid(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise FixtureInvalid(f"{path}: not UTF-8 at byte {error.start}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise FixtureInvalid(f"{path}{line}: {error.problem or error.context}") from None
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise FixtureInvalid(f"{path}: {' '.join(str(error).split())}") from None
    except ValueError:  # the validator's word for no end
        raise FixtureInvalid(f"{path}: an alias refers to the very anchor that it is part of") from None
    except Full as error:
        raise FixtureInvalid(f"{path}: has {error} (--max-records)") from None
    except DocumentInvalid as error:
        lines = [
            f"{path}:{_line(text, v.pointer)}: {v.pointer or 'the scenario'} {v.detail}"
            for v in error.violations[:SHOWN_ERRORS]
        ]
        if more := len(error.violations) - SHOWN_ERRORS:
            lines += [f"and {more} more"] if more > 0 else []
        raise FixtureInvalid("\n".join(lines)) from None


def _check_depth(text: str) -> None:
    """Raise MarkedYAMLError where a document nests deeper than any scenario: libyaml would crash on it."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=mark)


def _line(text: str, pointer: str) -> int:
    """Return the line, counted from 1, of the deepest node on the way to `pointer` that is there."""
    node = yaml.compose(text, _Loader)
    line = node.start_mark.line if node else 0
    for step in pointer.split("/")[1:]:
        token = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, yaml.SequenceNode) and token.isdigit() and int(token) < len(node.value):
            node = node.value[int(token)]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == token]
            if not found:
                break
            line, node = found[0][0].start_mark.line, found[0][1]
    return int(line) + 1
