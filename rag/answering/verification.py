"""Checking an answer against its evidence, claim by claim; pure code, the same for every answerer."""

import re
from collections.abc import Sequence
from itertools import groupby

from rag.answering.base import CheckedClaim
from rag.markers import unmarked
from rag.models import Article, Citation, Claim, Hit, Passage, Span
from rag.text import content_words, gives_orders, is_calendar, names_in, words_of

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t)\b", re.IGNORECASE)
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        2,
    )
}
_QUOTATION = re.compile('[“"]([^“”"]+)(?:[”"]|$)')
_WORD_OR_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_PRONOUN = re.compile(r"\b(?:he|she|it|they|him|her|them|his|its|their)\b", re.IGNORECASE)
_TELLS = r"(?:says?|said|reports?|reported|writes?|wrote|quotes?|quoted|puts?|gives?|gave|tells?|told|notes?|noted)\b"
_MOST_IN_A_ROW = 2
"""Content words in a row that the evidence may lack."""
_LEAST_WORDS = 2
"""Content words of a claim."""
_LEAST_SHARED = 0.6
_MOST_NEAREST = 2
_STEM = 6


class WordVerifier:
    """The `Verifier` that compares words, numbers, names, quotations and negation."""

    def check(
        self, text: str, numbers: Sequence[int], hits: Sequence[Hit], citations: Sequence[Citation]
    ) -> CheckedClaim:
        """Check one sentence of an answer (see `check_claim`)."""
        return check_claim(text, numbers, hits, citations)


def check_claim(text: str, numbers: Sequence[int], hits: Sequence[Hit], citations: Sequence[Citation]) -> CheckedClaim:
    """Check one sentence of an answer that cites some of the given passages.

    The reader's markers count the citations in order of appearance; a number that points at no
    passage is dropped. A claim is verified if a sentence of the passages it cites, with its
    neighbours, shares at least half of the claim's content words and holds all its numbers and
    names, and both or neither say "not".

    Args:
        text: One claim, without markers.
        numbers: Of passages, from 1.
        hits: The passages that the answerer was given, in the order of their numbers.
        citations: What earlier claims of this answer cite.
    """
    passages = list(dict.fromkeys(hits[number - 1].passage for number in numbers if 1 <= number <= len(hits)))
    supports = [(passage, best_sentence(text, passage)) for passage in passages]
    objections = [objection_to(text, passage, span) for passage, span in supports]
    holding = [support for support, objection in zip(supports, objections, strict=True) if not objection]
    all_citations = list(citations)
    markers = [_marker(all_citations, passage, span) for passage, span in holding or supports]
    claim = Claim(text=text, markers=tuple(dict.fromkeys(markers)), support="verified" if holding else "unverified")
    objection = "" if holding else objections[0] if objections else "it cites none of the passages"
    return CheckedClaim(claim, written(claim), tuple(all_citations), objection)


def written(claim: Claim) -> str:
    """Return a claim as the reader sees it, with its markers behind it."""
    return claim.text + "".join(f" [{marker}]" for marker in claim.markers)


def quoted_claim(text: str, passage: Passage, span: Span, citations: Sequence[Citation]) -> CheckedClaim:
    """Return a claim that quotes a sentence word for word, and so is verified by construction."""
    all_citations = list(citations)
    claim = Claim(text=unmarked(text), markers=(_marker(all_citations, passage, span),), support="verified")
    return CheckedClaim(claim, written(claim), tuple(all_citations))


def nearest_passages(claim: str, hits: Sequence[Hit]) -> tuple[int, ...]:
    """Return the numbers of the passages that hold most of a claim's words, at most two; none where few are held."""
    wanted = _keys(claim)
    held = {
        number: len(wanted & _keys(f"{hit.passage.article.title} {hit.passage.text}"))
        for number, hit in enumerate(hits, 1)
        if hit.passage.sentences
    }
    best = sorted(held, key=lambda number: (-held[number], number))[:_MOST_NEAREST]
    return tuple(number for number in best if wanted and held[number] >= _LEAST_SHARED * len(wanted))


def best_sentence(claim: str, passage: Passage) -> Span:
    """Return the sentence of a passage that holds the claim, or shares most of its words; the first of equals."""
    wanted = _keys(claim)
    return max(
        passage.sentences,
        key=lambda span: (_is_within(claim, _text(passage, span)), len(wanted & _keys(_text(passage, span)))),
    )


def objection_to(claim: str, passage: Passage, span: Span) -> str:
    """Return why a sentence does not support a claim, as far as words can tell; empty if it does.

    Most of the claim's content words, and no three in a row missing, stand in the sentence, its
    neighbours or the headline. Its numbers stand in the sentence, or before the same word in a
    neighbour; its months and weekdays in the sentence; its names too, or in the headline, or in a
    neighbour where the sentence has a pronoun or no name, and no name more often than there. What it
    quotes stands word for word in the passage; both or neither negate. What an article orders a
    machine to say is evidence of nothing.
    """
    own, evidence = _text(passage, span), _with_neighbours(passage, span)
    if len(content_words(claim)) < _LEAST_WORDS:
        return "it says too little to be checked by itself"
    if gives_orders(_with_the_one_before(passage, span)):
        return "the passage only orders a machine to say so"
    if _is_within(claim, own):
        return ""
    if not _holds_numbers(claim, own, evidence):
        return "a number in it does not stand in the passage"
    if not _holds_names(claim, own, evidence, passage.article):
        return "a name in it does not stand in the sentence that it rests on"
    if not _holds_quotations(claim, passage):
        return "what it quotes does not stand in the passage word for word"
    if bool(_NEGATION.search(claim)) != bool(_NEGATION.search(own)):
        return "it denies what the passage says, or says what the passage denies"
    return "" if _shares_words(claim, evidence) else "the passage does not say this"


