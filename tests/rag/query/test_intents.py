"""What readers want, told by examples."""

import csv
from pathlib import Path

import numpy as np
import pytest

from rag.errors import SettingsError
from rag.indexes.embedding import LocalEmbedding, passage_vectors
from rag.query.intents import IntentExamples, Wish
from rag.settings import Settings

PHRASES = Path(__file__).with_name("data") / "intent_phrases.tsv"


@pytest.fixture(scope="module")
def intents(embedding: LocalEmbedding) -> IntentExamples:
    return IntentExamples(embedding)


def test_phrases_that_are_no_examples_are_mostly_understood(intents: IntentExamples) -> None:
    """Written apart from the examples, half of them to mislead."""
    with PHRASES.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    right = facts = facts_right = 0
    for row in rows:
        told = intents.wish(row["phrase"], after_answer=row["continues"] == "yes").intent
        is_right = told == row["intent"] or (told == "more" and row["intent"] == "summary")
        right += is_right
        facts += row["intent"] == "question"
        facts_right += is_right and row["intent"] == "question"
    assert len(rows) == 260
    assert right / len(rows) >= 0.82
    assert facts_right / facts >= 0.9


@pytest.mark.parametrize(
    "question",
    [
        "Which of the ferries was named in the list of ships that the harbour report called unsafe this week?",
        "Who corrected the mayor of Brackenford?",
        "Where did the story of the stolen puppets begin?",
    ],
)
def test_who_asks_for_one_thing_wants_no_list(question: str, intents: IntentExamples) -> None:
    assert intents.wish(question, after_answer=True) == Wish("question", question)


def test_what_no_example_holds_is_the_subject(intents: IntentExamples) -> None:
    told = intents.wish("Bring me up to speed on the Morning Ledger's printers, this week", after_answer=False)
    assert told == Wish("summary", "Morning Ledger's printers")


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("ok thanks", "thanks"),
        ("too long, make it shorter", "shorter"),
        ("source? link please", "source"),
        ("by whom?", "question"),
    ],
)
def test_examples_one_after_the_other_are_understood_as_one(said: str, intent: str, intents: IntentExamples) -> None:
    assert intents.wish(said, after_answer=True).intent == intent


def test_a_word_that_examples_hold_may_belong_to_the_subject(intents: IntentExamples) -> None:
    assert intents.wish("Give me a timeline of the Skerrin ferry dispute", after_answer=False).intent == "development"


@pytest.mark.parametrize(
    ("said", "form", "rest"),
    [
        ("Who won the bowls cup, in one sentence?", "shorter", "Who won the bowls cup?"),
        ("In short: who won?", "shorter", "who won?"),
        ("everything on the dam in bullet points please", "list", "everything on the dam"),
        ("Was it too long?", "", "Was it too long?"),
        ("as a list", "", "as a list"),
    ],
)
def test_a_request_may_say_how_it_is_to_be_answered(said: str, form: str, rest: str, intents: IntentExamples) -> None:
    assert intents.form_apart(said) == (form, rest)


def test_without_an_answer_nothing_is_asked_about_it(intents: IntentExamples) -> None:
    assert intents.wish("Source?", after_answer=True).intent == "source"
    assert intents.wish("Source?", after_answer=False).intent != "source"


def test_an_operators_examples_count_as_our_own(tmp_path: Path, embedding: LocalEmbedding) -> None:
    file = tmp_path / "intents.toml"
    file.write_text('[intents]\nabilities = ["que sais-tu faire ?", "aide"]\n', "utf-8")
    assert Settings(data=tmp_path).intent_files == (file,)
    assert IntentExamples(embedding, (file,)).wish("Que sais-tu faire ?", after_answer=False).intent == "abilities"


@pytest.mark.parametrize(
    "text",
    [
        "[intents]\nweather = ['rain?']\n",
        "[intents]\nnews = ['new?']\n[forms]\nsonnet = ['in verse']\n",
        "intents = 3",
        "[intents",
        "\n",
    ],
)
def test_examples_that_cannot_be_used_are_refused(text: str, tmp_path: Path, embedding: LocalEmbedding) -> None:
    file = tmp_path / "intents.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match="intents.toml"):
        IntentExamples(embedding, (file,))


def test_the_vectors_on_file_are_those_of_the_examples(intents: IntentExamples, embedding: LocalEmbedding) -> None:
    with np.load(Path(__file__).parents[3] / "rag/query/examples.npz") as file:
        texts, vectors = file["texts"].tolist(), file["vectors"].astype(np.float32)
    assert {text for _, text in intents._examples} == set(texts), "run python -m rag.query.intents"
    some = slice(None, None, 97)
    assert np.abs(passage_vectors(embedding, texts[some]) - vectors[some]).max() < 2e-3
