"""Answers and citations as HTML that is safe to hand to a Markdown component. Pure.

Article text, model text and questions are untrusted: every character that HTML or Markdown could
take for its own is written as a numeric entity, and the only links are markers, and originals whose
address is http or https.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from rag.dates import NewsDate, spoken_day
from rag.library.library import LibraryStatus
from rag.markers import MARKER
from rag.messages import UNVERIFIED
from rag.models import Answer, Citation, Claim
from rag.schemas import link_to_quote
from web.addresses import is_web_address
from web.links import CitationLinks

_PLAIN = re.compile(r"[^\w\s]|_", re.ASCII)
_OPENING = re.compile('[“"]')
_STALE_DAYS = 30


def escaped(text: str) -> str:
    """The text with every ASCII punctuation mark as a numeric entity, on one line."""
    return _PLAIN.sub(
        lambda match: f"&#{ord(match.group())};" if ord(match.group()) < 128 else match.group(), _line(text)
    )


def answer_html(text: str, *, turn: int, cited: Sequence[Citation], claims: Sequence[Claim] = ()) -> str:
    """Text of an answer, whole or in the making; markers that were released become links to their sources.

    Args:
        text: With markers such as `[1]`.
        turn: Number of the question in its conversation; the sources' ids carry it.
        cited: Citations that were released.
        claims: Of the whole answer; their answering words are marked.
    """
    links = {citation.marker: _marker_link(citation, turn) for citation in cited}
    return "".join(f"<p>{_linked(part, links, claims)}</p>" for part in text.split("\n\n") if part.strip())


def finished_html(answer: Answer, *, turn: int) -> str:
    """A whole answer: its text, what is doubtful about it in words, the notes, and as of when it holds."""
    body = answer_html(answer.text, turn=turn, cited=answer.citations, claims=answer.claims)
    if answer.status == "not_found":
        body = f'<div class="declined"><p><strong>No answer in these sources</strong></p>{body}</div>'
    flags = "".join(f'<p class="flag"><strong>{escaped(flag)}</strong></p>' for flag in _flags(answer))
    notes = "".join(f'<p class="note">{escaped(note)}</p>' for note in (*_warnings(answer.claims), *answer.notes))
    return f'<div class="answer">{flags}{body}{notes}<p class="as-of">{_as_of(answer)}</p></div>'


def _flags(answer: Answer) -> list[str]:
    flags = ["Incomplete answer"] if answer.status == "partial" else []
    if answer.stale:
        flags.append("Out of date: older than the time you ask about")
    flags.extend(f"Disputed: sources {', '.join(map(str, markers))} differ" for markers in answer.conflicts)
    if any(claim.support == "unverified" for claim in answer.claims):
        flags.append("Not all of it is verified")
    return flags


def sources_html(
    question: str,
    citations: Sequence[Citation],
    links: CitationLinks,
    *,
    turn: int,
    conflicts: Sequence[Sequence[int]] = (),
) -> str:
    """The sources of one answer, each as a card that its markers jump to; those that differ say so."""
    disputed = {marker for markers in conflicts for marker in markers}
    cards = "".join(_card(one, links.to(one), turn, disputed=one.marker in disputed) for one in citations)
    body = cards or "<p>No source is cited.</p>"
    return f'<section class="turn"><h3>{escaped(question)}</h3>{body}</section>'


def header_html(status: LibraryStatus, horizon: datetime, today: datetime) -> str:
    """What the library holds and up to when."""
    outlets = sum(outlet.source is not None for outlet in status.outlets)
    held = f"{status.articles:,} articles from {outlets} outlet{'' if outlets == 1 else 's'}"
    if (today - horizon).days >= 1:
        held += f". These sources end on {spoken_day(horizon)}; answers hold as of then"
    links = '<a href="/library">What is in the library</a> <a href="/docs">For programs</a>'
    return f'<p class="held">{escaped(held)}&#46; {links}</p>'


def _marker_link(citation: Citation, turn: int) -> str:
    # Its quote is added in the page (chat.js): Gradio strips such attributes.
    return f'<a class="marker" href="#cite-{turn}-{citation.marker}">&#91;{citation.marker}&#93;</a>'


def _linked(text: str, links: Mapping[int, str], claims: Sequence[Claim]) -> str:
    """A paragraph escaped, with its markers as links and the words marked that answer, where it quotes them."""
    answering = {word for claim in claims if claim.text in text for word in claim.answering}
    words = "|".join(re.escape(word) for word in sorted(answering, key=len, reverse=True))
    quote = _OPENING.search(text)
    pattern = re.compile(rf"{MARKER.pattern}|(?<!\w)({words})(?!\w)") if words else MARKER
    pieces: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        marker = match.group(1)
        if int(marker) not in links if marker else quote and match.start() < quote.start():
            continue
        pieces.append(_spaced(text[end : match.start()]))
        pieces.append(links[int(marker)] if marker else f"<strong>{escaped(match.group(2))}</strong>")
        end = match.end()
    return "".join([*pieces, _spaced(text[end:])])


def _spaced(text: str) -> str:
    """The text escaped, with the spaces at its ends."""
    before, after = " " if text[:1].isspace() else "", " " if text[-1:].isspace() else ""
    return f"{before}{escaped(text)}{after}" if text.strip() else before


def _warnings(claims: Sequence[Claim]) -> list[str]:
    unverified = sum(claim.support == "unverified" for claim in claims)
    return [f"{unverified} of {len(claims)} statements {UNVERIFIED}."] if unverified else []


def _as_of(answer: Answer) -> str:
    parts = [f"As of {spoken_day(answer.as_of)}"]
    if answer.newest_source:
        parts.append(f"newest source {answer.newest_source.spoken}")
        if (answer.as_of - answer.newest_source.at).days > _STALE_DAYS:
            parts.append("older news: this may have changed since")
    return escaped(" · ".join(parts))


def _card(citation: Citation, held: str, turn: int, *, disputed: bool) -> str:
    article = citation.passage.article
    byline = f'<p class="byline">By {escaped(", ".join(article.authors))}</p>' if article.authors else ""
    correction = f'<p class="note">{escaped(article.correction)}</p>' if article.correction else ""
    return (
        f'<article class="source" id="cite-{turn}-{citation.marker}" tabindex="-1">'
        f'<p class="outlet"><span class="number">{citation.marker}</span> <strong>'
        f"{escaped(article.source or 'Unknown outlet')}</strong> · {escaped(article.kind)}"
        f" · {_dates(article.published_at, article.updated_at)}"
        f"{' · <strong>disputed</strong>' if disputed else ''}</p>"
        f"<h4>{escaped(article.title or 'Untitled')}</h4>{byline}"
        f'<p class="passage">{_highlighted(citation)}</p>{correction}'
        f'<p class="links">{_original(citation)}'
        f'<a href="{escaped(held)}" target="_blank" rel="noopener">As held here</a> '
        f'<a class="back" href="#answer-{turn}">Back to the answer</a></p>'
        "</article>"
    )


def _dates(published: NewsDate | None, updated: NewsDate | None) -> str:
    text = f"published {published.spoken}" if published else "undated"
    if updated and (published is None or updated.at > published.at):
        text += f", updated {updated.spoken}"
    return escaped(text)


def _highlighted(citation: Citation) -> str:
    passage = citation.passage
    before = passage.text[: citation.start - passage.start]
    after = passage.text[citation.end - passage.start :]
    return f"{escaped(before)} <mark>{escaped(citation.quote)}</mark> {escaped(after)}"


def _original(citation: Citation) -> str:
    link = link_to_quote(citation)
    if link is None or not is_web_address(link):
        return ""
    return f'<a href="{escaped(link)}" target="_blank" rel="noopener noreferrer">Original article</a> '


def _line(text: str) -> str:
    return " ".join(text.split())
