"""The word by which the kit searches for nobody is in nobody's name, however loosely a service compares."""

import re
from pathlib import Path
from random import Random

from contract_tests.run.survey import made_up_word

ROOT = Path(__file__).parents[2]


def test_no_three_letters_of_it_stand_together_in_any_text_of_ours() -> None:
    files = [path for folder in ("fixtures", "docs", "spec", "mock_server") for path in (ROOT / folder).rglob("*")]
    texts = [path.read_text("utf-8") for path in files if path.suffix in (".yaml", ".md", ".py")]
    found = {three for word in re.findall(r"[a-z]+", " ".join(texts).casefold()) for three in threes(word)}
    assert len(found) > 2000
    random = Random(0)
    for _ in range(1000):
        assert not threes(made_up_word(f"kit-{random.randbytes(6).hex()}-")) & found


def test_it_is_another_one_in_each_run() -> None:
    random = Random(0)
    words = {made_up_word(f"kit-{random.randbytes(6).hex()}-") for _ in range(1000)}
    assert len(words) > 990


def threes(word: str) -> set[str]:
    return {word[n : n + 3] for n in range(len(word) - 2)}
