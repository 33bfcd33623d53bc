"""The measure of scrapinghub/article-extraction-benchmark, over our extraction."""

import gzip
import json
import re
import tarfile
from collections import Counter
from pathlib import Path

from ingest.extract.html import page_records
from ingest.normalize.text import clean_text
from rag.errors import RefusedArticle

_TOKEN = re.compile(r"\w+")


def precision_recall_f1(archive: Path) -> tuple[float, float, float]:
    """True and false positives of 4-token shingles, scaled to 1 per page, averaged over the pages."""
    totals = [0.0, 0.0, 0.0]
    with tarfile.open(archive) as files:
        by_name = {Path(member.name).name: member for member in files.getmembers() if member.isfile()}
        truth = json.load(_open(files, by_name["ground-truth.json"]))
        for page_id, gold in truth.items():
            page = gzip.decompress(_open(files, by_name[f"{page_id}.html.gz"]).read()).decode("utf-8", "replace")
            expected, found = _shingles(gold["articleBody"]), _shingles(_body(page))
            counts = ((expected & found).total(), (found - expected).total(), (expected - found).total())
            for i, count in enumerate(counts):
                totals[i] += count / (sum(counts) or 1)
    true, false, missed = totals
    precision, recall = true / (true + false), true / (true + missed)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _open(files: tarfile.TarFile, member: tarfile.TarInfo):  # type: ignore[no-untyped-def]
    opened = files.extractfile(member)
    assert opened is not None
    return opened


def _body(page: str) -> str:
    try:
        return clean_text(page_records(page)[0].fields.get("text") or "")
    except RefusedArticle:
        return ""


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if words else Counter()
