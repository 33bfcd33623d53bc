"""The record: every article and the offsets of its passages, in SQLite. The indexes derive from it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError, OperationalError

from rag.dates import NewsDate
from rag.errors import LibraryBusyError, LibraryError, LibraryVersionError
from rag.models import Article, Filters, Passage
from rag.store.blocklist import block
from rag.store.crawl_state import forget_visits
from rag.store.journal import Journal, intend, strike
from rag.store.migrations import UPGRADES
from rag.store.schema import (
    NewArticle,
    article_of,
    article_values,
    articles,
    bands,
    date_of,
    facts,
    metadata,
    open_engine,
    paragraphs,
    passage_of,
    passage_values,
    passages,
)
from rag.urls import canonical_url, differ, exact_url

SCHEMA_VERSION = "5"
MODEL_FACT = "embedding_model"
_MANY = 500


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """What the record already holds under an id: its newest version."""

    version: int
    digest: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class PassageMetadata:
    """What a candidate passage is judged by: its article's publication in epoch seconds, outlet and kind."""

    published: int | None
    source: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class OutletCount:
    """One outlet's articles in the library; `None` where no outlet is known, or none is dated."""

    source: str | None
    articles: int
    oldest: NewsDate | None
    newest: NewsDate | None


class Record:
    """The articles and passages of one library.

    Args:
        file: SQLite file; made with its tables if absent.

    Attributes:
        journal: What is still to be done to the other stores.

    Raises:
        LibraryError: The file is no database.
        OperationalError: It cannot be read or written.
        LibraryVersionError: Another version made it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.engine = open_engine(file)
        self.journal = Journal(self.engine)
        try:
            with self.engine.begin() as connection:
                metadata.create_all(connection)
                _make_late_indexes(connection)
        except OperationalError:  # e.g. a full disk: the library says what to do
            raise
        except DatabaseError as error:
            raise LibraryError(f"{file} cannot be used as a library's record: {error.orig}") from error
        self._check_version()

    def _check_version(self) -> None:
        version = self.fact("schema_version")
        if version is None:
            self.set_fact("schema_version", SCHEMA_VERSION)
        elif version in UPGRADES:
            UPGRADES[version](self.engine)
            self.set_fact("schema_version", SCHEMA_VERSION)
        elif version != SCHEMA_VERSION:
            raise LibraryVersionError(
                f"the library at {self._file.parent} has format {version}, this Dateline writes format "
                f"{SCHEMA_VERSION}; use the Dateline that made it, or ingest the sources into a new --data directory"
            )

    def close(self) -> None:
        """Releases the file."""
        self.engine.dispose()

    def fact(self, name: str) -> str | None:
        """A remembered fact about the library, e.g. its embedding model."""
        with self.engine.connect() as connection:
            return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()

    def set_fact(self, name: str, value: str) -> None:
        """Remembers a fact, replacing what was remembered."""
        with self.engine.begin() as connection:
            connection.execute(insert(facts).prefix_with("OR REPLACE").values(name=name, value=value))

    def lasting_fact(self, name: str, value: str) -> str:
        """What is remembered under a name; this value, from now on, if nothing is."""
        known = self.fact(name)
        if known is None:
            with self.engine.begin() as connection:
                connection.execute(insert(facts).prefix_with("OR IGNORE").values(name=name, value=value))
            known = self.fact(name)
        return known or value

    # Taking in

    def known(self, article_id: str) -> StoredVersion | None:
        """The newest version under an id, a withdrawn one too."""
        query = select(articles.c.version, articles.c.digest, articles.c.fetched_at)
        query = query.where(articles.c.id == article_id, articles.c.latest)
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
        return StoredVersion(row.version, row.digest, datetime.fromisoformat(row.fetched_at)) if row else None

    def newest(self, article_id: str) -> Article | None:
        """The newest version of an article, a withdrawn one too."""
        return next(self._articles(select(articles).where(articles.c.id == article_id, articles.c.latest)), None)

    def original_length(self, article_id: str) -> int:
        """Characters of the current version's text before anything was taken out of it."""
        length = func.length(func.coalesce(articles.c.original, articles.c.text))
        return self._count(
            select(func.coalesce(func.max(length), 0)).where(articles.c.id == article_id, articles.c.current)
        )

    def ids_of_input(self, raw_digest: str) -> list[str]:
        """The articles that have a version, superseded or not, from an input with these bytes.

        A file may hold two texts of one article; the second supersedes the first, and the first must
        not come back when the file is read again.
        """
        return self._ids(select(articles.c.id).where(articles.c.raw_digest == raw_digest).distinct())

    def is_newest_input(self, raw_digest: str) -> bool:
        """Whether the newest version of an article, withdrawn or not, is from an input with these bytes."""
        return bool(self._ids(select(articles.c.id).where(articles.c.raw_digest == raw_digest, articles.c.latest)))

    def put(self, batch: Iterable[NewArticle]) -> None:
        """Stores articles with their passages, all or none; an older version stops being current."""
        with self.engine.begin() as connection:
            _put(connection, list(batch))

    def rechunk(self, article: Article, cut: Sequence[Passage], *, erase: Iterable[str] = ()) -> None:
        """Gives the current version of an article another text and passages; both indexes then lack it.

        Args:
            article: With its new text.
            cut: Its new passages.
            erase: Digests of vectors that no passage has any more.
        """
        with self.engine.begin() as connection:
            row = connection.execute(
                update(articles)
                .where(articles.c.id == article.id, articles.c.current)
                .values(
                    text=article.text,
                    stub=article.headline_only,
                    original=func.coalesce(articles.c.original, articles.c.text),
                    in_lexical=False,
                    in_vectors=False,
                )
                .returning(articles.c.row)
            ).scalar_one()
            old = delete(passages).where(passages.c.article_row == row).returning(passages.c.id)
            intend(connection, "drop", set(connection.execute(old).scalars()) - {one.id for one in cut})
            intend(connection, "erase", erase)
            _put_passages(connection, [(row, cut, True)])

    def withdraw(self, article_ids: Sequence[str], *, for_good: bool = False) -> int:
        """Takes articles out of what can be found; their versions stay, marked. Returns how many.

        Args:
            article_ids: Theirs.
            for_good: They stay out, under whatever name they come again.
        """
        now = datetime.now(UTC).isoformat()
        withdrawn = 0
        with self.engine.begin() as connection:
            if for_good:
                block(connection, article_ids)
            for some in _chunks(article_ids):
                change = update(articles).where(articles.c.current, articles.c.id.in_(some))
                withdrawn += connection.execute(change.values(current=False, withdrawn_at=now)).rowcount
                _follow_articles(connection, some)
        return withdrawn

    def forget(self, article_ids: Sequence[str], *, erase: Iterable[str]) -> None:
        """Deletes articles with all their versions and fingerprints; they stay out under any name.

        The journal then says what the other stores have still to lose, and this file.

        Args:
            article_ids: Theirs.
            erase: Digests of the vectors of their passages.
        """
        with self.engine.begin() as connection:
            block(connection, article_ids)
            intend(connection, "erase", erase)
            intend(connection, "empty")
            for some in _chunks(article_ids):
                _delete(connection, some)
            forget_visits(connection, article_ids)

    def start_indexes_anew(self, *, embedding_model: str, of: str = "") -> None:
        """Notes that both indexes are to be derived anew, by whatever model; `of` is the backup this comes from."""
        with self.engine.begin() as connection:
            connection.execute(update(articles).values(in_lexical=False, in_vectors=False))
            connection.execute(insert(facts).prefix_with("OR REPLACE").values(name=MODEL_FACT, value=embedding_model))
            strike(connection, "drop", "empty", "derive")
            intend(connection, "derive" if of else "empty", [of])

    def vacuum(self) -> None:
        """Rewrites the file without the space of deleted rows.

        Raises:
            LibraryBusyError: Another process is reading, and keeps the old pages from being dropped.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
            if connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one():
                raise LibraryBusyError(
                    f"{self._file} is being read by another process, so it cannot be cleared of what was forgotten; "
                    "wait for that to end, then run this again"
                )

    def copy_to(self, file: Path) -> None:
        """Writes a consistent copy while others may write."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM INTO :file"), {"file": str(file)})

    # What the indexes hold

    def missing_from(self, index: str) -> list[str]:
        """Ids of current articles that `index` (`lexical` or `vectors`) does not hold yet, newest first."""
        query = select(articles.c.id).where(articles.c.current, ~articles.c[f"in_{index}"])
        return self._ids(query.order_by(articles.c.published_epoch.desc(), articles.c.row))

    def unembedded_passages(self) -> int:
        """Passages of current articles that the vector index does not hold yet."""
        return self._count(
            select(func.count()).join_from(passages, articles).where(articles.c.current, ~articles.c.in_vectors)
        )

    def not_current(self) -> list[str]:
        """Ids of passages of versions that are no longer current but may still be in an index."""
        query = select(passages.c.id).join(articles, passages.c.article_row == articles.c.row)
        return self._ids(query.where(~articles.c.current, articles.c.in_lexical | articles.c.in_vectors))

    def mark(self, index: str, article_ids: Sequence[str]) -> None:
        """Notes that `index` holds the current versions of these articles."""
        with self.engine.begin() as connection:
            for first in range(0, len(article_ids), _MANY):
                some = article_ids[first : first + _MANY]
                connection.execute(
                    update(articles).where(articles.c.id.in_(some), articles.c.current).values({f"in_{index}": True})
                )

    def mark_not_current_gone(self) -> None:
        """Notes that no index holds versions that are no longer current."""
        with self.engine.begin() as connection:
            connection.execute(update(articles).where(~articles.c.current).values(in_lexical=False, in_vectors=False))

    def mark_nothing_indexed(self) -> None:
        """Notes that both indexes are empty, so that all is derived again."""
        with self.engine.begin() as connection:
            connection.execute(update(articles).values(in_lexical=False, in_vectors=False))

    # Looking up

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passages by id, of current versions only; unknown ids are left out."""
        found: dict[str, Passage] = {}
        with self.engine.connect() as connection:
            for first in range(0, len(ids), _MANY):
                cut = connection.execute(select(passages).where(passages.c.id.in_(ids[first : first + _MANY]))).all()
                wanted = articles.c.row.in_({row.article_row for row in cut})
                rows = connection.execute(select(articles).where(wanted, articles.c.current))
                current = {row.row: article_of(row) for row in rows}
                found |= {
                    one.id: passage_of(one, current[one.article_row]) for one in cut if one.article_row in current
                }
        return found

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of an article's current version, in order."""
        query = select(articles).where(articles.c.id == article_id, articles.c.current)
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
            if row is None:
                return ()
            cut = select(passages).where(passages.c.article_row == row.row).order_by(passages.c.ordinal)
            article = article_of(row)
            return tuple(passage_of(one, article) for one in connection.execute(cut))

    def neighbours(self, passage: Passage) -> tuple[str, str]:
        """The texts of the passages before and after; empty at either end of the article."""
        cut = self.passages_of(passage.article.id)
        place = next((i for i, one in enumerate(cut) if one.id == passage.id), None)
        if place is None:
            return "", ""
        return cut[place - 1].text if place else "", cut[place + 1].text if place + 1 < len(cut) else ""

    def all_passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of all versions of an article."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(articles).where(articles.c.id == article_id)).all()
            versions = {row.row: article_of(row) for row in rows}
            cut = connection.execute(select(passages).where(passages.c.article_row.in_(versions)))
            return tuple(passage_of(one, versions[one.article_row]) for one in cut)

    def some_passage_ids(self, *, index: str, count: int = 50) -> list[str]:
        """Ids of passages that `index` (`lexical` or `vectors`) should hold, to try it with."""
        query = select(passages.c.id).join(articles, passages.c.article_row == articles.c.row)
        query = query.where(articles.c.current, articles.c[f"in_{index}"])
        return self._ids(query.order_by(passages.c.id.desc()).limit(count))

    def passage_metadata(self, ids: Sequence[str]) -> dict[str, PassageMetadata]:
        """What candidates are judged by, of current versions only."""
        query = select(passages.c.id, passages.c.published_epoch, passages.c.source, passages.c.kind)
        found: dict[str, PassageMetadata] = {}
        with self.engine.connect() as connection:
            for first in range(0, len(ids), _MANY):
                some = ids[first : first + _MANY]
                rows = connection.execute(query.where(passages.c.id.in_(some), passages.c.current))
                found |= {row[0]: PassageMetadata(row[1], row[2], row[3]) for row in rows}
        return found

    def count_between(self, start: int | None, end: int) -> int:
        """Passages published from `start` to `end`, epoch seconds; without `start`, undated ones too."""
        return self._count(select(func.count()).select_from(passages).where(_between(start, end)))

    def ids_between(self, start: int | None, end: int) -> list[str]:
        """Ids of the passages that `count_between` counts."""
        return self._ids(select(passages.c.id).where(_between(start, end)))

    def ids_within(self, filters: Filters) -> list[str]:
        """Ids of the passages of the sections and articles that the filters name; of what else they ask, nothing."""
        query = select(passages.c.id).join(articles, passages.c.article_row == articles.c.row)
        return self._ids(query.where(*_places(filters)))

    def latest_openings(self, before: int, *, limit: int, filters: Filters) -> list[Passage]:
        """The first passage of each of the newest articles, newest first, without undated ones and bare headlines.

        Args:
            before: Published at this epoch second or earlier.
            limit: Most passages.
            filters: What their articles must be.
        """
        query = select(passages.c.id).where(passages.c.current, passages.c.ordinal == 0, passages.c.sentences != "[]")
        query = query.where(passages.c.published_epoch <= before)
        if filters.start:
            query = query.where(passages.c.published_epoch >= int(filters.start.timestamp()))
        if filters.sources:
            query = query.where(passages.c.source.in_(filters.sources))
        if filters.kinds:
            query = query.where(passages.c.kind.in_(filters.kinds))
        if filters.sections or filters.articles:
            query = query.where(passages.c.article_row.in_(select(articles.c.row).where(*_places(filters))))
        ids = self._ids(query.order_by(passages.c.published_epoch.desc(), passages.c.id).limit(limit))
        found = self.passages(ids)
        return [found[one] for one in ids if one in found]

    def articles(self) -> Iterator[Article]:
        """Every current article, oldest row first."""
        yield from self._articles(select(articles).where(articles.c.current).order_by(articles.c.row))

    def current_ids(self) -> list[str]:
        """Ids of the current articles, oldest row first."""
        return self._ids(select(articles.c.id).where(articles.c.current).order_by(articles.c.row))

    def current(self, article_id: str) -> Article | None:
        """The current version of an article."""
        return next(self._articles(select(articles).where(articles.c.id == article_id, articles.c.current)), None)

    def versions(self, article_id: str) -> tuple[Article, ...]:
        """All versions of an article, oldest first, withdrawn ones too."""
        query = select(articles).where(articles.c.id == article_id).order_by(articles.c.version)
        return tuple(self._articles(query))

    def ids_at(self, address: str) -> list[str]:
        """Articles at exactly this address; if there are none, at one that is as a rule the same.

        Raises:
            ValueError: It is not an http or https URL.
        """
        exact = exact_url(address)
        spellings = articles.c.canonical_url.in_((exact, canonical_url(address)))
        query = select(articles.c.id, articles.c.url).where(spellings).distinct()
        with self.engine.connect() as connection:
            found = connection.execute(query).all()
        at_it = [row.id for row in found if row.url and exact_url(row.url) == exact]
        near = [row.id for row in found if not (row.url and differ(row.url, address))]
        return list(dict.fromkeys(at_it or near))

    def ids_of_outlet(self, source: str) -> list[str]:
        """Articles of an outlet."""
        return self._ids(select(articles.c.id).where(articles.c.source == source).distinct())

    # Counting

    def article_count(self, filters: Filters | None = None) -> int:
        """Current articles, of the outlets, kinds and places that the filters name."""
        return self._count(select(func.count()).select_from(articles).where(*_named(filters or Filters())))

    def passage_count(self) -> int:
        """Passages of current articles."""
        return self._count(select(func.count()).select_from(passages).where(passages.c.current))

    def newest_publication(self, filters: Filters | None = None) -> NewsDate | None:
        """When the newest current article was published, of those that the filters name."""
        query = select(articles.c.published_at).where(
            *_named(filters or Filters()), articles.c.published_epoch.is_not(None)
        )
        with self.engine.connect() as connection:
            return date_of(connection.execute(query.order_by(articles.c.published_epoch.desc()).limit(1)).scalar())

    def outlet_names(self) -> tuple[str, ...]:
        """Names of the outlets of current articles."""
        query = select(passages.c.source).where(passages.c.current, passages.c.source.is_not(None))
        return tuple(self._ids(query.distinct().order_by(passages.c.source)))

    def section_names(self) -> tuple[str, ...]:
        """Sections of current articles, as their outlets spell them."""
        query = select(articles.c.section).where(articles.c.current, articles.c.section.is_not(None))
        return tuple(self._ids(query.distinct().order_by(articles.c.section)))

    def outlets(self, filters: Filters | None = None) -> tuple[OutletCount, ...]:
        """Outlets with their article counts and dates, most articles first; of what the filters name."""
        query = (
            select(
                articles.c.source,
                func.count().label("articles"),
                func.min(articles.c.published_at).label("oldest"),
                func.max(articles.c.published_at).label("newest"),
            )
            .where(*_named(filters or Filters()))
            .group_by(text("1"))
            .order_by(text("2 DESC, 1"))
        )
        with self.engine.connect() as connection:
            return tuple(
                OutletCount(row.source, row.articles, date_of(row.oldest), date_of(row.newest))
                for row in connection.execute(query)
            )

    def _articles(self, query: Select[Any]) -> Iterator[Article]:
        with self.engine.connect() as connection:
            for row in connection.execute(query):
                yield article_of(row)

    def _ids(self, query: Select[str]) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def _count(self, query: Select[int]) -> int:
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one()


