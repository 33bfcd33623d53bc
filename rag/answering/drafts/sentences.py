"""Sentences of a draft, each as soon as it is whole, with the passages that it cites."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.drafts.declines import SentenceKind, kind_of
from rag.answering.drafts.lines import VERDICTS, Line, line_of, refers_only
from rag.answering.drafts.markers import Marker, certain_part, taken_out
from rag.answering.drafts.thoughts import Restart, without_reasoning
from rag.answering.drafts.wrappers import unwrapped
from rag.indexes.chunking import sentence_spans
from rag.markers import unmarked
from rag.messages import UNDATED, UNKNOWN_OUTLET
from rag.models import Hit
from rag.text import content_words

_LEAST_WORDS = 2
"""Content words of a claim; what has fewer ("Yes.", "False.") belongs to the sentence behind it."""
_LINE_BREAK = re.compile(r"\r\n|\r|\n|\u2028|<br ?/?>|</(?:p|li|tr|div|h[1-6])>", re.IGNORECASE)
_PREAMBLE = re.compile(
    r"^(?:(?:here|below)(?:['’]s| is| are)\b|based on|according to the passages|from the passages)"
    r"[^:.!?\n]{0,100}:\s{0,3}",
    re.IGNORECASE,
)
_ENUMERATION = re.compile(r"(?<=[.!?;,]\s)\(\d{1,2}\)\s")
_FILLERS = frozenset(
    (
        *("sure", "certainly", "of course", "okay", "ok", "alright", "gladly", "hello", "hi", "thanks", "thank you"),
        *("great question", "good question", "i hope this helps", "hope this helps"),
        *("natürlich", "gerne", "por supuesto", "claro", "bien sûr", "certamente"),
    )
)
"""What models say before they answer, and behind it."""
_LONGEST_LINE = 4_000


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence that a model wrote.

    Attributes:
        text: Without markers, emphasis and what begins an item of a list.
        numbers: Of the passages that it cites, from 1.
        lead: What stands before it in the answer: nothing, a space, or a line break and the beginning of an item.
        kind: A claim, a decline ("The articles do not say ..."), or a refusal to answer.
        ends_line: It is the last of several of its line.
    """

    text: str
    numbers: tuple[int, ...] = ()
    lead: str = " "
    kind: SentenceKind = "claim"
    ends_line: bool = False

    @property
    def claims(self) -> bool:
        """Whether it says enough to be checked by itself."""
        return len(content_words(self.text)) >= _LEAST_WORDS


def read_draft(deltas: Iterable[str], hits: Sequence[Hit]) -> Iterator[DraftSentence | Restart]:
    """Yield the sentences of a stream, each as soon as it is whole.

    Headings, lists of sources and reasoning are left out; a `Restart` says that all before it was reasoning.

    Args:
        deltas: As the model writes.
        hits: The passages that it was given, in the order of their numbers.
    """
    waiting: DraftSentence | None = None
    passages = _Passages(hits)
    for sentence in _sentences(deltas, passages):
        if isinstance(sentence, Restart):
            waiting = None
            yield sentence
            continue
        if waiting:
            sentence, waiting = _joined(waiting, sentence), None
        if sentence.text.lower().strip(" ,.!") in ("", *_FILLERS):
            continue
        if sentence.claims or sentence.lead.strip() or sentence.ends_line:
            yield _told(sentence, passages)
        else:
            waiting = sentence
    if waiting:
        yield _told(waiting, passages)


