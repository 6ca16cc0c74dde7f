"""YAML: as JSON would hold it, and never dearer than its length."""

import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import yaml

from api_spec.file import SPEC, SpecError, read_yaml
from api_spec.yaml_text import MAX_DEPTH, lines, parse

LEVELS = 9


def doubling(join: str) -> str:
    """Return a document of a few hundred bytes in which each line is ten times the one before."""
    rows = ["a0: &a0 [x, x]" if join == "list" else "a0: &a0 {x: 1, y: 2}"]
    for level in range(1, LEVELS):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        rows.append(f"a{level}: &a{level} " + (f"[{aliases}]" if join == "list" else f"{{<<: [{aliases}]}}"))
    return "\n".join(rows)


BOMBS = {
    "aliases": doubling("list"),
    "merge keys": doubling("merge"),
    "one long text in many places": f"a: &a {'x' * 10_000}\nb: [{', '.join(['*a'] * 10_000)}]",
    "many anchors": "\n".join(f"a{n}: &a{n} [{', '.join(f'*a{m}' for m in range(n))}]" for n in range(60)),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_aliases_that_make_it_far_larger_than_it_is_are_refused_before_anything_is_made(text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(yaml.MarkedYAMLError, match="twenty times"):
            parse(text)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_bomb_is_refused_wherever_yaml_is_read(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(BOMBS["aliases"], "utf-8")
    with pytest.raises(SpecError, match="twenty times"):
        read_yaml(file)


def test_work_for_keys_grows_with_their_number_and_no_faster() -> None:
    work = [events_looked_at(count) for count in (500, 1_000, 5_000)]
    assert work[1] < 2.2 * work[0]
    assert work[2] < 12 * work[0]


def events_looked_at(count: int) -> int:
    """Return how many lines of ours run while a mapping with so many keys is read."""
    ran = 0

    def trace(frame: Any, _event: str, _argument: Any) -> Any:
        nonlocal ran
        if frame.f_code.co_filename.endswith("yaml_text.py"):
            ran += 1
            return trace
        return None

    text = "\n".join(f"key{n}: {n}" for n in range(count))
    sys.settrace(trace)
    try:
        assert len(parse(text)) == count
    finally:
        sys.settrace(None)
    return ran


@pytest.mark.parametrize("text", ["a: &a [*a]", "&a {b: *a}", "a: &a {<<: *a}", "a: &a {b: {<<: [*a]}}"])
def test_alias_within_its_own_anchor_is_refused(text: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError, match="very anchor"):
        parse(text)


def nested(depth: int) -> str:
    """Return aliases through which collections nest this deep, with no more than two levels written anywhere."""
    rows = ["a0: &a0 []", *(f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, depth))]
    return "\n".join(rows)


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, nested(MAX_DEPTH + 1), "- " * 10_000])
def test_deep_nesting_is_refused_however_it_comes_about(text: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError, match="deeply"):
        parse(text)


def test_nesting_within_the_bound_is_read() -> None:
    parse(nested(MAX_DEPTH - 1))


@pytest.mark.parametrize("number", ["1" * 5000, ":".join(["1"] * 100_000), "0x" + "f" * 100_000, "1" * 5000 + ".0"])
def test_number_that_takes_its_time_to_be_read_is_refused(number: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError, match="not a number") as refused:
        parse(f"a: {number}")
    assert len(str(refused.value)) < 500


def test_aliases_and_merge_keys_of_a_good_document_are_read() -> None:
    text = "base: &base {a: 1, b: [2]}\none: {<<: *base, b: 3}\nagain: {deep: {<<: *base}}\nlist: [*base, *base]"
    base = {"a": 1, "b": [2]}
    assert parse(text) == {"base": base, "one": {"a": 1, "b": 3}, "again": {"deep": base}, "list": [base, base]}


def test_merged_mapping_may_replace_a_key_and_be_merged_in_turn() -> None:
    text = "z: &z {k: 1}\nx: {a: &a {<<: *z, k: 2}}\nb: {<<: *a}"
    assert parse(text) == {"z": {"k": 1}, "x": {"a": {"k": 2}}, "b": {"k": 2}}


TAGGED_WRONGLY = [
    "!!int x",
    "!!int ''",
    "!!int _",
    "!!float ''",
    '!!float "_"',
    "!!bool maybe",
    "!!bool ''",
    "[!!int -]",
]


def test_data_is_what_json_can_hold() -> None:
    assert parse("{1: a, null: b, 2026-01-01: 2026-01-02, =: =}") == {
        "1": "a",
        "null": "b",
        "2026-01-01": "2026-01-02",
        "=": "=",
    }
    for odd in ("!!set {a}", "!!binary aGk=", "!!timestamp 2026-01-01", "!!map [a]", "{[a]: b}", *TAGGED_WRONGLY):
        with pytest.raises(yaml.MarkedYAMLError):
            parse(odd)


@pytest.mark.parametrize("text", ["{a: 1, a: 2}", "a: 1\nb: 2\na: 3", "[{a: 1, a: 1}]", "{&k a: 1, *k : 2}"])
def test_key_given_twice_is_refused(text: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError, match="'a' is given twice"):
        parse(text)


def test_the_spec_reads_as_any_reader_has_it() -> None:
    text = SPEC.read_bytes()
    assert read_yaml(SPEC) == yaml.safe_load(text)


def test_lines_of_many_places_are_found_in_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    composed = []
    compose = yaml.compose
    monkeypatch.setattr(yaml, "compose", lambda *arguments: composed.append(1) or compose(*arguments))
    assert lines("a:\n  - 1\n  - 2\nb: 3\n", ["/a/1", "/b", "/c", ""]) == [3, 4, 1, 1]
    assert composed == [1]
