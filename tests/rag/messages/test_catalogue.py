"""The catalogue in each language: nothing is missing, numbers and days are written as the language does."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from babel import Locale

from rag.dates import parse_as_of
from rag.errors import QuestionError
from rag.messages import DECLINES, LANGUAGES, Catalogue, Text, in_language, is_decline, model_failed
from tests.conftest import ROOT

ENGLISH = in_language()
PLACE = re.compile(r"\{(\w+)\}")
CALLED = re.compile(r'\bwords\(\s*"(\w+)"')
SAID = re.compile(r'\bsay\("(\w+)"')
MADE_UP = ("kind_", "error_", "fault_", "version_")
"""Beginnings of keys whose ends the code adds."""


def messages(words: Catalogue) -> dict[str, Any]:
    return {key: message for section in words.sections.values() for key, message in section.items()}


def places(message: Any) -> set[str]:
    """The placeholders of a message."""
    parts = [message] if isinstance(message, str) else message if isinstance(message, list) else [message["text"]]
    return {place for part in parts for place in PLACE.findall(part)}


def counted_in(message: Any) -> dict[str, dict[str, str]]:
    """The placeholders of a message that a word is counted with, and its forms."""
    return {name: forms for name, forms in message.items() if name != "text"} if isinstance(message, dict) else {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_message_with_the_same_places(language: str) -> None:
    english, other = messages(ENGLISH), messages(in_language(language))
    assert list(other) == list(english)
    assert [list(section) for section in in_language(language).sections.values()] == [
        list(section) for section in ENGLISH.sections.values()
    ]
    for key, message in english.items():
        assert type(other[key]) is type(message), key
        assert places(other[key]) == places(message), key
        if isinstance(message, list):
            assert len(other[key]) == len(message), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_counted_word_has_the_forms_of_its_language(language: str) -> None:
    needed = {"other", *Locale.parse(language).plural_form.rules}
    for key, message in messages(in_language(language)).items():
        counted = counted_in(message)
        assert set(counted) == set(counted_in(messages(ENGLISH)[key])), key
        for name, forms in counted.items():
            assert name in places(message), key
            assert set(forms) == needed, f"{key}.{name}"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_what_is_english_still_is_english_on_purpose(language: str) -> None:
    alike = {"about_question", "attribution", "ingest_counts", "held_of"}
    other = messages(in_language(language))
    same = {
        key
        for key, message in messages(ENGLISH).items()
        if isinstance(message, str) and len(message.split()) > 2 and other[key] == message
    }
    assert same <= alike


def sources() -> Iterator[str]:
    for folder in ("rag", "web"):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in (".py", ".html") and "node_modules" not in file.parts:
                yield file.read_text(encoding="utf-8")


def test_every_message_that_is_used_is_there_and_every_other_is_used() -> None:
    texts = list(sources())
    scripts = "".join(file.read_text("utf-8") for file in (ROOT / "web/assets/widget").glob("*.js"))
    used = {key for text in texts for key in CALLED.findall(text)} | set(SAID.findall(scripts))
    assert {key for key in used if not key.endswith("_")} <= set(messages(ENGLISH))
    named = "".join(texts)
    for key in messages(ENGLISH):
        assert key in used or f'"{key}"' in named or f'"{key}"' in scripts or key.startswith(MADE_UP), key


def calls() -> Iterator[tuple[str, set[str]]]:
    """Each message that Python asks for by name, with the values that it gives."""
    for file in [*(ROOT / "rag").rglob("*.py"), *(ROOT / "web").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="words"), args=[ast.Constant(value=str() as key)], keywords=given):
                    yield key, {each.arg or "" for each in given}


def test_every_message_is_given_the_values_of_its_places() -> None:
    asked = list(calls())
    assert len(asked) > 30
    for key, given in asked:
        assert given == places(messages(ENGLISH)[key]), key


@pytest.mark.parametrize(
    ("language", "number", "shown"),
    [
        ("en", 1, "searching 1 article"),
        ("en", 1204, "searching 1,204 articles"),
        ("uk", 1, "шукаємо у 1 статті"),
        ("uk", 22, "шукаємо у 22 статтях"),
        ("ar", 2, "البحث في مقالين"),
        ("ar", 3, "البحث في 3 مقالات"),
        ("ar", 11, "البحث في 11 مقالًا"),
        ("ar", 100, "البحث في 100 مقال"),
        ("de", 1204, "1.204 Artikel werden durchsucht"),
        ("fr", 0, "recherche dans 0 article"),
        ("es", 1, "buscando en 1 artículo"),
    ],
)
def test_numbers_are_counted_as_the_language_does(language: str, number: int, shown: str) -> None:
    assert in_language(language)("searching", articles=number).replace("\u202f", " ") == shown


def test_ukrainian_has_three_forms_of_days() -> None:
    words = in_language("uk")
    shown = [words("usage_since", days=days) for days in (1, 3, 5, 21)]
    assert shown == ["За 1 день.", "За 3 дні.", "За 5 днів.", "За 21 день."]


def test_days_are_written_as_the_language_does() -> None:
    day = date(2022, 6, 12)
    assert [in_language(language).day(day) for language in LANGUAGES] == [
        "12 June 2022",
        "12 червня 2022",
        "12 يونيو 2022",
        "12. Juni 2022",
        "12 juin 2022",
        "12 de junio de 2022",
    ]


def test_what_stands_in_a_value_is_no_place() -> None:
    assert ENGLISH("taken_as", question="{date} {0}") == "Taken as: “{date} {0}”"


def test_a_message_without_a_language_can_be_part_of_a_key() -> None:
    assert {Text("unclear", {"a": 1}): 1}[Text("unclear", {"a": 1})] == 1
    assert Text("taken_as", {"question": Text("unclear")}) != Text("taken_as", {"question": "x"})
    assert in_language("de")("taken_as", question=Text("welcome")) == "Verstanden als: »Gern geschehen.«"


def test_a_decline_is_told_in_every_language() -> None:
    assert all(is_decline(in_language(language)("not_found")) for language in LANGUAGES)
    assert len(DECLINES) == len(LANGUAGES) + 1


def test_an_error_is_english_for_programs_and_in_the_readers_language_for_them() -> None:
    with pytest.raises(QuestionError) as caught:
        parse_as_of("soon")
    assert str(caught.value).startswith("as-of date 'soon' is not ISO 8601; write 2022-06-17")
    assert caught.value.told_in(in_language("de")).startswith("Stand: »soon« ist kein Datum nach ISO 8601")
    assert QuestionError("as it is").told_in(in_language("de")) == "as it is"


@pytest.mark.parametrize("fault", ["failed", "server", "key", "model", "request", "length", "filter", "budget"])
def test_every_fault_of_a_model_has_words(fault: str) -> None:
    for words in map(in_language, LANGUAGES):
        assert model_failed(words, fault, midway=True) != model_failed(words, fault, midway=False)
