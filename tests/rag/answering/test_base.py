"""Another answerer and another check of claims take the place of ours."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from llama_index.core.llms import MockLLM

from rag.answering import Answerer, AnswererEvent, CheckedClaim, Verifier
from rag.answering.extractive.answerer import ExtractiveAnswerer
from rag.answering.generative.answerer import GenerativeAnswerer
from rag.answering.generative.llm import LlamaIndexModel
from rag.engine import dateline_over
from rag.library.library import Library
from rag.models import Citation, Claim, GeneratedAnswer, Hit, Message, Query, TextDelta
from rag.reading.onnx_reader import span_reader
from rag.settings import Settings
from tests.rag.asking import WHO


class HeadlineAnswerer:
    """Answers with the headline of the best passage's article."""

    def answer(self, query: Query, hits: Sequence[Hit], history: Sequence[Message]) -> Iterator[AnswererEvent]:
        passage = hits[0].passage
        start, end = passage.sentences[0].start, passage.sentences[0].end
        citation = Citation(1, passage, passage.article.text[start:end], start, end)
        text = f"{passage.article.title} [1]"
        yield TextDelta(text)
        claim = Claim(passage.article.title, (1,), "verified")
        yield GeneratedAnswer((claim,), (citation,), "answered", text, 1.0, "headlines")


class StrictVerifier:
    """Believes nothing, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def check(
        self, text: str, numbers: Sequence[int], hits: Sequence[Hit], citations: Sequence[Citation]
    ) -> CheckedClaim:
        self.asked.append(text)
        return CheckedClaim(Claim(text, (), "unverified"), text, tuple(citations), "nothing is believed")


def test_another_answerer_writes_the_answer(sample_library: Library) -> None:
    answerer: Answerer = HeadlineAnswerer()
    answer = replace(dateline_over(sample_library, Settings()), answerer=answerer).ask(WHO)
    assert answer.model == "headlines"
    assert answer.text == f"{answer.citations[0].passage.article.title} [1]"


def test_another_verifier_checks_what_a_model_writes(sample_library: Library) -> None:
    strict = StrictVerifier()
    verifier: Verifier = strict
    model = LlamaIndexModel(MockLLM(max_tokens=3))
    answerer = GenerativeAnswerer(
        model,
        verifier=verifier,
        fallback=ExtractiveAnswerer(sample_library.lexical, span_reader()),
        evidence_tokens=500,
        drops_unverified=False,
    )
    answer = replace(dateline_over(sample_library, Settings()), answerer=answerer).ask(WHO)
    assert strict.asked
    assert not any(claim.support == "verified" and claim.text.startswith("text") for claim in answer.claims)
