"""`python -m tests.ingest.crawl.sitemaps_benchmark [PAGES]`: how fast a sitemap goes in, unembedded.

No pause between requests, as no outlet would allow it: this is what Dateline itself takes, fetching,
extraction, cleaning, record and lexical index together.
"""

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from evals.bench.search import sentences_of
from ingest.crawl.discovery import discover
from ingest.crawl.session import CrawlSession
from ingest.http.fetcher import Fetcher
from ingest.pipeline import ingest_inputs
from tests.conftest import HashEmbedding, library_at
from tests.ingest.web_server import Site, serving

_PARAGRAPHS = 12


def _put_pages(site: Site, count: int) -> str:
    sentences, chance = sentences_of(None), random.Random(1)
    addresses = []
    for number in range(count):
        body = "".join(f"<p>{' '.join(chance.choices(sentences, k=3))}</p>" for _ in range(_PARAGRAPHS))
        page = f"<html><head><title>Story {number}</title></head><body><article>{body}</article></body></html>"
        addresses.append(site.put(f"/{number}", page, content_type="text/html; charset=utf-8", etag=f'"{number}"'))
    urls = "".join(f"<url><loc>{one}</loc></url>" for one in addresses)
    return site.put(
        "/sitemap.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', etag='"1"'
    )


def main(count: int) -> Iterator[dict[str, float]]:
    """Times a first and a second run, the second of conditional requests."""
    with tempfile.TemporaryDirectory() as folder, serving() as site:
        sitemap = _put_pages(site, count)
        library = library_at(Path(folder) / "data", cache=Path(folder), embedding=HashEmbedding(model_name="hash"))
        fetcher = Fetcher(allow_private=True, delay=0)
        for _ in range(2):
            del site.requests[:]
            started = perf_counter()
            report = ingest_inputs(discover(sitemap, CrawlSession(fetcher, library.record.crawl_state)), library)
            seconds = perf_counter() - started
            yield {
                "seen": report.seen,
                "added": report.added,
                "unchanged": report.unchanged,
                "conditional_requests": sum("if-none-match" in headers for _, headers in site.requests),
                "seconds": round(seconds, 1),
            }
        fetcher.close()
        library.close()


if __name__ == "__main__":
    for figures in main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        print(json.dumps(figures))
