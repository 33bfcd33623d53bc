"""Misspelt questions over the sample articles, and rightly spelt ones with words that these lack."""

from pathlib import Path

import pytest

from rag.engine import Dateline, dateline_over
from rag.indexes.chunking import passages_of
from rag.library.library import Library
from rag.messages import in_language
from rag.models import Article, Filters
from rag.query.follow_ups import follow_ups
from rag.query.spell_correction import Reading, Vocabulary, read
from rag.query.vocabulary import LibraryVocabulary
from rag.settings import Settings
from rag.store.values import NewArticle
from tests.conftest import MakeLibrary, article

WORDS = in_language()

_LEAST_UNDERSTOOD = 36
_LEAST_LEFT = 39


def _lines(name: str) -> list[str]:
    lines = (Path(__file__).parent / name).read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def _new(written: Article) -> NewArticle:
    return NewArticle(written, passages_of(written), written.text, raw_digest="x")


def _vocabulary(library: Library, filters: Filters | None = None) -> Vocabulary:
    return LibraryVocabulary(library, before=int(library.latest_date().timestamp()), filters=filters or Filters())


@pytest.fixture(scope="module")
def words(sample_library: Library) -> Vocabulary:
    return _vocabulary(sample_library)


@pytest.fixture(scope="module")
def dateline(sample_library: Library) -> Dateline:
    return dateline_over(sample_library, Settings())


def test_most_misspelt_questions_are_understood(words: Vocabulary) -> None:
    pairs = [line.split(" | ") for line in _lines("misspelt.txt")]
    readings = [(read(said, words), meant) for said, meant in pairs]
    assert len(pairs) == 40
    assert sum(r.question.lower() == meant.lower() and not r.others for r, meant in readings) >= _LEAST_UNDERSTOOD


def test_rightly_spelt_questions_with_unknown_words_stay_as_they_are(words: Vocabulary) -> None:
    questions = _lines("rightly_spelt.txt")
    assert len(questions) == 40
    assert sum(read(question, words).question == question for question in questions) >= _LEAST_LEFT


@pytest.mark.parametrize(
    "question",
    [
        "What did the libraries of Harrowmere cost in 2026?",
        "Who wrote “skerin fery” and 'libary' and \"strik\"?",
        "What is on skerin.example or at info@skerin.example?",
        "Did NATO or H2O help?",
        "Why were teh puppets found?",
        "dont you know whos there?",
        "Wann endete der Streik der Fährleute auf der Insel im vergangenen Herbst nach den Verhandlungen?",
    ],
)
def test_what_is_held_quoted_abbreviated_or_foreign_is_left_alone(question: str, words: Vocabulary) -> None:
    assert read(question, words).question == question


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("the cost adn the vote", "the cost and the vote"),
        ("wich bridge was closed", "which bridge was closed"),
        ("Skerin's strike", "Skerrin's strike"),
        ("SKERIN FERRY STRIKE", "Skerrin FERRY STRIKE"),
        ("what did the Corrand Regsiter say", "what did the Corrand Register say"),
        ("rbackenford flood", "Brackenford flood"),
        ("are dogs alowed there", "are dogs allowed there"),
    ],
)
def test_function_words_genitives_outlets_and_swapped_letters(said: str, meant: str, words: Vocabulary) -> None:
    assert read(said, words).question == meant


def test_readings_that_are_as_near_are_offered_and_not_taken(make_library: MakeLibrary) -> None:
    library = make_library()
    with library.writing() as writer:
        writer.put([_new(article("The barker met the banker. The barker and the banker left."))])
        writer.index_words()
    assert read("who met the bagker", _vocabulary(library)) == Reading(
        "who met the bagker", ("who met the banker", "who met the barker")
    )


def test_a_decline_offers_what_may_be_meant(dateline: Dateline) -> None:
    answer = dateline.ask("What does Marchand think of the vote in Zanzibar?")
    meant = "What does Marchetand think of the vote in Zanzibar?"
    assert answer.readings == (meant,)
    assert answer.read_as == ""
    assert meant in follow_ups(answer)
    assert answer.status != "not_found" or WORDS("did_you_mean", readings=WORDS.any_of([meant])) in answer.text


def test_words_come_and_go_with_their_articles(make_library: MakeLibrary) -> None:
    library = make_library()
    with library.writing() as writer:
        writer.put([_new(article("The Quorlindar landed. It was the Quorlindar.", source="The Kite"))])
        writer.index_words()
    assert read("the Quorlndar", _vocabulary(library)).question == "the Quorlindar"
    assert read("the Quorlndar", _vocabulary(library, Filters(sources=("Another",)))).question == "the Quorlndar"
    with make_library().writing() as writer:
        writer.put([_new(article("The helicopter landed. It was a helicopter.", id="b"))])
        writer.index_words()
    assert read("the helicpter", _vocabulary(library)).question == "the helicopter"
