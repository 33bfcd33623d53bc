"""The pages without script, made of templates. Pure.

Whatever comes from articles is untrusted and is escaped by the template engine; the only links out are originals whose
address is http or https.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from rag.dates import NewsDate
from rag.library.base import LibraryStatus
from rag.messages import Catalogue
from rag.models import Article
from rag.store import OutletCount
from rag.store.repositories.seed_status import SeedStatus
from web.addresses import article_path, is_web_address
from web.jinja import PAGES
from web.language import Reader
from web.pages.articles import Extract, HeldArticle, notices
from web.passages import passage_paragraphs

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
_SHOWN_REASONS = 5
_COUNTS = ("seen", "added", "updated", "unchanged", "duplicate", "refused", "pending")


@dataclass(frozen=True, slots=True)
class SeedRow:
    """How one seed is doing.

    Attributes:
        status: Its figures.
        reasons: Why articles were refused, the most frequent first, each with its count.
    """

    status: SeedStatus
    reasons: tuple[tuple[str, int], ...]


def message_page(reader: Reader, title: str, message: str) -> str:
    """A page that only tells why there is nothing else to see.

    Args:
        reader: Sees it.
        title: A key of the catalogue.
        message: Likewise.
    """
    return rendered("message", reader, title=reader.words(title), message=reader.words(message))


def article_page(reader: Reader, held: HeldArticle, shown: Extract) -> str:
    """The page of an article that is not withdrawn.

    Args:
        reader: Sees it.
        held: Its `current` is not `None`.
        shown: What of the text may be seen.
    """
    article = held.current
    if article is None:
        raise ValueError("a withdrawn article has no page")
    return rendered(
        "article",
        reader,
        article=article,
        held=held,
        in_its_language=_language_attribute(article.language),
        dates=_dates(article, reader.words),
        notices=notices(held.versions),
        shown=shown,
        excerpts=[passage_paragraphs(article.text, span, shown.quote) for span in shown.spans],
        original=article.url if is_web_address(article.url) else "",
    )


def library_page(
    reader: Reader,
    status: LibraryStatus,
    *,
    latest: datetime,
    unembedded: int,
    last_ingest: Mapping[str, Any] | None,
    seeds: Sequence[SeedStatus] = (),
) -> str:
    """The page that tells what the library holds.

    Args:
        reader: Sees it.
        status: Counts and outlets.
        latest: Up to when the library can know anything.
        unembedded: Passages that have no vectors yet.
        last_ingest: `finished` and the counts of the last run; `None` if none is recorded.
        seeds: How each feed, sitemap and page is doing.
    """
    finished = datetime.fromisoformat(last_ingest["finished"]) if last_ingest else None
    return rendered(
        "library",
        reader,
        status=status,
        latest=latest,
        unembedded=unembedded,
        last_ingest={name: last_ingest[name] for name in _COUNTS} if last_ingest else None,
        finished=finished,
        seeds=[_seed_row(seed) for seed in seeds],
    )


def how_page(reader: Reader, title: str, outlets: Sequence[OutletCount], sections: Sequence[str]) -> str:
    """The page that tells how answers are made and checked.

    Args:
        reader: Sees it.
        title: Whose answers.
        outlets: What they are made from.
        sections: Only these; empty means all.
    """
    return rendered("how", reader, answerer=title, outlets=outlets, sections=sections)


def rendered(name: str, reader: Reader, **values: Any) -> str:
    """A page.

    Args:
        name: Of its template.
        reader: Sees it.
        values: For the template.
    """
    return PAGES.get_template(f"pages/{name}.html").render(values, reader=reader, words=reader.words)


def _language_attribute(language: str | None) -> Markup:
    """What says in which language an article is, as HTML, with a space before it; empty if that is not known."""
    is_code = language and _LANGUAGE.fullmatch(language)
    return Markup(' lang="{}"').format(language) if is_code else Markup("")


def _dates(article: Article, words: Catalogue) -> str:
    published, updated = article.published_at, article.updated_at
    is_later = updated and (published is None or updated.at > published.at)
    line = words("published", date=_moment(published, words)) if published else words("undated")
    if updated and is_later:
        line = f"{line}, {words('updated', date=_moment(updated, words))}"
    return line[0].upper() + line[1:]


def _moment(date: NewsDate, words: Catalogue) -> str:
    day = words.day(date.at)
    return day if date.day_only else f"{day}, {date.at:%H:%M} UTC"


def _minute(moment: datetime | None, words: Catalogue) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else words("never")


def _seed_row(status: SeedStatus) -> SeedRow:
    reasons = Counter(refusal.reason for refusal in status.refused).most_common(_SHOWN_REASONS)
    return SeedRow(status, tuple(reasons))


PAGES.filters.update(minute=_minute, article_path=article_path)
