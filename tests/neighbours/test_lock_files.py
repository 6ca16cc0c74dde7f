"""What npm installs for the tests comes from where everybody has it, at the version that is locked."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from papers import ROOT

LOCK_FILES = sorted(ROOT.glob("tests/*/*/package-lock.json"))


@pytest.mark.parametrize("path", LOCK_FILES, ids=lambda path: path.parent.name)
def test_lock_file_names_no_other_registry(path: Path) -> None:
    packages = json.loads(path.read_text("utf-8"))["packages"].values()
    hosts = {urlsplit(package["resolved"]).hostname for package in packages if "resolved" in package}
    assert hosts <= {"registry.npmjs.org"}
