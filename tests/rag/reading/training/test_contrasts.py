import random

import pytest

from rag.reading.training.contrasts import as_typed, other_figure, other_name, other_year

PASSAGE = "In 2014 Hanne Ostrick opened 27 schools in Brackenford, and Rurik Damsgate closed 9."


@pytest.mark.parametrize("seed", range(20))
def test_a_contrast_changes_one_value_to_one_that_the_passage_lacks(seed: int) -> None:
    draw = random.Random(seed)
    year = other_year("Who opened schools in 2014?", PASSAGE, draw)
    figure = other_figure("Who opened 27 schools?", PASSAGE, draw)
    name = other_name("What did Hanne Ostrick open?", PASSAGE, ["Josse Hallam", "Tanning", "Hanne Ostrick"], draw)
    assert year
    assert year.startswith("Who opened schools in ")
    assert "2014" not in year
    assert figure
    assert figure.removeprefix("Who opened ").removesuffix(" schools?") not in PASSAGE
    assert name == "What did Josse Hallam open?"


def test_there_is_no_contrast_to_what_the_passage_does_not_hold() -> None:
    draw = random.Random(1)
    assert other_year("Who opened schools in 2015?", PASSAGE, draw) is None
    assert other_figure("Who opened 1,027 schools?", PASSAGE, draw) is None
    assert other_name("What did Josse Hallam open?", PASSAGE, ["Tanning"], draw) is None
    assert other_name("What did Hanne Ostrick open?", PASSAGE, ["Brackenford"], draw) is None


def test_readers_type_in_several_ways() -> None:
    question = "When did Brackenford council approve the granary library?"
    typed = [as_typed(question, random.Random(seed)) for seed in range(300)]
    assert question.removesuffix("?") in typed
    assert "Brackenford council approve granary library" in typed
    assert 0.5 < typed.count(question) / len(typed) < 0.75
    assert len(set(typed)) > 10
