"""Kept answers: shown as they were made, but for what their sources no longer say."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import ingest
from rag.engine import dateline_over
from rag.indexes.embedding import LocalEmbedding
from rag.library.kept_answers import restored_answers, without_articles
from rag.library.library import Library
from rag.messages import LANGUAGES, in_language
from rag.models import Answer
from rag.schemas import turn_json
from rag.settings import Settings
from rag.text import WordRuns
from tests.conftest import SAMPLE, library_at
from tests.rag.asking import check_quotes

DISPUTED = "How many people were evacuated from Brackenford because of the flood?"
NO_RUNS = WordRuns([])
WORDS = in_language()
CHANGED_SENTENCE, UNVERIFIED, WITHDRAWN_SENTENCE, WITHDRAWN_WORDS = map(
    WORDS, ("changed_sentence", "not_verified", "withdrawn_sentence", "withdrawn_words")
)


@pytest.fixture
def library(tmp_path: Path, cache: Path, embedding: LocalEmbedding) -> Iterator[Library]:
    """The sample articles, to be written to."""
    library = library_at(tmp_path / "data", cache=cache, embedding=embedding)
    assert ingest([SAMPLE / "articles"], library).complete
    yield library
    library.close()


def kept(answer: Answer) -> dict[str, Any]:
    """The answer as it comes out of the store."""
    turn: dict[str, Any] = json.loads(json.dumps(turn_json(answer)))
    return turn


def restored(turn: dict[str, Any], library: Library) -> Answer:
    (answer,) = restored_answers([turn], library.record, WORDS)
    return answer


@pytest.mark.parametrize(
    "question", [DISPUTED, "What is new?", "Hello", "How long should a loaf prove?", "Who is the mayor of Brackenfort?"]
)
def test_an_answer_whose_sources_stand_is_as_it_was(sample_library: Library, question: str) -> None:
    answer = dateline_over(sample_library, Settings()).ask(question)
    expected = replace(answer, hits=(), timings_ms={}, readings=(), confidence=round(answer.confidence, 4))
    assert restored(kept(answer), sample_library) == expected


def test_what_is_withdrawn_leaves_the_answer_and_says_so(library: Library) -> None:
    answer = dateline_over(library, Settings()).ask(DISPUTED)
    (markers,) = answer.conflicts
    assert len(markers) == 3
    gone = answer.citations[0]
    with library.writing() as writer:
        writer.withdraw([gone.passage.article.id])
    left = restored(kept(answer), library)
    check = [citation.marker for citation in left.citations]
    assert check == [citation.marker for citation in answer.citations if citation.marker != gone.marker]
    assert left.conflicts == (tuple(marker for marker in markers if marker != gone.marker),)
    assert gone.quote not in left.text
    assert WITHDRAWN_SENTENCE in left.text
    assert f"[{gone.marker}]" not in left.text
    assert all(claim.text in left.text for claim in left.claims)
    assert left.text.startswith(answer.text.split("\n\n", 1)[0])
    assert restored(kept(left), library) == left


def test_a_sentence_that_its_article_does_not_hold_any_more_goes_and_one_that_moved_stays(
    library: Library, tmp_path: Path
) -> None:
    def write(text: str) -> None:
        fields = {"id": "tunnel", "title": "Tunnel of Ambrel", "source": "Gazette", "published_at": "2026-10-05"}
        (tmp_path / "tunnel.json").write_text(json.dumps(fields | {"text": text}), "utf-8")
        assert ingest([tmp_path / "tunnel.json"], library).complete

    write("The Ambrel tunnel opened on Friday. It cost 41 million crowns.")
    answer = dateline_over(library, Settings()).ask("What did the Ambrel tunnel cost?")
    (citation,) = answer.citations
    assert "41 million" in citation.quote
    write("An earlier version had another date. The Ambrel tunnel opened on Friday. It cost 41 million crowns.")
    moved = restored(kept(answer), library)
    assert moved.text == answer.text
    assert moved.citations[0].start > citation.start
    check_quotes(moved)
    write("The Ambrel tunnel opened on Friday. It cost 14 million crowns.")
    changed = restored(kept(answer), library)
    assert changed.citations == ()
    assert CHANGED_SENTENCE in changed.text
    assert "41 million" not in changed.text


TURN: dict[str, Any] = {
    "question": "What happened?",
    "read_as": None,
    "answer": (
        f"A first thing [1]. A second thing [1] [2] ({UNVERIFIED}). A third thing [2].\n\n- A fourth thing [3]\n\n"
        "Of it all nothing is known in the town of Oum."
    ),
    "claims": [
        {"text": "A first thing", "markers": [1]},
        {"text": "A second thing", "markers": [1, 2]},
        {"text": "A third thing", "markers": [2]},
        {"text": "A fourth thing", "markers": [3]},
    ],
    "citations": [
        {"marker": 1, "article": {"id": "a", "published_at": "2026-10-01"}},
        {"marker": 2, "article": {"id": "b", "published_at": "2026-10-02T08:00:00Z"}},
        {"marker": 3, "article": {"id": "a", "published_at": "2026-10-03"}},
    ],
    "conflicts": [[1, 2], [1, 2, 3]],
    "newest_source": "2026-10-03",
    "notes": ["Understood as: nothing is known in the town of Oum"],
}


def test_a_models_sentence_that_rests_on_what_is_gone_goes_with_its_marks() -> None:
    left = without_articles(TURN, ["b"], NO_RUNS)
    assert left["answer"] == (
        f"A first thing [1]. {WITHDRAWN_SENTENCE}. {WITHDRAWN_SENTENCE}.\n\n- A fourth thing [3]\n\n"
        "Of it all nothing is known in the town of Oum."
    )
    assert [claim["markers"] for claim in left["claims"]] == [[1], [3]]
    assert [each["marker"] for each in left["citations"]] == [1, 3]
    assert left["conflicts"] == [[1, 3]]
    assert without_articles(TURN, ["a"], NO_RUNS)["newest_source"] == "2026-10-02T08:00:00Z"
    assert without_articles(TURN, ["a", "b"], NO_RUNS)["newest_source"] is None


def test_words_of_what_is_gone_go_from_what_no_citation_supports() -> None:
    runs = WordRuns(["Nothing is known in the town of Oum, they say.", "A first thing"])
    left = without_articles(TURN | {"question": "Is nothing known in the town of Oum? A first thing."}, ["c"], runs)
    assert left["question"] == left["notes"][0] == left["answer"].split("\n\n")[-1] == WITHDRAWN_WORDS
    assert left["answer"].startswith("A first thing [1]."), "another article says so, too, and is cited"
    assert without_articles(TURN, ["c"], NO_RUNS) == TURN


def test_where_it_cannot_be_told_what_rests_on_it_all_of_the_answer_goes() -> None:
    odd = TURN | {"claims": TURN["claims"][1:]}
    assert without_articles(odd, ["a"], NO_RUNS)["answer"] == WITHDRAWN_SENTENCE


def test_the_same_words_do_not_stand_twice_in_a_row() -> None:
    list_of_two = TURN | {
        "answer": "The newest articles:\n\nA first thing [1]\n\nA fourth thing [3]\n\nA third thing [2]",
        "claims": [TURN["claims"][index] for index in (0, 3, 2)],
    }
    left = without_articles(list_of_two, ["a"], NO_RUNS)["answer"]
    assert left == f"The newest articles:\n\n{WITHDRAWN_SENTENCE}\n\nA third thing [2]"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_goes_with_its_mark_in_whatever_language_that_is(language: str) -> None:
    mark = in_language(language)("not_verified")
    marked = TURN | {"answer": TURN["answer"].replace(UNVERIFIED, mark)}
    left = without_articles(marked, ["b"], NO_RUNS)
    assert mark not in left["answer"]
    assert left["answer"] == without_articles(TURN, ["b"], NO_RUNS)["answer"]


def test_what_is_gone_is_told_in_the_readers_language(library: Library) -> None:
    words = in_language("fr")
    answer = dateline_over(library, Settings()).ask(DISPUTED, language="fr")
    with library.writing() as writer:
        writer.withdraw([answer.citations[0].passage.article.id])
    (left,) = restored_answers([kept(answer)], library.record, words)
    assert words("withdrawn_sentence") in left.text
    assert left.text.startswith(words("sources_differ"))


def test_what_was_taken_out_before_is_told_in_the_language_of_each_reader(library: Library) -> None:
    german, french = in_language("de"), in_language("fr")
    answer = kept(dateline_over(library, Settings()).ask(DISPUTED, language="de"))
    erased = without_articles(answer, [answer["citations"][0]["article"]["id"]], NO_RUNS)
    with library.writing() as writer:
        writer.withdraw([erased["citations"][0]["article"]["id"]])
    (theirs,) = restored_answers([erased], library.record, german)
    assert theirs.text.count(german("withdrawn_sentence")) == 1  # of the two in a row, one
    assert WITHDRAWN_SENTENCE not in theirs.text
    (ours,) = restored_answers([kept(theirs)], library.record, french)
    assert ours.text == theirs.text.replace(german("withdrawn_sentence"), french("withdrawn_sentence"))
    repeated = WordRuns([answer["question"]])
    (asked,) = restored_answers([without_articles(answer, ["none"], repeated)], library.record, german)
    assert asked.question == german("withdrawn_words")
