"""The pure parts: dates, passages, words, understanding, ranking, expected answers."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from rag.dates import parse_as_of, parse_iso
from rag.domain import Turn, Why
from rag.errors import QuestionError
from rag.expected import expected_answer, holds
from rag.passages import MAX_WORDS, passages_of, word_count
from rag.ranking import Weights, folded, fused, time_prior
from rag.understanding import understand
from rag.words import content_words, names_in
from tests.conftest import article

AS_OF = datetime(2026, 10, 1, tzinfo=UTC)


def test_a_bare_as_of_date_means_the_end_of_that_day() -> None:
    assert parse_as_of("2022-06-17") == datetime(2022, 6, 17, 23, 59, 59, 999_999, UTC)
    assert parse_as_of("2022-06-17T08:00:00+02:00") == datetime(2022, 6, 17, 6, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["yesterday", "2022-13-01", "17.6.2022", ""])
def test_a_wrong_as_of_date_is_said(wrong: str) -> None:
    with pytest.raises(QuestionError, match="2022-06-17"):
        parse_as_of(wrong)


@pytest.mark.parametrize("text", ["2022-06-17", "2022-06-17T08:00:00Z"])
def test_a_date_keeps_its_precision(text: str) -> None:
    assert str(parse_iso(text)) == text


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


def test_newer_articles_weigh_more_and_undated_ones_least() -> None:
    weights = Weights()
    priors = [time_prior(AS_OF - timedelta(days=days), AS_OF, weights) for days in (0, 1, 30, 3000)]
    assert priors[0] == 1.0
    assert priors == sorted(priors, reverse=True)
    assert time_prior(None, AS_OF, weights) <= priors[-1]


def test_words_and_meaning_are_added_and_equal_scores_are_ordered_by_id() -> None:
    weights = Weights(lexical=0.5, vector=0.5)
    ranked = fused({"a": 4.0, "b": 2.0}, {"b": 0.8, "c": 0.8}, dict.fromkeys("abc", 1.0), weights)
    assert [(one, round(score, 2)) for one, score, _ in ranked] == [("b", 0.75), ("a", 0.5), ("c", 0.5)]


def test_near_identical_passages_and_many_of_one_article_are_folded() -> None:
    story = "The river rose higher than at any time since records began and the town was cleared by evening. "
    one = passages_of(article(story * 2, id="one"))[0]
    copy = passages_of(article(story * 2 + "Our own correspondent adds.", id="copy"))[0]
    others = passages_of(article(" ".join(f"Sentence {i} says its own thing." for i in range(200)), id="long"))
    ranked = [(passage, 1.0, Why()) for passage in (one, copy, *others)]
    hits = folded(ranked, k=10, weights=Weights(per_article=2))
    assert [hit.passage.article.id for hit in hits] == ["one", "long", "long"]
    assert [hit.rank for hit in hits] == [1, 2, 3]


HISTORY = (Turn("user", "Where did Osric Tanbery go after Port Sellin?"), Turn("assistant", "To Kettle Bay. [1]"))


@pytest.mark.parametrize("follow_up", ["What did he do there?", "And then?", "What about the crews?"])
def test_a_follow_up_carries_the_names_of_the_turns_before(follow_up: str) -> None:
    query = understand(follow_up, HISTORY, as_of=None)
    assert "Osric Tanbery" in query.question
    assert query.asked == follow_up


def test_a_question_that_stands_alone_stays_as_it_is() -> None:
    question = "Which company holds the ferry contract between Corrand and Skerrin?"
    assert understand(question, HISTORY, as_of=None).question == question


@pytest.mark.parametrize(
    ("question", "expected", "holding", "not_holding"),
    [
        ("Who won the cup?", "name", "Harrowmere Larks won.", "they won the cup."),
        ("When was it launched?", "time", "It went up on 7 October.", "It went up at last."),
        ("How many people were moved?", "number", "They moved 1,240 people.", "They moved people."),
        ("Why was it closed?", "reason", "It was closed because of a crack.", "It was closed."),
    ],
)
def test_a_question_asks_for_a_kind_of_answer(question: str, expected: str, holding: str, not_holding: str) -> None:
    kind = expected_answer(question)
    assert kind == expected
    assert holds(kind, holding, question)
    assert not holds(kind, not_holding, question)


def test_what_the_question_names_is_no_answer() -> None:
    assert not holds("number", "In 2022 it rained.", "How often did it rain in 2022?")


def test_names_and_content_words() -> None:
    assert names_in("The New York Times said. Did Elon Musk?") == ["New York Times", "Elon Musk"]
    assert content_words("What did the mayor say about the flood?") == ["mayor", "flood"]
