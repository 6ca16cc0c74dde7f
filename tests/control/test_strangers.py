"""Who may use the control API: whose page, under which host, with which token. All of it as bytes on a socket."""

import socket
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from mock.raw_http import RawAnswer, head, request, send
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from mock_server import MockServer, OrganisationClient, create_app

FOREIGN = "https://app.test"
TOKEN = "correct-horse-battery-staple"
ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
RECORDS = "/training/record/"
FORM = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 0"]


@pytest.fixture(scope="module")
def world() -> Iterator[MockServer]:
    """A server with 59 records in its default organisation, which any reset would make 60."""
    with MockServer() as server:
        changed(server.url)
        yield server


def changed(url: str) -> None:
    requests.delete(f"{url}{RECORDS}rec-0001/").raise_for_status()


def count(url: str, root: str = "") -> int:
    found: int = requests.get(f"{url}{root}{RECORDS}?limit=1").json()["count"]
    return found


def reset(url: str, *headers: str, host: str = "127.0.0.1", root: str = "") -> RawAnswer:
    """Reset as a form in a page does: no browser asks leave for that."""
    return request(url, "POST", f"{root}/_mock/reset", [*FORM, *headers], host=host)


def detail(answer: RawAnswer) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return str(answer.json()["detail"])


# Origins

MACHINE = [
    f"{scheme}://{host}{port}"
    for scheme, host, port in product(
        ("http", "https"),
        ("localhost", "app.localhost", "a.b.localhost", "127.0.0.1", "127.0.0.2", "[::1]"),
        ("", ":5173"),
    )
]
STRANGERS = [
    FOREIGN,
    "http://app.test:8080",
    "null",
    "",
    "localhost",
    "http://",
    "http://localhost.",
    "http://localhost.evil.test",
    "http://evillocalhost",
    "http://127.0.0.1.evil.test",
    "http://127.0.0.1@evil.test",
    "http://localhost@evil.test",
    "http://evil.test#localhost",
    "http://evil.test/.localhost",
    "http://localhost:80:evil.test",
    "http://128.0.0.1",
    "http://192.168.0.7",
    "http://[::2]",
    "http://[fe80::1]",
    "http://2130706433",
    "file://",
    "file://localhost",
    "chrome-extension://localhost",
    "http://l\xf6calhost",
    "https://app.test, http://localhost",
    "x" * 5000,
]


@pytest.mark.parametrize("origin", MACHINE)
def test_pages_of_this_machine_may_control(server: MockServer, organisation: str, origin: str) -> None:
    root = organisation.removeprefix(server.url)
    answer = reset(server.url, f"Origin: {origin}", root=root)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, origin)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "192.168.0.7:8080", "[2001:db8::1]:8080", "[::1]"])
def test_pages_of_the_same_origin_may_control(server: MockServer, organisation: str, host: str) -> None:
    root = organisation.removeprefix(server.url)
    assert reset(server.url, f"Origin: http://{host}", host=host, root=root).status_code == 204
    if host.startswith("192"):
        assert reset(server.url, f"Origin: https://{host}", host=host, root=root).status_code == 403
        assert reset(server.url, "Origin: http://192.168.0.7:8081", host=host, root=root).status_code == 403


@pytest.mark.parametrize("origin", STRANGERS, ids=lambda origin: origin[:30])
def test_change_by_a_foreign_page_is_refused_before_it_happens(world: MockServer, origin: str) -> None:
    answer = reset(world.url, f"Origin: {origin}")
    assert (answer.status_code, count(world.url)) == (403, 59)
    assert "Access-Control-Allow-Origin" not in answer.headers
    said = detail(answer)
    assert origin[:100] in said
    assert "--cors-origin" in said
    assert len(said) < 1000


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize(
    "path", ["reset", "state", "journal", "journal/events", "", "ui/", "dashboard/main.js", "openapi.json", "nothing"]
)
def test_foreign_page_gets_nothing_of_the_control_api(world: MockServer, method: str, path: str) -> None:
    for root in ("", "/org/other"):
        answer = request(world.url, method, f"{root}/_mock/{path}", [f"Origin: {FOREIGN}", "Content-Length: 0"])
        assert answer.status_code == 403
    assert count(world.url) == 59


