"""Scenarios: those that come with the server hold what they promise, and a broken one is refused with its reason."""

import re
from collections import Counter
from pathlib import Path

import pytest

from mock_server.command import main
from mock_server.organisation.scenario import Scenario
from mock_server.sandbox.fixture import FixtureInvalid, fixture_names, load_scenario
from mock_server.values.instant import normalise

GOOD = """\
people:
  - {api_id: usr-1, name: One}
packages:
  - {api_id: pkg-1, name: One, description: The first}
records:
  - api_id: rec-1
    person_api_id: usr-1
    package_api_id: pkg-1
    date_assigned: 2026-02-01T08:00:00Z
"""

# What is replaced in the good scenario, by what, the line that has to be named, and words of the reason.
BROKEN = {
    "unknown person": ("person_api_id: usr-1", "person_api_id: usr-2", 7, ["person_api_id", "usr-2", "no person"]),
    "unknown package": ("package_api_id: pkg-1", "package_api_id: pkg-2", 8, ["package_api_id", "pkg-2", "no package"]),
    "person twice": ("packages:", "  - {api_id: usr-1, name: Two}\npackages:", 3, ["usr-1", "already"]),
    "30 February": ("2026-02-01T08", "2026-02-30T08", 9, ["date_assigned", "2026-02-30"]),
    "date without an offset": ("08:00:00Z", "08:00:00", 9, ["date_assigned", "offset"]),
    "number for a date": ("2026-02-01T08:00:00Z", "7", 9, ["date_assigned", "must be a string"]),
    "bad second date": ("    package_api_id: pkg-1", "    package_api_id: pkg-1\n    date_started: soon", 9, ["soon"]),
    "unknown key of a record": ("    date_assigned", "    colour: red\n    date_assigned", 9, ["colour"]),
    "unknown key at the top": ("people:", "colour: red\npeople:", 1, ["colour"]),
    "record without a person": ("    person_api_id: usr-1\n", "", 6, ["person_api_id", "required"]),
    "number for a name": ("name: One}\npack", "name: 1}\npack", 2, ["name", "must be a string"]),
    "api_id that is none": ("rec-1", "rec/1", 6, ["api_id", "rec/1"]),
    "empty api_id of a person": ("{api_id: usr-1", '{api_id: ""', 2, ["api_id"]),
    "records that are no list": ("records:\n  - api_id", "records:\n    api_id", 5, ["records", "must be an array"]),
    "generate beside records": (
        "people:",
        "generate: {seed: 1, people: 1, packages: 1, records: 1}\npeople:",
        1,
        ["generate"],
    ),
    "key twice": ("    date_assigned", "    api_id: rec-2\n    date_assigned", 6, ["api_id", "twice"]),
    "list at the top": (GOOD, "- people", 1, ["must be an object"]),
    "bracket never closed": ("{api_id: usr-1, name: One}", "{api_id: usr-1, name: [One", 3, []),
    "tab for indentation": ("    person_api_id", "\tperson_api_id", 7, ["tab"]),
    "unknown alias": ("name: One}\npack", "name: *one}\npack", 2, ["undefined alias"]),
    "tag of another language": ("name: One}\npack", "name: !!python/name:os.system }\npack", 2, ["python"]),
    "two documents": ("packages:", "---\npackages:", 3, []),
    "nested deep": ("name: One}\npack", f"name: {'[' * 5000}{']' * 5000}}}\npack", 2, ["deep"]),
}

FRUITLESS: dict[str, tuple[bytes, list[str]]] = {
    "empty": (b"", ["must be an object"]),
    "comment alone": (b"# nothing\n", ["must be an object"]),
    "not UTF-8": (GOOD.replace("One", "\xc9va").encode("latin-1"), ["UTF-8"]),
    "NUL": (GOOD.replace("One", "O\x00e").encode(), ["control characters"]),
    "alias within its own anchor": (b"people: &a [*a]\n", ["alias"]),
    "too many records": (b"generate: {seed: 1, people: 1, packages: 1, records: 1000001}", ["records", "1000000"]),
}


# What a text may have in it that a user interface stumbles over.
ODD = {
    "right to left": "[\u0590-\u06ff]",
    "beyond the basic plane": "[\U00010000-\U0010ffff]",
    "combining": "[\u0300-\u036f]",
    "markup": "<script>",
    "long": "(?s)^.{1001}",
    "empty": "^$",
}


def refusal(file: Path) -> str:
    """Return why a fixture is refused."""
    with pytest.raises(FixtureInvalid) as refused:
        load_scenario(str(file))
    return str(refused.value)


def states(scenario: Scenario) -> Counter[tuple[bool, bool]]:
    """Count the records by whether they were started and completed."""
    return Counter((bool(record.date_started), bool(record.date_completed)) for record in scenario.records)


def sizes(scenario: Scenario) -> tuple[int, int, int]:
    return len(scenario.people), len(scenario.packages), len(scenario.records)


def test_these_scenarios_come_with_the_server() -> None:
    assert fixture_names() == ["default", "edge-cases", "empty", "large"]


