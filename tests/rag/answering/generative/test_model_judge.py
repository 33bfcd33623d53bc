"""A language model judges its draft: its word corrects the marks, and what it refuses is written anew, once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from llama_index.core.base.llms.types import ChatMessage

from rag.answering.base import AnswererEvent, ModelDelta
from rag.answering.generative.answerer import GenerativeAnswerer
from rag.answering.generative.model_judge import Verdict, read_verdicts
from rag.answering.verification import EvidenceVerifier
from rag.indexes.chunking import passages_of
from rag.messages import NOT_FOUND, in_language, left_out
from rag.models import GeneratedAnswer, Hit, Message, Query, TextDelta
from tests.conftest import article
from tests.rag.reading.readers import ToldReader

MILL = article(
    "The old mill was built in 1824. Anna Tarn bought the mill in May.", id="mill", source="Saltmere Register"
)

WORDS = in_language()
HITS = [Hit(passages_of(MILL)[0], 1.0, 1)]
QUERY = Query("Who owns the mill?")
BOUGHT = "The mill has been owned by Anna Tarn since May."


@dataclass
class Replies:
    """A `LanguageModel` that writes a draft, then gives one reply after the other."""

    draft: str
    replies: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    name: str = "replies"
    context_tokens: int | None = None

    def complete(self, messages: Sequence[ChatMessage]) -> ModelDelta:
        self.asked.append(str(messages[-1].content))
        return ModelDelta(self.replies.pop(0) if self.replies else "")

    def stream(self, messages: Sequence[ChatMessage], *, seconds: float) -> Iterator[ModelDelta]:
        self.asked.append(str(messages[-1].content))
        yield ModelDelta(self.draft)


class Quotes:
    """An `Answerer` that always writes the same."""

    def answer(self, query: Query, hits: Sequence[Hit], history: Sequence[Message]) -> Iterator[AnswererEvent]:
        yield GeneratedAnswer((), (), "answered", "quotes", 1.0, "quotes")


def answered(model: Replies, *, drops: bool = False) -> tuple[GeneratedAnswer, str]:
    answerer = GenerativeAnswerer(
        model,
        verifier=EvidenceVerifier(ToldReader({})),
        fallback=Quotes(),
        evidence_tokens=500,
        drops_unverified=drops,
    )
    *released, whole = answerer.answer(QUERY, HITS, ())
    assert isinstance(whole, GeneratedAnswer)
    return whole, "".join(event.text for event in released if isinstance(event, TextDelta))


def test_a_yes_takes_the_mark_away_and_a_no_leaves_it() -> None:
    model = Replies(f"{BOUGHT} [1]", ['{"statement": 1, "supported": true}'])
    whole, released = answered(model)
    assert WORDS("not_verified") in released
    assert whole.text == f"{BOUGHT} [1]"
    assert [(claim.support, claim.checked_by) for claim in whole.claims] == [("verified", "model")]
    assert "Saltmere Register, Saturday, 5 September 2026: A title" in model.asked[1]
    refusing = Replies(f"{BOUGHT} [1]", ["1: no, she bought it", "-"])
    whole, _ = answered(refusing)
    assert [(claim.support, claim.checked_by) for claim in whole.claims] == [("unverified", "model")]
    assert WORDS("not_verified") in whole.text
    assert all(part in refusing.asked[2] for part in (QUERY.question, BOUGHT, "she bought it"))


@pytest.mark.parametrize("thought", ["", "<think>1: yes?\nWell.\n</think>\n", "Let me see.\n1: yes.\n</think>"])
def test_what_is_refused_is_written_anew_once(thought: str) -> None:
    replies = ["1: no, she bought it", "Anna Tarn bought the mill in May. [1]"]
    model = Replies(f"{BOUGHT} [1]", [f"{thought}{reply}" for reply in replies])
    whole, _ = answered(model)
    assert whole.text == "Anna Tarn bought the mill in May. [1]"
    assert [(claim.support, claim.checked_by) for claim in whole.claims] == [("verified", "quote")]
    assert len(model.asked) == 3


def test_a_quote_is_not_judged() -> None:
    model = Replies("Anna Tarn bought the mill in May [1].")
    whole, _ = answered(model)
    assert whole.claims[0].checked_by == "quote"
    assert len(model.asked) == 1


def test_a_yes_never_overrules_what_words_decide() -> None:
    model = Replies("The old mill was built in 1924 [1].", ['{"statement": 1, "supported": true}'])
    whole, _ = answered(model)
    assert (whole.claims[0].support, whole.claims[0].checked_by) == ("unverified", "words")


def test_what_cannot_be_read_leaves_the_marks() -> None:
    whole, _ = answered(Replies(f"{BOUGHT} [1]", ["I would say that it is quite right."]))
    assert (whole.claims[0].support, whole.claims[0].checked_by) == ("unverified", "entailment")


def test_with_drop_the_answer_waits_and_says_what_it_left_out() -> None:
    draft = f"The old mill was built in 1924 [1]. {BOUGHT} [1] Anna Tarn bought the mill in May [1]."
    whole, released = answered(Replies(draft, ['{"statement": 1, "supported": true}', "-"]), drops=True)
    assert whole.text == released == f"{BOUGHT} [1] Anna Tarn bought the mill in May. [1]"
    assert whole.notes == (left_out(WORDS, 1),)
    nothing, _ = answered(Replies("The old mill was built in 1924 [1]."), drops=True)
    assert nothing.text == "quotes"
    assert nothing.notes == (left_out(WORDS, 1),)


@pytest.mark.parametrize(
    ("draft", "status", "text"),
    [
        ("The passages do not say who owns it.", "not_found", NOT_FOUND),
        ("Lähteissä ei kerrota asiasta mitään.", "not_found", NOT_FOUND),
        (
            f"{NOT_FOUND} Anna Tarn bought the mill in May [1].",
            "not_found",
            f"{NOT_FOUND} Anna Tarn bought the mill in May. [1]",
        ),
        (
            "Anna Tarn bought the mill in May [1]. The articles do not say for how much.",
            "partial",
            "Anna Tarn bought the mill in May. [1] The articles do not say for how much.",
        ),
        ("It was the neighbour's uncle, as everyone says.", "answered", "quotes"),
    ],
)
def test_a_decline_is_never_replaced_by_quotes(draft: str, status: str, text: str) -> None:
    whole, _ = answered(Replies(draft))
    assert (whole.status, whole.text) == (status, text)
    assert (WORDS("model_uncheckable") in whole.notes) is (text == "quotes")


@pytest.mark.parametrize(
    "reply",
    [
        '{"statement": 1, "supported": true, "because": ""}\n{"statement": 2, "supported": false, "because": "a day"}',
        '```json\n[{"statement": 1, "supported": "yes"}, {"statement": 2, "supported": "no", "because": "a day"}]\n```',
        "<think>1: no</think>1: yes\n2. No, because a day",
        "**1**: Yes\n**2**: No - a day",
    ],
)
def test_verdicts_are_read_in_any_shape(reply: str) -> None:
    assert read_verdicts(reply) == {1: Verdict(True, ""), 2: Verdict(False, "a day")}
