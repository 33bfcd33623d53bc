"""Choices are told apart by what the library holds for them."""

import pytest

from evals.multiple_choice import ChoiceScorer, choice_score, statement_of, verdicts
from rag.engine import Dateline, dateline_over
from rag.indexes.chunking import passages_of
from rag.library.library import Library
from rag.models import Hit, ScoreBreakdown
from rag.reading.coverage import asked
from rag.settings import Settings
from rag.text import words_of
from tests.conftest import article


@pytest.fixture(scope="module")
def dateline(sample_library: Library) -> Dateline:
    return dateline_over(sample_library, Settings())


def terms(text: str) -> list[str]:
    return [word.lower() for word in words_of(text)]


def test_the_choice_that_the_sources_name_scores_best(dateline: Dateline) -> None:
    scores = ChoiceScorer(dateline).scores(
        "From where did Heron-2 take off?", ["Cape Orlan", "Kettle Bay", "Tanner's Row"]
    )
    assert scores.index(max(scores)) == 0


def test_between_choices_that_words_cannot_tell_apart_meaning_decides(dateline: Dateline) -> None:
    # None of the choices' own words stand in the library.
    unknown = ("Xylophonist", "Spaceship")
    assert not any(dateline.library.lexical.document_frequencies([*map(str.lower, unknown)]).values())
    scores = ChoiceScorer(dateline).scores("What was put into orbit?", unknown)
    assert scores[1] > scores[0]


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("Heron-2 was launched from Cape Orlan.", "True"),
        ("The Prince of Monaco opened a casino on Mars.", "False"),
    ],
)
def test_a_statement_is_true_if_the_sources_bear_it_out(dateline: Dateline, statement: str, verdict: str) -> None:
    choices = ["True", "False"]
    scores = ChoiceScorer(dateline).scores(f"True or false: {statement}", choices)
    assert choices[scores.index(max(scores))] == verdict


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (("TRUE", "FALSE"), [True, False]),
        (("No", "Yes."), [False, True]),
        (("True", "Maybe"), None),
        (("True", "Yes"), None),
        (("red", "blue"), None),
    ],
)
def test_verdicts_are_told_from_other_choices(choices: tuple[str, ...], expected: list[bool] | None) -> None:
    assert verdicts(choices) == expected
    assert statement_of("True or false: the gate was stuck.") == "the gate was stuck."


def test_the_choice_that_stands_beside_the_questions_words_wins() -> None:
    text = "Who opened the new bridge?"
    question = asked(text, text, dict.fromkeys(("opened", "bridge"), 1.0), terms)
    apart = "The bridge was opened by Jorun Aspel on Sunday. It rained. It snowed. Rurik Damsgate sent his regrets."
    (passage,) = passages_of(article(apart))
    hits = [Hit(passage, score=1.0, rank=1, why=ScoreBreakdown(lexical=10.0))]
    choices = (("jorun", "aspel"), ("rurik", "damsgate"), ("folkerd",))
    right, wrong, absent = (choice_score(question, dict.fromkeys(one, 1.0), hits, terms) for one in choices)
    assert right > wrong > absent
