"""What an organisation is, all of it, byte for byte."""

import requests

ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
"""A record that may be created in the scenarios `default` and, but for the package, `empty`."""

NOON = "2026-02-01T12:00:00Z"

PARTS = ("state", "scenario", "faults", "journal", "coverage")


def world(http: requests.Session, control: str) -> dict[str, bytes]:
    """Return everything that the control API tells of an organisation, whose clock should stand."""
    return {part: body(http, control + part) for part in PARTS}


def body(http: requests.Session, url: str) -> bytes:
    """Return the body of a GET, which must succeed."""
    answer = http.get(url)
    assert answer.status_code == 200, answer.text
    return answer.content


def put(http: requests.Session, url: str, document: object) -> requests.Response:
    """PUT a document, which must be taken, and return the answer."""
    answer = http.put(url, json=document)
    assert (answer.status_code, answer.text) in ((200, answer.text), (204, ""))
    return answer
