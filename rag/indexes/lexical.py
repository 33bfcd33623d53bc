"""The lexical index over Tantivy: BM25 over headlines, bylines and passages, on disk and incremental."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tantivy import (
    Document,
    FieldType,
    Filter,
    Index,
    IndexWriter,
    Occur,
    Query,
    SchemaBuilder,
    TextAnalyzerBuilder,
    Tokenizer,
)

from rag.errors import LibraryError, StorageError
from rag.indexes.base import UNDATED
from rag.models import Filters, Passage

_FOREVER = 2**62
_HEAP_BYTES = 64_000_000
_TITLE_BOOST = 0.5

_analyzer = (
    TextAnalyzerBuilder(Tokenizer.simple())
    .filter(Filter.remove_long(60))
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .filter(Filter.stemmer("english"))
    .build()
)


def analyze(text: str) -> list[str]:
    """Return the words of a text as the index stores them: lower case, without accents, stemmed (Snowball English)."""
    terms: list[str] = _analyzer.analyze(text)
    return terms


class TantivyIndex:
    """The `LexicalIndex` of a library: BM25 (Robertson & Zaragoza 2009; k1 1.2, b 0.75).

    Args:
        folder: Made if absent.

    Raises:
        LibraryError: The folder holds something else.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        builder = SchemaBuilder()
        builder.add_text_field("passage", stored=True, tokenizer_name="raw")
        builder.add_text_field("title", tokenizer_name="news")
        builder.add_text_field("byline", tokenizer_name="news")
        builder.add_text_field("text", tokenizer_name="news")
        builder.add_integer_field("published", indexed=True, fast=True)
        builder.add_text_field("source", tokenizer_name="raw")
        builder.add_text_field("kind", tokenizer_name="raw")
        self._schema = builder.build()
        self._folder = folder
        self._index = self._opened()

    def _opened(self) -> Index:
        try:
            index = Index(self._schema, path=str(self._folder))
        except ValueError as error:
            raise LibraryError(
                f"{self._folder} is damaged or another version's ({error}); run `python -m ingest rebuild`"
            ) from error
        index.register_tokenizer("news", _analyzer)
        return index

    def analyze(self, text: str) -> list[str]:
        """Return the words of a text as the index stores them (see `analyze`)."""
        return analyze(text)

    def put(self, passages: Iterable[Passage]) -> None:
        """Add passages, replacing those of the same id; durable and searchable on return."""
        with self._writing() as writer:
            for passage in passages:
                published = passage.article.published_at
                writer.delete_documents_by_term("passage", passage.id)
                writer.add_document(
                    Document(
                        passage=passage.id,
                        title=passage.article.title,
                        # A reader may ask what a columnist says; the text rarely names who wrote it.
                        byline=" ".join(passage.article.authors),
                        text=passage.text,
                        published=published.epoch if published else UNDATED,
                        source=passage.article.source or "",
                        kind=passage.article.kind,
                    )
                )

    def remove(self, passage_ids: Iterable[str]) -> None:
        """Remove passages; unknown ids are ignored."""
        with self._writing() as writer:
            for passage_id in passage_ids:
                writer.delete_documents_by_term("passage", passage_id)

    def clear(self) -> None:
        """Remove everything, from the disk too."""
        with self._writing() as writer:
            writer.delete_all_documents()
            writer.commit()
            writer.garbage_collect_files()

    @contextmanager
    def _writing(self) -> Iterator[IndexWriter]:
        """A writer whose changes are durable and searchable when the block ends.

        Raises:
            StorageError: Tantivy could not write, which it reports as a bare `ValueError`.
        """
        # Only a newly opened index knows what other processes wrote, and deletes it where it is superseded.
        self._index = self._opened()
        try:
            # One thread: documents keep their order, so that equal scores fall the same way every time.
            writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
            yield writer
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        except ValueError as error:
            raise StorageError(f"lexical index: {error}") from error

    def search(
        self,
        words: Sequence[str],
        *,
        before: int | None,
        limit: int,
        filters: Filters | None = None,
        within: Collection[str] = (),
        names: Sequence[Sequence[str]] = (),
    ) -> list[tuple[str, float]]:
        """Return passages that hold any of the words, best first.

        Args:
            words: Terms, as `analyze` returns them.
            before: Latest publication time in epoch seconds; `None` for no bound.
            limit: Maximum number of passages.
            filters: Outlets, kinds and start that articles must match; sections and articles are not indexed.
            within: Ids of the only passages to consider; empty for all.
            names: Terms of each full name; articles by an author of that name score higher.

        Returns:
            Passage ids with their BM25 scores; equal scores are ordered by id.
        """
        if not words:
            return []
        self._index.reload()
        searcher = self._index.searcher()
        query = self._query(words, names, before, filters or Filters(), within)
        scored = searcher.search(query, limit=limit, count=False).hits
        hits = [(searcher.doc(address)["passage"][0], score) for score, address in scored]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def missing_ids(self, passage_ids: Iterable[str]) -> list[str]:
        """Return those of the ids that are not in the index."""
        searcher = self._index.searcher()
        queries = {passage_id: Query.term_query(self._schema, "passage", passage_id) for passage_id in passage_ids}
        return [
            passage_id for passage_id, query in queries.items() if not searcher.search(query, limit=1, count=False).hits
        ]

    def ids(self) -> set[str]:
        """Return the ids of all passages in the index."""
        self._index.reload()
        searcher = self._index.searcher()
        documents = searcher.search(Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        return {searcher.doc(address)["passage"][0] for _, address in documents}

    def document_frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """Return, for each term, how many passages hold it in their text."""
        searcher = self._index.searcher()
        return {word: searcher.doc_freq("text", word) for word in words}

    def terms(self, beginning: str) -> dict[str, int]:
        """Return the terms of texts, headlines and bylines that begin so, each with about how many passages hold it.

        What was removed counts until Tantivy merges its segments.
        """
        self._index.reload()
        searcher = self._index.searcher()
        counts: dict[str, int] = {}
        for field in ("text", "title", "byline"):
            for term, count in searcher.terms_with_prefix(field, beginning):
                counts[term] = max(count, counts.get(term, 0))
        return counts

    def passage_count(self) -> int:
        """Return the number of passages in the index."""
        count: int = self._index.searcher().num_docs
        return count

    def _query(
        self,
        words: Sequence[str],
        names: Sequence[Sequence[str]],
        before: int | None,
        filters: Filters,
        within: Collection[str],
    ) -> Query:
        terms = [
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, field, word), boost))
            for word in words
            for field, boost in (("text", 1.0), ("title", _TITLE_BOOST))
        ]
        for name in names:
            whole = [(Occur.Must, Query.term_query(self._schema, "byline", word)) for word in name]
            terms.append((Occur.Should, Query.boolean_query(whole)))
        conditions = []
        if before is not None or filters.start:
            first = int(filters.start.timestamp()) if filters.start else UNDATED
            last = _FOREVER if before is None else before
            conditions.append(Query.range_query(self._schema, "published", FieldType.Integer, first, last))
        for field, wanted in (("source", filters.sources), ("kind", filters.kinds), ("passage", within)):
            if wanted:
                conditions.append(Query.term_set_query(self._schema, field, list(wanted)))
        # A condition must not add to the score.
        unscored = [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
        return Query.boolean_query([(Occur.Must, Query.boolean_query(terms)), *unscored])