class _Passages:
    """What a draft may name of the passages: outlets and headings, in the order of their numbers."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        articles = [hit.passage.article for hit in hits]
        self.outlets = [article.source or UNKNOWN_OUTLET for article in articles]
        self.headings = [
            f"{article.title} {article.source or UNKNOWN_OUTLET} {' '.join(article.authors)} {article.url or ''} "
            f"{article.published_at.spoken if article.published_at else UNDATED} {article.published_at or ''}"
            for article in articles
        ]


class _Lines:
    """The lines of a draft as they come; remembers what was released of the one that is being written."""

    def __init__(self, passages: _Passages) -> None:
        self._passages = passages
        self._in_sources = False
        self._released = 0
        self._is_first = True
        self.is_over = False

    def read(self, raw: str, *, is_whole: bool) -> Iterator[DraftSentence]:
        """Yield the sentences of a line that were not yielded yet; of an unfinished one those that are whole."""
        line = line_of(raw if is_whole else raw[: certain_part(raw)], is_whole=is_whole)
        sentences = self._of(line)
        if is_whole and sentences and sentences[-1].text.endswith((":", "：")) and not sentences[-1].numbers:
            sentences.pop()  # what only leads to the lines below
        for sentence in sentences[self._released : len(sentences) - (not is_whole)]:
            self._released += 1
            ends_line = is_whole and sentence is sentences[-1] and len(sentences) > 1
            yield replace(sentence, lead=self._lead(line, sentence is sentences[0]), ends_line=ends_line)
        if is_whole:
            self._released = 0
            self.is_over = line.kind == "turn"
            if line.kind != "rule":
                self._in_sources = line.kind == "sources" or (self._in_sources and line.kind != "heading")

    def _of(self, line: Line) -> list[DraftSentence]:
        if line.kind != "text" or self._in_sources:
            return []
        told = _ENUMERATION.sub("", line.text) if line.item.startswith("(") else line.text
        text, markers = taken_out(told, self._passages.outlets, self._passages.headings)
        leads = bool(markers) and not markers[0].at
        if (leads and text.lstrip().startswith(":")) or (markers and self._refers_only(text)):
            return []
        spans = list(_cut_at_markers(text, markers))
        numbers: list[list[int]] = [[] for _ in spans]
        for marker in markers:
            if spans:
                numbers[_owner(marker, spans, leads=leads)] += marker.numbers
        return [
            DraftSentence(_PREAMBLE.sub("", unmarked(text[start:end].strip("*_ "))), tuple(dict.fromkeys(each)))
            for (start, end), each in zip(spans, numbers, strict=True)
        ]

    def _refers_only(self, text: str) -> bool:
        return not self._is_first and refers_only(text, self._passages.headings)

    def _lead(self, line: Line, is_first_of_line: bool) -> str:
        lead = line.item if is_first_of_line else " "
        if is_first_of_line and not self._is_first:
            lead = f"\n\n{line.item}"
        self._is_first = False
        return lead


def _sentences(deltas: Iterable[str], passages: _Passages) -> Iterator[DraftSentence | Restart]:
    lines, pending = _Lines(passages), ""
    for piece in unwrapped(without_reasoning(deltas)):
        if isinstance(piece, Restart):
            lines, pending = _Lines(passages), ""
            yield piece
            continue
        *whole, pending = _LINE_BREAK.split(pending + piece)
        for line in whole:
            yield from lines.read(line, is_whole=True)
            if lines.is_over:
                return
        yield from lines.read(pending, is_whole=len(pending) > _LONGEST_LINE)
        pending = "" if len(pending) > _LONGEST_LINE else pending
    yield from lines.read(pending, is_whole=True)


def _cut_at_markers(text: str, markers: Sequence[Marker]) -> Iterator[tuple[int, int]]:
    """Sentences of a line; behind a full stop a marker ends one, also where the last word may be an abbreviation."""
    ends = [marker.at for marker in markers if text[: marker.at].endswith((".", "!", "?"))]
    for span in sentence_spans(text):
        start = span.start
        for end in (*(end for end in ends if span.start < end < span.end), span.end):
            inside = text[start:end]
            if any(sign.isalnum() for sign in inside):
                yield start + len(inside) - len(inside.lstrip()), end
            start = end


def _owner(marker: Marker, spans: Sequence[tuple[int, int]], *, leads: bool) -> int:
    """The sentence that a marker belongs to: around it, or before it, or behind it if markers lead."""
    for place, (start, end) in enumerate(spans):
        if start < marker.at < end:
            return place
        if marker.at <= start:
            return place if leads or not place else place - 1
    return len(spans) - 1


def _joined(short: DraftSentence, behind: DraftSentence) -> DraftSentence:
    numbers = tuple(dict.fromkeys((*short.numbers, *behind.numbers)))
    stop = "." if short.text.lower() in VERDICTS else ""
    return replace(behind, text=f"{short.text}{stop} {behind.text}", numbers=numbers, lead=short.lead)


def _told(sentence: DraftSentence, passages: _Passages) -> DraftSentence:
    cited = dict.fromkeys(passages.outlets[number - 1] for number in sentence.numbers)
    return replace(sentence, kind=kind_of(sentence.text, is_cited=bool(sentence.numbers), outlets=tuple(cited)))
