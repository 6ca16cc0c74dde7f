"""Reset: an organisation is again as it was born, in every part, and no other one is touched."""

import requests

from mock_server import MockServer

from .world import ASSIGNED, NOON, PARTS, body, put, world


def test_reset_brings_back_every_part(http: requests.Session, organisation: str) -> None:
    control, other = f"{organisation}/_mock/", f"{organisation}-untouched/_mock/"
    put(http, control + "clock", {"freeze": NOON})
    put(http, control + "people/usr-new", {"name": "Nia New"})
    put(http, control + "packages/pkg-fire-safety", {"name": "Fire", "description": "Hot"})
    put(http, control + "faults", {"faults": [{"status": 503, "operations": ["get_record"]}]})
    for _ in range(3):
        http.delete(f"{organisation}/training/record/rec-0001/")
    put(http, f"{organisation}/training/record/rec-0002/", ASSIGNED)
    assert http.post(control + "reset").status_code == 204
    born, again = world(http, other), world(http, control)
    for part in ("scenario", "faults", "journal", "coverage"):
        assert born[part] == again[part], part
    for name in ("people", "packages", "records"):
        assert http.get(other + "state").json()[name] == http.get(control + "state").json()[name]
    assert http.get(control + "clock").json()["frozen"] is False


def test_clock_tells_the_time_of_the_server_again(http: requests.Session, control: str, records: str) -> None:
    for change in ({"freeze": "1999-12-31T23:59:59Z"}, {"run": True}, {"advance": "-P9999D"}):
        put(http, control + "clock", change)
    http.post(control + "reset")
    before = http.get(control.replace("/_mock", "-other/_mock") + "clock").json()["now"]
    assigned = http.post(records, json=ASSIGNED).json()["date_assigned"]
    after = http.get(control.replace("/_mock", "-other/_mock") + "clock").json()["now"]
    assert before <= assigned <= after


def test_api_ids_come_in_the_same_row_again(http: requests.Session, control: str, records: str) -> None:
    rows = []
    for _ in range(2):
        rows.append([http.post(records, json=ASSIGNED).json()["api_id"] for _ in range(3)])
        http.post(control + "reset")
    assert rows[0] == rows[1]


def test_a_second_reset_changes_nothing(http: requests.Session, lived_in: str) -> None:
    looks = []
    for _ in range(2):
        http.post(lived_in + "reset")
        put(http, lived_in + "clock", {"freeze": NOON})
        looks.append(world(http, lived_in))
    assert looks[0] == looks[1]


def test_reset_goes_back_to_the_scenario_that_was_put(http: requests.Session, control: str, records: str) -> None:
    put(http, control + "scenario", {"name": "edge-cases"})
    before = body(http, records)
    http.delete(f"{records}{http.get(records).json()['results'][0]['api_id']}/")
    assert before != body(http, records)
    http.post(control + "reset")
    assert before == body(http, records)


def test_reset_touches_no_other_organisation(http: requests.Session, lived_in: str) -> None:
    other = lived_in.replace("/_mock", "-other/_mock")
    http.get(other + "clock")
    before = world(http, lived_in)
    http.post(other + "reset")
    assert before == world(http, lived_in)


def test_root_resets_the_organisation_default(http: requests.Session) -> None:
    with MockServer() as server:
        for organisation in ("/org/default", "/org/x"):
            http.delete(f"{server.url}{organisation}/training/record/rec-0001/")
        assert http.post(f"{server.url}/_mock/reset").status_code == 204
        assert http.get(f"{server.url}/org/default/training/record/rec-0001/").status_code == 200
        assert http.get(f"{server.url}/org/x/training/record/rec-0001/").status_code == 404


def test_changes_after_a_reset_do_not_reach_the_scenario(
    http: requests.Session, organisation: str, control: str
) -> None:
    for number in range(3):
        http.post(control + "reset")
        assert http.delete(f"{organisation}/training/record/rec-000{number + 1}/").status_code == 204
        put(http, f"{control}packages/pkg-fire-safety", {"name": str(number), "description": ""})
    http.post(control + "reset")
    assert http.get(control + "state").json()["packages"][0]["name"] == "Fire Safety"
    assert http.get(f"{organisation}/training/record/").json()["count"] == 60


def test_reset_takes_no_body_into_account(http: requests.Session, lived_in: str) -> None:
    assert http.post(lived_in + "reset", data=b"{", headers={"Content-Type": "text/plain"}).status_code == 204


def test_the_parts_looked_at_are_all_that_can_be_got(http: requests.Session, server: MockServer) -> None:
    paths = http.get(f"{server.url}/_mock/openapi.json").json()["paths"]
    readable = {path[1:] for path, item in paths.items() if "get" in item}
    # People, packages and clock are in the state, the journal is in journal.har; organisations are not one's own.
    assert readable - {"people", "packages", "clock", "journal.har", "organisations"} == {*PARTS}
