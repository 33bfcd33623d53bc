"""The article and the library page as HTML without script. Pure.

Whatever comes from articles is untrusted and passes `html.escape`; the only links out are originals
whose address is http or https.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from rag.dates import NewsDate, spoken_day
from rag.library.library import LibraryStatus
from rag.models import Article, Span
from rag.store import OutletCount
from rag.store.source_status import SourceStatus
from web.addresses import article_path, is_web_address
from web.pages.articles import Extract, Holding, Notice, notices
from web.pages.sources import sources_html

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
_COUNTS = ("added", "updated", "unchanged", "duplicate", "refused", "pending")


def page_html(title: str, main: str, *, style: str) -> str:
    """A whole page.

    Args:
        title: Plain text.
        main: HTML.
        style: The style sheet.
    """
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
        '<header><nav aria-label="Dateline"><a href="/">Ask the news</a> <a href="/library">Library</a></nav></header>'
        f"<main>{main}</main></body></html>"
    )


def article_html(held: Holding, extract: Extract) -> str:
    """The main part of an article's page; of a withdrawn article it shows nothing."""
    article = held.current
    if article is None:
        return withdrawn_html()
    return "".join(
        (
            f"<article{_lang(article)}>",
            f'<p class="outlet"><strong>{escape(article.source or "Unknown outlet")}</strong> · '
            f"{escape(_kind(article))}</p>",
            f"<h1>{escape(article.title or 'Untitled')}</h1>",
            f'<p class="byline">By {escape(", ".join(article.authors))}</p>' if article.authors else "",
            f'<p class="dates">{escape(_dates(article))}</p>',
            "".join(map(_notice_html, notices(held.versions))),
            _extract_html(article, extract),
            _original_html(article),
            "</article>",
            _copies_html(held.copies),
            _versions_html(held.versions),
        )
    )


def withdrawn_html() -> str:
    """What is said of an article that its outlet or the operator withdrew."""
    return "<h1>This article was withdrawn</h1><p>Answers do not use it any more, and its text is not shown.</p>"


def missing_html() -> str:
    """What is said where no article has the id."""
    return "<h1>No such article</h1><p>The library holds nothing under this address.</p>"


def library_html(
    status: LibraryStatus,
    *,
    horizon: datetime,
    unembedded: int,
    last_ingest: Mapping[str, Any] | None,
    sources: Sequence[SourceStatus] = (),
) -> str:
    """The main part of the library page.

    Args:
        status: Counts and outlets.
        horizon: Up to when the library can know anything.
        unembedded: Passages that have no vectors yet.
        last_ingest: `finished` and the counts of the last run; `None` where none is recorded.
        sources: How each feed, sitemap and page is doing.
    """
    rows = "".join(map(_outlet_row, status.outlets))
    pending = (
        f"{_counted(status.pending, 'article')} ({_counted(unembedded, 'passage')}) still to be indexed; "
        "until then found by words alone, or not yet."
        if status.pending
        else "Everything is indexed."
    )
    return (
        f"<h1>The library</h1><p>{_counted(status.articles, 'article')} in {_counted(status.passages, 'passage')}. "
        f"Answers hold as of {escape(spoken_day(horizon))}.</p>"
        f'<p>{pending}</p><div class="scroll" tabindex="0" role="region" aria-label="Outlets">'
        '<table><caption>Outlets</caption><thead><tr><th scope="col">Outlet</th><th scope="col">Articles</th>'
        '<th scope="col">Oldest</th><th scope="col">Newest</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{sources_html(sources)}{_ingest_html(last_ingest)}"
    )


def how_html(title: str, outlets: Sequence[OutletCount], sections: Sequence[str]) -> str:
    """The main part of the page that tells how answers are made and checked.

    Args:
        title: Whose answers.
        outlets: What they are made from.
        sections: The only ones of these; none means all.
    """
    rows = "".join(map(_outlet_row, outlets))
    only = f"<p>Of these, only the sections {escape(', '.join(sections))}.</p>" if sections else ""
    return (
        f"<h1>How answers are made</h1><p>Answers of {escape(title)} are made by a machine, from the articles of the "
        "outlets below and from nothing else. No person reads an answer before you do.</p>"
        "<h2>From question to answer</h2><ol>"
        "<li>The question is searched for in the articles, by words and by meaning.</li>"
        "<li>The sentences that answer it are quoted; where the operator has set up a language model, it writes the "
        "answer over the passages that were found.</li>"
        "<li>Every sentence is checked against the article that it cites before you see it: quotes word for word; "
        "what a model writes by its names, numbers and words. What does not hold is marked or left out.</li>"
        "<li>Each number in brackets leads to the exact sentence of the article.</li>"
        "<li>Where the articles do not answer, that is said; where they differ, each is quoted.</li></ol>"
        "<h2>What it cannot do</h2><p>The articles may be wrong, and so may the choice of sentences: the check tells "
        "that a source says so, not that it is so. An answer holds as of the date it names, and news may have changed "
        "since. Questions are kept only with feedback, and that only if you agree.</p>"
        '<h2>The sources</h2><div class="scroll" tabindex="0" role="region" aria-label="Outlets">'
        '<table><thead><tr><th scope="col">Outlet</th><th scope="col">Articles</th><th scope="col">Oldest</th>'
        f'<th scope="col">Newest</th></tr></thead><tbody>{rows}</tbody></table></div>{only}'
    )


