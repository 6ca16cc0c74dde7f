"""--state: all organisations in a file, from one run of the server to the next."""

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests

from mock_server.command import main
from mock_server.organisation.clock import Clock
from mock_server.organisation.organisation import MAX_RECORDS
from mock_server.organisation.record import Person
from mock_server.sandbox.fixture import fixture_names, load_scenario
from mock_server.sandbox.sandbox import Sandbox
from mock_server.sandbox.sandboxes import Sandboxes
from mock_server.sandbox.state import dump
from mock_server.sandbox.state_file import StateFileInvalid, restore, save
from mock_server.workbench.coverage import Coverage
from mock_server.workbench.journal import Journals

from .broken import changed, without
from .process import serving
from .world import ASSIGNED, NOON, body, put

AT = datetime(2026, 2, 1, 12, tzinfo=UTC)
EMPTY: dict[str, Any] = {"people": [], "packages": [], "records": []}

GOOD: dict[str, Any] = {
    "saved_at": NOON,
    "organisations": {
        "default": {
            "people": [{"api_id": "usr-1", "name": "One"}],
            "packages": [{"api_id": "pkg-1", "name": "One", "description": "The first"}],
            "records": [
                {"api_id": "rec-1", "person_api_id": "usr-1", "package_api_id": "pkg-1", "date_assigned": NOON},
            ],
            "clock": {"now": NOON, "frozen": True},
        },
        "a": EMPTY,
    },
}


def sandboxes(scenario: str = "default", now: datetime = AT, limit: int = 1000) -> Sandboxes:
    """Return sandboxes, for whose clocks it is always this time."""
    start = load_scenario(scenario)
    return Sandboxes(
        lambda name: Sandbox(name, start, Clock(lambda: now), 0, Coverage(), Journals().open(), MAX_RECORDS), limit
    )


def whole(sandbox: Sandbox) -> Any:
    """Return the state of a sandbox as JSON."""
    return json.loads(orjson.dumps(dump(sandbox.organisation), default=list))


def restored(tmp_path: Path, document: Any, now: datetime = AT, limit: int = 1000) -> Sandboxes:
    """Return sandboxes that were read from a file with this content, at this time."""
    file = tmp_path / "state.json"
    file.write_text(json.dumps(document), "utf-8")
    found = sandboxes(now=now, limit=limit)
    restore(file, found, now)
    return found


