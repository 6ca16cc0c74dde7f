"""The file, and what can be wrong with it."""

from pathlib import Path

import pytest

from api_spec.effective import read_spec
from api_spec.file import SPEC, SpecError


def test_without_overlays_it_is_the_file() -> None:
    assert read_spec()["openapi"].startswith("3.0.")
    assert read_spec() == read_spec(file=SPEC)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"\xff\xfe\xfa", ""),
        (b"a: [", "line"),
        (b"[]", "holds no object"),
        (b"", "holds no object"),
        (b"!!python/object/apply:os.getcwd []", "python/object"),
    ],
)
def test_what_is_not_a_spec_is_refused_with_its_name(tmp_path: Path, content: bytes | None, words: str) -> None:
    file = tmp_path / "spec.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SpecError) as refused:
        read_spec(file=file)
    assert str(file) in str(refused.value)
    assert words in str(refused.value)
