"""A question of the sample library, an engine with a scripted model, and a check of quotes."""

from rag.engine import Dateline, dateline_over
from rag.library.library import Library
from rag.models import Answer
from rag.settings import Settings
from tests.openai_server import Script

WHO = "Which retired judge drew up the compromise in the Skerrin ferry dispute?"


def generating(library: Library, server: Script, *, seconds: float = 5) -> Dateline:
    return dateline_over(library, Settings(OPENAI_BASE_URL=server.url, chat_model="scripted", request_seconds=seconds))


def check_quotes(answer: Answer) -> None:
    for citation in answer.citations:
        assert citation.passage.article.text[citation.start : citation.end] == citation.quote
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


def source_number(dateline: Dateline, text: str) -> int:
    return next(hit.rank for hit in dateline.search(WHO) if text in hit.passage.text)