def _extract_html(article: Article, extract: Extract) -> str:
    said = "The passage that was cited is not in the current version of this article." if extract.lost else ""
    if extract.strange:
        said = "This link opens no passage: it was not made here, or has been changed on its way."
    notice = f'<p class="notice">{said}</p>' if said else ""
    if article.headline_only:
        return f"{notice}<p>Only the headline of this article is to be had.</p>"
    if not extract.spans:
        return f"{notice}<p>Its text stays with its outlet; here, only passages that an answer cites are shown.</p>"
    gap = '<p class="gap" aria-hidden="true">[…]</p>'
    body = gap.join(_text_html(article.text, span, extract.quote) for span in extract.spans)
    if extract.whole:
        return f"{notice}<section>{body}</section>"
    return f'{notice}<section><h2>Cited from this article</h2><div class="passages">{body}</div></section>'


def _text_html(text: str, span: Span, quote: Span | None) -> str:
    """The paragraphs of a stretch of text; what of the quote lies in them is highlighted."""
    paragraphs = []
    for found in _PARAGRAPH.finditer(text, span.start, span.end):
        start, end = found.span()
        low, high = (max(start, quote.start), min(end, quote.end)) if quote else (end, end)
        if low >= high:
            paragraphs.append(f"<p>{escape(text[start:end])}</p>")
        else:
            name = ' id="quote"' if quote and low == quote.start else ""
            paragraphs.append(
                f"<p>{escape(text[start:low])}<mark{name}>{escape(text[low:high])}</mark>{escape(text[high:end])}</p>"
            )
    return "".join(paragraphs)


def _notice_html(notice: Notice) -> str:
    if notice.dated:
        when = f", {notice.dated.spoken}"
    else:
        when = f", first seen on {spoken_day(notice.seen_on)}" if notice.seen_on else ""
    return f'<p class="notice"><strong>Correction{escape(when)}:</strong> {escape(notice.text)}</p>'


def _original_html(article: Article) -> str:
    if not is_web_address(article.url):
        return ""
    return f'<p><a href="{escape(article.url or "")}" rel="noopener noreferrer">Read the original</a></p>'


def _copies_html(copies: Sequence[Article]) -> str:
    if not copies:
        return ""
    items = "".join(
        f'<li><a href="{escape(article_path(one.id))}">{escape(one.title or "Untitled")}</a>, '
        f"{escape(one.source or 'unknown outlet')}, {escape(_day(one.published_at))}</li>"
        for one in copies
    )
    return f"<section><h2>The same story elsewhere</h2><ul>{items}</ul></section>"


def _versions_html(versions: Sequence[Article]) -> str:
    items = "".join(
        f"<li>Version {one.version}"
        f"{f', taken in on {spoken_day(one.fetched_at)}' if one.fetched_at else ''}"
        f"{', the one that answers quote' if one is versions[-1] else ', superseded'}</li>"
        for one in reversed(versions)
    )
    return f"<section><h2>Versions</h2><ul>{items}</ul></section>"


def _outlet_row(outlet: OutletCount) -> str:
    return (
        f'<tr><th scope="row">{escape(outlet.source or "Unknown outlet")}</th><td>{outlet.articles:,}</td>'
        f"<td>{escape(_day(outlet.oldest))}</td><td>{escape(_day(outlet.newest))}</td></tr>"
    )


def _ingest_html(report: Mapping[str, Any] | None) -> str:
    if report is None:
        return ""
    finished = spoken_day(datetime.fromisoformat(report["finished"]))
    counts: Iterable[str] = (f"{report[name]:,} {name}" for name in _COUNTS)
    return (
        f"<section><h2>Last ingest</h2><p>{escape(finished)}: {report['seen']:,} seen, {escape(', '.join(counts))}."
        "</p></section>"
    )


def _dates(article: Article) -> str:
    published = f"Published {_moment(article.published_at)}" if article.published_at else "Undated"
    updated = article.updated_at
    if updated and (article.published_at is None or updated.at > article.published_at.at):
        return f"{published}, updated {_moment(updated)}"
    return published


def _moment(date: NewsDate) -> str:
    return date.spoken if date.day_only else f"{date.spoken}, {date.at:%H:%M} UTC"


def _day(date: NewsDate | None) -> str:
    return date.spoken if date else "undated"


def _kind(article: Article) -> str:
    return article.kind.capitalize()


def _lang(article: Article) -> str:
    return f' lang="{article.language}"' if article.language and _LANGUAGE.fullmatch(article.language) else ""


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
