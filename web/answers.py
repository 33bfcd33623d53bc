"""Answers, their citations and the passages they quote as HTML; the one renderer of the chat and of our pages. Pure.

The environment that is given decides how text is escaped, see `web.jinja`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jinja2 import Environment

from rag.dates import NewsDate
from rag.markers import MARKER, own_markers
from rag.messages import Catalogue
from rag.models import PHRASES, Answer, Article, Citation, Claim, Span
from rag.reading.excerpts import attribution, published_by
from rag.schemas import link_to_quote, written_by
from web.addresses import is_web_address
from web.passages import PassageParagraph, passage_paragraphs

_OPENING_QUOTE = re.compile('[“"]')
_PARAGRAPH = re.compile(r"\S(?:(?!\n\n).)*", re.DOTALL)
_OLD_NEWS_DAYS = 30


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of an answer's paragraph.

    Attributes:
        text: As written; of a marker, its number.
        is_marker: It links to its citation.
        is_answering: It is a word that answers the question, to be emphasized.
    """

    text: str
    is_marker: bool = False
    is_answering: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an answer.

    Attributes:
        runs: Its text.
        lead: Outlet and date of its quote, which stood before it and are shown as a quiet line below.
        is_statement: It rests on a source.
    """

    runs: tuple[TextRun, ...]
    lead: str = ""
    is_statement: bool = False


@dataclass(frozen=True, slots=True)
class CitationCard:
    """A citation as a reader sees it.

    Attributes:
        marker: Its number in the answer.
        article: That it is from.
        outlet: That published the article, or what is known in its place.
        dates: When the article was published and updated.
        paragraphs: Of the passage, with the quote highlighted.
        quote: The quoted sentence.
        original: The article's own address at the quote; empty if a browser cannot be sent there.
        held: Path of the article's page on this server.
        is_disputed: Other citations of the answer give another value.
        is_repeated: A card before it is of the same article, so that the headline would not tell them apart.
    """

    marker: int
    article: Article
    outlet: str
    dates: str
    paragraphs: Sequence[PassageParagraph]
    quote: str
    original: str
    held: str
    is_disputed: bool
    is_repeated: bool


def text_html(
    environment: Environment,
    text: str,
    words: Catalogue,
    *,
    turn: int,
    cited: Sequence[Citation],
    claims: Sequence[Claim] = (),
) -> str:
    """The text of an answer, whole or in part; the markers of released citations become links.

    Args:
        environment: Decides how text is escaped.
        text: With markers such as `[1]`.
        words: In the language that the answer was made in.
        turn: Number of the question in its conversation; ids of citations carry it.
        cited: Citations that were released.
        claims: Of the text, in its order: markers stand behind them; their answering words are emphasized.
    """
    paragraphs = _paragraphs(text, cited, claims, words)
    return environment.get_template("answer/text.html").render(paragraphs=paragraphs, turn=turn)


def answer_html(environment: Environment, answer: Answer, words: Catalogue, *, turn: int) -> str:
    """A whole answer: what is doubtful about it, its text, its notes, and as of when it holds."""
    return environment.get_template("answer/answer.html").render(
        answer=answer,
        turn=turn,
        flags=_warnings(answer, words),
        paragraphs=_paragraphs(answer.text, answer.citations, answer.claims, words),
        notes=[*verification_notes(words, _unverified(answer), len(answer.claims)), *answer.notes],
        as_of=_as_of(answer, words),
    )


def citations_html(
    environment: Environment,
    citations: Sequence[Citation],
    words: Catalogue,
    *,
    held: Sequence[str],
    turn: int,
    conflicts: Sequence[Sequence[int]] = (),
) -> str:
    """The citations of one answer as cards, to which its markers lead; empty without any.

    Args:
        environment: Decides how text is escaped.
        citations: In the order of their markers.
        words: In the reader's language.
        held: Path of each one's passage on this server.
        turn: Number of the question in its conversation.
        conflicts: Markers of citations that give different values for one thing.
    """
    if not citations:
        return ""
    disputed = {marker for markers in conflicts for marker in markers}
    articles = [citation.passage.article.id for citation in citations]
    cards = [
        _card(citation, path, words, is_disputed=citation.marker in disputed, is_repeated=article in articles[:number])
        for number, (citation, path, article) in enumerate(zip(citations, held, articles, strict=True))
    ]
    return environment.get_template("answer/citations.html").render(cards=cards, turn=turn, words=words)


def _paragraphs(text: str, cited: Sequence[Citation], claims: Sequence[Claim], words: Catalogue) -> list[Paragraph]:
    leads = {citation.marker: f"{attribution(citation.passage.article, words.language)} " for citation in cited}
    own = {start for marker, start, _ in own_markers(text, claims) if marker in leads}
    return [_paragraph(part, own, leads, claims) for part in _PARAGRAPH.finditer(text)]


def _paragraph(
    part: re.Match[str], own: Collection[int], leads: Mapping[int, str], claims: Sequence[Claim]
) -> Paragraph:
    first, *rest = _runs(part[0], {place - part.start() for place in own}, claims)
    markers = [int(run.text) for run in rest if run.is_marker]
    lead = next((leads[marker] for marker in markers if first.text.startswith(leads[marker])), "")
    shown = replace(first, text=first.text.removeprefix(lead))
    return Paragraph((shown, *rest), lead.rstrip(": \u00a0"), is_statement=bool(markers))


def _runs(text: str, markers: Collection[int], claims: Sequence[Claim]) -> list[TextRun]:
    """A paragraph in runs: markers at these places, words that answer where they are quoted, and the text between."""
    answering = {word for claim in claims if claim.text in text for word in claim.answering}
    words = "|".join(re.escape(word) for word in sorted(answering, key=len, reverse=True))
    quote = _OPENING_QUOTE.search(text)
    pattern = re.compile(rf"{MARKER.pattern}|(?<!\w)({words})(?!\w)") if words else MARKER
    runs: list[TextRun] = []
    end = 0
    for match in pattern.finditer(text):
        marker = match.group(1)
        if match.start() not in markers if marker else quote and match.start() < quote.start():
            continue
        before = text[end : match.start()]
        # The space before a marker goes with it, so that no line begins with a marker.
        runs.append(TextRun(before.removesuffix(" ") if marker else before))
        runs.append(TextRun(marker, is_marker=True) if marker else TextRun(match.group(2), is_answering=True))
        end = match.end()
    return [*runs, TextRun(text[end:])]


def warnings(
    words: Catalogue, *, partial: bool, stale: bool, conflicts: Sequence[Sequence[int]], unverified: int
) -> list[str]:
    """What is doubtful about an answer, in words that stand above it.

    Args:
        words: In the reader's language.
        partial: It is incomplete.
        stale: Its sources are older than the time asked about.
        conflicts: Markers of citations that give different values for one thing.
        unverified: How many of its statements are not verified.
    """
    given = [words("partial")] if partial else []
    if stale:
        given.append(words("stale"))
    given.extend(words("disputed", markers=", ".join(map(str, markers))) for markers in conflicts)
    return [*given, words("not_all_verified")] if unverified else given


def verification_notes(words: Catalogue, unverified: int, claims: int) -> list[str]:
    """What is said below an answer of how many of its statements are not verified; nothing if all are."""
    if not unverified:
        return []
    not_verified = words("not_verified")
    return [words("unverified_claims", unverified=unverified, claims=claims, not_verified=not_verified)]


def is_old_news(as_of: datetime, newest: NewsDate | None) -> bool:
    """Whether the newest source of an answer was so old, as of when it was made, that much may have changed since."""
    return newest is not None and (as_of - newest.at).days > _OLD_NEWS_DAYS


def validity(
    words: Catalogue, as_of: datetime | str, newest: datetime | str | None, *, is_old: bool, model: str
) -> list[str]:
    """When an answer holds, and who wrote it, in parts.

    Args:
        words: In the reader's language.
        as_of: Up to when articles were considered; a text is shown as it is.
        newest: Of when the newest cited article is, if any.
        is_old: That is long before.
        model: The language model that wrote the answer; empty if none did.
    """
    parts = (
        words("as_of", date=as_of),
        words("newest", date=newest) if newest else "",
        words("older") if is_old else "",
        words("written", model=model) if model else "",
    )
    return [part for part in parts if part]


def _warnings(answer: Answer, words: Catalogue) -> list[str]:
    partial, stale = answer.status == "partial", answer.stale
    return warnings(words, partial=partial, stale=stale, conflicts=answer.conflicts, unverified=_unverified(answer))


def _unverified(answer: Answer) -> int:
    return sum(claim.support == "unverified" for claim in answer.claims)


def _as_of(answer: Answer, words: Catalogue) -> str:
    if answer.model == PHRASES:
        return ""  # small talk holds at any time
    newest = answer.newest_source
    is_old = is_old_news(answer.as_of, newest)
    model = written_by(answer.model)
    return " · ".join(validity(words, answer.as_of, newest.at if newest else None, is_old=is_old, model=model))


def _card(citation: Citation, held: str, words: Catalogue, *, is_disputed: bool, is_repeated: bool) -> CitationCard:
    passage, original = citation.passage, link_to_quote(citation)
    return CitationCard(
        marker=citation.marker,
        article=passage.article,
        outlet=published_by(passage.article, words.language),
        dates=_dates(passage.article, words),
        paragraphs=passage_paragraphs(
            passage.article.text, Span(passage.start, passage.end), Span(citation.start, citation.end)
        ),
        quote=citation.quote,
        original=original if original and is_web_address(original) else "",
        held=held,
        is_disputed=is_disputed,
        is_repeated=is_repeated,
    )


def _dates(article: Article, words: Catalogue) -> str:
    published, updated = article.published_at, article.updated_at
    is_later = updated and (published is None or (updated.at > published.at and updated.spoken != published.spoken))
    line = words.day(published.at) if published else words("undated")
    return f"{line}, {words('updated', date=updated.at)}" if updated and is_later else line