def test_every_organisation_comes_back_in_the_next_run(http: requests.Session, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    roots = ("", "/org/a", "/org/b")
    with serving("--state", str(file)) as mock:
        for number, root in enumerate(roots):
            put(http, f"{mock.url}{root}/_mock/clock", {"freeze": f"202{number}-01-01T00:00:00Z"})
            http.post(
                f"{mock.url}{root}/training/record/", json=ASSIGNED | {"api_id": f"mine-{number}"}
            ).raise_for_status()
            http.delete(f"{mock.url}{root}/training/record/rec-0001/").raise_for_status()
            put(http, f"{mock.url}{root}/_mock/people/usr{number}", {"name": "Zoë 🔥"})
        before = [body(http, f"{mock.url}{root}/_mock/state") for root in roots]
        assert not file.exists()
        assert mock.stop() == 0
    with serving("--state", str(file), "--scenario", "empty") as mock:
        assert before == [body(http, f"{mock.url}{root}/_mock/state") for root in roots]
        http.post(f"{mock.url}/_mock/reset")
        assert http.get(f"{mock.url}/training/record/").json()["count"] == 0, "a reset goes back to the scenario"
        assert http.get(f"{mock.url}/org/new/training/record/").json()["count"] == 0
        mock.send(signal.SIGUSR1)
        written = (json.loads(file.read_text("utf-8"))["organisations"]["default"] for _ in asked(http, mock.url))
        assert next((each["records"] for each in written if each["records"] == []), "60 records still") == []
        assert http.get(f"{mock.url}/training/record/").status_code == 200, "and it serves on"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def asked(http: requests.Session, url: str) -> Any:
    """Ask the server something, over and over."""
    return (http.get(f"{url}/_mock/clock").status_code for _ in range(1000))


def test_state_is_written_at_sigterm_too_and_never_in_halves(http: requests.Session, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with serving("--state", str(file), "--scenario", "large") as mock:
        http.delete(f"{mock.url}/training/record/rec-000001/").raise_for_status()
        sizes = set()
        for _ in range(20):
            mock.send(signal.SIGUSR1)
            for _ in range(5):
                if file.exists():
                    sizes.add(len(json.loads(file.read_text("utf-8"))["organisations"]["default"]["records"]))
        http.delete(f"{mock.url}/training/record/rec-000002/").raise_for_status()
        mock.send(signal.SIGTERM)
        mock.wait()
        assert sizes <= {9999}
    assert len(json.loads(file.read_text("utf-8"))["organisations"]["default"]["records"]) == 9998
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_save_that_fails_leaves_the_file_of_before_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.json"
    save(file, sandboxes(), AT)
    before = file.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        save(file, sandboxes("empty"), AT + timedelta(days=1))
    assert before == file.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize("scenario", fixture_names())
def test_what_was_saved_is_restored_exactly(tmp_path: Path, scenario: str) -> None:
    saved, again = sandboxes(scenario), sandboxes("empty")
    saved["a"].organisation.put_person(Person("usr/x", "Xaver"))
    save(tmp_path / "state.json", saved, AT)
    restore(tmp_path / "state.json", again, AT)
    assert [whole(sandbox) for sandbox in saved] == [whole(sandbox) for sandbox in again]


def test_frozen_clock_stands_where_it_stood(tmp_path: Path) -> None:
    found = restored(tmp_path, GOOD, AT + timedelta(days=30))
    assert (found.default.organisation.clock.now(), found.default.organisation.clock.frozen) == (AT, True)


@pytest.mark.parametrize("away", [timedelta(), timedelta(seconds=1), timedelta(days=400), -timedelta(days=1)])
def test_running_clock_has_run_on_in_the_meantime(tmp_path: Path, away: timedelta) -> None:
    running = changed(GOOD, "/organisations/default/clock", {"now": "1999-01-01T00:00:00Z", "frozen": False})
    found = restored(tmp_path, running, AT + away)
    assert found.default.organisation.clock.now() == datetime(1999, 1, 1, tzinfo=UTC) + away
    assert found.default.organisation.clock.frozen is False


def test_clock_that_is_not_in_the_file_tells_the_time_of_the_server(tmp_path: Path) -> None:
    found = restored(tmp_path, without(GOOD, "/organisations/default/clock"))
    assert found.default.organisation.clock.now() == AT


def test_organisations_that_are_not_in_the_file_are_born_from_the_scenario(tmp_path: Path) -> None:
    found = restored(tmp_path, GOOD)
    assert [len(found[name].organisation.records) for name in ("default", "a", "b")] == [1, 0, 60]


WRONG: dict[str, tuple[Any, list[str]]] = {
    "null": (None, []),
    "array": ([], []),
    "no organisations": (without(GOOD, "/organisations"), ["/organisations"]),
    "no time": (without(GOOD, "/saved_at"), ["/saved_at"]),
    "no such time": (changed(GOOD, "/saved_at", "2026-02-30T00:00:00Z"), ["/saved_at", "2026-02-30"]),
    "organisation that is none": (changed(GOOD, "/organisations/a", None), ["/organisations/a"]),
    "no records": (without(GOOD, "/organisations/a/records"), ["/organisations/a/records"]),
    "unknown property": (changed(GOOD, "/organisations/a", EMPTY | {"colour": 1}), ["/organisations/a/colour"]),
    "unknown person": (
        changed(GOOD, "/organisations/default/records/0/person_api_id", "usr-2"),
        ["/organisations/default/records/0/person_api_id", "usr-2"],
    ),
    "person twice": (
        changed(GOOD, "/organisations/default/people", GOOD["organisations"]["default"]["people"] * 2),
        ["/organisations/default/people/1/api_id", "already"],
    ),
    "bad date": (
        changed(GOOD, "/organisations/default/records/0/date_assigned", "soon"),
        ["/organisations/default/records/0/date_assigned", "soon"],
    ),
    "clock without a year": (
        changed(GOOD, "/organisations/default/clock/now", "0001-01-01T00:00:00+01:00"),
        ["/organisations/default/clock/now"],
    ),
    "more than may live": (
        changed(GOOD, "/organisations", {str(number): EMPTY for number in range(11)}),
        ["11 organisations", "10"],
    ),
    "nested deep in a record": (
        changed(GOOD, "/organisations/default/records/0/person_api_id", json.loads("[" * 400 + "]" * 400)),
        ["nested"],
    ),
}


@pytest.mark.parametrize(("document", "words"), WRONG.values(), ids=WRONG)
def test_broken_file_is_refused_with_its_name_and_every_place(tmp_path: Path, document: Any, words: list[str]) -> None:
    with pytest.raises(StateFileInvalid) as refused:
        restored(tmp_path, document, limit=10)
    reason = str(refused.value)
    assert reason.startswith(f"{tmp_path / 'state.json'}: ")
    assert "\n" not in reason
    assert [word for word in words if word not in reason] == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"{} {}", b"[" * 100_000], ids=lambda content: repr(content[:9])
)
def test_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(content)
    with pytest.raises(StateFileInvalid, match="not JSON") as refused:
        restore(file, sandboxes(), AT)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("clock", "saved_at"),
    [
        ("9999-12-31T23:59:59Z", NOON),
        ("0001-01-01T00:00:00Z", "2026-03-01T12:00:00Z"),
        (NOON, "0001-01-01T00:00:00Z"),
        (NOON, "9999-12-31T23:59:59Z"),
        (NOON, "0001-01-01T00:00:00+14:00"),
    ],
)
def test_clock_that_would_have_run_out_of_time_is_restored_or_refused_in_words(
    tmp_path: Path, clock: str, saved_at: str
) -> None:
    document = changed(GOOD, "/organisations/default/clock", {"now": clock, "frozen": False}) | {"saved_at": saved_at}
    reason = "saved_at"
    try:
        dump(restored(tmp_path, document, AT + timedelta(days=1)).default.organisation)
    except StateFileInvalid as refused:
        reason = str(refused)
    assert "clock" in reason or "saved_at" in reason


def test_command_refuses_in_one_clear_line_and_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(changed(GOOD, "/organisations/a/records", None)), "utf-8")
    before = file.read_bytes()
    assert main(["--port", "0", "--state", str(file)]) == 2
    printed, errors = capsys.readouterr()
    assert (printed, len(errors.splitlines())) == ("", 1)
    assert errors.startswith(f"training-mock: {file}: ")
    assert "/organisations/a/records" in errors
    assert before == file.read_bytes()


def test_command_refuses_what_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--state", str(tmp_path)]) == 2
    assert capsys.readouterr() == ("", f"training-mock: {tmp_path}: Is a directory\n")
