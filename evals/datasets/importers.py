"""Question sets that exist elsewhere, written as suites."""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import SuiteError

Fields = dict[str, Any]
_HREF = re.compile(r'href="([^"]+)"')
_DATE = re.compile(r"(\d{4})/?(\d{2})/?(\d{2})")
_UNANSWERABLE = "insufficient information"


@dataclass(frozen=True, slots=True)
class Imported:
    """A suite in the making.

    Attributes:
        questions: Records of `questions.jsonl`.
        articles: Records of the corpus.
        source: Where it is from, and under what licence.
    """

    questions: Sequence[Fields]
    articles: Sequence[Fields]
    source: str
    licence: str


def import_suite(kind: str, paths: Sequence[Path], out: Path) -> Imported:
    """Reads a question set and writes it as a suite into `out`.

    Args:
        kind: One of `FORMATS`.
        paths: Its files, or a folder that holds them.
        out: Folder of the suite; made if absent.

    Raises:
        SuiteError: The format is unknown, or the files are not in it.
    """
    if kind not in FORMATS:
        raise SuiteError(f"format {kind!r} is unknown; known are {', '.join(FORMATS)}")
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    try:
        imported = FORMATS[kind](files)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise SuiteError(f"not in the format {kind}: {type(error).__name__}: {error}") from error
    if not imported.questions:
        raise SuiteError(f"no questions of the format {kind} in {', '.join(map(str, paths))}")
    _write(imported, out)
    return imported


def realtimeqa(files: Iterable[Path]) -> Imported:
    """RealTime QA (Kasai et al., NeurIPS 2023): `DATE_qa.jsonl` beside `DATE_gcs.jsonl`, the pages a search found.

    Questions are asked as of the day that names their file, when the search was made. Gold articles
    are those that the evidence links to.
    """
    questions, articles = [], []
    for file in files:
        if "_qa.jsonl" in file.name:
            questions += [_realtimeqa_question(question, _day(file.name)) for question in _json_lines(file)]
        elif "_gcs.jsonl" in file.name:
            articles += [result for line in _json_lines(file) for result in line.get("search_result") or []]
    records = [
        {
            "url": article["url"],
            "title": article.get("title"),
            "text": article["text"],
            "published_at": _day(str(article.get("publish_date") or "")),
            "authors": article.get("authors") or [],
        }
        for article in articles
        if (article.get("text") or "").strip()
    ]
    return Imported(questions, _once(records, "url"), "https://github.com/realtimeqa/realtimeqa_public", "not stated")


def multihop_rag(files: Iterable[Path]) -> Imported:
    """MultiHop-RAG (Tang & Yang, COLM 2024): `corpus.json` and `MultiHopRAG.json`."""
    named = {file.name.lower(): _json(file) for file in files if file.suffix == ".json"}
    questions = [
        {
            "id": f"{number:04}",
            "question": case["query"],
            "answers": [] if _declines(case["answer"]) else [case["answer"]],
            "answerable": not _declines(case["answer"]),
            "evidence_urls": list(dict.fromkeys(evidence["url"] for evidence in case["evidence_list"])),
            "facts": [evidence["fact"] for evidence in case["evidence_list"]],
            "tags": [case["question_type"]],
        }
        for number, case in enumerate(named["multihoprag.json"])
    ]
    articles = [
        {
            "url": article["url"],
            "title": article["title"],
            "text": article["body"],
            "authors": article.get("author"),
            "source": article.get("source"),
            "published_at": article.get("published_at"),
            "section": article.get("category"),
        }
        for article in named["corpus.json"]
    ]
    return Imported(questions, articles, "https://github.com/yixuantt/MultiHop-RAG", "ODC-BY-1.0")


def squad2(files: Iterable[Path]) -> Imported:
    """SQuAD 2.0 (Rajpurkar, Jia & Liang, ACL 2018): every paragraph is an article, its questions' gold."""
    questions, articles = [], []
    for file in files:
        for topic in _json(file)["data"]:
            for number, paragraph in enumerate(topic["paragraphs"]):
                article_id = f"{topic['title']}-{number}"
                articles.append(
                    {"id": article_id, "title": topic["title"].replace("_", " "), "text": paragraph["context"]}
                )
                questions += [_squad_question(question, article_id) for question in paragraph["qas"]]
    return Imported(questions, articles, "https://rajpurkar.github.io/SQuAD-explorer/", "CC BY-SA 4.0")


def labelled_rag_dataset(files: Iterable[Path]) -> Imported:
    """LlamaIndex's `LabelledRagDataset` as JSON: the reference contexts are the corpus."""
    questions: list[Fields] = []
    contexts: dict[str, str] = {}
    for file in files:
        for number, example in enumerate(_json(file)["examples"]):
            names = [contexts.setdefault(text, f"context-{len(contexts)}") for text in example["reference_contexts"]]
            questions.append(
                {
                    "id": f"{file.stem}-{number:04}",
                    "question": example["query"],
                    "answers": [example["reference_answer"]],
                    "evidence_urls": names,
                }
            )
    articles = [{"id": name, "title": "", "text": text} for text, name in contexts.items()]
    return Imported(questions, articles, "LlamaIndex LabelledRagDataset", "not stated")


FORMATS: Mapping[str, Callable[[Iterable[Path]], Imported]] = {
    "realtimeqa": realtimeqa,
    "multihop-rag": multihop_rag,
    "squad2": squad2,
    "labelled-rag-dataset": labelled_rag_dataset,
}


def _realtimeqa_question(fields: Fields, day: str | None) -> Fields:
    return {
        "id": fields["question_id"],
        "question": fields["question_sentence"],
        "as_of": day,
        "answers": [fields["choices"][int(index)] for index in fields["answer"]],
        "choices": fields["choices"],
        "evidence_urls": list(dict.fromkeys(_HREF.findall(fields.get("evidence") or ""))),
        "tags": [fields["question_source"]],
    }


def _squad_question(fields: Fields, article_id: str) -> Fields:
    answers = list(dict.fromkeys(answer["text"] for answer in fields["answers"]))
    return {
        "id": fields["id"],
        "question": fields["question"],
        "answers": answers,
        "answerable": not fields.get("is_impossible", False),
        "evidence_urls": [article_id] if answers else [],
    }


def _declines(answer: str) -> bool:
    return answer.strip().lower().rstrip(".") == _UNANSWERABLE


def _day(text: str) -> str | None:
    match = _DATE.search(text.replace("-", "/"))
    return "-".join(match.groups()) if match else None


def _once(records: Iterable[Fields], key: str) -> list[Fields]:
    return list({record[key]: record for record in records}.values())


def _json(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def _json_lines(file: Path) -> Iterator[Fields]:
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _write(imported: Imported, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    facts = {
        "name": re.sub(r"[^\w.\-]", "-", out.resolve().name),
        "description": f"{len(imported.questions)} questions over {len(imported.articles)} articles",
        "source": imported.source,
        "licence": imported.licence,
        "corpus": "corpus.jsonl.gz",
        "questions": "questions.jsonl",
    }
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in facts.items())
    (out / "suite.toml").write_text("".join(lines), "utf-8")
    (out / "questions.jsonl").write_text("".join(map(_line, imported.questions)), "utf-8")
    # No time of writing goes into the archive, so that the same import has the same digest.
    corpus = "".join(map(_line, imported.articles)).encode()
    (out / "corpus.jsonl.gz").write_bytes(gzip.compress(corpus, mtime=0))


def _line(fields: Fields) -> str:
    return json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False) + "\n"
