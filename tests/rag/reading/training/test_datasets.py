import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from rag.reading.training.datasets import answer_span, parted_passages, qamr, squad, written
from tests.conftest import ROOT


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


BLOCK = """@ Sellin Mail | 3 May 2027 | Ferry fares to rise
The council will raise fares by 4 per cent in June. Osric Tanbery voted against it.
+ Fares are to go up in June.
- role | Osric Tanbery raised the fares.
? Who was against it? => Osric Tanbery
?- Who proposed the rise?
"""


def test_written_passages_have_claims_and_questions_with_their_spans(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(f"{BLOCK}\n{BLOCK}", encoding="utf-8")
    passage, _ = written(file)
    assert passage.above == "Ferry fares to rise. Sellin Mail, 3 May 2027"
    assert passage.claims == (
        ("Fares are to go up in June.", True, ""),
        ("Osric Tanbery raised the fares.", False, "role"),
    )
    (asked, span), near_miss = passage.questions
    assert (asked, near_miss) == ("Who was against it?", ("Who proposed the rise?", None))
    assert span
    assert passage.text[slice(*span)] == "Osric Tanbery"


@pytest.mark.parametrize("line", ["? Who left? => Hanne Ostrick", "! Fares are to go up."])
def test_a_line_that_cannot_be_learnt_from_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text(f"{BLOCK}{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="Ferry fares to rise"):
        list(written(tmp_path / "a.txt"))


def test_every_tenth_written_passage_is_held_out(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("\n".join(BLOCK.replace("3 May", f"{day} May") for day in range(1, 22)), encoding="utf-8")
    learnt, held_out = parted_passages([file])
    assert [passage.above.split()[-3] for passage in held_out] == ["1", "11", "21"]
    assert len(learnt) == 18


def test_the_written_passages_of_the_repository_can_be_learnt_from() -> None:
    files = sorted((ROOT / "rag" / "reading" / "training" / "written").glob("*.txt"))
    passages = [passage for file in files for passage in written(file)]
    assert len(passages) > 800
    assert len({passage.above for passage in passages}) == len(passages)
    for passage in passages:
        assert {holds for _, holds, _ in passage.claims} == {True, False}
        assert {span is None for _, span in passage.questions} == {True, False}