@pytest.mark.parametrize("name", fixture_names())
def test_every_record_of_a_scenario_refers_to_its_people_and_packages(name: str) -> None:
    scenario = load_scenario(name)
    assert name == scenario.name
    for record in scenario.records:
        assert record.person_api_id in scenario.people
        assert record.package_api_id in scenario.packages
        dates = (record.date_assigned, record.date_started, record.date_completed)
        assert [date for date in dates if date is not None and date != normalise(date)] == []


def test_default_is_a_company_with_records_in_every_state() -> None:
    scenario = load_scenario("default")
    assert sizes(scenario) == (20, 8, 60)
    assert len(states(scenario)) == 4
    assert {r.package_api_id for r in scenario.records} == scenario.packages.keys()


def test_default_holds_its_records_in_the_order_of_their_assignment() -> None:
    assigned = [record.date_assigned for record in load_scenario("default").records]
    assert assigned == sorted(assigned)


def test_empty_has_someone_to_assign_to_and_no_record() -> None:
    people, packages, records = sizes(load_scenario("empty"))
    assert (people > 0, packages > 0, records) == (True, True, 0)


def test_edge_cases_hold_what_a_user_interface_stumbles_over() -> None:
    scenario = load_scenario("edge-cases")
    per_package = Counter(record.package_api_id for record in scenario.records)
    texts = [p.name for p in scenario.people.values()] + [p.description for p in scenario.packages.values()]
    dates = {date for r in scenario.records for date in (r.date_assigned, r.date_started, r.date_completed)}
    assert len(states(scenario)) == 4
    assert min(per_package[package] for package in scenario.packages) == 0
    assert max(per_package.values()) >= 20
    assert {name for name, pattern in ODD.items() if any(re.search(pattern, text) for text in texts)} == {*ODD}
    assert {None, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"} <= dates
    assert {1, 128} <= {len(record.api_id) for record in scenario.records}


def test_large_is_made_from_a_seed_the_same_each_time() -> None:
    first, second = load_scenario("large"), load_scenario("large")
    assert sizes(first) == (400, 40, 10_000)
    assert len(states(first)) >= 3
    assert (first.people, first.packages, [*first.records]) == (second.people, second.packages, [*second.records])


def test_another_seed_makes_another_scenario(tmp_path: Path) -> None:
    made = []
    for seed in (1, 2):
        file = tmp_path / f"{seed}.yaml"
        file.write_text(f"generate: {{seed: {seed}, people: 5, packages: 3, records: 50}}", "utf-8")
        made.append(load_scenario(str(file)))
    assert [sizes(scenario) for scenario in made] == [(5, 3, 50)] * 2
    assert [*made[0].records] != [*made[1].records]


def test_scenario_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD, "utf-8")
    scenario = load_scenario(str(file))
    assert (scenario.name, sizes(scenario)) == ("mine", (1, 1, 1))
    assert scenario.records["rec-1"].date_assigned == "2026-02-01T08:00:00Z"


@pytest.mark.parametrize(("old", "new", "line", "words"), BROKEN.values(), ids=BROKEN)
def test_broken_scenario_is_refused_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, words: list[str]
) -> None:
    file = tmp_path / "broken.yaml"
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), "utf-8")
    reason = refusal(file)
    assert reason.startswith(f"{file}:{line}: ")
    assert [word for word in words if word not in reason] == []


@pytest.mark.parametrize(("content", "words"), FRUITLESS.values(), ids=FRUITLESS)
def test_file_that_is_no_scenario_is_refused_with_a_reason(tmp_path: Path, content: bytes, words: list[str]) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(content)
    reason = refusal(file)
    assert reason.splitlines() == [reason]
    assert reason.startswith(f"{file}:")
    assert [word for word in words if word not in reason] == []


def test_all_errors_are_told_together_each_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(GOOD.replace("id: usr-1\n", "id: usr-2\n").replace("id: pkg-1\n", "id: pkg-2\n"), "utf-8")
    assert [line.split(": ")[0] for line in refusal(file).splitlines()] == [f"{file}:7", f"{file}:8"]


@pytest.mark.parametrize("name", ["no-such-scenario", "", ".", "../fixtures/default", "default.yaml"])
def test_scenario_that_is_nowhere_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(FixtureInvalid, match="default, edge-cases, empty, large"):
        load_scenario(name)


@pytest.mark.parametrize("kind", ["unknown person", "bracket never closed"])
def test_command_refuses_a_broken_scenario_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    old, new, line, _ = BROKEN[kind]
    file = tmp_path / "broken.yaml"
    file.write_text(GOOD.replace(old, new, 1), "utf-8")
    assert main(["--port", "0", "--scenario", str(file)]) == 2
    printed, errors = capsys.readouterr()
    assert printed == ""
    assert [told.split(": ")[:2] for told in errors.splitlines()] == [["training-mock", f"{file}:{line}"]]


def test_command_refuses_a_scenario_that_is_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--scenario", "no-such-scenario"]) == 2
    printed, errors = capsys.readouterr()
    assert (printed, len(errors.splitlines())) == ("", 1)
    assert "'no-such-scenario'" in errors
