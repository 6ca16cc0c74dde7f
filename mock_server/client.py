"""One organisation of a mock server, for tests in Python."""

from typing import Any

import requests


class OrganisationClient:
    """Puts one organisation into the state that a test needs. `url` is what the code under test gets.

    >>> from mock_server import MockServer
    >>> with MockServer() as server:
    ...     organisation = OrganisationClient(server.url + "/org/my-test")
    ...     organisation.freeze("2026-02-01T08:00:00Z")
    ...     organisation.state()["clock"]
    {'now': '2026-02-01T08:00:00Z', 'frozen': True}

    `token` is the control token, of a server that asks for one. Every method raises `requests.HTTPError` with the
    server's words where it refuses. Proxies of the environment are passed by.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def reset(self) -> None:
        """Go back to the scenario: records, clock, ids, faults and journal."""
        self._control("POST", "reset")

    def scenario(self, name: str) -> None:
        """Start from another scenario, by name."""
        self._control("PUT", "scenario", {"name": name})

    def state(self) -> dict[str, Any]:
        """Return people, packages, records and clock as one document, which `set_state` takes back."""
        state: dict[str, Any] = self._control("GET", "state")
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        """Replace people, packages, records and clock."""
        self._control("PUT", "state", state)

    def freeze(self, at: str) -> None:
        """Stop the clock at an RFC 3339 date-time."""
        self._control("PUT", "clock", {"freeze": at})

    def advance(self, duration: str) -> None:
        """Move the clock on by an ISO 8601 duration such as "P1D" or "PT90M"."""
        self._control("PUT", "clock", {"advance": duration})

    def fault(self, **fault: Any) -> None:
        """Add a fault: `fault(operations=["create_record"], when="after", status=503, times=1)`."""
        self._control("POST", "faults", {"faults": [fault]})

    def journal(self, **filters: Any) -> list[dict[str, Any]]:
        """Return the exchanges so far, the newest last; filter by `operation`, `status` and `since`."""
        exchanges: list[dict[str, Any]] = self._control("GET", "journal", params=filters)["exchanges"]
        return exchanges

    def _control(self, method: str, what: str, body: Any = None, params: Any = None) -> Any:
        url = f"{self.url}/_mock/{what}"
        # A connection of its own each time: one that had been kept might be closed just as a POST is sent.
        with requests.Session() as session:
            session.trust_env = False  # neither a proxy nor a ~/.netrc stands between a test and its mock
            answer = session.request(method, url, json=body, params=params, headers=self._headers, timeout=30)
        if not answer.ok:
            raise requests.HTTPError(_reason(answer), response=answer)
        return answer.json() if answer.content else None


def _reason(answer: requests.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, LookupError, TypeError):  # it comes from something else than a mock
        return f"{answer.status_code} {answer.reason}: {answer.text[:300]}"