def test_refused_page_makes_no_organisation_and_no_entry(http: requests.Session) -> None:
    with MockServer() as server:
        for root in ("", "/org/never"):
            reset(server.url, f"Origin: {FOREIGN}", root=root)
            reset(server.url, host="evil.test", root=root)
        organisations = http.get(f"{server.url}/_mock/organisations").json()["organisations"]
        assert [found["name"] for found in organisations] == ["default"]
        assert http.get(f"{server.url}/_mock/journal").json()["exchanges"] == []


def test_two_origins_are_none(world: MockServer) -> None:
    assert reset(world.url, "Origin: http://localhost", f"Origin: {FOREIGN}").status_code == 403
    assert reset(world.url, f"Origin: {FOREIGN}", "Origin: http://localhost").status_code == 403
    assert count(world.url) == 59


def test_api_is_for_pages_of_anywhere_as_before(http: requests.Session, world: MockServer) -> None:
    answer = http.post(f"{world.url}/org/a{RECORDS}", json=ASSIGNED, headers={"Origin": FOREIGN})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (201, FOREIGN)
    for path in ("/", "/ui/", "/openapi.json"):
        assert http.get(world.url + path, headers={"Origin": FOREIGN, "Host": "evil.test"}).status_code == 200


@pytest.mark.parametrize("origin", [FOREIGN, "null"])
def test_preflight_of_a_foreign_page_fails_and_one_of_this_machine_does_not(world: MockServer, origin: str) -> None:
    asked = ["Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: authorization"]
    answer = request(world.url, "OPTIONS", "/_mock/scenario", [f"Origin: {origin}", *asked])
    assert {name.lower() for name in answer.headers if name.lower().startswith("access-control-")} == set()
    answer = request(world.url, "OPTIONS", "/_mock/scenario", ["Origin: http://localhost:5173", *asked])
    assert (answer.status_code, answer.headers["Access-Control-Allow-Headers"]) == (200, "authorization")


def test_part_of_a_page_of_another_site_is_refused_though_it_names_no_origin(world: MockServer) -> None:
    for mode, status in (("no-cors", 403), ("navigate", 200)):
        fetched = ["Sec-Fetch-Site: cross-site", f"Sec-Fetch-Mode: {mode}"]
        assert request(world.url, "GET", "/_mock/state", fetched).status_code == status


def test_given_origins_may_control_and_narrow_the_api(http: requests.Session) -> None:
    with MockServer(cors_origins=[FOREIGN]) as server:
        changed(server.url)
        assert reset(server.url, "Origin: https://other.test").status_code == 403
        assert count(server.url) == 59
        assert reset(server.url, f"Origin: {FOREIGN}").status_code == 204
        assert reset(server.url, "Origin: http://localhost:5173").status_code == 204
        for origin, allowed in ((FOREIGN, FOREIGN), ("https://other.test", None), ("http://localhost:5173", None)):
            answer = http.get(server.url + RECORDS, headers={"Origin": origin})
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed


def test_star_given_lets_all_pages_control() -> None:
    with MockServer(cors_origins=["*"]) as server:
        for origin in (FOREIGN, "null", "x"):
            assert reset(server.url, f"Origin: {origin}").headers["Access-Control-Allow-Origin"] == origin


# Hosts

KNOWN = ["localhost", "LocalHost:80", "a.b.localhost:8080", "127.0.0.1", "10.0.0.7:8080", "[::1]:80", "[2001:db8::7]"]
UNKNOWN = [
    "evil.test",
    "evil.test:8080",
    "localhost.evil.test",
    "127.0.0.1.evil.test",
    "evillocalhost",
    "localhost.",
    "mock",
    "2130706433",
    "0x7f.1",
    "127.1",
    "x" * 3000,
]


@pytest.mark.parametrize("host", KNOWN)
def test_control_api_answers_to_names_of_this_machine_and_to_addresses(
    server: MockServer, organisation: str, host: str
) -> None:
    assert reset(server.url, host=host, root=organisation.removeprefix(server.url)).status_code == 204


@pytest.mark.parametrize("host", UNKNOWN, ids=lambda host: host[:30])
def test_other_host_is_421_that_says_which_option_to_use(world: MockServer, host: str) -> None:
    # After a rebinding the page is of the same origin.
    for origin in ([], [f"Origin: http://{host}"]):
        answer = reset(world.url, *origin, host=host)
        assert (answer.status_code, count(world.url)) == (421, 59)
        assert host[:100] in detail(answer)
        assert f"--allowed-host {host.partition(':')[0][:100]}" in detail(answer)
        assert len(detail(answer)) < 1000


