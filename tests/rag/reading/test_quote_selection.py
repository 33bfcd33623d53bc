"""Which sentences are quoted."""

from rag.reading.coverage import asked
from rag.reading.evidence import candidates
from rag.reading.quote_selection import MOST_IN_ALL, MOST_WORDS, best_quotes
from tests.rag.hits import stems_of, told
from tests.rag.reading.readers import ToldReader

QUESTION = asked("How many were rescued?", "How many were rescued?", {"rescued": 1.0}, stems_of)


def quoted(margins: dict[str, float], *said: str) -> list[str]:
    hits = [told(text, f"Outlet {number}", f"0{number}", number) for number, text in enumerate(said, 1)]
    ranked = candidates(ToldReader(margins), QUESTION, hits, stems_of)
    quotes = best_quotes(QUESTION, ranked, most_words=MOST_WORDS, most_in_all=MOST_IN_ALL)
    assert sum(quote.words for quote in quotes) <= MOST_WORDS
    assert all(set(quote.answering) <= {quote.sentence.answer} for quote in quotes)
    return [quote.answering[0] for quote in quotes]


def test_one_sure_sentence_is_enough() -> None:
    assert quoted(
        {"40": 8.0, "boats": -3.0}, "They rescued 40 people in the night.", "The boats came late that day."
    ) == ["40"]


def test_a_second_sentence_is_quoted_for_another_answer_only() -> None:
    said = "They rescued 40 people in the night.", "By noon 55 were rescued.", "In the night 40 people were rescued."
    assert quoted({"40": 4.0, "55": 3.9}, *said) == ["40", "55"]
