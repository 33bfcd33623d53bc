"""A suite's corpus: its articles, what occurs in them and since when, and its digest."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from evals.match_rule import normalised
from ingest.formats.files import raw_inputs
from ingest.models import RawPage, RawRecord
from ingest.normalize.inputs import records_of
from ingest.normalize.records import read_raw
from rag.dates import parse_iso
from rag.errors import RefusedArticle
from rag.models import Article
from rag.urls import canonical_url

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""Since when an undated article is known."""
_KEPT = ("id", "title", "text", "url", "source")


@dataclass(frozen=True, slots=True)
class _Searchable:
    """All articles in one string, oldest first; `starts[i]` is where the article of `since[i]` begins."""

    text: str
    starts: tuple[int, ...]
    since: tuple[datetime, ...]


@dataclass(frozen=True)
class Corpus:
    """The articles that a suite's questions are asked of."""

    articles: tuple[Article, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Article]:
        """Articles by every name that gold evidence can call them: id and canonical URL."""
        return {name: article for article in self.articles for name in names_of(article.id, article.url)}

    def known_since(self, variants: Iterable[str]) -> datetime | None:
        """When the first article was published in whose title or text one of the variants stands.

        Returns:
            `ALWAYS` where an undated article holds one, `None` where no article does.
        """
        moments = (self._first(normalised(variant)) for variant in variants)
        return min((moment for moment in moments if moment is not None), default=None)

    def _first(self, wanted: str) -> datetime | None:
        position = self._searchable.text.find(f" {wanted} ") if wanted else -1
        if position < 0:
            return None
        return self._searchable.since[bisect_right(self._searchable.starts, position) - 1]

    @cached_property
    def _searchable(self) -> _Searchable:
        # Oldest first, so that the first place where a string is found is also the earliest; one
        # search in one string answers a question over thousands of articles in milliseconds.
        ordered = sorted(self.articles, key=lambda article: (_since(article), article.id))
        texts = [f" {normalised(article.title)} \n {normalised(article.text)} \n" for article in ordered]
        starts, position = [], 0
        for text in texts:
            starts.append(position)
            position += len(text)
        return _Searchable("".join(texts), tuple(starts), tuple(_since(article) for article in ordered))


def names_of(article_id: str, url: str | None) -> tuple[str, ...]:
    """What an article can be called in a list of gold evidence: canonical URL first, then id."""
    return (article_name(url), article_id) if url else (article_id,)


def article_name(url_or_id: str) -> str:
    """The canonical URL where it is one, else the text itself, which is then an id."""
    try:
        return canonical_url(url_or_id)
    except ValueError:
        return url_or_id


def read_corpus(path: Path) -> Corpus:
    """The articles as ingest would take them in; what it would refuse is left out."""
    articles: dict[str, Article] = {}
    for raw_input in raw_inputs(path.resolve()):
        if isinstance(raw_input, RawRecord | RawPage):
            try:
                articles |= {
                    article.id: article for article in (read_raw(raw).article for raw in records_of(raw_input))
                }
            except RefusedArticle:
                continue
    return Corpus(tuple(articles.values()))


def article_line(article: Article) -> str:
    """What measuring needs of an article, as one line of JSON."""
    fields = {name: getattr(article, name) for name in _KEPT}
    fields["published_at"] = str(article.published_at) if article.published_at else None
    return json.dumps(fields) + "\n"


def article_of(line: str) -> Article:
    """The article that `article_line` wrote."""
    fields = json.loads(line)
    published = fields.pop("published_at")
    return Article(**fields, published_at=parse_iso(published) if published else None)


def path_digest(path: Path) -> str:
    """SHA-256 over a file's bytes, or over the names and bytes of a folder's files."""
    digest = hashlib.sha256()
    for file in _files(path):
        digest.update(f"{file.relative_to(path)}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _files(path: Path) -> Sequence[Path]:
    return [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())


def _since(article: Article) -> datetime:
    return article.published_at.at if article.published_at else ALWAYS