@pytest.mark.parametrize("host", ["[::1", "::1", "localhost:80:80", "user@localhost", "localhost/evil.test"])
def test_host_that_is_none_is_refused(world: MockServer, host: str) -> None:
    assert reset(world.url, host=host).status_code in (400, 421)
    assert count(world.url) == 59


def test_rebound_page_can_neither_read_nor_follow(world: MockServer) -> None:
    for path in ("state", "journal", "journal/events", "", "ui/", "dashboard/main.js"):
        assert request(world.url, "GET", f"/_mock/{path}", host="evil.test").status_code == 421
    assert request(world.url, "GET", RECORDS, host="evil.test").status_code == 200


def test_allowed_hosts_are_answered_by_name_below_a_name_and_all() -> None:
    with MockServer(allowed_hosts=["Mock.test", "*.team.test"]) as server:
        for host, status in (
            ("mock.test", 204),
            ("MOCK.test:8080", 204),
            ("a.mock.test", 421),
            ("xmock.test", 421),
            ("a.team.test", 204),
            ("a.b.team.test", 204),
            ("team.test", 421),
            ("evilteam.test", 421),
            ("localhost", 204),
        ):
            assert reset(server.url, host=host).status_code == status, host
    with MockServer(allowed_hosts=["*"]) as server:
        assert reset(server.url, host="anything.test").status_code == 204


def test_host_of_a_proxy_is_checked_with_every_host_that_was_named_before() -> None:
    with MockServer(trust_proxy=True, allowed_hosts=["mock.test"]) as server:
        for hosts, status in (
            (["127.0.0.1", "mock.test"], 204),
            (["127.0.0.1", "evil.test"], 421),
            (["127.0.0.1", "127.0.0.1, evil.test"], 421),
            (["evil.test", "127.0.0.1"], 421),
            (["mock.test", "evil.test"], 421),
        ):
            answer = reset(server.url, f"X-Forwarded-Host: {hosts[1]}", host=hosts[0])
            assert answer.status_code == status, hosts
        asked = ["X-Forwarded-Host: mock.test", "X-Forwarded-Proto: https"]
        assert reset(server.url, *asked, "Origin: https://mock.test").status_code == 204
        assert reset(server.url, *asked, "Origin: http://mock.test").status_code == 403
        asked[0] += ":443"
        assert reset(server.url, *asked, "Origin: https://mock.test").status_code == 204


def test_mounted_application_answers_to_the_name_that_its_client_and_server_share() -> None:
    app = Starlette(routes=[Mount("/api", create_app())])
    client = TestClient(app, base_url="http://anything.test")
    assert client.post("/api/_mock/reset").status_code == 204
    assert client.post("/api/_mock/reset", headers={"Origin": FOREIGN}).status_code == 403
    assert client.post("/api/_mock/reset", headers={"Host": "evil.test"}).status_code == 421
    assert TestClient(app).get("/api/org/a/_mock/state").status_code == 200


# Spellings of a path

SPELLINGS = [
    "/_mock/reset",
    "/%5fmock/reset",
    "/%5Fmock/reset",
    "//_mock/reset",
    "/./_mock/reset",
    "/x/../_mock/reset",
    "/_mock//reset",
    "/_mock/./reset",
    "/_mock%2freset",
    "/_mock/%72eset",
    "/_mock/reset/",
    "/_mock/reset?x=/",
    "/_MOCK/reset",
    "/org/default/_mock/reset",
    "/org/default//_mock/reset",
    "/org/default/%5fmock/reset",
    "/%6frg/default/_mock/reset",
    "/org//default/_mock/reset",
    "/org/./default/_mock/reset",
    "/org/x/../default/_mock/reset",
    "/org/..%2f_mock/reset",
    "/org/default%2f_mock/reset",
    "/org/default/org/default/_mock/reset",
    "/training/record/../../_mock/reset",
    "/ui/../_mock/reset",
    "/_mock/dashboard/../reset",
    "/_mock/sign-in/../reset",
    "http://evil.test/_mock/reset",
    "/_mock/reset;x",
    "/\\_mock/reset",
    "/_mock\\reset",
]


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_spelling_of_a_path_leads_round_the_check(world: MockServer, path: str) -> None:
    for headers, host in (([f"Origin: {FOREIGN}"], "127.0.0.1"), ([], "evil.test")):
        answer = request(world.url, "POST", path, [*FORM, *headers], host=host)
        assert (answer.status_code in (400, 403, 404, 405, 421), count(world.url)) == (True, 59)


