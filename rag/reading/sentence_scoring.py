"""Which sentences answer a question: scored by words, expected kind, place and agreement. Pure.

A sentence is scored by the share of the question's words, weighted by their rarity, that it holds;
what the sentences beside it and its headline hold counts less. Its passage's score counts too, and
so do the names or numbers in it that the question does not have: the more independent articles say
them near the question's words, the likelier they are the answer (redundancy, after Dumais, Banko,
Brill, Lin & Ng, *Web question answering: is more always better?*, SIGIR 2002).

Chosen on the questions of June and July 2022 of `realtimeqa-2022`: answer string within 60 words
rose from 0.33 (words and kind alone) to 0.38 with place and agreement.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.models import Hit, Passage, Span
from rag.reading.answer_types import (
    NEARLY,
    RIGHT,
    Expected,
    asks_for_a_figure,
    expected_answer,
    fit,
    values_in,
    wants_the_unit,
    words_asked_for,
)
from rag.reading.instructions import gives_orders
from rag.text import content_words, names_in

Stems = Callable[[str], Sequence[str]]
"""Words of a text as the lexical index holds them."""

_NEAR = 0.4
_TITLE = 0.1
_WRONG_KIND = 0.35
_NEARLY_KIND = 0.5
_PASSAGE = 1.2
_LENGTH = 0.2
_TYPICAL_WORDS = 10
_AGREEMENT = 1.0
_MOST_AGREEING = 3
_SAME = 0.6
_MISSING = 0.5
_CARRIED = 0.5
_KIND_MISSING = 0.7
"""What is left of the confidence when a figure is asked for and no sentence gives one of that kind."""
_HEADING_WORDS = 7
"""Most words of a line without a full stop that is taken for a heading."""
_CAPITALS = 0.7
"""Share of capitalised words from which any line without a full stop is taken for a heading."""
_LEAST_WORDS = 5
_TAKEN_BACK = re.compile(
    r"\b(?:an?|the) (?:earlier|previous) (?:version|headline|article|report)\b|\b(?:incorrectly|wrongly|mistakenly) "
    r"(?:said|stated|reported|gave|named|described|identified|put)\b|\bmisstated\b",
    re.IGNORECASE,
)
"""What a correction says was wrong is no answer."""
_ABOUT_ERRORS = re.compile(r"\b(?:correct\w*|error|errors|wrong\w*|mistake\w*|earlier|retract\w*|misprint\w*)\b", re.I)
_DAY = re.compile(r"\b\d{1,2} [A-Z][a-z]{2,8}\b(?: \d{4}\b)?|\b[A-Z][a-z]{2,8} \d{1,2}\b(?:, \d{4}\b)?")
_FIGURE = re.compile(r"\d[\d.,]*")
_HOW = re.compile(r"\bhow \w+", re.IGNORECASE)
ON_SUBJECT = 0.3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as sentences are measured against it.

    Attributes:
        text: The standalone question.
        stems: All of its stems.
        weights: Stem of each content word -> how much it counts; what the conversation adds counts half.
        about: The same in full, without the word that names the kind of answer.
        expected: The kind of answer it asks for.
        names: Stems of each name in it.
        own: Stems of what a follow-up asks itself, beside what the conversation adds; empty if it stands alone.
    """

    text: str
    stems: frozenset[str]
    weights: Mapping[str, float]
    about: Mapping[str, float]
    expected: Expected
    names: tuple[frozenset[str], ...]
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer.

    Attributes:
        score: For ranking; comparable within one question only.
        kind: It holds something of the expected kind.
        values: Names or numbers in it that the question does not have.
    """

    passage: Passage
    span: Span
    text: str
    stems: frozenset[str]
    values: frozenset[str]
    score: float
    kind: bool


@dataclass(frozen=True, slots=True)
class _TakenBack:
    """A sentence in which an outlet says what it had got wrong."""

    passage: Passage
    span: Span
    figures: frozenset[str]

    def covers(self, sentence: Candidate) -> bool:
        """The candidate is this sentence, or said the wrong figure, in this outlet, before or in the same text."""
        if (sentence.passage.id, sentence.span) == (self.passage.id, self.span):
            return True
        article, earlier = self.passage.article, sentence.passage.article
        if article.source != earlier.source or not article.published_at or not earlier.published_at:
            return False
        return earlier.published_at.at <= article.published_at.at and bool(self.figures & _figures(sentence.text))


def _taken_back(hits: Sequence[Hit]) -> Iterator[_TakenBack]:
    """What the hits take back; a figure that the next sentence gives too is not wrong."""
    for hit in hits:
        article = hit.passage.article
        texts = [article.text[span.start : span.end] for span in hit.passage.sentences]
        for position, (span, text) in enumerate(zip(hit.passage.sentences, texts, strict=True)):
            if _TAKEN_BACK.search(text):
                right = _figures(" ".join(texts[position + 1 : position + 2]))
                yield _TakenBack(hit.passage, span, _figures(text) - right)


def _figures(text: str) -> frozenset[str]:
    figures = (figure.strip(".,") for figure in _FIGURE.findall(_DAY.sub(" ", text)))
    return frozenset(figure for figure in figures if len(figure) > 1)


def asked(text: str, as_written: str, weights: Mapping[str, float], stems: Stems) -> Asked:
    """The question, prepared; `as_written` is what the reader wrote, before the conversation was added."""
    names = tuple(frozenset(stems(name)) for name in names_in(as_written))
    # What "how heavy" asks for stands in the answer as a weight, not as a word.
    own_words = content_words(_HOW.sub(" ", as_written)) if as_written != text else ()
    own = frozenset(stems(" ".join(own_words)))
    kind = frozenset(stems(" ".join(words_asked_for(as_written))))
    about = {word: weight for word, weight in weights.items() if word not in kind} or weights
    written = frozenset(stems(as_written))
    counted = {word: weight if word in written else weight * _CARRIED for word, weight in weights.items()}
    return Asked(text, frozenset(stems(text)), counted, about, expected_answer(as_written), names, own)


def candidates(
    question: Asked, hits: Sequence[Hit], stems: Stems, *, on_subject: float = ON_SUBJECT
) -> list[Candidate]:
    """Every sentence of the hits that could answer, best first; equal ones by passage and place.

    Left out are sentences that ask, headings, those that say nothing the question does not say or only
    a few words, passages on another subject, and what was taken back: what a correction says was wrong,
    and its figures in what the outlet published before.

    Args:
        question: Prepared.
        hits: As found.
        stems: Of a text.
        on_subject: Least coverage of the question, as a share of the best passage's, of a passage to quote from.
    """
    top = max((hit.score for hit in hits), default=0.0) or 1.0
    covered = [_coverage(question, hit.passage, stems) for hit in hits]
    needed = on_subject * max(covered, default=0.0)
    near = [hit for hit, coverage in zip(hits, covered, strict=True) if coverage >= needed]
    taken_back = () if _ABOUT_ERRORS.search(question.text) else tuple(_taken_back(hits))
    sentences = [sentence for hit in near for sentence in _of_passage(question, hit, top, stems)]
    sentences = _of_the_kind(
        question, [sentence for sentence in sentences if not any(back.covers(sentence) for back in taken_back)]
    )
    agreed = _agreement(sentences)
    scored = [
        replace(sentence, score=sentence.score * (1 + _AGREEMENT * _most(sentence.values, agreed)))
        for sentence in sentences
    ]
    return sorted(scored, key=lambda sentence: (-sentence.score, sentence.passage.id, sentence.span.start))


def _of_the_kind(question: Asked, sentences: list[Candidate]) -> list[Candidate]:
    """Where a figure is asked for, those that give one; with a unit, those that give one of that unit."""
    if not asks_for_a_figure(question.expected):
        return sentences
    exact = [sentence for sentence in sentences if fit(question.expected, sentence.text, question.text) == RIGHT]
    figures = (
        exact if wants_the_unit(question.expected) and exact else [sentence for sentence in sentences if sentence.kind]
    )
    return figures or sentences


def confidence_in(question: Asked, hits: Sequence[Hit], stems: Stems) -> float:
    """How likely the hits answer, in [0, 1]: the best hit's score times the share of the question that it holds.

    A score is near 1 for a passage that words and vectors both rank first and that is of the time asked
    about, so an old article on the same subject counts for less.

    Chosen on the questions of `realtimeqa-2022` before October 2022, asked at their date and 60 days
    earlier: area under the ROC curve 0.88, and 0.89 on the later ones (docs/measurements/answers.md).
    """
    covered = max((_coverage(question, hit.passage, stems) * _standing(hit) for hit in hits), default=0.0)
    return covered if _holds_the_kind(question, hits) else covered * _KIND_MISSING


def _holds_the_kind(question: Asked, hits: Sequence[Hit]) -> bool:
    """A figure of the kind that is asked for stands in the hits, or none is asked for."""
    return not asks_for_a_figure(question.expected) or any(
        fit(question.expected, hit.passage.text, question.text) == RIGHT for hit in hits
    )


def _standing(hit: Hit) -> float:
    """The hit's score; what is undated may be of any time, so that counts neither for nor against it."""
    undated = hit.passage.article.published_at is None
    return min(1.0, hit.score / hit.why.time if undated else hit.score)