def _with_the_one_before(passage: Passage, span: Span) -> str:
    first = passage.sentences[max(0, passage.sentences.index(span) - 1)]
    return passage.article.text[first.start : span.end]


def _shares_words(claim: str, evidence: str) -> bool:
    wanted = [word.lower()[:_STEM] for word in content_words(claim)]
    missing = [key not in _keys(evidence) for key in wanted]
    in_a_row = max((len(list(run)) for is_missing, run in groupby(missing) if is_missing), default=0)
    # What is new stands at the end of a sentence: its last word may be another one, but not all that leads up to it.
    ends_elsewhere = len(missing) > 2 and missing[-1] and (missing[-2] or not _leads_up(claim, evidence))
    few = sum(missing) <= (1 - _LEAST_SHARED) * len(wanted)
    return bool(wanted) and few and in_a_row <= _MOST_IN_A_ROW and not ends_elsewhere


def _leads_up(claim: str, evidence: str) -> bool:
    """The two words before the claim's last content word stand side by side in the evidence."""
    words, held = _plain(claim).split(), _plain(evidence)
    last = max((at for at, word in enumerate(words) if content_words(word)), default=0)
    return last < 2 or f" {words[last - 2]} {words[last - 1]} " in f" {held} "


def _holds_numbers(claim: str, own: str, evidence: str) -> bool:
    counted = _counted(evidence)
    return all(number in _numbers(own) or (number, word) in counted for number, word in _counted(claim))


def _counted(text: str) -> set[tuple[str, str]]:
    """Numbers in digits or written out, each with the word behind it."""
    words = [_NUMBER_WORDS.get(word.lower(), word.lower()) for word in _WORD_OR_NUMBER.findall(text)]
    return {
        (word, behind[:_STEM]) for word, behind in zip(words, [*words[1:], ""], strict=False) if _NUMBER.fullmatch(word)
    }


def _numbers(text: str) -> set[str]:
    return {number for number, _ in _counted(text)}


def _holds_names(claim: str, own: str, evidence: str, article: Article) -> bool:
    claim = _without_outlet(claim, article.source)
    near = _PRONOUN.search(own) is not None or not names_in(own)
    # A name of the headline may be added, but not put in the place of one that the sentence has.
    replaced = not near and any(not _words(name) & _words(claim) for name in names_in(own))
    held = _words(evidence if near else own) | (set() if replaced else _words(article.title))
    names = names_in(claim)
    return all(_words(name) <= (_words(own) if is_calendar(name) else held) for name in names) and not any(
        # One name in the place of another stands twice in the claim and once in what it rests on.
        claim.count(name) > max(1, own.count(name))
        for name in names
    )


def _without_outlet(claim: str, source: str | None) -> str:
    """The claim without `According to OUTLET` or `OUTLET reports`: its evidence need not name the outlet."""
    if not source:
        return claim
    outlet = rf"(?:[Tt]he )?{re.escape(source.removeprefix('The '))}"
    return re.sub(rf"(?:[Aa]ccording to|in) {outlet}\b|{outlet}(?=['’]s\b| {_TELLS})", " ", claim)


def _words(text: str) -> set[str]:
    words = text.lower().replace("’", "'").replace("-", " ")
    return {word.removesuffix("'s") for word in content_words(words)}


def _holds_quotations(claim: str, passage: Passage) -> bool:
    """What the claim puts into quotation marks stands word for word in the passage."""
    text = _plain(passage.text)
    quotations = (_plain(match.group(1)) for match in _QUOTATION.finditer(claim))
    return all(quotation in text for quotation in quotations)


def _is_within(claim: str, sentence: str) -> bool:
    words = _plain(claim)
    return bool(words) and f" {words} " in f" {_plain(sentence)} "


def _plain(text: str) -> str:
    """Words in lower case, one space between them."""
    return " ".join(word.lower().replace("’", "'") for word in words_of(text))


def _keys(text: str) -> set[str]:
    # Six letters tell most inflections of an English word together without a stemmer.
    return {word.lower()[:_STEM] for word in content_words(text)}


def _text(passage: Passage, span: Span) -> str:
    return passage.article.text[span.start : span.end]


def _with_neighbours(passage: Passage, span: Span) -> str:
    position = passage.sentences.index(span)
    near = passage.sentences[max(0, position - 1) : position + 2]
    title = passage.article.title
    return f"{title} {passage.article.source or ''} {passage.article.text[near[0].start : near[-1].end]}"


def _marker(citations: list[Citation], passage: Passage, span: Span) -> int:
    """The number of a sentence's citation, appended to the list if it is not there."""
    for citation in citations:
        if (citation.passage.id, citation.start, citation.end) == (passage.id, span.start, span.end):
            return citation.marker
    citations.append(
        Citation(
            marker=len(citations) + 1,
            passage=passage,
            quote=_text(passage, span),
            start=span.start,
            end=span.end,
        )
    )
    return len(citations)
