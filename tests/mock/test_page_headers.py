"""What every answer says of itself: that it is of this moment, and what a browser may do with a page."""

import pytest
import requests

from mock_server import MockServer

PAGES = [
    "/",
    "/ui/",
    "/docs/",
    "/_mock/",
    "/_mock/ui/",
    "/org/x/",
    "/org/x/docs/",
    "/org/x/ui/",
    "/org/x/_mock/",
    "/openapi.yaml",
    "/openapi.json",
]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("GET", page, 200) for page in PAGES if not page.endswith("_mock/")),
        ("GET", "/training/record/", 200),
        ("GET", "/training/record/?limit=0", 400),
        ("GET", "/training/record/rec-9999/", 404),
        ("GET", "/training/record", 404),
        ("GET", "/training/record/?__code=503", 503),
        ("HEAD", "/training/record/", 200),
        ("POST", "/training/record/", 400),
        ("DELETE", "/training/record/", 405),
        ("DELETE", "/training/record/rec-0060/", 204),
        ("OPTIONS", "/training/record/", 204),
        ("GET", "/nowhere", 404),
        ("POST", "/", 405),
        ("GET", "/ui", 307),
        ("GET", "/docs", 307),
        ("GET", "/_mock", 307),
        ("GET", "/org/x", 307),
        ("GET", "/org/a%20b/", 404),
        ("GET", "/ui/swagger-ui.css", 200),
        ("GET", "/ui/nothing.js", 404),
        ("GET", "/_mock/state", 200),
        ("GET", "/_mock/nothing", 404),
        ("GET", "/_mock/journal.har", 200),
        ("PUT", "/_mock/clock", 400),
        ("POST", "/_mock/reset", 204),
        ("GET", "/_mock/dashboard/nothing.js", 404),
    ],
)
@pytest.mark.parametrize("origin", [{}, {"Origin": "http://localhost:5173"}], ids=["no page", "a page"])
def test_answer_is_not_to_be_kept(
    http: requests.Session, server: MockServer, method: str, path: str, status: int, origin: dict[str, str]
) -> None:
    answer = http.request(method, server.url + path, headers=origin, allow_redirects=False)
    told = answer.headers["Cache-Control"], answer.headers["Vary"]
    assert (answer.status_code, told) == (status, ("no-store", "Origin"))


def test_answer_that_breaks_off_is_not_to_be_kept(http: requests.Session, organisation: str) -> None:
    http.put(f"{organisation}/_mock/faults", json={"faults": [{"drop": True}]}).raise_for_status()
    with http.get(f"{organisation}/training/record/", stream=True) as answer:
        assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Origin")


def test_files_of_the_dashboard_may_be_kept_and_are_asked_for_again(http: requests.Session, server: MockServer) -> None:
    for path in ("/_mock/", "/_mock/dashboard/main.js", "/_mock/dashboard/style.css"):
        answer = http.get(server.url + path)
        assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-cache", "Origin")
        again = http.get(server.url + path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code in (200, 304)


@pytest.mark.parametrize("path", PAGES)
def test_page_is_not_framed_nor_guessed_and_runs_no_script_in_itself(
    http: requests.Session, server: MockServer, path: str
) -> None:
    answer = http.get(server.url + path)
    policy = {part.split()[0]: part.split()[1:] for part in answer.headers["Content-Security-Policy"].split(";")}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (policy["default-src"], policy["frame-ancestors"]) == (["'none'"], ["'none'"])
    assert policy.get("script-src", ["'self'"]) == ["'self'"]
    assert [s for s in policy.get("style-src", []) if s != "'self'" and not s.startswith("'sha256-")] == []


def test_sign_in_is_not_framed_nor_guessed() -> None:
    with MockServer(control_token="x") as server:
        for path in ("/_mock/sign-in", "/_mock/", "/org/x/_mock/ui/"):
            answer = requests.get(server.url + path, headers={"Accept": "text/html"})
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Origin")
            assert "<script" not in answer.text


def test_front_page_shows_a_command_with_the_address_that_it_was_asked_at(
    http: requests.Session, server: MockServer
) -> None:
    assert f"curl '{server.url}/org/x/training/record/?limit=5'" in http.get(f"{server.url}/org/x/").text
