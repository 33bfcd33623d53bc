"""What an operator does to a library: nothing of what is forgotten stays on disk, damage is found and mended."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.__main__ import main
from ingest.pipeline import ingest
from rag.indexes.chunking import passages_of
from rag.indexes.lexical import TantivyIndex
from rag.indexes.vector import ChromaIndex
from rag.messages import in_language
from rag.models import Query
from rag.retrieval.hybrid import HybridRetriever
from rag.store.conversations import CONVERSATIONS_FILE, ConversationStore
from rag.store.factory import RECORD_FILE
from rag.store.feedback import FEEDBACK_FILE, Feedback, FeedbackStore
from rag.store.record import SqlArticleStore
from tests.conftest import HashEmbedding, article, library_at
from tests.ingest.conftest import SECRET, on_disk
from tests.ingest.test_pipeline import assert_whole, found, passages, write


def test_what_is_forgotten_leaves_record_indexes_cache_and_disk(data: Path) -> None:
    assert on_disk(data, "Quembley")
    assert main(["forget", "https://a.example/secret?utm_source=x", "--data", str(data)]) == 0
    for words in ("Quembley", "Xylothrace", "quembley", "a.example/secret"):
        assert on_disk(data, words) == []
    assert main(["check", "--data", str(data)]) == 0


def test_an_outlet_is_forgotten_by_name(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forget", "--source", "Gazette", "--data", str(data)]) == 0
    assert "2 articles forgotten" in capsys.readouterr().out
    assert on_disk(data, "Harrowmere") == []
    assert on_disk(data, "Skerrin")


def test_a_withdrawn_article_is_not_found_but_kept(data: Path, tmp_path: Path) -> None:
    assert main(["withdraw", "https://a.example/secret", "--data", str(data)]) == 0
    assert on_disk(data, "Quembley") == ["record.sqlite"]
    again = write(
        tmp_path / "again.jsonl",
        {"url": "https://a.example/secret", "title": "Xylothrace", "text": SECRET, "source": "Gazette"},
    )
    assert main([str(again), "--data", str(data)]) == 0
    assert main(["check", "--data", str(data)]) == 0


@pytest.mark.parametrize("command", ["withdraw", "forget"])
def test_an_unknown_article_is_said_and_nothing_is_done(
    data: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "https://a.example/rain", "https://a.example/none", "--data", str(data)]) == 2
    assert "https://a.example/none" in capsys.readouterr().err
    assert on_disk(data, "Harrowmere")


def test_a_backup_is_restored_into_the_same_library(data: Path, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    assert main(["backup", str(archive), "--data", str(data)]) == 0
    assert main(["restore", str(archive), "--data", str(data)]) == 2
    restored = tmp_path / "restored"
    assert main(["restore", str(archive), "--data", str(restored)]) == 0
    assert main(["check", "--data", str(restored)]) == 0
    assert on_disk(restored, "Quembley")


@pytest.mark.parametrize("damage", ["no lexical", "no chroma", "flipped chroma", "no segment"])
def test_damaged_indexes_are_found_and_derived_anew(
    data: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if damage == "no lexical":
        shutil.rmtree(data / "lexical")
    elif damage == "no chroma":
        shutil.rmtree(data / "chroma")
    elif damage == "flipped chroma":
        file = data / "chroma" / "chroma.sqlite3"
        file.write_bytes(bytes(byte ^ 0xFF for byte in file.read_bytes()))
    else:
        for segment in (data / "chroma").iterdir():
            if segment.is_dir():
                shutil.rmtree(segment)
        (data / "chroma" / "chroma.sqlite3").unlink()
    capsys.readouterr()
    assert main(["check", "--json", "--data", str(data)]) == 0
    printed = capsys.readouterr()
    assert "damaged" in printed.err
    findings = json.loads(printed.out)
    assert findings.pop("passages") == 3
    assert not any(findings.values())


def test_withdrawing_takes_passages_out_of_both_indexes(tmp_path: Path) -> None:
    library = library_at(tmp_path / "data", cache=tmp_path / "cache", embedding=HashEmbedding(model_name="hash"))
    ingest([write(tmp_path / "in.jsonl", {"id": "a", "title": "T", "text": SECRET})], library)
    with library.writing() as writer:
        assert writer.withdraw(["a"]) == 1
    assert found(library, "Quembley") == []
    assert passages(library) == []
    assert_whole(library)
    library.close()


def test_forgetting_twice_is_no_error(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for said in ("1 articles forgotten", "0 articles forgotten"):
        capsys.readouterr()
        assert main(["forget", "https://a.example/secret", "--data", str(data)]) == 0
        assert said in capsys.readouterr().out


def test_one_entry_of_a_live_blog_is_forgotten_without_the_blog(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blog, at = "https://post.example/live", ["--data", str(data)]
    texts = {f"{blog}#t1": "The ferry left at nine.", f"{blog}#t2": "The bridge was shut by noon."}
    entries = ({"id": name, "url": blog, "title": "Live", "text": text} for name, text in texts.items())
    assert main([str(write(tmp_path / "in.jsonl", *entries)), *at]) == 0
    for name, number in ((f"{blog}#t1", 1), (f"{blog}#t1", 0), (blog, 1)):
        capsys.readouterr()
        assert main(["forget", name, *at]) == 0
        assert f"{number} articles forgotten" in capsys.readouterr().out


def test_feedback_that_repeats_what_is_forgotten_goes_with_it(data: Path) -> None:
    store = FeedbackStore(data / FEEDBACK_FILE, days=90)
    repeating = f"The Gazette says: \u201c{SECRET[:-1]}\u201d [1]."
    store.keep(Feedback("What did Quembley say?", repeating, "up"))
    store.keep(Feedback("Did it rain?", "It rained on Harrowmere [1].", "up"))
    store.close()
    assert main(["forget", "https://a.example/secret", "--data", str(data)]) == 0
    store = FeedbackStore(data / FEEDBACK_FILE, days=90)
    assert [one.question for one in store.all()] == ["Did it rain?"]
    store.close()
    assert on_disk(data, "Quembley") == []


def cited(marker: int, article_id: str, quote: str) -> dict[str, Any]:
    about = {"id": article_id, "url": "https://a.example/x", "published_at": None}
    return {"marker": marker, "quote": quote, "start": 0, "end": len(quote), "article": about}


def test_what_is_forgotten_leaves_kept_conversations_too(data: Path) -> None:
    rain = "It rained on Harrowmere."
    with closing(SqlArticleStore(data / RECORD_FILE)) as record:
        ids = [*record.ids_at("https://a.example/secret"), *record.ids_at("https://a.example/rain")]
    claims = [{"text": f"The Gazette: “{text}”", "markers": [number]} for number, text in ((1, SECRET), (2, rain))]
    turn = {
        "question": f"Is it so? {SECRET}",
        "read_as": None,
        "answer": "\n\n".join(f"{claim['text']} [{number}]" for number, claim in enumerate(claims, 1)),
        "claims": claims,
        "citations": [cited(1, ids[0], SECRET), cited(2, ids[1], rain)],
        "conflicts": [],
        "newest_source": None,
        "notes": [],
    }
    store = ConversationStore(data / CONVERSATIONS_FILE, days=30)
    key = store.keep([turn])
    assert on_disk(data, "Quembley")
    assert main(["forget", "https://a.example/secret", "--data", str(data)]) == 0
    kept = store.shared(key.id)
    store.close()
    assert kept
    assert kept.turns[0]["answer"] == f"{in_language()('withdrawn_sentence')}\n\n{claims[1]['text']} [2]"
    assert [citation["marker"] for citation in kept.turns[0]["citations"]] == [2]
    for words in ("Quembley", ids[0]):
        assert on_disk(data, words) == []


@pytest.mark.parametrize("where", ["words", "vector"])
def test_what_an_index_holds_beyond_the_record_is_found_and_taken_out(
    data: Path, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (surplus,) = passages_of(article("Vombrelith was here.", id="https://c.example/vombrelith"))
    if where == "words":
        TantivyIndex(data / "lexical").put([surplus])
    else:
        index = ChromaIndex(data / "chroma")
        index.put([surplus.id], np.eye(1, 384, dtype=np.float32))
        index.close()
    assert on_disk(data, "vombrelith")
    capsys.readouterr()
    assert main(["check", "--json", "--data", str(data)]) == 0
    printed = capsys.readouterr()
    counted = "1 passages by words and 0 by vector" if where == "words" else "0 passages by words and 1 by vector"
    assert f"the indexes hold what the record does not ({counted})" in printed.err
    assert not any(value for name, value in json.loads(printed.out).items() if name != "passages")
    assert on_disk(data, "vombrelith") == []


@pytest.mark.parametrize("warm", [True, False])
def test_a_reader_that_is_open_never_sees_what_another_process_forgot(tmp_path: Path, warm: bool) -> None:
    model = HashEmbedding(model_name="hash")
    library = library_at(tmp_path / "data", cache=tmp_path / "cache", embedding=model)
    records = [{"id": one, "title": one, "text": text} for one, text in (("secret", SECRET), ("rain", "It rained."))]
    ingest([write(tmp_path / "in.jsonl", *records)], library)
    library.close()
    # Another process is another copy of Chroma's client: a library opened under another path to the same folder.
    (tmp_path / "alias").symlink_to(tmp_path / "data")
    reader = library_at(tmp_path / "alias", cache=tmp_path / "cache", embedding=model)
    asked = HybridRetriever(reader)
    query = Query("Quembley confessed Obsidian Tearoom rained")
    assert not warm or {hit.passage.article.id for hit in asked.search(query, k=10)} == {"secret", "rain"}
    writer = library_at(tmp_path / "data", cache=tmp_path / "cache", embedding=model)
    with writer.writing() as writing:
        writing.forget(["secret"])
        assert {hit.passage.article.id for hit in asked.search(query, k=10)} == {"rain"}
        for _ in writing.index_vectors():
            pass
    writer.close()
    assert {hit.passage.article.id for hit in asked.search(query, k=10)} == {"rain"}
    reader.close()


def test_a_library_that_stays_open_is_written_to_after_another_process_forgot(tmp_path: Path) -> None:
    """As `--watch` does."""
    model = HashEmbedding(model_name="hash")
    watching = library_at(tmp_path / "data", cache=tmp_path / "cache", embedding=model)
    records = [{"id": f"a{i}", "text": f"Harbour {i} was closed by storm {i}."} for i in range(30)]
    ingest([write(tmp_path / "in.jsonl", *records)], watching)
    (tmp_path / "alias").symlink_to(tmp_path / "data")
    other = library_at(tmp_path / "alias", cache=tmp_path / "cache", embedding=model)
    with other.writing() as writing:
        writing.forget(["a3"])
        for _ in writing.index_vectors():
            pass
    other.close()
    ingest([write(tmp_path / "more.jsonl", {"id": "b", "text": "Harbour 31 stayed open."})], watching)
    assert len(passages(watching)) == 30
    assert_whole(watching)
    watching.close()