@pytest.mark.parametrize(
    "path", [path.replace("reset", page) for path in SPELLINGS for page in ("journal/events", "ui/", "state", "")]
)
def test_no_spelling_of_a_path_shows_a_stranger_anything(server: MockServer, path: str) -> None:
    place = urlsplit(server.url)
    with socket.create_connection((str(place.hostname), place.port or 80), timeout=20) as connection:
        connection.sendall(head("GET", path, host="evil.test"))
        # Not to the end: an event stream has none.
        line = connection.makefile("rb").readline()
    assert line.split()[1] in (b"400", b"404", b"421")


@pytest.mark.parametrize("root", ["/api", "/api/", "/a b"])
def test_no_spelling_of_a_mount_leads_round_the_check(root: str) -> None:
    client = TestClient(Starlette(routes=[Mount(root, create_app())]))
    for path in (f"{root.rstrip('/')}/_mock/state", "/%61pi/_mock/state", "/%61pi/_mock/ui/", "/%61pi/%5fmock/state"):
        assert client.get(path, headers={"Host": "evil.test"}).status_code in (404, 421)


ROUND: dict[str, tuple[str, str, list[str]]] = {
    "the good host first": ("POST", "/_mock/reset", ["Host: localhost", "Host: evil.test"]),
    "the good host last": ("POST", "/_mock/reset", ["Host: evil.test", "Host: localhost"]),
    "a host in the target": ("POST", "http://evil.test/_mock/reset", ["Host: localhost"]),
    "a forwarded host": ("POST", "/_mock/reset", ["Host: evil.test", "X-Forwarded-Host: localhost"]),
    "a web socket": ("GET", "/_mock/reset", ["Host: evil.test", "Connection: Upgrade", "Upgrade: websocket"]),
    "what looks like a preflight": (
        "POST",
        "/_mock/reset",
        ["Host: localhost", f"Origin: {FOREIGN}", "Access-Control-Request-Method: POST"],
    ),
    "a preflight that means a POST": (
        "OPTIONS",
        "/_mock/reset",
        [
            "Host: localhost",
            f"Origin: {FOREIGN}",
            "Access-Control-Request-Method: POST",
            "X-HTTP-Method-Override: POST",
        ],
    ),
    "an origin over two lines": (
        "POST",
        "/_mock/reset",
        ["Host: localhost", "Origin: http://localhost\r\n .evil"],
    ),
    "a header in odd letters": ("POST", "/_mock/reset", ["hOsT: localhost", f"oRIGIN: {FOREIGN}"]),
    "the origin of no host": ("POST", "/_mock/reset", ["Host:", "Origin: http://"]),
    "an organisation of dots": ("POST", "/org/../_mock/reset", ["Host: evil.test"]),
    "a fragment": ("POST", "/_mock/reset#x", ["Host: evil.test"]),
}


@pytest.mark.parametrize("way", ROUND)
def test_there_is_no_way_round(world: MockServer, way: str) -> None:
    method, target, headers = ROUND[way]
    lines = [f"{method} {target} HTTP/1.1", *headers, "Content-Length: 0", "", ""]
    answer = send(world.url, "\r\n".join(lines).encode(), method=method)
    assert (answer.status_code in (400, 403, 404, 421), count(world.url)) == (True, 59)


def test_client_of_http_1_0_names_no_host_and_is_no_page(world: MockServer) -> None:
    assert send(world.url, b"GET /org/old/_mock/clock HTTP/1.0\r\n\r\n").status_code == 200
    told = send(world.url, b"GET /org/old/_mock/clock HTTP/1.0\r\nOrigin: https://app.test\r\n\r\n")
    assert told.status_code == 403


# The token


@pytest.fixture(scope="module")
def guarded() -> Iterator[MockServer]:
    with MockServer(control_token=TOKEN) as server:
        yield server


def signed_in(url: str, token: str = TOKEN, **headers: str) -> requests.Response:
    return requests.post(f"{url}/_mock/sign-in", data={"token": token}, headers=headers, allow_redirects=False)


WRONG: list[dict[str, str]] = [
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer "},
    {"Authorization": f"Bearer {TOKEN}x"},
    {"Authorization": f"Bearer {TOKEN[:-1]}"},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": TOKEN},
    {"Authorization": "Bearer \xff\xfe"},
    {"Cookie": f"token={TOKEN}"},
    {"Cookie": "training-mock="},
    {"X-Authorization": f"Bearer {TOKEN}"},
    {"Origin": "http://localhost"},
    {"Origin": "http://localhost", "Access-Control-Request-Method": "POST"},
]


