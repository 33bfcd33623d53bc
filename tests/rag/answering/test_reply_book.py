"""Every draft of the reply book, sent by a real server whole and in small pieces, comes out as it must."""

import sys
from collections.abc import Iterator

import pytest

from rag.answering.base import Answerer, AnswererEvent
from rag.answering.factory import language_model_from
from rag.answering.generative.answerer import GenerativeAnswerer
from rag.answering.verification import EvidenceVerifier
from rag.library.library import Library
from rag.messages import in_language
from rag.models import GeneratedAnswer, Hit, Message, Passage, Query, TextDelta
from rag.reading.onnx_reader import span_reader
from rag.settings import Settings
from tests.openai_server import Script, openai_server
from tests.rag.answering.reply_book.book import BEGIN, END, PAGE, REPLIES, Reply, table

WHOLE, IN_PIECES = 100_000, 3


class Quotes:
    """An `Answerer` that always writes the same; stands for those that quote."""

    def answer(self, query: Query, hits: list[Hit], history: list[Message]) -> Iterator[AnswererEvent]:
        yield GeneratedAnswer((), (), "answered", "", 1.0, "quotes")


@pytest.fixture(scope="module")
def server() -> Iterator[Script]:
    with openai_server() as script:
        yield script


@pytest.fixture(scope="module")
def answerer(server: Script) -> Answerer:
    model = language_model_from(Settings(OPENAI_BASE_URL=server.url, chat_model="scripted", request_seconds=30))
    assert model
    return GenerativeAnswerer(model, verifier=EvidenceVerifier(span_reader()), fallback=Quotes(), evidence_tokens=8_000)


@pytest.fixture(scope="module")
def passages(sample_library: Library) -> list[Passage]:
    record = sample_library.record
    return [passage for article in record.articles() for passage in record.passages_of(article.id)]


def played(
    reply: Reply, answerer: Answerer, server: Script, hits: list[Hit], *, piece: int
) -> tuple[GeneratedAnswer, str]:
    """The answer, and what was streamed before; the model's own judgement is silent, the local check decides."""
    server.reply, server.reasoning, server.whole = reply.draft, reply.reasoning, "-"
    server.piece, server.finish = piece, reply.finish
    *released, answer = answerer.answer(Query(reply.question.text), hits, ())
    assert isinstance(answer, GeneratedAnswer)
    return answer, "".join(event.text for event in released if isinstance(event, TextDelta))


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.id)
def test_every_draft_comes_out_as_it_must(
    reply: Reply, answerer: Answerer, server: Script, passages: list[Passage]
) -> None:
    hits = reply.question.hits(passages)
    answer, streamed = played(reply, answerer, server, hits, piece=WHOLE)
    assert played(reply, answerer, server, hits, piece=IN_PIECES) == (answer, streamed)
    assert (answer.model == "quotes") is reply.quoted
    if reply.quoted:
        assert answer.notes
        return
    assert answer.text.replace(f" ({in_language()('not_verified')})", "") == reply.shown
    assert answer.status == reply.status
    cited = [citation.passage.id for citation in answer.citations]
    assert [hits[number - 1].passage.id for number in reply.cites] == cited
    verified = {claim.text for claim in answer.claims if claim.support == "verified"}
    assert not verified & set(reply.lies)
    if not reply.needs_entailment:
        assert {claim.text for claim in answer.claims} - verified == set(reply.lies)
    if "`</think>` without" not in reply.format:  # which takes back what was streamed
        assert streamed == answer.text


def test_what_depends_on_the_entailment_head_is_reported(
    answerer: Answerer, server: Script, passages: list[Passage], capsys: pytest.CaptureFixture[str]
) -> None:
    """How many claims of the book that only the head can tell are verified; printed, since its weights decide."""
    rows = []
    for reply in REPLIES:
        if reply.needs_entailment:
            answer, _ = played(reply, answerer, server, reply.question.hits(passages), piece=WHOLE)
            rows += [(reply.format, claim.text, claim.support) for claim in answer.claims]
    lies = [row for row in rows if " lie" in f" {row[0]}"]
    honest = [row for row in rows if row not in lies]
    with capsys.disabled():
        sys.stdout.write(f"\nhonest refused: {sum(row[2] != 'verified' for row in honest)} of {len(honest)}\n")
        sys.stdout.write(f"lies verified: {sum(row[2] == 'verified' for row in lies)} of {len(lies)}\n")
    assert len(honest) > 20
    assert lies


def test_the_table_of_formats_is_the_books() -> None:
    page = PAGE.read_text(encoding="utf-8")
    written = page.partition(BEGIN)[2].partition(END)[0]
    assert written == table(REPLIES), "write it anew: python -m tests.rag.answering.reply_book.book"
    assert len(REPLIES) >= 150
