"""Databases of every earlier format; `formats/` holds what the Dateline of each format wrote, as SQL."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ingest.pipeline import ingest, resume
from rag.errors import LibraryError, LibraryVersionError
from rag.store.migrations import KNOWN_FORMATS, SCHEMA_VERSION
from rag.store.record import SqlArticleStore
from rag.store.sql.database import open_engine
from rag.store.sql.schema import metadata
from tests.conftest import MakeLibrary

FORMATS = Path(__file__).parent / "formats"
EARLIER = [name for name in KNOWN_FORMATS if name != SCHEMA_VERSION]
BRIDGE = "https://courier.example/gr%C3%BCn/7"


def written_by(name: str, folder: Path) -> Path:
    """The record of a library as the Dateline of that format wrote it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "record.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((FORMATS / f"{name}.sql").read_text(encoding="utf-8"))
    return file


@pytest.mark.parametrize("name", EARLIER)
def test_an_earlier_format_is_upgraded_when_it_is_opened(name: str, tmp_path: Path) -> None:
    file = written_by(name, tmp_path)
    store = SqlArticleStore(file)
    assert store.facts.get("schema_version") == SCHEMA_VERSION
    assert store.article_count() == 3
    assert store.outlet_names() == ("Courier",)
    (bridge,) = map(store.current, store.ids_at(BRIDGE))
    assert bridge is not None
    assert (bridge.version, bridge.authors, str(bridge.published_at)) == (2, ("Ada Reed",), "2026-09-05")
    assert bridge.url == "https://www.courier.example/grün//%37?utm_source=x"
    assert "June" in bridge.text
    assert [version.version for version in store.versions("bridge")] == [1, 2]
    ids = [passage.id for passage in store.passages_of("bridge")]
    assert store.passage_metadata(ids)[ids[0]].outlet == "Courier"
    assert store.ids_at("https://courier.example/withdrawn") != []
    store.close()
    again = SqlArticleStore(file)
    assert again.article_count() == 3
    again.close()


@pytest.mark.parametrize("name", EARLIER)
def test_an_upgraded_library_has_the_tables_of_a_new_one(name: str, tmp_path: Path) -> None:
    file = written_by(name, tmp_path)
    SqlArticleStore(file).close()
    engine = open_engine(file)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.mark.parametrize("name", EARLIER)
def test_articles_of_an_upgraded_library_are_known_when_they_come_again(
    name: str, make_library: MakeLibrary, tmp_path: Path
) -> None:
    store = SqlArticleStore(written_by(name, tmp_path / "data"))
    store.reset_indexes(embedding_model="hash")
    store.close()
    library = make_library()
    assert resume(library).complete
    source = tmp_path / "in.jsonl"
    source.write_text(
        '{"url": "https://courier.example/ferry", "title": "Ferry crews walk out", "text": "Ferry crews walked out at '
        'dawn.\\n\\nCorrection (Sept. 7, 2026): An earlier version said that they walked out at noon.", '
        '"source": "Courier", "published_at": "2026-09-06T08:00:00Z"}\n',
        encoding="utf-8",
    )
    report = ingest([source], library)
    assert (report.unchanged, report.seen) == (1, 1)


def test_what_a_listing_of_another_owner_stated_is_dropped(tmp_path: Path) -> None:
    store = SqlArticleStore(written_by("4", tmp_path))
    state = store.crawl_state.of("https://a.example/x")
    assert state
    assert (state.title, state.published_at) == (None, None)
    store.close()


def test_a_failed_upgrade_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = written_by("4", tmp_path)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE article_addresses (x)")
        before = "\n".join(connection.iterdump())
    with pytest.raises(LibraryError):
        SqlArticleStore(file)
    with closing(sqlite3.connect(file)) as connection:
        assert "\n".join(connection.iterdump()) == before


def test_a_library_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    store = SqlArticleStore(tmp_path / "record.sqlite")
    store.facts.set("schema_version", "0")
    store.close()
    with pytest.raises(LibraryVersionError, match=str(tmp_path)):
        SqlArticleStore(tmp_path / "record.sqlite")