@pytest.mark.parametrize("headers", WRONG)
@pytest.mark.parametrize("root", ["", "/org/other"])
def test_without_the_token_nothing_is_told_and_nothing_done(
    guarded: MockServer, root: str, headers: dict[str, str]
) -> None:
    fields = [f"{name}: {value}" for name, value in headers.items()]
    requests.delete(f"{guarded.url}{root}{RECORDS}rec-0001/")
    for method, path in (
        ("POST", "reset"),
        ("GET", "state"),
        ("GET", "journal/events"),
        ("GET", ""),
        ("GET", "x?token=" + TOKEN),
    ):
        answer = request(guarded.url, method, f"{root}/_mock/{path}", [*fields, "Content-Length: 0"])
        assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
        assert f"{root}/_mock/sign-in" in detail(answer)
        assert TOKEN not in str(answer.headers) + answer.body.decode()
    assert count(guarded.url, root) == 59


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_bearer_of_the_token_may_do_all(guarded: MockServer, scheme: str) -> None:
    changed(guarded.url + "/org/bearer")
    shown = {"Authorization": f"{scheme} {TOKEN}"}
    assert requests.post(f"{guarded.url}/org/bearer/_mock/reset", headers=shown).status_code == 204
    assert count(guarded.url, "/org/bearer") == 60


def test_api_and_front_page_and_files_ask_for_no_token(http: requests.Session, guarded: MockServer) -> None:
    for path in (RECORDS, "/", "/ui/", "/openapi.json", "/_mock/dashboard/style.css", "/_mock/sign-in"):
        assert http.get(guarded.url + path).status_code == 200


def test_client_sends_the_token(guarded: MockServer) -> None:
    organisation = OrganisationClient(f"{guarded.url}/org/client", token=TOKEN)
    organisation.freeze("2026-02-01T08:00:00Z")
    assert organisation.state()["clock"] == {"now": "2026-02-01T08:00:00Z", "frozen": True}
    with pytest.raises(requests.HTTPError, match="asks for its token"):
        OrganisationClient(f"{guarded.url}/org/client").state()


@pytest.mark.parametrize("root", ["", "/org/other"])
def test_browser_is_shown_the_form_and_signs_in_once_for_all_organisations(guarded: MockServer, root: str) -> None:
    with requests.Session() as browser:
        browser.trust_env = False
        shown = browser.get(f"{guarded.url}{root}/_mock/", headers={"Accept": "text/html,*/*"})
        assert (shown.status_code, "<form" in shown.text) == (401, True)
        assert f'action="{root}/_mock/sign-in"' in shown.text
        page = browser.post(f"{guarded.url}{root}/_mock/sign-in", data={"token": f" {TOKEN} "})
        assert (page.status_code, page.url) == (200, f"{guarded.url}{root}/_mock/")
        assert browser.post(f"{guarded.url}/org/more/_mock/reset").status_code == 204
        assert browser.get(f"{guarded.url}/_mock/journal/events", stream=True).status_code == 200
        # The cookie is not enough for a foreign page.
        assert browser.post(f"{guarded.url}/_mock/reset", headers={"Origin": FOREIGN}).status_code == 403
        assert browser.post(f"{guarded.url}/_mock/reset", headers={"Host": "evil.test"}).status_code == 421


def test_cookie_is_for_this_site_alone_and_is_not_the_token(guarded: MockServer) -> None:
    cookie = signed_in(guarded.url).headers["Set-Cookie"]
    assert [part.strip() for part in cookie.split(";")[1:]] == ["Path=/", "HttpOnly", "SameSite=Strict"]
    assert TOKEN not in cookie
    with MockServer(control_token=TOKEN + "2") as other:
        theirs = signed_in(other.url, TOKEN + "2").headers["Set-Cookie"]
        # A browser sends cookies to every port of a host: one must not take the place of the other.
        assert theirs.partition("=")[0] != cookie.partition("=")[0]
        foreign = {"Cookie": f"{theirs.partition('=')[0]}={cookie.partition('=')[2].partition(';')[0]}"}
        assert requests.get(f"{other.url}/_mock/state", headers=foreign).status_code == 401


def test_cookie_is_kept_to_https_where_it_came_by_it() -> None:
    with MockServer(control_token=TOKEN, trust_proxy=True) as server:
        assert "Secure" in signed_in(server.url, **{"X-Forwarded-Proto": "https"}).headers["Set-Cookie"]


