"""Which sentences answer a question: a span reader's scores, retrieval's and the agreement of independent articles.

The likelier a sentence answers, the higher its score: a logistic regression over the signals below, fitted on questions
of `realtimeqa-2022` before October 2022 (docs/measurements/answers.md). What several independent articles say is the
likelier answer (Dumais, Banko, Brill, Lin & Ng, *Web question answering: is more always better?*, SIGIR 2002).
"""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rag.models import Article, Hit, Passage, Span
from rag.reading.base import SpanReader, Window
from rag.reading.corrections import corrections
from rag.reading.coverage import Asked, Stems, share_of
from rag.reading.mixture import probability
from rag.reading.values import Value, same, value_of
from rag.reading.windows import PassageWindow, windows_of
from rag.text import gives_orders

_DASHES = "-–—"
"""What the line ends on that only says where a report was written."""
_HEADING_WORDS = 7
"""Most words of a line without a full stop that is taken for a heading."""
_CAPITALS = 0.7
"""Share of capitalised words from which any line without a full stop is taken for a heading."""
_LEAST_WORDS = 5
_ON_SUBJECT = 0.5
"""Least coverage of a sentence, as a share of the best one's, to be on the question's subject."""
_PLAIN = 0.5
"""Slope by which a margin alone tells how likely another story's sentence answers, where agreement is not known yet."""
_SAID_BY_A_STORY = 3
"""Most answers of one story that another's may agree with."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NEAR = 0.5
"""What a word of the question counts that occurs in a neighbouring sentence or the headline."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence.

    Attributes:
        margin: Logit of its best span over "no answer here".
        answerable: Logit of "the window answers the question".
        standing: Logarithm of its passage's score as a share of the best one's.
        coverage: Share of the question's words that it and its neighbours hold.
        agreement: Sum over other stories of how likely a sentence of theirs gives the same answer.
    """

    margin: float
    answerable: float
    standing: float
    coverage: float
    agreement: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer.

    Attributes:
        span: Of the sentence, in characters of the article's text.
        text: The sentence.
        window: What the reader was shown of its passage.
        answer: The words of it that answer.
        value: The same, to be compared.
        score: How likely it answers, in [0, 1].
    """

    passage: Passage
    span: Span
    text: str
    window: Window
    answer: str
    value: Value
    signals: Signals
    score: float = 0.0

    @property
    def story(self) -> str:
        """What its article and its copies in other outlets have in common."""
        return self.passage.article.cluster_id or self.passage.article.id


def candidates(reader: SpanReader, question: Asked, hits: Sequence[Hit], stems: Stems) -> list[Candidate]:
    """Return every sentence of the hits that could answer, best first; equal ones by passage and place.

    Left out are sentences that ask, headings, orders to a machine, what was taken back, and articles of
    another year than the question's.

    Args:
        reader: Reads the hits.
        question: Prepared.
        hits: As found.
        stems: Of a text.
    """
    taken_back = tuple(corrections(question.text, hits))
    years = _YEAR.findall(question.text)
    of_then = [hit for hit in hits if _of_a_year(years, hit.passage.article)]
    windows = [(hit, window) for hit in of_then for window in windows_of(hit.passage)]
    readings = reader.read(question.text, [window.window for _, window in windows], [w.ranges for _, w in windows])
    top = max((hit.score for hit in hits), default=0.0) or 1.0
    read = []
    for (hit, window), reading in zip(windows, readings, strict=True):
        shares = _coverages(question, window, stems)
        for sentence, share, span in zip(window.sentences, shares, reading.spans, strict=True):
            text = hit.passage.article.text[sentence.start : sentence.end]
            if span is None or not _may_answer(text) or any(each.covers(hit.passage, sentence) for each in taken_back):
                continue
            answer = window.window.text[span.start : span.end].strip(" ,;:.")
            standing = math.log(max(hit.score, 1e-6) / top)
            signals = Signals(span.margin, reading.answerable, standing, share)
            read.append(Candidate(hit.passage, sentence, text, window.window, answer, value_of(answer), signals))
    scored = [replace(each, score=probability("sentence", each.signals)) for each in _with_agreement(read)]
    return sorted(scored, key=lambda each: (-each.score, each.passage.id, each.span.start))


def by_subject(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Return the sentences on the question's subject, whether they answer or not, those that say most of it first."""
    most = max((each.signals.coverage for each in ranked), default=0.0)
    about = [each for each in ranked if each.signals.coverage >= _ON_SUBJECT * most]
    return sorted(about, key=lambda each: -each.signals.coverage * math.exp(each.signals.standing))


def says_little(text: str) -> bool:
    """Return whether a text is a heading, or a remark of a few words."""
    return _is_heading(text) or len(text.split()) < _LEAST_WORDS


def _is_heading(text: str) -> bool:
    words = text.split()
    letters = [word for word in words if word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in letters)
    return (text[-1].isalnum() or text[-1] in _DASHES) and (
        len(words) <= _HEADING_WORDS or capitals >= _CAPITALS * len(letters)
    )


def _of_a_year(years: Collection[str], article: Article) -> bool:
    """Whether an article was published in one of the years or names one; what is undated may be of any."""
    if not years or article.published_at is None or str(article.published_at.at.year) in years:
        return True
    return any(year in years for year in _YEAR.findall(f"{article.title} {article.text}"))


def _may_answer(text: str) -> bool:
    asks = text.rstrip("\"'”’)").endswith("?")
    return not (asks or _is_heading(text) or gives_orders(text))


def _with_agreement(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with what the best sentences of other stories that say the same add."""
    best: dict[str, dict[Value, float]] = {}
    for each in ranked:
        of_story = best.setdefault(each.story, {})
        of_story[each.value] = max(of_story.get(each.value, 0.0), _by_margin(each))
    likely = {
        story: sorted(values.items(), key=lambda item: -item[1])[:_SAID_BY_A_STORY] for story, values in best.items()
    }
    agreed = []
    for each in ranked:
        total = sum(
            max((share for value, share in values if same(value, each.value)), default=0.0)
            for story, values in likely.items()
            if story != each.story
        )
        agreed.append(replace(each, signals=replace(each.signals, agreement=math.log1p(total))))
    return agreed


def _by_margin(candidate: Candidate) -> float:
    return (1 + math.tanh(_PLAIN * candidate.signals.margin / 2)) / 2


def _coverages(question: Asked, window: PassageWindow, stems: Stems) -> list[float]:
    """For each sentence the share of the question's words in it; in its neighbours and the headline they count half."""
    text = window.passage.article.text
    held = [frozenset(stems(text[span.start : span.end])) for span in window.sentences]
    title = frozenset(stems(window.passage.article.title))
    shares = []
    for at, own in enumerate(held):
        near = title.union(*held[max(0, at - 1) : at + 2])
        shares.append((1 - _NEAR) * share_of(question.weights, own) + _NEAR * share_of(question.weights, near))
    return shares
