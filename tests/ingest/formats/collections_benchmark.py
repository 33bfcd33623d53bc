"""What becomes of public feeds and agency items: `python -m tests.ingest.formats.collections_benchmark`.

Prints two tables: feeds of the W3C's validator, by whether it expects an error, and examples of the IPTC by format.
"""

import re
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ingest.crawl.feeds import read_feed
from ingest.formats.files import raw_inputs
from ingest.models import RawRecord, Recalled, Skipped, Unreadable
from rag.errors import FetchError
from tests.conftest import SHARED

_CORPORA = SHARED / "corpora"
_VALID = re.compile(rb"Expect:\s{1,20}!")
_FEEDS = (".xml", ".rss", ".atom")
_OUTCOMES = {RawRecord: "articles", Recalled: "recalled", Skipped: "without text", Unreadable: "refused"}


def validator_feeds() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the validator's feeds."""
    with tarfile.open(_CORPORA / "feedvalidator-rss.tar.gz") as archive:
        for member in archive:
            data = archive.extractfile(member) if member.isfile() else None
            if data and member.name.endswith(_FEEDS):
                yield member.name, data.read()


def print_feeds() -> None:
    """Prints how many of the validator's feeds have entries, are empty or refused."""
    counts: Counter[tuple[str, str]] = Counter()
    entries: Counter[str] = Counter()
    for _, body in validator_feeds():
        kind = "no error expected" if _VALID.search(body) else "an error expected"
        try:
            listing = read_feed(body, url="http://feeds.example/feed")
        except FetchError as refusal:
            counts[kind, f"refused: {str(refusal)[:60]}"] += 1
            continue
        counts[kind, "with entries" if listing.entries else "without entries"] += 1
        entries[kind] += len(listing.entries)
    for (kind, outcome), number in sorted(counts.items()):
        print(f"{kind:20} {outcome:40} {number:5}")
    print(f"entries: {dict(entries)}")


def print_items() -> None:
    """Prints what the IPTC's examples are read as, and why what is refused is."""
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder, tarfile.open(_CORPORA / "iptc-examples.tar.gz") as archive:
        archive.extractall(folder, filter="data")
        for kind in ("newsml-g2", "ninjs"):
            for raw in raw_inputs(Path(folder) / kind):
                reason = f": {raw.reason[:60]}" if isinstance(raw, Unreadable | Skipped) else ""
                counts[kind, f"{_OUTCOMES.get(type(raw), type(raw).__name__)}{reason}"] += 1
    for (kind, outcome), number in sorted(counts.items()):
        print(f"{kind:12} {outcome:80} {number:5}")


if __name__ == "__main__":
    print_feeds()
    print_items()
