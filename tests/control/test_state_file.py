"""--state: all organisations in a file, from one run of the server to the next."""

import json
import os
import signal
from contextlib import suppress
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
from mock_server.organisation.record_store import RecordStore
from mock_server.organisation.scenario import Scenario
from mock_server.sandbox.fixture import fixture_names, load_scenario
from mock_server.sandbox.sandbox import Sandbox
from mock_server.sandbox.sandboxes import Sandboxes
from mock_server.sandbox.state import dump
from mock_server.sandbox.state_file import StateFileInvalid, render, restore, save
from mock_server.workbench.coverage import Coverage
from mock_server.workbench.journal import Journals

from .broken import changed, without
from .killed import Killed, killed_after
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
        assert file.read_bytes() == b""
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
                if content := file.read_bytes():
                    sizes.add(len(json.loads(content)["organisations"]["default"]["records"]))
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
    "unknown member": (GOOD | {"colour": "red"}, ["/colour", "known"]),
    "later version": (GOOD | {"version": 2}, ["/version", "1", "2"]),
    "version that is none": (GOOD | {"version": "1"}, ["/version"]),
    "version that is no integer": (GOOD | {"version": 1.0}, ["/version", "integer", "1.0"]),
    "organisation called as a step up": (changed(GOOD, "/organisations", {"..": EMPTY}), ["/organisations", "'..'"]),
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
    "one more than may live with the default one": (
        changed(GOOD, "/organisations", {str(number): EMPTY for number in range(10)}),
        ["10 organisations beside the default one", "10"],
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
    "content",
    [
        *(b"{", b"\xff", b"{} {}", b"[" * 100_000, b"garbage"),
        *(b"\0garbage", b"\0\0{}garbage", b"garbage\0", b'garbage\0{\n  "version": 1,'),
        *(b'{\n  "version": 1,', b'{\n  "version": 1,\0', b'\0{"version": 1,'),
    ],
    ids=lambda content: repr(content[:30]),
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


def test_document_has_a_version_and_one_without_is_read(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    save(file, sandboxes(), AT)
    document = json.loads(file.read_bytes())
    assert document["version"] == 1
    del document["version"]
    assert len(restored(tmp_path, document).default.organisation.records) == 60


def test_names_that_differ_in_case_alone_are_two_organisations(tmp_path: Path) -> None:
    saved, again = sandboxes(), sandboxes()
    for name in ("team", "Team"):
        saved[name].organisation.put_person(Person("usr-x", name))
    save(tmp_path / "state.json", saved, AT)
    restore(tmp_path / "state.json", again, AT)
    assert [again[name].organisation.people["usr-x"].name for name in ("team", "Team")] == ["team", "Team"]


@pytest.mark.parametrize("names", ['"records": [], "records": []', '"colour": 1, "colo\\u0075r": 2'])
@pytest.mark.parametrize("place", ["top", "organisations", "organisation"])
def test_name_that_stands_twice_in_an_object_is_refused(tmp_path: Path, names: str, place: str) -> None:
    file = tmp_path / "state.json"
    objects = {"top": names, "organisations": '"organisations": {%s}' % names}  # noqa: UP031
    file.write_text("{%s}" % objects.get(place, '"organisations": {"a": {%s}}' % names), "utf-8")  # noqa: UP031
    with pytest.raises(StateFileInvalid, match=r"the name '(records|colour)' appears twice in one object"):
        restore(file, sandboxes(), AT)


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\t", b"\0\0\0", b"\n\0"], ids=repr)
def test_empty_file_is_a_beginning(http: requests.Session, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(content)
    with serving("--state", str(file)) as mock:
        http.delete(f"{mock.url}/training/record/rec-0001/").raise_for_status()
        assert mock.stop() == 0
    assert len(json.loads(file.read_bytes())["organisations"]["default"]["records"]) == 59


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_file_whose_replacement_in_place_was_cut_short_gives_the_last_whole_state(tmp_path: Path, cut: float) -> None:
    file = tmp_path / "state.json"
    before, after = render(sandboxes("empty"), AT), render(sandboxes("default"), AT)
    behind = before + b"\0" * (len(after) - len(before) + 1) + after
    steps = {
        "behind": (behind[: len(before) + int(cut * (len(behind) - len(before)))], 0),
        "in front": (after[: int(cut * len(after))] + behind[int(cut * len(after)) :], 60),
        "cut": (after, 60),
    }
    for step, (content, count) in steps.items():
        file.write_bytes(content)
        again = sandboxes("edge-cases")
        restore(file, again, AT)
        assert len(again.default.organisation.records) == count, step


@pytest.mark.parametrize(("old", "times", "step"), [(b"", 1, 1), (b"", 2, 31), (b"\n", 1, 31)])
def test_first_save_in_place_that_was_cut_short_anywhere_leaves_a_beginning_or_the_state(
    tmp_path: Path, old: bytes, times: int, step: int
) -> None:
    """So does one after it that is cut short as well."""
    file, start = tmp_path / "state.json", Scenario("none", {}, {}, RecordStore())
    saved, again = (
        Sandboxes(lambda name: Sandbox(name, start, Clock(lambda: AT), 0, Coverage(), Journals().open(), 1), 9)
        for _ in range(2)
    )
    saved["a"].organisation.put_person(Person("usr-a", "Ada"))
    seen: set[tuple[str, ...]] = set()
    for steps in range(0, 4 * len(render(saved, AT)), step):
        file.write_bytes(old)
        (tmp_path / "other").unlink(missing_ok=True)
        (tmp_path / "other").hardlink_to(file)
        for _ in range(times):
            with suppress(Killed), killed_after(steps):
                save(file, saved, AT)
        again["a"].organisation.load(start)
        restore(file, again, AT)
        seen.add((*again["a"].organisation.people,))
    assert seen == {(), ("usr-a",)}


ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


@pytest.mark.parametrize("number", ENDS)
def test_state_is_saved_whichever_signal_ends_the_server(
    http: requests.Session, tmp_path: Path, number: signal.Signals
) -> None:
    file = tmp_path / "state.json"
    with serving("--state", str(file)) as mock:
        http.delete(f"{mock.url}/training/record/rec-0001/").raise_for_status()
        mock.send(number)
        assert mock.wait() == 0
        assert mock.rest() == []
    assert len(json.loads(file.read_bytes())["organisations"]["default"]["records"]) == 59


@pytest.mark.parametrize("number", ENDS)
def test_state_that_could_not_be_saved_ends_the_server_with_1(
    http: requests.Session, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with serving("--state", str(folder / "state.json")) as mock:
        http.delete(f"{mock.url}/training/record/rec-0001/").raise_for_status()
        folder.rename(tmp_path / "elsewhere")
        mock.send(number)
        assert mock.wait() == 1
        (line,) = mock.rest()
    assert line.startswith(f"training-mock: cannot write {folder / 'state.json'}: ")


def test_server_under_nohup_lives_on_after_sighup(http: requests.Session) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with serving() as mock:
            mock.send(signal.SIGHUP)
            assert http.get(f"{mock.url}/training/record/").json()["count"] == 60
            assert mock.stop() == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("options", [[], ["--state"]], ids=["without a file", "with a file"])
def test_server_lives_on_after_any_number_of_sigusr1(
    http: requests.Session, tmp_path: Path, options: list[str]
) -> None:
    with serving(*options, *(str(tmp_path / "state.json") for _ in options)) as mock:
        for _ in range(50):
            mock.send(signal.SIGUSR1)
        assert http.get(f"{mock.url}/training/record/").json()["count"] == 60
        mock.send(signal.SIGUSR1)
        assert mock.stop() == 0
        assert mock.rest() == []


def test_large_state_is_saved_whole_however_long_that_takes(tmp_path: Path) -> None:
    file, scenario = tmp_path / "state.json", tmp_path / "huge.yaml"
    scenario.write_text("generate: {seed: 1, people: 100, packages: 10, records: 100000}", "utf-8")
    with serving("--state", str(file), "--scenario", str(scenario)) as mock:
        mock.send(signal.SIGTERM)
        mock.send(signal.SIGTERM)
        assert mock.wait() == 0
    assert len(json.loads(file.read_bytes())["organisations"]["default"]["records"]) == 100_000
    assert [path.name for path in tmp_path.iterdir() if path != scenario] == ["state.json"]


def test_kill_in_the_middle_of_a_save_leaves_a_good_file(http: requests.Session, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    save(file, sandboxes("large"), AT)
    left = 10_000
    for number in range(1, 5):
        before = file.stat().st_ino
        with serving("--state", str(file)) as mock:
            http.delete(f"{mock.url}/training/record/rec-{number:06}/")
            mock.send(signal.SIGUSR1)
            while not size_beside(file) and file.stat().st_ino == before:
                pass
            mock.kill()
        found = len(json.loads(file.read_bytes())["organisations"]["default"]["records"])
        assert found in (left, left - 1)
        left = found


def size_beside(file: Path) -> int:
    """Return the size of what is being written to take the file's place."""
    with suppress(FileNotFoundError):
        return sum(path.stat().st_size for path in file.parent.glob(f".{file.name}.*.new"))
    return 0


def test_two_servers_do_not_share_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "state.json"
    with serving("--state", str(file)) as mock:
        assert main(["--port", "0", "--state", str(file)]) == 2
        assert capsys.readouterr() == ("", f"training-mock: {file}: another server is using it\n")
        mock.kill()
    with serving("--state", str(file)) as mock:
        assert mock.stop() == 0


def test_server_that_does_not_start_leaves_no_file_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--host", "203.0.113.1", "--state", str(tmp_path / "state.json")]) == 2
    assert "203.0.113.1" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_command_refuses_what_is_no_regular_file_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (Path(os.devnull), tmp_path / "fifo"):
        assert main(["--port", "0", "--state", str(path)]) == 2
        assert capsys.readouterr() == ("", f"training-mock: {path}: it is not a regular file\n")
