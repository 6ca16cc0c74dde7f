"""The examples in the docstrings are run."""

import doctest
from typing import Any

import pytest

from mock_server import MockServer, OrganisationClient, create_app


@pytest.mark.parametrize("public", [create_app, MockServer, OrganisationClient])
def test_example_gives_what_it_shows(public: Any) -> None:
    globs = vars(__import__(public.__module__, fromlist=["_"]))
    (example,) = [test for test in doctest.DocTestFinder(recurse=False).find(public, globs=globs) if test.examples]
    results = doctest.DocTestRunner().run(example)
    assert (results.failed, results.attempted > 0) == (0, True)