@pytest.mark.parametrize(
    "body",
    [b"token=wrong", b"", b"token=", b"TOKEN=" + TOKEN.encode(), b"\xff\xfe", b"token=%ff"],
)
def test_wrong_token_is_told_in_the_form(guarded: MockServer, body: bytes) -> None:
    answer = requests.post(f"{guarded.url}/_mock/sign-in", data=body)
    assert (answer.status_code, "That is not the token." in answer.text) == (401, True)
    assert "Set-Cookie" not in answer.headers


def test_sign_in_of_a_foreign_page_or_of_endless_length_is_refused(guarded: MockServer) -> None:
    assert signed_in(guarded.url, Origin=FOREIGN).status_code == 403
    assert requests.post(f"{guarded.url}/_mock/sign-in", data=b"token=" + b"x" * 100_000).status_code == 413
    assert requests.put(f"{guarded.url}/_mock/sign-in").status_code == 405


def test_server_without_a_token_has_no_sign_in(http: requests.Session, server: MockServer) -> None:
    assert http.get(f"{server.url}/_mock/sign-in").status_code == 404


def test_token_is_told_nowhere(http: requests.Session, guarded: MockServer, capfd: pytest.CaptureFixture[str]) -> None:
    root = f"{guarded.url}/org/told"
    cookie = signed_in(guarded.url).headers["Set-Cookie"].partition(";")[0]
    shown = {"Authorization": f"Bearer {TOKEN}", "Cookie": cookie}
    http.get(root + RECORDS, headers=shown)
    http.get(f"{root}/nowhere", headers=shown)
    for path in ("journal", "journal.har", "state", "nothing", "openapi.json"):
        text = http.get(f"{root}/_mock/{path}", headers=shown).text
        assert (TOKEN in text, cookie.partition("=")[2] in text) == (False, False)
    assert TOKEN not in str(capfd.readouterr())


@pytest.mark.parametrize("token", ["", " ", "a b", "a\n", "\xe9"])
def test_token_that_can_not_be_sent_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="visible ASCII"):
        create_app(control_token=token)


# Preflights in the journal


def test_preflight_of_the_api_is_entered_in_the_journal_of_its_organisation(
    http: requests.Session, organisation: str
) -> None:
    asked = {"Origin": FOREIGN, "Access-Control-Request-Method": "PUT"}
    http.options(f"{organisation}{RECORDS}rec-0001/", headers=asked)
    http.options(f"{organisation}/nowhere", headers=asked)
    http.options(f"{organisation}/_mock/reset", headers=asked | {"Origin": "http://localhost:5173"})
    found: list[dict[str, Any]] = http.get(f"{organisation}/_mock/journal").json()["exchanges"]
    assert [(e["method"], e["operation"], e["status"]) for e in found] == [("OPTIONS", None, 200)] * 2
    assert ["access-control-allow-origin", FOREIGN] in found[0]["response"]["headers"]


def test_preflight_that_fails_is_entered_with_its_reason(http: requests.Session) -> None:
    with MockServer(cors_origins=[FOREIGN]) as server:
        asked = {"Origin": "https://other.test", "Access-Control-Request-Method": "PUT"}
        http.options(server.url + RECORDS, headers=asked)
        (found,) = http.get(f"{server.url}/_mock/journal").json()["exchanges"]
    assert (found["status"], "https://other.test" in found["response"]["body"]) == (400, True)


@pytest.mark.parametrize("given", ["http://APP.test:80", "HTTP://app.test", "http://app.test"])
def test_origin_is_given_in_any_spelling_and_named_in_that_of_browsers(http: requests.Session, given: str) -> None:
    with MockServer(cors_origins=[given]) as server:
        for path in ("/training/record/", "/_mock/state"):
            answer = http.get(server.url + path, headers={"Origin": "http://app.test"})
            assert answer.headers["access-control-allow-origin"] == "http://app.test"


@pytest.mark.parametrize("given", ["https://app.test/", "https://*.app.test", "app.test", "https://me@app.test", ""])
def test_origin_that_no_browser_names_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="origin as browsers name it"):
        MockServer(cors_origins=[given])


@pytest.mark.parametrize("option", ["cors_origins", "allowed_hosts"])
def test_text_in_place_of_a_list_opens_nothing(option: str) -> None:
    with pytest.raises(TypeError, match=option):
        MockServer(**{option: "https://*.app.test"})  # type: ignore[arg-type]
