"""Which choice of a multiple-choice question a library supports: for suites whose questions have choices."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rag.answering.extractive.composition import DECLINE_BELOW
from rag.engine import Dateline
from rag.models import Hit, Message, Passage, Query
from rag.reading.coverage import Asked, Stems, best_coverage, share_of
from rag.reading.evidence import Candidate, candidates
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.ranking import Weights

_HITS = 6
"""Passages looked at for each choice."""
_BEST = 3
_TIE = 1e-6
"""So little that similarity in meaning decides only between choices that words cannot tell apart."""
_SENTENCE_POWER = 0.5
_LEXICAL_POWER = 2
_READ = 10
"""Passages that are read for the question."""
_READER_POWER = 0.5
_FLOOR_OF_READING = 0.02
_FLOOR = 1e-3
"""Keeps a product from being nothing where one of its parts is, so that the others decide."""
_OWN = 0.6
"""What a sentence's own words count for a choice; the rest is what it and its neighbours hold."""

_BOTH = (True, False)
_VERDICTS = {"true": True, "yes": True, "false": False, "no": False}
_VERDICT_ASKED = re.compile(r"^\W*(?:true or false|yes or no|is it true that)\b\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ChoiceScorer:
    """Scores the choices of multiple-choice questions by what a Dateline finds for them.

    Attributes:
        dateline: Its library and retriever are used; no answer is made.
    """

    dateline: Dateline

    def scores(
        self, question: str, choices: Sequence[str], *, history: Sequence[Message] = (), as_of: datetime | None = None
    ) -> tuple[float, ...]:
        """Return a score for each choice; higher is better.

        Choices are searched for by words; between equal ones, similarity in meaning decides.

        Raises:
            QuestionError: The question is empty or too long.
        """
        query = self.dateline.understand(question, history=history, as_of=as_of)
        lexical = words_only(self.dateline)
        hits = [lexical.search(_with_choice(query, choice), k=_HITS) for choice in choices]
        scores = self._scores_by_words(query, hits, choices)
        if scores.count(max(scores, default=0.0)) < 2:
            return scores
        return tuple(
            score * (1 + _TIE * self._similarity(query, choice)) for score, choice in zip(scores, choices, strict=True)
        )

    def _scores_by_words(
        self, query: Query, hits: Sequence[Sequence[Hit]], choices: Sequence[str]
    ) -> tuple[float, ...]:
        """How much of each choice, and of the question, the passages found for both hold.

        "True" scores how likely the passages bear the statement out, "false" the confidence that declines.
        """
        index = self.dateline.library.lexical
        extractive = self.dateline.extractive
        truth_values = verdicts(choices)
        if truth_values:
            statement = statement_of(query.question)
            confidence = best_coverage(extractive.prepare(statement, statement), hits[0], index.analyze)
            return tuple(confidence if is_true else DECLINE_BELOW for is_true in truth_values)
        question = extractive.prepare(query.question, query.asked or query.question)
        ranked = candidates(extractive.reader, question, self.dateline.retriever.search(query, k=_READ), index.analyze)
        scores = []
        for choice, hits_of_choice in zip(choices, hits, strict=True):
            terms = index.analyze(choice)
            own = [term for term in dict.fromkeys(terms) if term not in question.weights] or terms
            weights = extractive.term_weights(own)
            by_words = choice_score(question, weights, hits_of_choice, index.analyze)
            scores.append(by_words * (_FLOOR_OF_READING + read_score(weights, ranked, index.analyze)) ** _READER_POWER)
        return tuple(scores)

    def _similarity(self, query: Query, choice: str) -> float:
        """Mean cosine similarity of the nearest passages to the question with the choice."""
        hits = self.dateline.retriever.search(_with_choice(query, choice), k=_HITS)
        nearest = sorted((hit.why.vector or 0.0 for hit in hits), reverse=True)[:_BEST]
        return sum(nearest) / _BEST


def words_only(dateline: Dateline) -> HybridRetriever:
    """Return a retriever over the same library that does not use vectors: it looks for the very words."""
    retriever = dateline.retriever
    if not isinstance(retriever, HybridRetriever):
        return HybridRetriever(dateline.library, weights=Weights(lexical=1.0, vector=0.0))
    weights = replace(retriever.weights, lexical=1.0, vector=0.0)
    return HybridRetriever(dateline.library, weights=weights, tiers=retriever.tiers)


def _with_choice(query: Query, choice: str) -> Query:
    return replace(query, question=f"{query.question} {choice}")


def verdicts(choices: Sequence[str]) -> list[bool] | None:
    """Return what each choice says of a statement, if the choices are true and false, or yes and no; else `None`."""
    verdicts_or_none = [_VERDICTS.get(choice.lower().strip(" .!")) for choice in choices]
    truth_values = [verdict for verdict in verdicts_or_none if verdict is not None]
    return truth_values if len(truth_values) == len(choices) == len({*truth_values}) == len(_BOTH) else None


def statement_of(question: str) -> str:
    """Return the statement that a question wants judged: without "true or false"."""
    return _VERDICT_ASKED.sub("", question)


def choice_score(question: Asked, choice: Mapping[str, float], hits: Sequence[Hit], analyze: Stems) -> float:
    """Return how well the passages found for a question and one of its choices support that choice, above 0.

    A product of three: what the passages hold of both, what the best sentence holds of both, and how
    well the words of both find a passage at all (BM25). The choice's share is squared: half of the
    words of a name is less than half of its evidence. Everything counts by the time prior.

    Powers chosen on the questions of `realtimeqa-2022` before October 2022 (docs/measurements/answers.md).

    Args:
        question: Prepared.
        choice: Term of each word of the choice -> how much it counts.
        hits: Found for the question with the choice written behind it.
        analyze: Returns the terms of a text.
    """
    passages = sentence = lexical = 0.0
    for hit in hits:
        title, time = frozenset(analyze(hit.passage.article.title)), hit.why.time
        held = {*analyze(hit.passage.text), *title}
        passages += share_of(question.weights, held) * share_of(choice, held) ** 2 * time
        sentence = max(sentence, _best_sentence(question, choice, hit.passage, title, analyze) * time)
        lexical = max(lexical, hit.why.lexical * time)
    return float((passages + _FLOOR) * (sentence + _FLOOR) ** _SENTENCE_POWER * (lexical + _FLOOR) ** _LEXICAL_POWER)


def read_score(choice: Mapping[str, float], ranked: Sequence[Candidate], analyze: Stems) -> float:
    """Return how likely a sentence answers by the words of a choice, in [0, 1].

    Args:
        choice: Term of each word of the choice -> how much it counts.
        ranked: Sentences that were read for the question.
        analyze: Returns the terms of a text.
    """
    shares = (each.score * share_of(choice, frozenset(analyze(each.answer))) ** 2 for each in ranked)
    return max(shares, default=0.0)


def _best_sentence(
    question: Asked, choice: Mapping[str, float], passage: Passage, title: Collection[str], analyze: Stems
) -> float:
    """The share of the choice that a sentence holds, squared, times the share of the question in it and around it."""
    held = [frozenset(analyze(passage.article.text[span.start : span.end])) for span in passage.sentences]
    around = [frozenset(title).union(*held[max(0, at - 1) : at + 2]) for at in range(len(held))]
    return max(
        (
            share_of(choice, own) ** 2
            * (_OWN * share_of(question.weights, own) + (1 - _OWN) * share_of(question.weights, near))
            for own, near in zip(held, around, strict=True)
        ),
        default=0.0,
    )
