"""Scenarios as files: the ones that come with the server, and one's own."""

from pathlib import Path

import yaml

from api_spec.yaml_text import lines, parse
from mock_server.bundled import FIXTURES
from mock_server.organisation.errors import Full
from mock_server.organisation.organisation import MAX_RECORDS
from mock_server.organisation.scenario import Scenario
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.sandbox.scenario_document import read_scenario

SHOWN_ERRORS = 5


class FixtureInvalid(Exception):
    """A fixture that can't be read; the message names file, line and reason."""


def fixture_names() -> list[str]:
    """Return the names of the scenarios that come with the server."""
    return sorted(path.stem for path in FIXTURES.glob("*.yaml"))


def load_scenario(name_or_file: str, most: int = MAX_RECORDS) -> Scenario:
    """Return a scenario by the name of one that comes with the server, or from a YAML file.

    Raises FixtureInvalid, also where it has more than `most` people, packages or records.
    """
    path = fixture_path(name_or_file)
    try:
        is_file = path.is_file()
    except OSError as error:  # too long a name, or a folder that may not be looked into
        raise FixtureInvalid(f"{path}: {error.strerror}") from None
    if not is_file:
        names = ", ".join(fixture_names())
        raise FixtureInvalid(f"{name_or_file!r} is not a scenario: neither a file nor one of {names}")
    return _read(path, most)


def fixture_path(name_or_file: str) -> Path:
    """Return where a scenario lies: one that comes with the server, by its name, or a file of one's own."""
    return FIXTURES / f"{name_or_file}.yaml" if name_or_file in fixture_names() else Path(name_or_file)


def _read(path: Path, most: int) -> Scenario:
    try:
        text = path.read_text("utf-8")
        return read_scenario(path.stem, parse(text), most)
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
    except Full as error:
        raise FixtureInvalid(f"{path}: has {error} (--max-records)") from None
    except DocumentInvalid as error:
        shown = error.violations[:SHOWN_ERRORS]
        at = lines(text, [violation.pointer for violation in shown])
        told = [f"{path}:{line}: {v.pointer or 'the scenario'} {v.detail}" for line, v in zip(at, shown, strict=True)]
        if (more := len(error.violations) - SHOWN_ERRORS) > 0:
            told.append(f"and {more} more")
        raise FixtureInvalid("\n".join(told)) from None
