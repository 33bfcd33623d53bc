import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from rag.reading.training.datasets import answer_span, qamr, squad


def packed(file: Path, *lines: dict[str, Any]) -> Path:
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    return file


def test_questions_of_squad_know_where_their_answer_stands(tmp_path: Path) -> None:
    context = "In 2014 the mill burnt down. It was rebuilt in 2014 by Rurik Damsgate."
    questions = [
        {"question": " When was it rebuilt? ", "answers": ["2014", "in 2014"]},
        {"question": "Who sold it?", "answers": []},
        {"question": "Whose answer is not there?", "answers": ["Hanne Ostrick"]},
    ]
    file = packed(tmp_path / "a.gz", {"title": "The_old_mill", "context": context, "questions": questions})
    rebuilt, sold = squad(file)
    assert rebuilt.text == "When was it rebuilt?"
    assert rebuilt.paragraph.title == "The old mill"
    assert rebuilt.answers == ("2014", "in 2014")
    assert sold.span is None


def test_of_several_places_the_one_near_the_questions_words_is_taken() -> None:
    text = f"The mill burnt down in 2014. {'It rained and rained. ' * 12}The granary was sold in 2014."
    span = answer_span("When was the granary sold?", text, "2014")
    assert span == (len(text) - 5, len(text) - 1)


@pytest.mark.parametrize(
    ("tokens", "indices", "answer"),
    [
        ("The `` Daily Herald '' , founded 1901 , closed .", "1 2 3 4", "“Daily Herald”"),
        ("Emblems -LRB- see below -RRB- are listed , he ca n't say why .", "2 3", "see below"),
    ],
)
def test_tokens_become_a_printed_sentence(tmp_path: Path, tokens: str, indices: str, answer: str) -> None:
    line = {"tokens": tokens, "questions": [{"question": "What?", "answers": [indices, "0"]}]}
    (question,) = qamr(packed(tmp_path / "a.gz", line))
    assert question.span
    text = question.paragraph.text
    assert text[slice(*question.span)] == answer == question.answers[0]
    assert " ," not in text
    assert "( " not in text


def test_answers_in_pieces_are_left_out(tmp_path: Path) -> None:
    line = {"tokens": "Rain fell on Monday .", "questions": [{"question": "What?", "answers": ["0 3"]}]}
    assert list(qamr(packed(tmp_path / "a.gz", line))) == []
