"""The public collection of feedparser's own test feeds: well-formed, ill-formed, every encoding and entity."""

import io
import resource
import tarfile
import time
from collections.abc import Iterator

import feedparser
import pytest

from ingest.crawl.feeds import read_feed
from ingest.crawl.listings import MOST_ENTRIES
from tests.conftest import SHARED

COLLECTION = SHARED / "corpora" / "feedparser-tests.tar.gz"
MOST_SECONDS = 60.0
"""For one small file: far above what a busy machine needs, far below an endless loop."""
MOST_MEGABYTES = 4096
"""Of the whole test process."""


def feeds() -> Iterator[tuple[str, bytes]]:
    if not COLLECTION.exists():
        pytest.skip("the public collections are not on this machine (../shared/corpora)")
    with tarfile.open(COLLECTION) as archive:
        for member in archive:
            data = archive.extractfile(member) if member.isfile() else None
            if data and not member.name.endswith("LICENSE"):
                yield member.name, data.read()


def check(some: list[tuple[str, bytes]]) -> None:
    for name, body in some:
        started = time.monotonic()
        listing = read_feed(body, url="http://feeds.example/feed")
        assert time.monotonic() - started < MOST_SECONDS, name
        # A stream: feedparser would take the text of a feed for a file's name.
        whole = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
        cut = sum("within an entry" in reason for reason in listing.unread)
        assert len(listing.entries) == min(len(whole.entries) - cut, MOST_ENTRIES), name
        links = [entry.url for entry in listing.entries if entry.url]
        assert all(link.startswith(("http://", "https://")) for link in links), name
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 < MOST_MEGABYTES


def test_a_sample_of_the_feeds_is_read_as_feedparser_reads_it() -> None:
    everything = sorted(feeds())
    assert len(everything) > 2000
    check(everything[::10])


@pytest.mark.slow
def test_every_feed_is_read_as_feedparser_reads_it() -> None:
    check(sorted(feeds()))
