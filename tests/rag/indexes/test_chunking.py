"""Passages hold every sentence once, with exact offsets."""

import random

import pytest

from rag.indexes.chunking import MAX_WORDS, passages_of, word_count
from tests.conftest import article


def random_text(seed: int) -> str:
    chance = random.Random(seed)
    pieces = [
        "word",
        "Dr. Ölçer",
        "3.5 million",
        "🤷‍♀️",
        "said",
        "“Stop!”",
        "end.",
        "Why?",
        "\n",
        "\n\n",
        "U.S.",
        "東京。",
        ";",
    ]
    return " ".join(chance.choice(pieces) for _ in range(chance.choice([1, 40, 400, 2000])))


@pytest.mark.parametrize("seed", range(12))
def test_passages_hold_every_sentence_exactly_once_with_exact_offsets(seed: int) -> None:
    whole = article(random_text(seed).strip() or "word")
    passages = passages_of(whole)
    covered = [
        character for passage in passages for span in passage.sentences for character in range(span.start, span.end)
    ]
    assert len(covered) == len(set(covered))
    assert {i for i, character in enumerate(whole.text) if not character.isspace()} <= set(covered)
    for passage in passages:
        assert whole.text[passage.start : passage.end] == passage.text
        assert word_count(passage.text) <= MAX_WORDS


def test_a_table_without_full_stops_is_cut_between_words() -> None:
    text = " ".join(f"row{i}" for i in range(1000))
    assert " ".join(passage.text for passage in passages_of(article(text))) == text


def test_a_short_rest_is_evened_out_with_the_passage_before() -> None:
    text = " ".join(f"Sentence {i} has exactly seven words here." for i in range(30))
    sizes = [word_count(passage.text) for passage in passages_of(article(text))]
    assert len(sizes) == 2
    assert min(sizes) >= 100
