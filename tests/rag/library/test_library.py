"""Record, indexes and cache on disk, through the library that composes them."""

import json
from pathlib import Path

import numpy as np
import pytest
from llama_index.core import MockEmbedding

import rag.indexes.embedding as embedding_module
from ingest.pipeline import ingest, resume
from rag.dates import parse_as_of
from rag.errors import EmbeddingError, LibraryError, LibraryModelError
from rag.indexes.chunking import passages_of
from rag.indexes.embedding import (
    LocalEmbedding,
    ServedEmbedding,
    checked_vectors,
    embedded_text,
    embedding_from,
)
from rag.indexes.embedding_cache import VectorCache
from rag.indexes.lexical import TantivyIndex, analyze
from rag.indexes.vector import ChromaIndex
from rag.library.library import discard_indexes, open_library
from rag.models import Filters, Query, Window
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.ranking import Weights
from rag.settings import Settings
from tests.conftest import HashEmbedding, MakeLibrary, article, library_at
from tests.openai_server import openai_server


def write_articles(folder: Path, count: int, *, text: str = "Article {i} tells of harbour {i} and its pilots.") -> Path:
    folder.mkdir(exist_ok=True)
    for i in range(count):
        (folder / f"{i}.txt").write_text(f"Harbour {i}\n\n{text.format(i=i)}", encoding="utf-8")
    return folder


def test_another_embedding_model_is_refused_with_the_command_that_helps(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    ingest([write_articles(tmp_path / "in", 2)], make_library())
    with pytest.raises(LibraryModelError, match="python -m ingest rebuild"):
        make_library(embedding=HashEmbedding(model_name="another"))


def test_a_model_without_a_name_is_refused(make_library: MakeLibrary) -> None:
    with pytest.raises(EmbeddingError, match="has no name"):
        make_library(embedding=MockEmbedding(embed_dim=8))


def test_rebuild_derives_both_indexes_anew(make_library: MakeLibrary, tmp_path: Path) -> None:
    before = make_library()
    ingest([write_articles(tmp_path / "in", 3)], before)
    before.close()
    discard_indexes(Settings(data=tmp_path / "data", embedding_model="another"))
    library = make_library(embedding=HashEmbedding(model_name="another"))
    assert resume(library).complete
    assert library.lexical.passage_count() == library.record.passage_count() == 3
    vector = library.embedding.get_query_embedding("x")
    assert len(library.vectors.search(vector, limit=9)) == 3


def test_a_missing_library_is_said_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="python -m ingest"):
        open_library(Settings(data=tmp_path / "none"))


def test_a_data_directory_whose_name_is_too_long_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="File name too long"):
        open_library(Settings(data=tmp_path / ("x" * 300)))


