"""Training examples: questions with passages that answer them or do not, drawn afresh for each epoch.

An answer is looked for in what retrieval finds, so a question is shown beside its own passage, passages that a search
finds for it, and, with one year, figure or name of its own changed, its own passage again.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.indexes.chunking import sentence_spans
from rag.reading.inputs import heading
from rag.reading.training.claims.falsehoods import other_word
from rag.reading.training.contrasts import as_typed, other_figure, other_name, other_year
from rag.reading.training.datasets import AskedQuestion, Paragraph, WrittenPassage
from rag.reading.training.negatives import NearMisses
from rag.text import names_in

_NEAR_MISSES = 0.6
_CONTRASTS = 0.4
_OTHER_WORDS = 0.3
_DATED = 0.08
_OWN_SENTENCES = 2
"""Sentences of a written passage that are claims of their own, drawn each epoch."""
_BESIDE_ANOTHER = 0.1
"""Share of a written passage's claims that are shown beside another passage, too; false claims that only ever borrow
their passage's words teach that whatever it does not speak of holds."""
_WITH_TITLE = 0.8
_WITH_ORIGIN = 0.6
_LEAST_WORDS = 30
_MOST_WORDS = 120
OUTLETS = (
    "The Courier",
    "The Register",
    "Northlight News Agency",
    "Evening Post",
    "Daily Herald",
    "Harbour Times",
    "The Chronicle",
    "Public Radio",
    "The Observer-Standard",
    "City Gazette",
)
_FIRST_DAY = date(2000, 1, 1)
_DAYS = 9_800
_ANY_YEAR = re.compile(r"\b\d{4}\b")
_PAST = re.compile(r"\b(?:did|was|were)\b")


@dataclass(frozen=True, slots=True)
class Example:
    """One question, one passage.

    Attributes:
        above: The passage's heading.
        span: Start and end of the answer in characters of the passage; `None` where it does not answer.
        holds: `None` for a question; for a claim, which takes the question's place, whether the passage says it.
    """

    question: str
    above: str
    passage: str
    span: tuple[int, int] | None
    holds: bool | None = None


class Examples:
    """Draws examples from questions; the same seed and epoch draw the same ones."""

    def __init__(self, questions: Sequence[AskedQuestion]) -> None:
        self._questions = questions
        paragraphs = list(dict.fromkeys(question.paragraph for question in questions))
        self._near = NearMisses([paragraph for paragraph in paragraphs if paragraph.title])
        self._names: dict[str, list[str]] = defaultdict(list)
        for paragraph in paragraphs:
            self._names[paragraph.title].extend(names_in(paragraph.text))

    def of_epoch(self, seed: int, epoch: int) -> Iterator[Example]:
        """Yield the examples of one epoch, in an order of its own."""
        draw = random.Random(f"{seed}.{epoch}")
        order = list(self._questions)
        draw.shuffle(order)
        for question in order:
            yield from self._of_question(question, draw)

    def _of_question(self, asked: AskedQuestion, draw: random.Random) -> Iterator[Example]:
        typed = as_typed(asked.text, draw)
        yield example_of(typed, asked.paragraph, asked.span, draw)
        if not asked.span or not asked.paragraph.title:
            return
        if draw.random() < _NEAR_MISSES and (near := self._near.of(asked)):
            yield example_of(typed, draw.choice(near), None, draw)
        if draw.random() < _CONTRASTS and (contrast := self._contrast(asked, draw)):
            yield example_of(as_typed(contrast, draw), asked.paragraph, None, draw)
        if draw.random() < _DATED:
            yield from _of_a_year(asked, draw)

    def _contrast(self, asked: AskedQuestion, draw: random.Random) -> str | None:
        passage = f"{asked.paragraph.title} {asked.paragraph.text}"
        return (
            (other_word(asked.text, draw) if draw.random() < _OTHER_WORDS else None)
            or other_year(asked.text, passage, draw)
            or other_figure(asked.text, passage, draw)
            or other_name(asked.text, asked.paragraph.text, self._names[asked.paragraph.title], draw)
        )


class WrittenExamples:
    """Draws the claims and questions of written passages; the same seed and epoch draw the same ones.

    Args:
        passages: Returns them; asked once an epoch.
    """

    def __init__(self, passages: Callable[[], Sequence[WrittenPassage]]) -> None:
        self._passages = passages

    def of_epoch(self, seed: int, epoch: int) -> Iterator[Example]:
        """Yield the examples of one epoch, in an order of its own."""
        draw = random.Random(f"written.{seed}.{epoch}")
        passages = self._passages()
        examples = [example for passage in passages for example in _of_written(passage, draw)]
        for passage in passages:
            others = [other for other in passages if other.title != passage.title]
            claims = [claim for claim, _, _ in passage.claims if others and draw.random() < _BESIDE_ANOTHER]
            for claim, other in zip(claims, draw.choices(others, k=len(claims)) if claims else [], strict=True):
                examples.append(Example(claim, other.above, other.text, None, holds=False))
        draw.shuffle(examples)
        yield from examples


