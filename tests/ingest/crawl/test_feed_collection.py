"""The public collection of feedparser's own test feeds: well-formed, ill-formed, every encoding and entity."""

import io
import re
import resource
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from ingest.crawl.feeds import read_feed
from ingest.crawl.listings import MOST_ENTRIES
from rag.errors import FetchError
from tests.conftest import SHARED

VALIDATOR = SHARED / "corpora" / "feedvalidator-rss.tar.gz"
COLLECTION = SHARED / "corpora" / "feedparser-tests.tar.gz"
_EXPECTED_VALID = re.compile(rb"Expect:\s{1,20}!Error")
_COMMENT = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_ENTRY = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
MOST_SECONDS = 60.0
"""For one small file: far above what a busy machine needs, far below an endless loop."""
MOST_MEGABYTES = 4096
"""Of the whole test process."""


def feeds(collection: Path = COLLECTION) -> Iterator[tuple[str, bytes]]:
    if not collection.exists():
        pytest.skip("the public collections are not on this machine (../shared/corpora)")
    with tarfile.open(collection) as archive:
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


@pytest.mark.slow
def test_every_case_of_the_feed_validator_is_read_and_each_valid_one_with_its_entries() -> None:
    valid = 0
    for name, body in feeds(VALIDATOR):
        if not name.endswith((".xml", ".rss", ".atom")):
            continue
        is_valid = bool(_EXPECTED_VALID.search(body))
        try:
            listing = read_feed(body, url="http://feeds.example/feed")
        except FetchError:
            if is_valid:
                raise
            continue
        valid += is_valid
        if is_valid:
            assert bool(listing.entries) == bool(_ENTRY.search(_COMMENT.sub(b"", body))), name
    assert valid > 60