def test_words_are_found_by_stem_in_title_and_text_up_to_a_time(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    old = article("Pilots were striking.", id="old", published="2026-01-01")
    new = article("The pilots strike again.", id="new", published="2026-09-01")
    undated = article("A pilot struck.", id="undated", published=None, title="Strikes")
    index.put([passage for one in (old, new, undated) for passage in passages_of(one)])
    before = int(new.published_at.at.timestamp()) - 1 if new.published_at else 0
    found = [one for one, _ in index.search(analyze("strike"), before=before, limit=9)]
    assert sorted(found) == ["old.1.0", "undated.1.0"]
    assert len(index.search(analyze("strike"), before=None, limit=9)) == 3
    index.remove(["old.1.0"])
    assert len(index.search(analyze("strike"), before=None, limit=9)) == 2


def test_putting_a_passage_again_replaces_it(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    index.put(passages_of(article("First text.")))
    index.put(passages_of(article("Second text.")))
    assert index.search(analyze("first"), before=None, limit=9) == []
    assert len(index.search(analyze("second"), before=None, limit=9)) == 1


def test_more_vectors_than_chroma_takes_at_once_are_all_found(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path)
    vectors = np.random.default_rng(7).normal(size=(6000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index.put([str(i) for i in range(6000)], vectors)
    missed = [i for i in range(0, 6000, 100) if index.search(vectors[i].tolist(), limit=1)[0][0] != str(i)]
    assert missed == []
    index.remove(["0"])
    assert index.search(vectors[0].tolist(), limit=1)[0][0] != "0"
    exact = index.similarities(vectors[1].tolist(), ["1", "2", "gone"])
    assert exact.keys() == {"1", "2"}
    assert exact["1"] == pytest.approx(1.0, abs=1e-5)
    index.close()


def test_what_the_process_held_in_memory_is_not_written_with_the_graph(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path)
    index.put(["a"], np.eye(1, 384, dtype=np.float32))
    index.close()
    (graph,) = tmp_path.rglob("data_level0.bin")
    # The one vector is still in Chroma's log: all of the file is memory that was allocated and never filled.
    assert set(graph.read_bytes()) == {0xFE}


def test_a_vector_does_not_depend_on_its_company(embedding: LocalEmbedding) -> None:
    text = "The ferry crews accepted a rise of 4.5 per cent."
    alone = embedding.get_text_embedding_batch([text])[0]
    among = embedding.get_text_embedding_batch(["Rain.", text, "A long sentence about rain. " * 40])[1]
    assert alone == among
    assert len(alone) == 384
    assert np.linalg.norm(alone) == pytest.approx(1.0, abs=1e-6)


def test_sentences_of_one_meaning_are_nearer(embedding: LocalEmbedding) -> None:
    ferry, boat, rate = embedding.get_text_embedding_batch(
        ["The ferry crews went on strike.", "Boat workers walked out.", "The bank lowered its key rate."]
    )
    assert np.dot(ferry, boat) > np.dot(ferry, rate)


def test_a_model_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "forged_model"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "model.onnx").write_bytes(b"forged")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(embedding_module._SHA256, ("forged_model", "model.onnx"), "0" * 64)
    with pytest.raises(EmbeddingError, match="not the pinned one"):
        embedding_module._pinned(("forged_model", "model.onnx"))
    with pytest.raises(EmbeddingError, match="make setup"):
        embedding_module._pinned(("no_such_model", "model.onnx"))


def test_a_text_is_embedded_once_for_all_libraries_of_a_model(tmp_path: Path) -> None:
    first, second = HashEmbedding(model_name="a"), HashEmbedding(model_name="a")
    VectorCache(tmp_path, first).vectors(["x", "y", "x"])
    assert sorted(set(first.embedded)) == ["x", "y"]
    again = VectorCache(tmp_path, second).vectors(["y", "x"])
    assert second.embedded == []
    assert again.shape == (2, 16)
    other = HashEmbedding(model_name="b")
    VectorCache(tmp_path, other).vectors(["x"])
    assert other.embedded == ["x"]


@pytest.mark.parametrize("raw", [[[1.0, 2.0]], [[1.0], [1.0, 2.0]], [[0.0, 0.0], [1.0, 0.0]], [[float("nan")], [1.0]]])
def test_what_is_no_set_of_vectors_is_refused(raw: list[list[float]]) -> None:
    with pytest.raises(EmbeddingError):
        checked_vectors(raw, expected=2, model="m")


@pytest.mark.parametrize("fault", ["500", "429", "count", "nan"])
def test_a_failing_embedding_server_leaves_articles_pending_and_findable(
    make_library: MakeLibrary, tmp_path: Path, fault: str
) -> None:
    with openai_server() as server:
        server.fault = fault
        served = ServedEmbedding(model_name="served", base_url=server.url, api_key="none", seconds=5)
        library = make_library(embedding=served)
        report = ingest([write_articles(tmp_path / "in", 2)], library)
        assert (report.pending, report.added, report.seen) == (2, 0, 2)
        assert "run this again" in report.warnings[0].reason
        assert len(library.lexical.search(analyze("pilots"), before=None, limit=9)) == 2
        server.fault = ""
        again = ingest([tmp_path / "in"], library)
    assert (again.pending, again.unchanged) == (0, 2)
    assert library.status().pending == 0


def test_a_served_model_needs_an_address() -> None:
    with pytest.raises(EmbeddingError, match="DATELINE_EMBEDDING_BASE_URL"):
        embedding_from(Settings(embedding_model="text-embedding-3-small"))


def test_an_open_library_sees_what_another_one_ingested(tmp_path: Path, make_library: MakeLibrary) -> None:
    reader = make_library("reader")
    ingest([write_articles(tmp_path / "in", 1)], reader)
    # Another process is another copy of Chroma's client: a library opened under another path to the same folder.
    (tmp_path / "alias").symlink_to(tmp_path / "reader")
    writer = library_at(tmp_path / "alias", cache=tmp_path / "cache", embedding=HashEmbedding(model_name="hash"))
    ingest([write_articles(tmp_path / "more", 40, text="Another {i} one.")], writer)
    passage = next(
        p for a in writer.record.articles() for p in writer.record.passages_of(a.id) if "Another 7" in p.text
    )
    writer.close()
    reader._looked_at -= 60
    reader.refresh()
    vector = reader.embedding.get_text_embedding(embedded_text(passage))
    assert reader.vectors.search(vector, limit=1)[0][0] == passage.id


def test_the_horizon_is_the_newest_article_and_never_the_future(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    source = tmp_path / "in.jsonl"
    source.write_text('{"title": "t", "text": "Some words.", "published_at": "2026-02-03"}\n', encoding="utf-8")
    ingest([source], library)
    assert library.latest_date().isoformat() == "2026-02-03T23:59:59.999999+00:00"
    source.write_text('{"title": "u", "text": "More words.", "published_at": "2190-02-03"}\n', encoding="utf-8")
    ingest([source], library)
    assert library.latest_date().year < 2190


TEXTS = {
    "old": "In a first report engineers found the dam to be safe after a dry spring.",
    "new": "Whoever calls that dam safe has not read what its own inspectors wrote down.",
    "other": "A second dam, upstream of the town, is as safe as it was in the last century.",
    "undated": "Notes on how a safe dam is built: clay, stone, patience and a wide spillway.",
}


@pytest.fixture
def mixed(make_library: MakeLibrary, tmp_path: Path) -> HybridRetriever:
    """The same words from two outlets, of two kinds, at three times; one article undated."""
    records = [
        {"id": "old", "source": "Courier", "published_at": "2026-06-10", "kind": "news", "section": "Rivers"},
        {"id": "new", "source": "Courier", "published_at": "2026-09-10", "kind": "opinion"},
        {"id": "other", "source": "Register", "published_at": "2026-09-11", "kind": "news"},
        {"id": "undated", "source": "Register", "kind": "news", "section": "Rivers"},
    ]
    lines = [json.dumps({**one, "title": f"Dam {one['id']}", "text": TEXTS[one["id"]]}) for one in records]
    source = tmp_path / "mixed.jsonl"
    source.write_text("\n".join(lines))
    library = make_library("mixed")
    ingest([source], library)
    return HybridRetriever(library)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"old", "new", "other", "undated"}),
        (Filters(sources=("Courier",)), {"old", "new"}),
        (Filters(kinds=("news",)), {"old", "other", "undated"}),
        (Filters(start=parse_as_of("2026-09-01")), {"new", "other"}),
        (Filters(end=parse_as_of("2026-09-10")), {"old", "new", "undated"}),
        (Filters(sources=("Courier",), kinds=("news",)), {"old"}),
        (Filters(sources=("Nobody",)), set()),
        (Filters(sections=("Rivers", "Sport")), {"old", "undated"}),
        (Filters(sections=("Rivers",), sources=("Register",)), {"undated"}),
        (Filters(sections=("Sport",)), set()),
        (Filters(articles=("new", "other")), {"new", "other"}),
        (Filters(articles=("new",), sections=("Rivers",)), set()),
        (Filters(articles=("other",), end=parse_as_of("2026-09-10")), set()),
    ],
)
def test_filters_hold_for_what_words_find_and_for_what_vectors_find(
    mixed: HybridRetriever, filters: Filters, expected: set[str]
) -> None:
    for question in ("Is the dam safe?", "zzz"):
        query = Query(question=question, as_of=parse_as_of("2026-12-31"), filters=filters)
        assert {hit.passage.article.id for hit in mixed.search(query, k=10)} == expected


