"""The kind of answer that a question asks for."""

import pytest

from rag.reading.answer_types import NEARLY, RIGHT, WRONG, answering_words, expected_answer, fit


@pytest.mark.parametrize(
    ("question", "kind", "holding", "nearly", "not_holding"),
    [
        ("Who won the cup?", "name", "Harrowmere Larks won.", None, "they won the cup."),
        ("When was it launched?", "time", "It went up on 7 October.", None, "It went up at last."),
        ("How many people were moved?", "count", "They moved 1,240 people.", "It cost 30 crowns.", "They moved on."),
        ("Why was it closed?", "reason", "It was closed because of a crack.", None, "It was closed."),
        ("How long did it take?", "duration", "It took eleven minutes.", "It had 127 steps.", "It took long."),
        ("How much did the dam cost?", "money", "It cost 38 million crowns.", "It has 4 gates.", "It was dear."),
        ("What percentage voted?", "share", "Some 42 per cent voted.", "There were 42 of them.", "They voted."),
        ("How old is the keeper?", "age", "Voss, aged 61, retired.", "He lit 38 lamps.", "He is old."),
        ("In which year was it built?", "year", "It was built in 1998.", None, "It was built in May."),
        ("In which month will they meet?", "month", "They meet in November.", None, "They meet on Monday."),
        ("How soon will it open?", "time", "It opens next week.", None, "It opens at last."),
        ("Which country won?", "country", "The cup went to South Korea.", None, "The cup went to Aspel."),
        ("Which US state was hit?", "state", "It hit West Virginia.", None, "It hit the US and Canada."),
        ("Who scored?", "name", "Jorun Aspel scored.", "The Larks' Cup was scored.", "She scored."),
        ("Which country won?", "country", "Used cars went to the US.", None, "Used cars went to us."),
        ("What pay rise was offered?", "number", "They offered 3 per cent.", None, "They offered little."),
        ("How many people fled?", "count", "It put the number of people at 1,900.", "It was 1,900.", "All fled."),
        ("How heavy is the satellite?", "weight", "It weighs 640 kilograms.", "It cost 640.", "It is heavy."),
    ],
)
def test_a_question_asks_for_a_kind_of_answer(
    question: str, kind: str, holding: str, nearly: str | None, not_holding: str
) -> None:
    expected = expected_answer(question)
    assert expected.kind == kind
    assert fit(expected, holding, question) == RIGHT
    assert nearly is None or fit(expected, nearly, question) == NEARLY
    assert fit(expected, not_holding, question) == WRONG


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("From where did it rise?", "The Tamarin rose from Cape Orlan, the Space Office said.", ("Cape Orlan",)),
        ("Who won?", "Harrowmere won as Jorun Aspel scored, Rurik Damsgate said.", ("Jorun Aspel",)),
        ("Who said so?", "It is over, Rurik Damsgate said.", ("Rurik Damsgate",)),
        ("Which firm won?", "Brightacre beat Tolland, according to the mayor, Una Cradock.", ("Brightacre", "Tolland")),
        ("Where is it?", "Harrowmere has it.", ("Harrowmere",)),
    ],
)
def test_the_words_that_answer_are_told(question: str, sentence: str, words: tuple[str, ...]) -> None:
    assert answering_words(expected_answer(question), sentence, question) == words


def test_what_the_question_names_is_no_answer() -> None:
    question = "How often did it rain in 2022?"
    assert fit(expected_answer(question), "In 2022 it rained.", question) == WRONG


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        ("She was the first since 1958 to win a Grand Slam title.", NEARLY),
        ("She has won 23 Grand Slam titles.", RIGHT),
        ("She sold 2022 Grand Slam shirts.", RIGHT),
    ],
)
def test_a_year_counts_nothing(said: str, fits: float) -> None:
    question = "How many Grand Slams has she won?"
    assert fit(expected_answer(question), said, question) == fits
