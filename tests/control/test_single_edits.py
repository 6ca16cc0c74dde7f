"""One person or one package at a time: records and search follow at once."""

from typing import Any
from urllib.parse import quote

import pytest
import requests
from mock.problems import pointers

from .world import ASSIGNED, put, world

ODD_IDS = [
    *("usr/with space & slash?", "%2F", "..", ".", "#", "?x=1", "a;b", "+", "\0"),
    *("🔥", "\u202e", "x" * 1000),
]


def record(http: requests.Session, records: str, api_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = http.get(f"{records}{api_id}/").json()
    return answer


def test_package_desc_of_its_records_follows(http: requests.Session, control: str, records: str) -> None:
    before = http.get(records).json()["results"]
    new = {"name": "Fire", "description": "Hot"}
    assert put(http, control + "packages/pkg-fire-safety", new).json() == {"api_id": "pkg-fire-safety", **new}
    after = http.get(records).json()["results"]
    assert after == [r | {"package_desc": "Hot"} if r["package_api_id"] == "pkg-fire-safety" else r for r in before]
    assert after != before
    assert record(http, records, "rec-0001") == after[0]


def test_record_is_found_by_the_new_words_of_its_package_and_not_by_the_old(
    http: requests.Session, control: str, records: str
) -> None:
    assert http.get(f"{records}?search=Fire Safety").json()["count"] > 0
    put(http, control + "packages/pkg-fire-safety", {"name": "Zebra", "description": "Okapi"})
    found = [http.get(f"{records}?search={term}").json()["count"] for term in ("zebra", "OKAPI", "Fire Safety")]
    assert found[0] == found[1] > 0
    assert found[2] == 0


def test_person_is_found_by_the_new_name_and_not_by_the_old(http: requests.Session, control: str, records: str) -> None:
    theirs = http.get(f"{records}?search=Amara").json()["count"]
    assert theirs > 0
    answer = put(http, control + "people/usr-amara-okafor", {"name": "Zoé Quagga"})
    assert answer.json() == {"api_id": "usr-amara-okafor", "name": "Zoé Quagga"}
    assert [http.get(f"{records}?search={term}").json()["count"] for term in ("zoé qu", "amara")] == [theirs, 0]


@pytest.mark.parametrize("api_id", ODD_IDS, ids=lambda api_id: ascii(api_id)[:20])
def test_odd_api_id_is_percent_encoded_in_the_path(
    http: requests.Session, control: str, records: str, api_id: str
) -> None:
    at = quote(api_id, safe="").replace(".", "%2E")
    assert put(http, f"{control}people/{at}", {"name": "Olga Odd"}).json() == {"api_id": api_id, "name": "Olga Odd"}
    package = {"name": "Odd", "description": "Odder"}
    assert put(http, f"{control}packages/{at}", package).json() == {"api_id": api_id, **package}
    assert http.get(control + "people").json()["people"][-1]["api_id"] == api_id
    assert http.get(control + "packages").json()["packages"][-1]["api_id"] == api_id
    created = http.post(records, json={"person_api_id": api_id, "package_api_id": api_id})
    assert (created.status_code, created.json()["package_desc"]) == (201, "Odder")


def test_person_of_the_scenario_with_an_odd_api_id_is_renamed_and_not_doubled(
    http: requests.Session, control: str
) -> None:
    put(http, control + "scenario", {"name": "edge-cases"})
    before = http.get(control + "people").json()["people"]
    put(http, f"{control}people/{quote('usr/with space & slash?', safe='')}", {"name": "Dora"})
    after = http.get(control + "people").json()["people"]
    renamed = [p | {"name": "Dora"} if p["api_id"] == "usr/with space & slash?" else p for p in before]
    assert renamed == after != before


def test_new_person_and_package_may_have_records(http: requests.Session, control: str, records: str) -> None:
    wanted = {"person_api_id": "usr-new", "package_api_id": "pkg-new"}
    assert http.post(records, json=wanted).status_code == 409
    put(http, control + "people/usr-new", {"name": "Nia New"})
    put(http, control + "packages/pkg-new", {"name": "New", "description": ""})
    assert http.post(records, json=wanted).status_code == 201


def test_edit_keeps_the_order_of_people_and_packages(http: requests.Session, control: str) -> None:
    for kind, edit in (("people", {"name": "N"}), ("packages", {"name": "N", "description": "D"})):
        before = [item["api_id"] for item in http.get(control + kind).json()[kind]]
        put(http, f"{control}{kind}/{before[2]}", edit)
        put(http, f"{control}{kind}/new", edit)
        assert [*before, "new"] == [item["api_id"] for item in http.get(control + kind).json()[kind]]


def test_edit_touches_no_other_organisation(http: requests.Session, lived_in: str) -> None:
    before = world(http, lived_in)
    other = lived_in.replace("/_mock", "-other/_mock")
    put(http, other + "packages/pkg-fire-safety", {"name": "N", "description": "D"})
    put(http, other + "people/usr-amara-okafor", {"name": "N"})
    assert before == world(http, lived_in)


@pytest.mark.parametrize("path", ["people/usr-1", "packages/pkg-1"])
def test_api_id_in_the_body_is_refused(http: requests.Session, lived_in: str, path: str) -> None:
    before = world(http, lived_in)
    body = {"api_id": "other", "name": "N"} | ({"description": "D"} if path.startswith("packages") else {})
    assert pointers(http.put(lived_in + path, json=body)) == ["body/api_id"]
    assert before == world(http, lived_in)


@pytest.mark.parametrize("segment", ["%FF", "a%C0%AEb", "%ED%A0%80"])
def test_api_id_that_is_not_utf_8_is_refused(http: requests.Session, lived_in: str, segment: str) -> None:
    before = world(http, lived_in)
    edits = {"people": {"name": "N"}, "packages": {"name": "N", "description": "D"}}
    answers = [http.put(f"{lived_in}{kind}/{segment}", json=edit) for kind, edit in edits.items()]
    assert [pointers(answer) for answer in answers] == [["path/api_id"]] * 2
    assert before == world(http, lived_in)


def test_edit_lets_the_records_of_a_client_be_created_as_before(
    http: requests.Session, control: str, records: str
) -> None:
    put(http, control + "people/usr-ben-carlisle", {"name": "Benjamin"})
    put(http, control + "packages/pkg-first-aid", {"name": "Aid", "description": "Quick"})
    assert http.post(records, json=ASSIGNED).json()["package_desc"] == "Quick"