def _coverage(question: Asked, passage: Passage, stems: Stems) -> float:
    """The share of the question that the passage and its headline hold.

    Half of it if a full name is missing, or if all that is held is what the conversation adds.
    """
    held = words_held(passage, stems)
    unnamed = any(len(name) > 1 and not held & name for name in question.names)
    beside_it = bool(question.own) and not question.own & held
    return share_of(question.about, held) * (_MISSING if unnamed or beside_it else 1.0)


def words_held(passage: Passage, stems: Stems) -> set[str]:
    """Stems of the passage, its headline and its byline."""
    return {*stems(passage.text), *stems(passage.article.title), *stems(" ".join(passage.article.authors))}


def adds_to(sentence: Candidate, taken: Sequence[Candidate]) -> bool:
    """A further sentence holds what the question asks for, and something new, in words and in names or numbers."""
    if not sentence.kind:
        return False
    if sentence.values and sentence.values <= frozenset[str]().union(*(other.values for other in taken)):
        return False
    return not any(_same(sentence.stems, other.stems) for other in taken)


def _of_passage(question: Asked, hit: Hit, top: float, stems: Stems) -> list[Candidate]:
    passage = hit.passage
    texts = [passage.article.text[span.start : span.end] for span in passage.sentences]
    held = [frozenset(stems(text)) for text in texts]
    title = frozenset(stems(passage.article.title))
    sentences = []
    for position, (span, text) in enumerate(zip(passage.sentences, texts, strict=True)):
        own = held[position]
        asks = text.rstrip("\"'”’)").endswith("?")
        if asks or own <= question.stems or own == title or says_little(text) or gives_orders(text):
            continue
        near = frozenset[str]().union(*held[max(0, position - 1) : position + 2])
        fitting = fit(question.expected, text, question.text)
        kind = 1.0 if fitting == RIGHT else _NEARLY_KIND if fitting == NEARLY else _WRONG_KIND
        place = (hit.score / top) ** _PASSAGE / (len(text.split()) + _TYPICAL_WORDS) ** _LENGTH
        sentences.append(
            Candidate(
                passage=passage,
                span=span,
                text=text,
                stems=own,
                values=values_in(question.expected, text, question.text),
                score=kind * place * _share(question.weights, own, near, title, _TITLE),
                kind=fitting > 0,
            )
        )
    return sentences


