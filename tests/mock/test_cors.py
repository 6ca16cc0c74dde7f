"""Cross-origin requests: pages of other origins may call the server, errors included."""

from collections.abc import Iterator

import pytest
import requests

from mock_server import MockServer

PAGE = "https://app.example.org"
OTHER = "https://evil.example"
CORS = {
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-credentials",
    "access-control-expose-headers",
}

paths = pytest.mark.parametrize(
    "path",
    [
        "/training/record/",
        "/training/record/rec-0001/",
        "/org/shop/training/record/",
        "/openapi.json",
        "/nowhere",
    ],
)


@pytest.fixture(scope="module")
def narrow() -> Iterator[MockServer]:
    with MockServer(cors_origins=[PAGE, "http://localhost:5173"]) as server:
        yield server


@paths
def test_preflight_allows_every_method_and_header(http: requests.Session, server: MockServer, path: str) -> None:
    wanted = {"content-type", "x-request-id"}
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        asked = {
            "Origin": PAGE,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": ", ".join(wanted),
        }
        answer = http.options(server.url + path, headers=asked)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
        assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
        assert wanted <= {*answer.headers["Access-Control-Allow-Headers"].lower().split(", ")}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/training/record/", 200),
        ("GET", "/training/record/?limit=0", 400),
        ("POST", "/training/record/", 415),
        ("GET", "/training/record/rec-9999/", 404),
        ("DELETE", "/training/record/", 405),
        ("GET", "/training/record", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/org/a%20b/", 404),
        ("GET", "/openapi.json", 200),
        ("HEAD", "/training/record/", 200),
        ("OPTIONS", "/training/record/", 204),
    ],
)
def test_page_of_any_origin_may_read_every_answer(
    http: requests.Session, server: MockServer, method: str, path: str, status: int
) -> None:
    answer = http.request(method, server.url + path, data=b"x" if method == "POST" else None, headers={"Origin": PAGE})
    assert (status, PAGE) == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_page_may_send_its_cookies(http: requests.Session, server: MockServer, narrow: MockServer, method: str) -> None:
    """To a request with credentials a browser takes "*" neither for the origin nor for the headers (Fetch Standard)."""
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"} if method == "OPTIONS" else {"Origin": PAGE}
    for url in (server.url, narrow.url):
        answer = http.request(method, f"{url}/training/record/", headers=asked)
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "Origin" in answer.headers["Vary"]


def test_page_may_read_the_header_that_a_405_has(http: requests.Session, server: MockServer) -> None:
    answer = http.delete(f"{server.url}/training/record/", headers={"Origin": PAGE})
    assert answer.headers["Access-Control-Expose-Headers"].split(", ") == ["Allow", "*"]


@pytest.mark.parametrize("path", ["/training/record/", "/nowhere"])
def test_answer_to_no_page_is_left_untouched(http: requests.Session, server: MockServer, path: str) -> None:
    assert CORS & {name.lower() for name in http.get(server.url + path).headers} == set()


@pytest.mark.parametrize("headers", [{}, {"Origin": PAGE}, {"Origin": PAGE, "Access-Control-Request-Method": "PUT"}])
def test_every_answer_says_once_that_it_varies_with_the_origin(
    http: requests.Session, server: MockServer, narrow: MockServer, headers: dict[str, str]
) -> None:
    for url in (server.url, narrow.url):
        for method in ("GET", "OPTIONS", "POST", "DELETE"):
            for path in ("/training/record/", "/training/record/rec-9999/", "/nowhere", "/", "/ui/", "/_mock/state"):
                answer = http.request(method, url + path, headers=headers)
                assert answer.headers["Vary"] == "Origin", (method, path)


def test_narrowed_answer_to_no_page_is_not_to_be_kept_for_one(http: requests.Session, narrow: MockServer) -> None:
    answer = http.get(f"{narrow.url}/training/record/")
    assert (answer.headers["Vary"], "Access-Control-Allow-Origin" in answer.headers) == ("Origin", False)


def test_options_that_asks_for_no_method_is_no_preflight(http: requests.Session, server: MockServer) -> None:
    answer = http.options(f"{server.url}/training/record/", headers={"Origin": PAGE})
    assert (answer.status_code, answer.headers["Allow"][:3]) == (204, "GET")


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:5173"])
def test_narrowed_server_answers_the_origins_it_was_given(
    http: requests.Session, narrow: MockServer, origin: str
) -> None:
    answer = http.get(f"{narrow.url}/training/record/rec-9999/", headers={"Origin": origin})
    assert (404, origin) == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", [OTHER, "null", f"{PAGE}.evil.example", "http://app.example.org", f"{PAGE}:8443"])
def test_narrowed_server_allows_no_other_origin(http: requests.Session, narrow: MockServer, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Origin" not in http.get(f"{narrow.url}/training/record/", headers=asked).headers
    preflight = http.options(f"{narrow.url}/training/record/", headers=asked)
    assert preflight.status_code == 400
    assert "Access-Control-Allow-Origin" not in preflight.headers