def _of_written(passage: WrittenPassage, draw: random.Random) -> Iterator[Example]:
    for question, span in passage.questions:
        yield Example(as_typed(question, draw), passage.above, passage.text, span)
    for claim, holds, _ in passage.claims:
        yield Example(claim, passage.above, passage.text, None, holds)
    # False claims borrow the passage's words; without its own sentences, borrowing would tell a falsehood.
    sentences = [passage.text[one.start : one.end] for one in sentence_spans(passage.text)]
    for sentence in draw.sample(sentences, min(_OWN_SENTENCES, len(sentences))):
        yield Example(sentence, passage.above, passage.text, None, holds=True)


def _of_a_year(asked: AskedQuestion, draw: random.Random) -> Iterator[Example]:
    """The question with a year that only the heading's date can confirm: once the right one, once another."""
    bare = asked.text.rstrip("?").rstrip()
    if _ANY_YEAR.search(f"{asked.text} {asked.paragraph.text}") or not _PAST.search(bare):
        return
    _, day = outlet_and_day(draw)
    yield example_of(f"{bare} in {day.year}?", asked.paragraph, asked.span, draw, day=day)
    yield example_of(f"{bare} in {day.year + draw.choice((-3, -2, -1, 1, 2))}?", asked.paragraph, None, draw, day=day)


def outlet_and_day(draw: random.Random) -> tuple[str, date]:
    """Return an outlet and a day for a heading."""
    return draw.choice(OUTLETS), _FIRST_DAY + timedelta(days=draw.randrange(_DAYS))


def example_of(
    asked: str,
    paragraph: Paragraph,
    span: tuple[int, int] | None,
    draw: random.Random,
    *,
    outlet: str = "",
    day: date | None = None,
    holds: bool | None = None,
) -> Example:
    """Return an example with a window of the paragraph under a heading.

    Args:
        asked: A question or a claim.
        paragraph: To cut the window from.
        span: What the window holds, in characters of the paragraph; `None` for any window.
        draw: Source of chance.
        outlet: For the heading; drawn if neither it nor a day is given.
        day: For the heading.
        holds: See `Example`.
    """
    start, end = _window(paragraph.text, span, draw)
    title = paragraph.title if draw.random() < _WITH_TITLE else ""
    if not day and draw.random() < _WITH_ORIGIN:
        outlet, day = outlet_and_day(draw)
    above = heading(title, outlet, f"{day.day} {day:%B %Y}" if day else "")
    inside = (span[0] - start, span[1] - start) if span and holds is None else None
    return Example(asked, above, paragraph.text[start:end], inside, holds)


def _window(text: str, span: tuple[int, int] | None, draw: random.Random) -> tuple[int, int]:
    """Whole sentences around the answer, or around any sentence, up to a number of words drawn by chance."""
    sentences = list(sentence_spans(text))
    if not sentences:
        return 0, len(text)
    most = draw.randint(_LEAST_WORDS, _MOST_WORDS)
    held = [place for place, sentence in enumerate(sentences) if span and sentence.end > span[0]]
    first = last = held[0] if held else draw.randrange(len(sentences))
    while span and sentences[last].end < span[1] and last + 1 < len(sentences):
        last += 1
    while (first, last) != (0, len(sentences) - 1):
        before = first > 0 and (last + 1 == len(sentences) or draw.random() < 0.5)
        wider = (first - 1, last) if before else (first, last + 1)
        if len(text[sentences[wider[0]].start : sentences[wider[1]].end].split()) > most:
            break
        first, last = wider
    return min(sentences[first].start, span[0] if span else len(text)), max(sentences[last].end, span[1] if span else 0)


def mixed(
    first: Callable[[int, int], Iterator[Example]],
    second: Callable[[int, int], Iterator[Example]],
    share: float,
    seed: int,
    epoch: int,
) -> Iterator[Example]:
    """Yield the examples of two kinds, e.g. questions and claims, of an epoch, as long as there are both.

    Args:
        first: Draws examples of one kind for a seed and an epoch.
        second: The same of the other.
        share: Of the second kind.
        seed: Of what is drawn by chance.
        epoch: Number of it.
    """
    draw = random.Random(f"mixed.{share}.{seed}.{epoch}")
    streams = first(seed, epoch), second(seed, epoch)
    while True:
        example = next(streams[draw.random() < share], None)
        if example is None:
            return
        yield example