def says_little(text: str) -> bool:
    """A heading, or a remark of a few words."""
    words = text.split()
    if text[-1].isalnum():
        letters = [word for word in words if word[0].isalpha()]
        capitals = sum(word[0].isupper() for word in letters)
        return len(words) <= _HEADING_WORDS or capitals >= _CAPITALS * len(letters)
    return len(words) < _LEAST_WORDS


def share_of(weights: Mapping[str, float], words: Collection[str]) -> float:
    """Share of the question's weight that the words hold, in [0, 1]."""
    return sum(weight for word, weight in weights.items() if word in words) / (sum(weights.values()) or 1.0)


def _share(
    weights: Mapping[str, float], own: Collection[str], near: Collection[str], title: Collection[str], of_title: float
) -> float:
    held = (
        weight * max(float(word in own), _NEAR * (word in near), of_title * (word in title))
        for word, weight in weights.items()
    )
    return sum(held) / (sum(weights.values()) or 1.0)


def _agreement(sentences: Sequence[Candidate]) -> dict[str, float]:
    """Value -> how well its best sentences in up to three articles score, the best value 1."""
    best: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for sentence in sentences:
        for value in sentence.values:
            articles = best[value]
            article = sentence.passage.article.id
            articles[article] = max(articles.get(article, 0.0), sentence.score)
    totals = {value: sum(sorted(scores.values())[-_MOST_AGREEING:]) for value, scores in best.items()}
    most = max(totals.values(), default=0.0) or 1.0
    return {value: total / most for value, total in totals.items()}


def _most(values: Collection[str], agreed: Mapping[str, float]) -> float:
    return max((agreed[value] for value in values), default=0.0)


def _same(stems: frozenset[str], others: frozenset[str]) -> bool:
    return len(stems & others) > _SAME * min(len(stems), len(others))
