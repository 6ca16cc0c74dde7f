"""Writes the page into a file of its own: `python -m mock_server.docs build/docs/index.html`."""

import sys
from pathlib import Path

from api_spec.effective import read_spec
from mock_server.docs.page import DEFAULT_URL, DocsPage


def main(file: Path) -> None:
    """Write the page of the spec, for a server at its usual address."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DocsPage(read_spec()).at(DEFAULT_URL, DEFAULT_URL), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
