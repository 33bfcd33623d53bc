"""The article store: its errors, its statements for each dialect, and its queries where an index matters."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from rag.errors import LibraryError, StorageError, UnstorableError
from rag.indexes.chunking import passages_of
from rag.store import NewArticle
from rag.store.record import SqlArticleStore
from rag.store.sql.database import upsert
from rag.store.sql.schema import facts
from rag.store.storage_errors import storage_error
from tests.conftest import article


def test_a_file_that_is_no_record_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "record.sqlite").write_text("this is no database" * 100, encoding="utf-8")
    with pytest.raises(LibraryError, match="record.sqlite"):
        SqlArticleStore(tmp_path / "record.sqlite")


def test_a_path_that_cannot_be_opened_is_not_called_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="unable to open database file") as raised:
        SqlArticleStore(tmp_path / ("x" * 300) / "record.sqlite")
    assert "Make room" not in str(raised.value)


def test_a_full_disk_is_called_one(tmp_path: Path) -> None:
    assert "Make room" in str(storage_error(tmp_path, OSError(28, "No space left on device")))


def test_a_value_that_no_column_holds_is_an_error_of_the_article(tmp_path: Path) -> None:
    store = SqlArticleStore(tmp_path / "record.sqlite")
    new = article("It rained.", source="A\ud800")
    with pytest.raises(UnstorableError, match="surrogate"):
        store.put([NewArticle(new, passages_of(new), new.text, raw_digest="x")])
    assert store.article_count() == 0
    store.close()


def test_articles_of_a_section_are_found_by_an_index(tmp_path: Path) -> None:
    SqlArticleStore(tmp_path / "record.sqlite").close()
    with closing(sqlite3.connect(tmp_path / "record.sqlite")) as file:
        query = "EXPLAIN QUERY PLAN SELECT row FROM articles WHERE section = 'a' AND current"
        assert "COVERING INDEX by_section" in str(file.execute(query).fetchall())


def test_facts_are_replaced_and_kept(tmp_path: Path) -> None:
    store = SqlArticleStore(tmp_path / "record.sqlite")
    store.facts.set("a", "1")
    store.facts.set("a", "2")
    assert (store.facts.get("a"), store.facts.get_or_set("a", "3"), store.facts.get_or_set("b", "4")) == ("2", "2", "4")
    store.close()


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])  # type: ignore[no-untyped-call]
def test_upserts_are_written_for_both_dialects(dialect: sqlite.dialect | postgresql.dialect) -> None:
    ignoring = str(upsert(dialect.name, facts, replace=False).compile(dialect=dialect))
    replacing = str(upsert(dialect.name, facts, replace=True).compile(dialect=dialect))
    assert ignoring.endswith("ON CONFLICT DO NOTHING")
    assert "ON CONFLICT (name) DO UPDATE SET value = excluded.value" in replacing
