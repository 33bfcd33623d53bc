"""Examples for the entailment head: claims that a passage bears out, and claims near to them that it does not."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from spacy.language import Language
from spacy.tokens import Doc, Span

from rag.reading.training.claims import falsehoods, rewordings
from rag.reading.training.claims.statements import statement
from rag.reading.training.datasets import AskedQuestion, Paragraph
from rag.reading.training.examples import OUTLETS, Example, example_of, outlet_and_day

_FEWEST, _MOST = 6, 40
"""Words of a sentence that claims are made of."""
_SENTENCES = 0.5
"""Share of questions beside which claims are made of a sentence of the paragraph too."""
_FROM_ELSEWHERE = 0.15
_VERBATIM = 0.15
_JOINED = 0.15
_TOLD = 0.3
_PASSAGE_CHANGED = 0.5
"""Share of pairs whose passage is changed as the claim was, where it can be, so that the false claim is true and
no claim tells by itself whether it holds (Schuster, Fisch & Barzilay, *Get your vitamin C!*, NAACL 2021)."""
_TELLING = (
    "{outlet} reported that {said}",
    "According to {outlet}, {said}",
    "{outlet} reported on {day} that {said}",
    "On {day}, {outlet} wrote that {said}",
    "According to a report of {day}, {said}",
)
_LABELS_OF_ANSWERS = 24
"""Characters up to which a wrong answer may be longer than the right one."""


class Claims:
    """Draws claims with passages; the same seed and epoch draw the same ones.

    Args:
        questions: With answers; their paragraphs are the passages.
        parse: spaCy's English pipeline, with parser and entities.
    """

    def __init__(self, questions: Sequence[AskedQuestion], parse: Language) -> None:
        self._questions = [question for question in questions if question.span]
        self._parse = parse
        self._of_paragraph: dict[Paragraph, list[AskedQuestion]] = defaultdict(list)
        self._of_title: dict[str, list[Paragraph]] = defaultdict(list)
        self._entities: dict[Paragraph, list[tuple[str, str]]] = {}
        for question in self._questions:
            if question.paragraph not in self._of_paragraph:
                self._of_title[question.paragraph.title].append(question.paragraph)
            self._of_paragraph[question.paragraph].append(question)

    def of_epoch(self, seed: int, epoch: int) -> Iterator[Example]:
        """Yield the claims of one epoch, in an order of its own."""
        draw = random.Random(f"claims.{seed}.{epoch}")
        order = list(self._questions)
        draw.shuffle(order)
        for question in order:
            yield from self._of_question(question, draw)
            if question.paragraph.title and draw.random() < _SENTENCES:
                yield from self._of_sentence(question, draw)

    def _of_question(self, asked: AskedQuestion, draw: random.Random) -> Iterator[Example]:
        """The question with its answer as a statement, and with another answer of the paragraph, or turned."""
        if asked.span is None:
            return
        question = self._parse(asked.text[:1].upper() + asked.text[1:])
        true = statement(question, asked.answers[0])
        if true is None:
            return
        false: list[Callable[[], str | None]] = [
            lambda: self._with_other_answer(question, asked, draw),
            lambda: self._changed(true, asked.paragraph, draw),
        ]
        draw.shuffle(false)
        if draw.random() < _FROM_ELSEWHERE:
            others = [paragraph for paragraph in self._of_title[asked.paragraph.title] if paragraph != asked.paragraph]
            unsaid = [paragraph for paragraph in others if asked.answers[0].lower() not in paragraph.text.lower()]
            if unsaid:
                yield example_of(true, asked.paragraph, asked.span, draw, holds=True)
                yield example_of(true, draw.choice(unsaid), None, draw, holds=False)
                return
        claim = next((made for make in false if (made := make())), None)
        yield from _pair(true, claim, asked.paragraph, asked.span, draw)

    def _with_other_answer(self, question: Doc, asked: AskedQuestion, draw: random.Random) -> str | None:
        """The answer of another question of the paragraph that begins with the same word, or of the same shape."""
        right = {answer.lower() for answer in asked.answers}
        asking = asked.text.split(" ")[0].lower()
        others = [
            other.answers[0]
            for other in self._of_paragraph[asked.paragraph]
            if other.text != asked.text
            and other.text.split(" ")[0].lower() == asking
            and not any(other.answers[0].lower() in answer or answer in other.answers[0].lower() for answer in right)
            and len(other.answers[0]) <= len(asked.answers[0]) + _LABELS_OF_ANSWERS
        ]
        return statement(question, draw.choice(others)) if others else None

    def _of_sentence(self, asked: AskedQuestion, draw: random.Random) -> Iterator[Example]:
        """A sentence of the paragraph in other words, and the same made false."""
        document = self._parse(asked.paragraph.text)
        sentences = [
            each for each in document.sents if _FEWEST <= len(each.text.split()) <= _MOST and each.text[-1] == "."
        ]
        if not sentences:
            return
        sentence = draw.choice(sentences)
        after = [other for other in sentences if other.start == sentence.end] if draw.random() < _JOINED else []
        span = (sentence.start_char, (after or [sentence])[0].end_char)
        true = rewordings.joined(sentence, after[0]) if after else self._reworded(sentence, draw)
        if draw.random() < _TOLD:
            outlet, day = outlet_and_day(draw)
            way = draw.choice(_TELLING)
            for by, at, holds in ((outlet, day, True), (*_another(outlet, day, way, draw), False)):
                claim = way.format(outlet=by, day=f"{at.day} {at:%B %Y}", said=_inside(true, sentence))
                yield example_of(claim, asked.paragraph, span, draw, holds=holds, outlet=outlet, day=day)
            return
        merged = self._merged(sentence, sentences, draw) if draw.random() < 0.15 else None
        turned = rewordings.passive(sentence, turned=True) if draw.random() < 0.5 else None
        false = turned or merged or self._changed(true, asked.paragraph, draw, document)
        yield from _pair(true, false, asked.paragraph, span, draw)

    def _reworded(self, sentence: Span, draw: random.Random) -> str:
        ways: list[Callable[[], str | None]] = [
            lambda: rewordings.shorter(sentence, draw),
            lambda: rewordings.shorter(sentence, draw),
            lambda: rewordings.clause(sentence),
            lambda: rewordings.passive(sentence),
            lambda: rewordings.other_figures(sentence.text),
        ]
        draw.shuffle(ways)
        text = next((made for way in ways if (made := way())), sentence.text)
        if draw.random() < _VERBATIM:
            text = sentence.text
        if draw.random() < 0.3:
            text = rewordings.other_figures(text) or text
        return text

    def _changed(self, true: str, paragraph: Paragraph, draw: random.Random, document: Doc | None = None) -> str | None:
        """The statement with one thing made another."""
        claim = self._parse(true)
        ways: list[Callable[[], str | None]] = [
            lambda: falsehoods.other_thing(claim, self._things(paragraph, document, draw), draw),
            lambda: falsehoods.other_figure(true, paragraph.text, draw),
            lambda: falsehoods.other_word(true, draw),
            lambda: falsehoods.other_word(true, draw),
            lambda: falsehoods.other_certainty(true, draw),
            lambda: falsehoods.other_certainty(true, draw),
            lambda: falsehoods.exchanged_things(claim, draw),
            lambda: rewordings.denied(claim),
        ]
        draw.shuffle(ways)
        return next((made for way in ways if (made := way()) and made != true), None)

    def _things(self, paragraph: Paragraph, document: Doc | None, draw: random.Random) -> Mapping[str, list[str]]:
        """Named things of the paragraph, and of another one of its article."""
        near = [paragraph]
        others = self._of_title[paragraph.title]
        if paragraph.title and len(others) > 1:
            near.append(draw.choice(others))
        things: dict[str, list[str]] = defaultdict(list)
        for each in near:
            if each not in self._entities:
                parsed = document if document and each == paragraph else self._parse(each.text)
                self._entities[each] = [(entity.label_, entity.text) for entity in parsed.ents]
            for label, text in self._entities[each]:
                things[label].append(text)
        return things

    def _merged(self, sentence: Span, sentences: Sequence[Span], draw: random.Random) -> str | None:
        """Who acts in one sentence, with what another sentence says of somebody else."""
        subject = next((token for token in sentence.root.children if token.dep_ in ("nsubj", "nsubjpass")), None)
        others = [other for other in sentences if other != sentence]
        if subject is None or subject.pos_ == "PRON" or not others:
            return None
        other = draw.choice(others)
        theirs = next((token for token in other.root.children if token.dep_ in ("nsubj", "nsubjpass")), None)
        if theirs is None or theirs.pos_ == "PRON" or theirs.lemma_ == subject.lemma_ or theirs.i > other.root.i:
            return None
        who = sentence.doc[subject.left_edge.i : subject.right_edge.i + 1].text
        rest = other.doc[theirs.right_edge.i + 1 : other.end].text
        return f"{who[:1].upper()}{who[1:]} {rest}"


def _pair(
    true: str, false: str | None, paragraph: Paragraph, span: tuple[int, int], draw: random.Random
) -> Iterator[Example]:
    """A claim that the paragraph bears out and one that it does not; now and then with the paragraph changed."""
    changed = as_claimed(paragraph, span, true, false) if false and draw.random() < _PASSAGE_CHANGED else None
    if changed and false:
        (paragraph, span), (true, false) = changed, (false, true)
    yield example_of(true, paragraph, span, draw, holds=True)
    if false:
        yield example_of(false, paragraph, span, draw, holds=False)


def as_claimed(
    paragraph: Paragraph, span: tuple[int, int], true: str, false: str
) -> tuple[Paragraph, tuple[int, int]] | None:
    """Return the paragraph, with the span in it, as the false claim would have it.

    `None` if what the claims differ in does not stand in the paragraph once.
    """
    ours, theirs = true.split(" "), false.split(" ")
    shorter = min(len(ours), len(theirs))
    before = next((at for at in range(shorter) if ours[at] != theirs[at]), shorter)
    after = next((at for at in range(shorter - before) if ours[-1 - at] != theirs[-1 - at]), shorter - before)
    old, new = (" ".join(words[before : len(words) - after]).rstrip(".") for words in (ours, theirs))
    places = [match.start() for match in re.finditer(rf"\b{re.escape(old)}(?!\w)", paragraph.text)] if old else []
    if len(places) != 1 or not new:
        return None
    start = places[0]
    text = paragraph.text[:start] + new + paragraph.text[start + len(old) :]
    longer = len(new) - len(old)
    first, last = (at + longer if at > start else at for at in span)
    return replace(paragraph, text=text), (first, last)


def _another(outlet: str, day: date, way: str, draw: random.Random) -> tuple[str, date]:
    """Another outlet, or the same one on another day where the way of telling names the day."""
    others = [other for other in OUTLETS if other != outlet]
    if "{day}" in way and ("{outlet}" not in way or draw.random() < 0.5):
        return outlet, day + timedelta(days=draw.choice((-365, -31, -7, -2, -1, 1, 2, 7, 31, 365)))
    return draw.choice(others), day


def _inside(text: str, sentence: Span) -> str:
    first = sentence[0]
    named = first.pos_ == "PROPN" or (first.ent_type_ and first.ent_type_ not in ("CARDINAL", "ORDINAL"))
    return text if named else text[:1].lower() + text[1:]
