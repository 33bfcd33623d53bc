"""The span reader that is shipped."""

from pathlib import Path

import pytest

from rag.errors import ReaderError
from rag.reading.base import Window
from rag.reading.onnx_reader import WEIGHTS, OnnxSpanReader

HEADING = "Harbour bridge to close. The Courier, 7 October 2026"
TEXT = (
    "The council voted on Tuesday to close the harbour bridge for nine weeks. Maud Arkwell, who leads it, said that "
    "the repair would cost 4.2 million crowns. The bridge was built in 1931."
)
WINDOW = Window(HEADING, TEXT)


@pytest.fixture(scope="module")
def reader() -> OnnxSpanReader:
    return OnnxSpanReader()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much will the repair cost?", "4.2 million crowns"),
        ("Who leads the council?", "Maud Arkwell"),
        ("When was the bridge built?", "1931"),
        ("how long will the brige be closed", "nine weeks"),
    ],
)
def test_the_words_that_answer_are_found(reader: OnnxSpanReader, question: str, answer: str) -> None:
    (reading,) = reader.read(question, [WINDOW], [[(0, len(TEXT))]])
    span = reading.spans[0]
    assert span
    assert answer in TEXT[max(0, span.start - 4) : span.end + 7]
    elsewhere = Window("", "It rained in the hills for the third day in a row, and the river rose by an inch.")
    (other,) = reader.read(question, [elsewhere], [[(0, len(elsewhere.text))]])
    assert reading.answerable > other.answerable


def test_what_is_not_said_is_told_from_what_is(reader: OnnxSpanReader) -> None:
    asked = ["How much will the repair cost?", "Who designed the bridge?", "What is the capital of France?"]
    said, *unsaid = [reader.read(question, [WINDOW], [[(0, len(TEXT))]])[0].answerable for question in asked]
    assert all(said > other for other in unsaid)


def test_a_span_lies_within_the_range_that_was_asked_for(reader: OnnxSpanReader) -> None:
    first = TEXT.index(". ") + 1
    ranges = [(0, first), (first + 1, len(TEXT)), (first, first)]
    (reading,) = reader.read("How much will the repair cost?", [WINDOW], [ranges])
    *within, nowhere = reading.spans
    assert nowhere is None
    for span, (start, end) in zip(within, ranges, strict=False):
        assert span
        assert start <= span.start < span.end <= end


def test_a_window_is_read_alike_alone_and_among_others(reader: OnnxSpanReader) -> None:
    other = Window("", "It rained in the hills for the third day in a row, and the river rose by an inch.")
    alone = reader.read("When was the bridge built?", [WINDOW], [[(0, len(TEXT))]])
    among = reader.read("When was the bridge built?", [other, WINDOW], [[(0, 20)], [(0, len(TEXT))]])
    assert among[1:] == alone


def test_a_claim_that_the_window_bears_out_is_likelier_than_its_contrary(reader: OnnxSpanReader) -> None:
    claims = ["The repair of the bridge will cost 4.2 million crowns.", "The repair of the bridge will cost 9 crowns."]
    true, false = [reader.entailment(claim, [WINDOW])[0] for claim in claims]
    assert 1 >= true > false >= 0


def test_other_weights_than_the_released_ones_are_refused(tmp_path: Path) -> None:
    changed = tmp_path / "reader.onnx"
    changed.write_bytes(WEIGHTS.read_bytes()[:-1] + b"\0")
    with pytest.raises(ReaderError, match="not the file that Dateline was released with"):
        OnnxSpanReader(changed)
    with pytest.raises(ReaderError, match="No such file"):
        OnnxSpanReader(tmp_path / "none.onnx")


def test_a_question_longer_than_all_that_is_read_at_once_is_cut() -> None:
    window = Window("Weather, Courier, 5 September 2026", "It rained on the ferry all day.")
    reading = OnnxSpanReader().read("before the last " * 250, [window], [[(0, len(window.text))]])
    assert len(reading) == 1
