"""The training sets: SQuAD 1.1 and 2.0 and QAMR as their publishers' questions, and passages written for Dateline.

Rajpurkar, Zhang, Lopyrev & Liang, *SQuAD: 100,000+ questions for machine comprehension of text*, EMNLP 2016;
Rajpurkar, Jia & Liang, *Know what you don't know: unanswerable questions for SQuAD*, ACL 2018; Michael, Stanovsky,
He, Dagan & Zettlemoyer, *Crowdsourcing question-answer meaning representations*, NAACL 2018.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.reading.inputs import heading
from rag.text import content_words

_HELD_OUT_ARTICLES = 20
_HELD_OUT_SEED = 1
"""Not the training's: what is calibrated on held-out articles must stay unseen, whatever seed goes on."""
_TENTH = 10
_NEAR = 100
"""Characters to each side of an answer in which the question's words are looked for."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text that questions were asked about.

    Attributes:
        title: Of its article; empty where it is unknown.
    """

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question about a paragraph.

    Attributes:
        answers: As the annotators marked them; none where the paragraph does not answer.
        span: Start and end of the first answer, in characters of the paragraph; `None` where there is none.
    """

    text: str
    paragraph: Paragraph
    answers: tuple[str, ...]
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class WrittenPassage:
    """A short invented piece of news with claims and questions that people wrote on it.

    Attributes:
        outlet: That publishes it.
        published: The day, as it is spoken.
        questions: With the span that answers, in characters of the text; `None` for one that only seems to fit.
        claims: With whether the passage says it, and what is wrong with it where it does not.
    """

    outlet: str
    published: str
    title: str
    text: str
    questions: tuple[tuple[str, tuple[int, int] | None], ...]
    claims: tuple[tuple[str, bool, str], ...]

    @property
    def above(self) -> str:
        """Its heading."""
        return heading(self.title, self.outlet, self.published)


def squad(file: Path) -> Iterator[AskedQuestion]:
    """Yield the questions of a file of `{title, context, questions: [{question, answers}]}` lines, gzipped.

    Offsets are not given: of several places of an answer, the one nearest to the question's words is taken.
    """
    for line in _lines(file):
        paragraph = Paragraph(line["title"].replace("_", " "), line["context"])
        for asked in line["questions"]:
            answers = tuple(asked["answers"])
            span = answer_span(asked["question"], paragraph.text, answers[0]) if answers else None
            if span or not answers:
                yield AskedQuestion(asked["question"].strip(), paragraph, answers, span)


def qamr(file: Path) -> Iterator[AskedQuestion]:
    """Yield the questions of a file of `{tokens, questions: [{question, answers}]}` lines, gzipped.

    An answer is a list of token indices; those that are not one stretch are left out.
    """
    for line in _lines(file):
        text, offsets = _detokenized(line["tokens"].split())
        paragraph = Paragraph("", text)
        for asked in line["questions"]:
            tokens = [int(index) for index in asked["answers"][0].split()]
            if tokens and tokens == list(range(tokens[0], tokens[-1] + 1)) and tokens[-1] < len(offsets):
                start, end = offsets[tokens[0]][0], offsets[tokens[-1]][1]
                yield AskedQuestion(asked["question"], paragraph, (text[start:end],), (start, end))


def parted(questions: Sequence[AskedQuestion]) -> tuple[list[AskedQuestion], list[AskedQuestion]]:
    """Return the questions to learn from, and those of twenty articles that are held out, always the same ones."""
    titles = sorted({question.paragraph.title for question in questions})
    kept = set(random.Random(_HELD_OUT_SEED).sample(titles, _HELD_OUT_ARTICLES))
    learnt = [question for question in questions if question.paragraph.title not in kept]
    return learnt, [question for question in questions if question.paragraph.title in kept]


def answer_span(question: str, text: str, answer: str) -> tuple[int, int] | None:
    """Return where the answer stands, in characters; of several places the one nearest to the question's words."""
    places = [match.start() for match in re.finditer(re.escape(answer), text)]
    if not places:
        return None
    words = {word.lower() for word in content_words(question)}

    def words_near(start: int) -> int:
        near = text[max(0, start - _NEAR) : start + len(answer) + _NEAR].lower()
        return sum(word in near for word in words)

    start = max(places, key=words_near)
    return start, start + len(answer)


def written(file: Path) -> Iterator[WrittenPassage]:
    """Yield the passages of a file of blocks with an empty line between them (docs/training.md shows one).

    Raises:
        ValueError: A line begins with no known mark, or an answer is not in its passage.
    """
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if len(lines) > 1:
            yield _written_passage(lines[0], lines[1], lines[2:])


def parted_passages(files: Sequence[Path]) -> tuple[list[WrittenPassage], list[WrittenPassage]]:
    """Return the written passages to learn from, and every tenth of each file, which is held out."""
    passages = [(place % _TENTH == 0, passage) for file in files for place, passage in enumerate(written(file))]
    return [passage for held, passage in passages if not held], [passage for held, passage in passages if held]


def _written_passage(head: str, text: str, lines: Sequence[str]) -> WrittenPassage:
    outlet, day, title = (part.strip() for part in head.removeprefix("@").split("|"))
    questions: list[tuple[str, tuple[int, int] | None]] = []
    claims: list[tuple[str, bool, str]] = []
    for line in lines:
        mark, _, rest = line.partition(" ")
        if mark == "+":
            claims.append((rest, True, ""))
        elif mark == "-":
            kind, _, claim = rest.partition(" | ")
            claims.append((claim, False, kind))
        elif mark == "?-":
            questions.append((rest, None))
        elif mark == "?" and (span := answer_span(rest.partition(" => ")[0], text, rest.partition(" => ")[2])):
            questions.append((rest.partition(" => ")[0], span))
        else:
            raise ValueError(f"{line!r} of {title!r}: no claim, and no question whose answer is in the passage")
    return WrittenPassage(outlet, day, title, text, tuple(questions), tuple(claims))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _detokenized(tokens: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The sentence as it is printed, without spaces before marks, and where each token begins in it."""
    text, offsets, opened = "", [], False
    for token in tokens:
        written = {"``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}.get(token, token)
        if text and not opened and not re.match(r"[,.;:?!)\]”%]|['’]\w|n['’]t\b", written):
            text += " "
        offsets.append((len(text), len(text) + len(written)))
        text += written
        opened = written in ("(", "[", "“", "$", "£", "€")
    return text, offsets