def _between(start: int | None, end: int) -> ColumnElement[bool]:
    published = passages.c.published_epoch
    if start is None:
        return and_(passages.c.current, or_(published.is_(None), published <= end))
    return and_(passages.c.current, published.between(start, end))


def _places(filters: Filters) -> list[ColumnElement[bool]]:
    """That an article is current, and of the sections and articles that are named."""
    named = ((articles.c.section, filters.sections), (articles.c.id, filters.articles))
    return [articles.c.current, *(column.in_(wanted) for column, wanted in named if wanted)]


def _named(filters: Filters) -> list[ColumnElement[bool]]:
    """That an article is current, and of the outlets, kinds, sections and articles that are named."""
    named = ((articles.c.source, filters.sources), (articles.c.kind, filters.kinds))
    return [*_places(filters), *(column.in_(wanted) for column, wanted in named if wanted)]


def _make_late_indexes(connection: Connection) -> None:
    """Indexes that the record of an older Dateline lacks; `create_all` makes those of new tables only."""
    for index in articles.indexes:
        index.create(connection, checkfirst=True)


def _chunks(article_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (article_ids[first : first + _MANY] for first in range(0, len(article_ids), _MANY))


def _delete(connection: Connection, article_ids: Sequence[str]) -> None:
    """Deletes articles with what hangs on them; a story that was named after one of them loses its name."""
    rows = select(articles.c.row).where(articles.c.id.in_(article_ids))
    connection.execute(delete(passages).where(passages.c.article_row.in_(rows)))
    connection.execute(delete(bands).where(bands.c.article_row.in_(rows)))
    connection.execute(delete(paragraphs).where(paragraphs.c.article_id.in_(article_ids)))
    connection.execute(delete(articles).where(articles.c.id.in_(article_ids)))
    connection.execute(update(articles).where(articles.c.cluster_id.in_(article_ids)).values(cluster_id=None))


def _follow_articles(connection: Connection, article_ids: Collection[str]) -> None:
    """Passages are current if their articles are."""
    rows = select(articles.c.row).where(articles.c.id.in_(article_ids), ~articles.c.current)
    connection.execute(update(passages).where(passages.c.article_row.in_(rows)).values(current=False))


def _put(connection: Connection, batch: Sequence[NewArticle]) -> None:
    if not batch:
        return
    newest = {intake.article.id: number for number, intake in enumerate(batch)}
    older = update(articles).where(articles.c.id == bindparam("of")).values(current=False, latest=False)
    connection.execute(older, [{"of": one} for one in newest])
    _follow_articles(connection, newest)
    values = [
        article_values(intake, current=newest[intake.article.id] == number) for number, intake in enumerate(batch)
    ]
    stored = insert(articles).returning(articles.c.row, sort_by_parameter_order=True)
    rows = list(connection.execute(stored, values).scalars())
    current = [one["current"] for one in values]
    _put_passages(connection, zip(rows, (intake.passages for intake in batch), current, strict=True))
    keys = [
        {"key": key, "article_row": row}
        for row, intake in zip(rows, batch, strict=True)
        for key in dict.fromkeys(intake.bands)
    ]
    if keys:
        connection.execute(insert(bands), keys)


def _put_passages(connection: Connection, cut: Iterable[tuple[int, Sequence[Passage], bool]]) -> None:
    values = [
        passage_values(row, ordinal, one, current=current)
        for row, some, current in cut
        for ordinal, one in enumerate(some)
    ]
    if values:
        connection.execute(insert(passages), values)
