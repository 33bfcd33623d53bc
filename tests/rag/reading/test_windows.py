"""Passages cut for a reader."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.indexes.chunking import passages_of
from rag.reading.windows import MOST_WORDS, heading_of, windows_of
from tests.conftest import article

WORDS = st.lists(st.sampled_from(["water", "rose", "Ouldan", "the", "of", "5.9"]), min_size=1, max_size=60)


@settings(deadline=None)
@given(st.lists(WORDS.map(lambda words: f"It {' '.join(words)} there."), min_size=1, max_size=25))
def test_every_sentence_is_in_one_window(sentences: list[str]) -> None:
    for passage in passages_of(article(" ".join(sentences))):
        windows = list(windows_of(passage))
        assert [span for window in windows for span in window.sentences] == list(passage.sentences)
        for window in windows:
            for span, (start, end) in zip(window.sentences, window.ranges, strict=True):
                assert window.window.text[start:end] == passage.article.text[span.start : span.end]
            longest = max(len(passage.article.text[span.start : span.end].split()) for span in window.sentences)
            assert len(window.window.text.split()) <= MOST_WORDS + longest


def test_the_heading_holds_headline_outlet_and_date() -> None:
    assert (
        heading_of(article("It rained.", title="Rain.", source="The Courier")) == "Rain. The Courier, 5 September 2026"
    )
