"""Boilerplate is removed from the articles of a run, and from earlier ones once it is known to be boilerplate."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ingest.dedup.boilerplate import Boilerplate, outlet_of, paragraph_keys, without_boilerplate
from ingest.report import Report
from rag.library.writer import LibraryWriter
from rag.models import Article

_CLEANED, _NOT_YET = "boilerplate", "not taken out yet"
"""A fact of the library, and its value between the first article that a run stores and the last that it cleans."""
_SHOWN_CHARACTERS = 120
"""Of a paragraph, in the report."""


class Cleaner:
    """Removes boilerplate, and tells the report what it removed.

    Args:
        writer: Of the library.
        report: Gets one warning for each removed paragraph.
        newest: The newest version under an id, stored or about to be.
    """

    def __init__(self, writer: LibraryWriter, report: Report, newest: Callable[[str], Article | None]) -> None:
        self._writer = writer
        self._report = report
        self._boilerplate = Boilerplate(writer.record.fingerprints, newest)
        self._began = self._was_killed = False
        self._removed: dict[tuple[str | None, str], set[str]] = {}

    def add(self, articles: Iterable[Article]) -> None:
        """Add articles that are about to be stored, so that what recurs in them is known.

        Raises:
            UnstorableError: The record cannot hold a value of one of them.
        """
        if not self._began:
            # A run that is killed before it has cleaned leaves that to the next, which may see nothing new.
            self._was_killed = self._writer.record.facts.get(_CLEANED) == _NOT_YET
            self._writer.record.facts.set(_CLEANED, _NOT_YET)
            self._began = True
        self._writer.record.fingerprints.add_paragraphs(
            (outlet, article.id, paragraph_keys(article.text)) for article in articles if (outlet := outlet_of(article))
        )
        self._boilerplate.forget_articles()

    def cleaned(self, article: Article) -> Article:
        """Return an article without its boilerplate."""
        return self._without_boilerplate(article, whole=len(article.text))

    def finish(self) -> None:
        """Clean earlier articles, unless no run has stored any since the last time, and name what was removed."""
        if self._writer.record.facts.get(_CLEANED) == _NOT_YET:
            self._clean_earlier()
            self._writer.record.facts.set(_CLEANED, "")
        self._name_removed()

    def _without_boilerplate(self, article: Article, *, whole: int) -> Article:
        cleaned = without_boilerplate(article.text, self._boilerplate.among(article), whole=whole)
        for paragraph in cleaned.removed:
            self._removed.setdefault((article.source, paragraph), set()).add(article.id)
        return replace(article, text=cleaned.text, headline_only=not any(letter.isalnum() for letter in cleaned.text))

    def _clean_earlier(self) -> None:
        self._boilerplate.forget_articles()
        if self._was_killed or not self._began:
            for article in self._writer.record.articles():
                self._boilerplate.among(article)
        for outlet, keys in self._boilerplate.by_outlet.items():
            for article_id in self._writer.record.fingerprints.holders(outlet, keys) if keys else []:
                earlier = self._writer.record.current(article_id)
                if earlier:
                    self._clean_stored(earlier)
        self._writer.index_words()

    def _clean_stored(self, article: Article) -> None:
        whole = self._writer.record.original_length(article.id)
        cleaned = self._without_boilerplate(article, whole=whole)
        if cleaned.text != article.text:
            self._writer.rechunk(cleaned)

    def _name_removed(self) -> None:
        """Warn of each removed paragraph, the most frequent first."""
        for (outlet, paragraph), article_ids in sorted(self._removed.items(), key=lambda item: -len(item[1])):
            shown = paragraph if len(paragraph) <= _SHOWN_CHARACTERS else f"{paragraph[:_SHOWN_CHARACTERS]}…"
            count = f"{len(article_ids)} article{'' if len(article_ids) == 1 else 's'}"
            self._report.warn(outlet or "unknown outlet", f"left out of {count} as boilerplate: “{shown}”")
