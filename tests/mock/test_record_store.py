"""The store against the simplest thing that could be one: a list."""

import sys
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.organisation.record import Record
from mock_server.organisation.record_store import RecordStore


class Step(NamedTuple):
    """Something to do to a store: which of them, and to which of its records."""

    kind: str
    store: int
    place: int


KINDS = st.sampled_from(["add", "add", "change", "rename", "remove", "remove", "fork"])
STEPS = st.lists(st.builds(Step, KINDS, st.integers(0, 99), st.integers(0, 99)), max_size=40)


def record(api_id: str, person: str = "usr-1") -> Record:
    return Record(api_id, person, "pkg-1", "2026-02-01T08:00:00Z")


def many(count: int) -> list[Record]:
    return [record(f"rec-{number}") for number in range(count)]


def take(step: Step, serial: int, worlds: list[tuple[RecordStore, list[Record]]]) -> None:
    """Do a step to one of the stores and, in the plain way, to the list beside it."""
    store, model = worlds[step.store % len(worlds)]
    place = step.place % len(model) if model else 0
    if step.kind == "fork":
        worlds.append((store.fork(), model.copy()))
    elif step.kind == "add":
        store.add(record(f"new-{serial}"))
        model.append(record(f"new-{serial}"))
    elif not model:
        return
    elif step.kind == "remove":
        store.remove(model.pop(place).api_id)
    else:
        old = model[place].api_id
        changed = record(f"renamed-{serial}" if step.kind == "rename" else old, f"usr-{serial}")
        store.change(old, changed)
        model[place] = changed


@given(size=st.integers(0, 8), steps=STEPS, offset=st.integers(0, 20), limit=st.none() | st.integers(1, 20))
def test_store_and_its_forks_are_each_a_list_of_their_own(
    size: int, steps: list[Step], offset: int, limit: int | None
) -> None:
    worlds = [(RecordStore(many(size)), many(size))]
    known = {record.api_id for record in many(size)}
    for serial, step in enumerate(steps):
        take(step, serial, worlds)
        known |= {record.api_id for _, model in worlds for record in model}
        for store, model in worlds:
            assert model == [*store]
            assert len(model) == len(store)
            assert model[offset:][:limit] == [*store.at(store.places[offset:][:limit])]
            assert {r.api_id for r in model} == {api_id for api_id in known if api_id in store}
            assert model == [store[r.api_id] for r in model]


@pytest.mark.parametrize("act", [RecordStore.__getitem__, RecordStore.remove])
def test_unknown_api_id_is_a_key_error_and_changes_nothing(act: object) -> None:
    store = RecordStore(many(3))
    assert callable(act)
    with pytest.raises(KeyError):
        act(store, "rec-9")
    assert [*store] == many(3)


def test_changing_an_unknown_record_is_a_key_error_and_changes_nothing() -> None:
    store = RecordStore(many(3))
    with pytest.raises(KeyError):
        store.change("rec-9", record("rec-1"))
    assert [*store] == many(3)


def test_fork_takes_no_memory_until_it_changes() -> None:
    store = RecordStore(many(1000))
    forks = [store.fork() for _ in range(10)]
    assert len({id(table) for fork in forks for table in tables(fork)}) == len(tables(store)) == 3
    assert [id(table) for table in tables(store)] == [id(table) for table in tables(forks[0])]


@pytest.mark.parametrize("changes_first", ["store", "fork"])
def test_first_change_parts_store_and_fork(changes_first: str) -> None:
    store = RecordStore(many(3))
    fork = store.fork()
    changing, other = (store, fork) if changes_first == "store" else (fork, store)
    changing.remove("rec-1")
    assert {id(table) for table in tables(store)} & {id(table) for table in tables(fork)} == set()
    assert ([r.api_id for r in changing], [*other]) == (["rec-0", "rec-2"], many(3))


def test_second_change_copies_nothing() -> None:
    fork = RecordStore(many(3)).fork()
    fork.add(record("a"))
    before = [id(table) for table in tables(fork)]
    fork.add(record("b"))
    assert before == [id(table) for table in tables(fork)]


def test_removed_records_leave_no_room_behind() -> None:
    store = RecordStore(many(10_000))
    for number in range(9_999):
        store.remove(f"rec-{number}")
    # A dict keeps its size and its gaps when keys are deleted.
    assert max(map(sys.getsizeof, tables(store))) < sys.getsizeof(dict.fromkeys(range(100)))


def tables(store: RecordStore) -> list[dict[object, object] | list[object]]:
    return [value for value in vars(store).values() if isinstance(value, dict | list)]
