"""Whatever a record, page, archive, feed or sitemap holds, it is read or refused; nothing else comes of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.crawl.feeds import read_feed
from ingest.crawl.sitemaps import read_sitemap
from ingest.extract.html import page_records
from ingest.formats.files import raw_inputs
from ingest.models import RawPage, RawRecord, Skipped, Unreadable
from ingest.normalize.records import ParsedRecord, read_record
from rag.errors import DatelineError, RefusedArticle
from rag.indexes.chunking import passages_of
from rag.models import Article
from tests.ingest.formats.test_warc import plain_record, record

# warcio's writer leaves its spool files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
Test = Callable[..., None]

TELLING: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        10**400,
        2**63,
        1e308,
        float("nan"),
        float("inf"),
        "",
        " ",
        "\ud800",
        "\0",
        "It rained.",
    ),
    *("2026-09-05", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "5 May", "now", "9" * 5000, "24:00"),
    *(
        "https://a.example/1",
        "https://[SITE_URL]/x",
        "https://a.example/\ud800",
        "javascript:alert(1)",
        "//",
        "http://",
    ),
    *("NewsArticle", "LiveBlogPosting", "https://schema.org/NewsArticle", "&#" + "1" * 5000, "<p>", "\u0301" * 50),
)
VALUES = st.recursive(
    st.sampled_from(TELLING) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "@id", "text", "url", "@type", "headline"]), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        "id guid url link title headline text content body published_at date updated_at source publisher authors "
        "byline section kind language correction corrected_at paywalled".split()
    ),
    VALUES,
    max_size=8,
)
JSON_LD = st.dictionaries(
    st.sampled_from(
        "@type @graph @id headline articleBody publisher author name datePublished dateModified mainEntityOfPage url "
        "articleSection correction liveBlogUpdate inLanguage isAccessibleForFree".split()
    ),
    VALUES,
    max_size=8,
)
MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<article>",
            "<div style='display:none'>",
            "<h1>Rain</h1>",
            "It rained on Harrowmere. ",
            "<table>",
        ]
        + ["<meta property='og:url' content='https://[x]/'>", "<link rel=canonical href='\ud800'>", "<!--", "<![CDATA["]
        + [
            "<script type='application/ld+json'>{",
            "</script>",
            "<time datetime='9999-99-99'>",
            "&#xD800;",
            "\0",
            "<svg>",
        ]
        + [
            "<html lang=''>",
            "<body>",
            "<a href=//>",
            "<template>",
            "<" * 20,
            ">" * 20,
            "&" * 20,
            "\ufeff",
            "<p a=b a=b>",
        ]
    )
    | st.text(max_size=10),
    max_size=25,
)


def tried(most: int) -> Callable[[Test], Test]:
    return settings(max_examples=most, deadline=None, database=None, derandomize=True)


EXAMPLES = pytest.mark.parametrize(
    "most",
    [pytest.param(40, id="few"), pytest.param(3000, id="many", marks=[pytest.mark.slow, pytest.mark.timeout(3600)])],
)


def assert_storable(article: Article) -> None:
    kept = (
        article.id,
        article.title,
        article.text,
        article.url,
        article.canonical_url,
        article.source,
        article.section,
    )
    for text in (*kept, *article.authors, article.correction, article.language):
        assert text is None or text.encode("utf-8") is not None
    assert article.title or article.text
    passages_of(article)


def read(fields: Any, *, page: bool = False) -> ParsedRecord | None:
    try:
        return read_record(fields, origin="test", page=page)
    except RefusedArticle:
        return None


@EXAMPLES
def test_any_record_is_an_article_or_refused(most: int) -> None:
    @tried(most)
    @given(FIELDS, st.booleans())
    def check(fields: dict[str, Any], with_text: bool) -> None:
        reading = read({"text": "It rained on Harrowmere."} | fields if with_text else fields)
        if reading:
            assert_storable(reading.article)

    check()


@EXAMPLES
def test_any_page_is_an_article_or_refused(most: int) -> None:
    @tried(most)
    @given(JSON_LD, MARKUP, st.booleans())
    def check(data: dict[str, Any], markup: list[str], as_graph: bool) -> None:
        block = json.dumps({"@graph": data} if as_graph else data)
        page = f"<html><script type='application/ld+json'>{block}</script>{''.join(markup)}"
        try:
            found = page_records(page)
        except RefusedArticle:
            return
        for one in found:
            if reading := read(one.fields, page=True):
                assert_storable(reading.article)

    check()


@EXAMPLES
@pytest.mark.parametrize("suffix", [".warc", ".warc.gz"])
def test_any_damage_to_an_archive_is_named(most: int, suffix: str, tmp_path: Path) -> None:
    made = plain_record if suffix == ".warc" else record
    whole = b"".join(made(subject, number) for number, subject in enumerate(["bath", "bridge", "depot"], 1))
    file = tmp_path / f"any{suffix}"

    @tried(most // 4)
    @given(st.lists(st.tuples(st.integers(0, len(whole)), st.integers(0, 400), st.binary(max_size=8)), max_size=3))
    def check(damages: list[tuple[int, int, bytes]]) -> None:
        data = whole
        for start, length, instead in damages:
            data = data[:start] + instead + data[start + length :]
        file.write_bytes(data)
        found = list(raw_inputs(file))
        assert found
        assert all(isinstance(one, RawPage | Unreadable | Skipped) for one in found)

    check()


@EXAMPLES
@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".json.gz", ".html", ".txt", ".warc"])
def test_any_file_is_read_or_named(most: int, suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"any{suffix}"
    telling = [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"text":',
        b'"It rained."',
        b",",
        b"\n",
        b"\xff",
        b"\0",
        b"<p>",
        b"1e999",
        b"9" * 5000,
    ]
    telling += [
        b"WARC/1.0\r\n",
        b"Content-Length: 5\r\n",
        b"\r\n",
        b"\x1f\x8b\x08",
        b'{"articles":',
        b"[" * 2000,
        b"NaN",
    ]

    @tried(most // 4)
    @given(st.lists(st.sampled_from(telling) | st.binary(max_size=10), max_size=12))
    def check(pieces: list[bytes]) -> None:
        file.write_bytes(b"".join(pieces))
        found = list(raw_inputs(file))
        assert found
        assert all(isinstance(one, RawRecord | RawPage | Unreadable) for one in found)

    check()


@EXAMPLES
def test_any_listing_is_read_or_refused(most: int) -> None:
    telling = [
        b"<rss>",
        b"<channel>",
        b"<item>",
        b"</item>",
        b"<title>",
        b"<link>",
        b"https://a.example/1",
        b"&#xD800;",
    ]
    telling += [
        b"<urlset>",
        b"<url>",
        b"<loc>",
        b"</loc>",
        b"<sitemapindex>",
        b"<!DOCTYPE a [",
        b"<!ENTITY a 'b'>",
        b"]>",
    ]
    telling += [
        b'<?xml version="1.0" encoding="',
        b'utf-7"?>',
        b"<pubDate>",
        b"<![CDATA[",
        b"\xff\xfe",
        b"\0",
        b"&",
        b"<",
    ]
    feed = b'{"version": "https://jsonfeed.org/version/1", "items": [%s]}'

    @tried(most)
    @given(st.lists(st.sampled_from(telling) | st.binary(max_size=6), max_size=15), VALUES)
    def check(pieces: list[bytes], value: Any) -> None:
        item = json.dumps({"url": value, "title": value, "date_published": value}).encode()
        for body in (b"".join(pieces), feed % item):
            for read_listing in (read_feed, read_sitemap):
                try:
                    listing = read_listing(body, url="https://a.example/feed")
                except DatelineError:
                    continue
                for entry in listing.entries:
                    assert all(
                        text is None or text.encode() is not None for text in (entry.url, entry.title, entry.stamp)
                    )

    check()
