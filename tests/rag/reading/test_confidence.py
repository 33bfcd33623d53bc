"""How likely what was found answers."""

import pytest

from rag.reading.confidence import confidence_in
from rag.reading.coverage import asked
from rag.reading.evidence import candidates
from tests.rag.hits import stems_of, told
from tests.rag.reading.readers import ToldReader

QUESTION = asked("How heavy is it?", "How heavy is it?", {"heavy": 1.0}, stems_of)


@pytest.mark.parametrize(("surer", "less_sure"), [((6.0, 0.9), (1.0, 0.9)), ((1.0, 0.9), (1.0, 0.1))])
def test_a_surer_span_and_a_nearer_passage_make_an_answer_likelier(
    surer: tuple[float, float], less_sure: tuple[float, float]
) -> None:
    hits = [told("The satellite weighs 640 kilograms in all.", "Courier", "05", 1)]
    first, second = (
        confidence_in(candidates(ToldReader({"640 kilograms": margin}), QUESTION, hits, stems_of), coverage)
        for margin, coverage in (surer, less_sure)
    )
    assert 1 > first > second > 0


def test_without_a_sentence_nothing_answers() -> None:
    assert confidence_in([], 1.0) == 0.0