def test_all_passages_of_one_article_are_found_among_many_better_ones(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    crowd = write_articles(tmp_path / "in", 260, text="The dam, the dam, the dam {i} is safe, says the dam keeper.")
    words = [" ".join(f"w{part}x{place}" for place in range(150)) for part in range(4)]
    long = " ".join(f"Of the dam it is told: {one}." for one in words)
    (crowd / "long.json").write_text(json.dumps({"id": "long", "title": "Long", "text": long, "section": "Rivers"}))
    library = make_library()
    ingest([crowd], library)
    assert len(library.record.passages_of("long")) == 4
    for filters in (Filters(articles=("long",)), Filters(sections=("Rivers",))):
        for question in ("dam", "zzz"):
            hits = HybridRetriever(library).search(Query(question, filters=filters), k=10)
            assert {hit.passage.article.id for hit in hits} == {"long"}
            assert len(hits) == (4 if filters.articles else 2)
    newest = HybridRetriever(library).newest(Query("news", filters=Filters(articles=("long",))), k=10)
    assert newest == ()  # undated articles are no news


def test_a_section_of_many_passages_is_searched_as_well(make_library: MakeLibrary, tmp_path: Path) -> None:
    words = " ".join(f"w{place}" for place in range(100))
    many = " ".join(f"Report {part} on the dam: {words}." for part in range(1600))
    source = tmp_path / "in.jsonl"
    records = [
        {"id": "many", "title": "Many", "text": many, "section": "Rivers"},
        {"id": "one", "title": "One", "text": "Report on the dam that is elsewhere.", "section": "Sport"},
    ]
    source.write_text("\n".join(map(json.dumps, records)))
    library = make_library()
    ingest([source], library)
    assert len(library.record.passages_of("many")) > 1500
    for question in ("report on the dam", "zzz"):
        hits = HybridRetriever(library).search(Query(question, filters=Filters(sections=("Rivers",))), k=10)
        assert {hit.passage.article.id for hit in hits} == {"many"}


def test_the_time_asked_about_outranks_the_newest(mixed: HybridRetriever) -> None:
    as_of = parse_as_of("2026-12-31")
    june = Window(parse_as_of("2026-06-01"), parse_as_of("2026-06-30"))
    newest = {hit.passage.article.id: hit.why.time for hit in mixed.search(Query("dam", as_of=as_of), k=10)}
    assert newest["old"] < newest["new"] < newest["other"]
    asked = Query("dam", as_of=as_of, window=june)
    in_june = {hit.passage.article.id: hit.why.time for hit in mixed.search(asked, k=10)}
    assert in_june["old"] == 1.0 > in_june["new"] > in_june["other"]
    any_time = Query("dam", as_of=as_of, newest=False)
    assert {hit.why.time for hit in mixed.search(any_time, k=10)} == {1.0}


def test_an_article_is_found_by_who_wrote_it(make_library: MakeLibrary, tmp_path: Path) -> None:
    file = tmp_path / "columns.jsonl"
    columns = [
        {"id": "c1", "title": "Islanders", "text": "They need a boat.", "authors": ["Calla Winterbourne"]},
        {"id": "c2", "title": "Islanders", "text": "They need a boat, and a lamp.", "authors": ["Calla Marsh"]},
        {"id": "c3", "title": "Islanders", "text": "They need a boat, not a bridge."},
    ]
    file.write_text("\n".join(map(json.dumps, columns)), encoding="utf-8")
    library = make_library()
    assert ingest([file], library).complete
    dateline = HybridRetriever(library, weights=Weights(lexical=1.0, vector=0.0))
    for name, wanted in (("Calla Winterbourne", "c1"), ("Calla Marsh", "c2")):
        assert dateline.search(Query(f"What boat does {name} want?"), k=1)[0].passage.article.id == wanted
