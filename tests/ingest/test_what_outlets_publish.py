"""The public cases of what outlets really publish (../shared/cases/ingest), each taken in as an operator would."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.crawl.discovery import discover
from ingest.crawl.session import CrawlSession
from ingest.http.fetcher import Fetcher, Limits
from ingest.normalize.dates import news_date
from ingest.pipeline import ingest, ingest_inputs
from ingest.report import Report
from rag.engine import dateline_over
from rag.indexes.chunking import MAX_WORDS, sentence_spans
from rag.library.library import Library
from rag.models import Answer, Article
from rag.settings import Settings
from tests.conftest import SHARED, MakeLibrary
from tests.ingest.web_server import Site, serving

CASES = SHARED / "cases" / "ingest"
SITE_OF_CASES = (b"http://127.0.0.1:7910", b"http://127.0.0.1:7913")
"""Where the addresses in the cases lead; the site of a test stands in for it."""
HTML, XML = "text/html; charset=utf-8", "application/xml"
POST, AUTHOR, PIER = "The Vellmar Post", "Mara Quill", "https://post.example/pier"
STATED_AT, DATED_AT = "2026-09-08T19:30:00Z", "2026-09-08T10:00:00Z"
PAGE = """<html><head><title>{title}</title></head><body><article><h1>{title}</h1>
<p>What this page says of {title} was written down for a test, and nobody has to learn it by heart.</p>
<p>A second paragraph follows the first one, so that there is something to be found in it.</p>
</article></body></html>"""


@dataclass
class Operator:
    """Takes in what a case holds, into a library of its own.

    Attributes:
        case: As `cases.jsonl` describes it.
        files: Of the case; a file or a folder each.
        report: Of the last run.
    """

    make_library: MakeLibrary
    site: Site
    case: dict[str, Any]

    def __post_init__(self) -> None:
        self.files = [CASES / name for name in self.case["files"]]
        self.library: Library = self.make_library()
        self.report = Report()

    @property
    def body(self) -> bytes:
        """The case's only file, with addresses of the test's site."""
        return self.of_site(self.files[0].read_bytes())

    def of_site(self, body: bytes) -> bytes:
        for address in SITE_OF_CASES:
            body = body.replace(address, self.site.url.encode())
        return body

    def put_articles(self, *paths: str) -> None:
        for path in paths:
            self.site.put(path, PAGE.format(title=f"the {path.strip('/')}"), content_type=HTML)

    def read(self, *sources: Path) -> list[Article]:
        """Takes in files, those of the case by default; all articles of the library, by title."""
        self.report = ingest(list(sources or self.files), self.library)
        return self.articles

    def fetch(self, path: str) -> list[Article]:
        """Takes in an address of the site."""
        fetcher = Fetcher(allow_private=True, delay=0, limits=Limits(tries=1))
        session = CrawlSession(fetcher, self.library.record.crawl_state)
        self.report = ingest_inputs(discover(f"{self.site.url}{path}", session), self.library)
        fetcher.close()
        return self.articles

    def served(self, path: str, body: bytes | None = None, kind: str = HTML) -> list[Article]:
        """Serves a body, that of the case by default, and takes in its address."""
        self.site.put(path, self.body if body is None else body, content_type=kind)
        return self.fetch(path)

    @property
    def articles(self) -> list[Article]:
        return sorted(self.library.record.articles(), key=lambda article: article.title)

    @property
    def said(self) -> str:
        """All that the report says."""
        return " | ".join(remark.reason for remark in (*self.report.refusals, *self.report.warnings))

    def paths(self) -> set[str]:
        return {str(article.url).removeprefix(self.site.url) for article in self.articles}

    def ask(self, question: str) -> Answer:
        return dateline_over(self.library, Settings()).ask(question)

    def sentences(self) -> list[str]:
        (article,) = self.read()
        return [article.text[span.start : span.end] for span in sentence_spans(article.text, article.language)]


Check = Callable[[Operator], None]
CHECKS: dict[int, Check] = {}


def right(*numbers: int) -> Callable[[Check], Check]:
    """Registers what is right for the cases of these numbers."""

    def register(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(numbers, check))
        return check

    return register


@right(1, 3, 4, 6, 7, 9, 13, 14, 21, 22)
def what_the_page_states_is_known(operator: Operator) -> None:
    (article,) = operator.read()
    assert (article.source, article.authors) == (POST, (AUTHOR,))
    assert (str(article.published_at), article.date_confidence) == (STATED_AT, "stated")
    assert article.canonical_url == (PIER if operator.case["id"] == 22 else None)


@right(10)
def the_author_is_a_name(operator: Operator) -> None:
    (article,) = operator.read()
    assert article.authors == (AUTHOR,)


@right(11)
def the_readable_date_counts(operator: Operator) -> None:
    (article,) = operator.read()
    assert (str(article.published_at), article.date_confidence) == (STATED_AT, "stated")


@right(12)
def the_related_story_is_not_the_page(operator: Operator) -> None:
    (article,) = operator.read()
    assert (article.canonical_url, str(article.published_at)) == (PIER, STATED_AT)
    assert "pier" in article.title


@right(17)
def the_text_in_the_data_is_read(operator: Operator) -> None:
    (article,) = operator.read()
    assert len(article.text.split("\n")) == 5
    assert not article.headline_only
    assert "<" not in article.text


@right(18)
def the_date_of_an_update_is_none_of_publication(operator: Operator) -> None:
    (article,) = operator.read()
    assert str(article.published_at).startswith("2026-09-08")
    assert str(article.updated_at).startswith("2026-10-20")
    assert article.authors == ()


@right(20)
def an_impossible_date_is_none(operator: Operator) -> None:
    (article,) = operator.read()
    assert article.published_at is None
    assert "2062" in operator.said
    hits = dateline_over(operator.library, Settings()).search(article.title)
    assert hits
    assert hits[0].passage.article.id == article.id


@right(23, 25, 26, 27, 28, 164)
def two_articles_are_two(operator: Operator) -> None:
    assert len(operator.read()) == 2
    assert operator.report.added == 2


@right(24)
def nan_is_nothing(operator: Operator) -> None:
    articles = operator.read()
    assert [(article.source, article.authors) for article in articles] == [(None, ())] * 2
    assert "nan" not in {article.id for article in articles}
    assert (operator.report.added, operator.report.refused) == (2, 1)


@right(29, 146)
def copies_are_one_story_with_its_text(operator: Operator) -> None:
    articles = operator.read()
    assert len({article.cluster_id or article.id for article in articles}) == 1
    assert all(article.text and not article.headline_only for article in articles)
    if operator.case["id"] == 146:
        assert len(articles) == 5
        assert "4.2 million" in operator.ask("How much will the work at the pier cost?").text


@right(30)
def a_usable_date_counts(operator: Operator) -> None:
    mill, tram = operator.read()
    assert (str(mill.published_at), str(tram.published_at)) == ("2026-09-08", DATED_AT)


@right(31)
def numbers_are_dates_if_they_can_be(operator: Operator) -> None:
    dates = [str(article.published_at) for article in operator.read()]
    moment = "2026-09-08T10:15:00Z"
    assert dates == ["2026-09-08"] * 2 + [moment] * 5 + ["None"] * 2 + [moment]


@right(32)
def html_is_read_as_it_is_seen(operator: Operator) -> None:
    (article,) = operator.read()
    for words in ("var ad", "color:red", "<"):
        assert words not in article.text
    lines = [line for line in article.text.split("\n") if line]
    assert {"What was decided", "First stop: the market", "It opens in 2029.", "Tickets cost 3 crowns."} <= set(lines)


@right(33)
def prose_is_unchanged(operator: Operator) -> None:
    (article,) = operator.read()
    assert article.text == json.loads(operator.body)["text"]


@right(37)
def lists_written_as_text_are_lists(operator: Operator) -> None:
    (article,) = operator.read()
    assert article.authors == (AUTHOR, "Ines Tarrow")
    assert (article.section, article.url) == ("World", "https://post.example/tram")


@right(38)
def the_mark_of_a_cut_is_no_text(operator: Operator) -> None:
    (article,) = operator.read()
    assert "chars" not in article.text
    assert operator.report.warnings


@right(42)
def a_list_is_kept(operator: Operator) -> None:
    (article,) = operator.read()
    assert all(words in article.text for words in ("fish market", "No lorries", "A report to the town"))


@right(50)
def captions_are_the_text_of_a_gallery(operator: Operator) -> None:
    (article,) = operator.read()
    assert article.headline_only or ("sandbags" in article.text and "fish market" in article.text)


@right(54)
def a_whole_text_is_no_teaser(operator: Operator) -> None:
    (article,) = operator.read()
    assert not article.headline_only


@right(75)
def what_is_no_text_is_no_article(operator: Operator) -> None:
    articles = operator.read()
    assert operator.report.refused or all("\\rtf" not in f"{one.title}{one.text}" for one in articles)


@right(77)
def wrapped_lines_are_sentences(operator: Operator) -> None:
    sentences = operator.sentences()
    assert not any(sentence.endswith(("east", "to", "Ines")) for sentence in sentences)
    assert "Two members voted against the plan." in sentences


@right(81, 83, 85, 88)
def sentences_are_whole(operator: Operator) -> None:
    wanted = {81: 13, 83: 4, 85: 4, 88: 4}
    assert len(operator.sentences()) == wanted[operator.case["id"]], operator.sentences()


@right(87)
def passages_are_bounded(operator: Operator) -> None:
    (article,) = operator.read()
    passages = operator.library.record.passages_of(article.id)
    assert len(passages) > 10
    assert all(len(passage.text) <= 3 * MAX_WORDS for passage in passages)


@right(92)
def the_text_of_a_feed_stands_for_a_closed_page(operator: Operator) -> None:
    operator.site.put("/tram", "Forbidden", 403)
    operator.site.put("/mill", "<html><head><title>The Post</title></head><body><div id='app'></div></body></html>")
    mill, tram = operator.served("/feed", kind=XML)
    assert "mill in Tessel" in mill.text
    assert mill.title.startswith("Old mill")
    assert "tram line" in tram.text


@right(93, 94)
def the_date_of_an_entry_is_evidence(operator: Operator) -> None:
    operator.put_articles("/tram")
    (article,) = operator.served("/feed", kind=XML)
    dates = {str(article.published_at): article.date_confidence, str(article.updated_at): "derived"}
    assert dates.get(DATED_AT) == "derived"


@right(95)
def zones_are_known_by_name(operator: Operator) -> None:
    operator.put_articles("/tram", "/mill")
    mill, tram = operator.served("/feed", kind=XML)
    assert str(tram.published_at) == "2026-09-07T16:15:00Z"
    assert str(mill.published_at) == "2026-09-08T17:15:00Z"


@right(99)
def a_list_of_addresses_is_a_sitemap(operator: Operator) -> None:
    operator.put_articles("/tram", "/mill")
    operator.served("/list.txt", kind="text/plain")
    assert operator.paths() == {"/tram", "/mill"}
    operator.library = operator.make_library("zipped")
    operator.served("/list.txt.gz", gzip.compress(operator.body), kind="application/gzip")
    assert operator.paths() == {"/tram", "/mill"}


@right(100)
def an_index_in_an_index_is_followed(operator: Operator) -> None:
    operator.put_articles("/tram", "/mill")
    for file in operator.files[0].iterdir():
        operator.site.put(f"/{file.name}", operator.of_site(file.read_bytes()), content_type=XML)
    articles = operator.fetch("/sitemap.xml")
    assert len(articles) == 2 or operator.said


@right(101)
def a_bare_ampersand_is_one(operator: Operator) -> None:
    operator.put_articles("/read?id=1&page=2", "/mill")
    assert len(operator.served("/sitemap.xml", kind=XML)) == 2


@right(106)
def what_is_no_page_is_refused(operator: Operator) -> None:
    others = {
        "/a.json": b'{"a": 1}',
        "/a.mp3": b"ID3\x04\0\0",
        "/a.png": b"\x89PNG\r\n\x1a\n\0",
        "/a.zip": b"PK\x03\x04\0",
    }
    kinds = {"/a.json": "application/json", "/a.mp3": "audio/mpeg", "/a.png": "image/png", "/a.zip": "application/zip"}
    for path, body in {**others, "/a.pdf": operator.body}.items():
        operator.site.put(path, body, content_type=kinds.get(path, "application/pdf"))
    links = "".join(f"<item><link>{operator.site.url}{path}</link></item>" for path in (*others, "/a.pdf"))
    feed = f'<rss version="2.0"><channel><title>P</title>{links}</channel></rss>'
    assert operator.served("/feed", feed.encode(), XML) == []
    assert operator.report.refused == 5
    assert "encoding" not in operator.said


@right(107)
def a_page_that_is_not_found_is_no_article(operator: Operator) -> None:
    for path in ("/x1", "/x2", "/x3"):
        assert operator.served(path) == []
        assert operator.report.refused == 1


@right(109)
def the_front_page_is_not_the_article_asked_for(operator: Operator) -> None:
    front = PAGE.format(title=POST).replace(
        "<head>", f'<head><meta property="article:published_time" content="{DATED_AT}">'
    )
    operator.site.put("/", front, content_type=HTML)
    for path in ("/x1", "/x2"):
        operator.site.put(path, "", 301, location="/")
    links = "".join(f"<item><link>{operator.site.url}{path}</link></item>" for path in ("/x1", "/x2"))
    feed = f'<rss version="2.0"><channel><title>P</title>{links}</channel></rss>'
    assert operator.served("/feed", feed.encode(), XML) == []
    assert operator.report.refused == 2


@right(113, 115)
def what_stands_in_for_a_page_is_no_article(operator: Operator) -> None:
    operator.put_articles("/tram")
    assert [article.title for article in operator.served("/feed")] in ([], ["the tram"])
    assert operator.articles or operator.report.refused == 1


@right(124)
def an_unknown_encoding_of_a_body_is_named(operator: Operator) -> None:
    articles = operator.read()
    assert "zstd" in operator.said or ["tram" in article.text for article in articles] == [True]


@right(125)
def what_stands_behind_a_compressed_page_is_read(operator: Operator) -> None:
    articles = operator.read()
    assert "Tram line approved in after" in [article.title for article in articles]
    assert len(articles) == 2 or operator.report.refused == 1


@right(133, 134, 139)
def an_archive_is_read_or_said_to_hold_nothing(operator: Operator) -> None:
    articles = operator.read()
    if operator.case["id"] == 133:
        assert operator.said
    else:
        assert [article.title for article in articles] == ["Tram line approved in Brennick"]


@right(140)
def updates_of_one_minute_are_three(operator: Operator) -> None:
    titles = [article.title for article in operator.read()]
    assert len([title for title in titles if "live" not in title]) == 3, titles


@right(145)
def updates_keep_their_ids(operator: Operator) -> None:
    before = {article.title: article.id for article in operator.served("/live")}
    assert len(before) >= 3
    newer = b'"liveBlogUpdate": [{"headline": "New", "articleBody": "The jetty has opened again."}, '
    operator.served("/live", operator.body.replace(b'"liveBlogUpdate": [', newer))
    after = {article.title: article.id for article in operator.articles}
    assert set(after) - set(before) == {"New"}
    assert {title: after[title] for title in before} == before


@right(147)
def no_paragraph_is_lost(operator: Operator) -> None:
    articles = operator.read()
    paragraphs = {part for line in operator.body.splitlines() for part in json.loads(line)["text"].split("\n\n")}
    assert paragraphs <= {part for article in articles for part in article.text.split("\n\n")}


@right(150, 152)
def stories_of_one_template_are_different(operator: Operator) -> None:
    articles = operator.read()
    assert len({article.cluster_id or article.id for article in articles}) == len(articles)
    if question := operator.case.get("question"):
        found = {hit.passage.article.id for hit in operator.ask(question).hits}
        assert found == {article.id for article in articles}


@right(154)
def one_stray_byte_costs_one_character(operator: Operator) -> None:
    (article,) = operator.read()
    assert article.title == "Café owners welcome vote"
    assert "Zoë Møller" in article.text
    assert "board’s" in article.text


@right(157)
def one_stray_byte_in_a_feed_costs_one_character(operator: Operator) -> None:
    operator.site.put("/tram", PAGE.format(title="").replace("<h1></h1>", ""), content_type=HTML)
    (article,) = operator.served("/feed", kind=XML)
    assert article.title.startswith("Café owners – “good news”")
    assert article.title.endswith("Zoë")


@right(159)
def a_correction_counts(operator: Operator) -> None:
    operator.read()
    answer = operator.ask(operator.case["question"])
    assert "13" in answer.text
    assert "31" not in answer.text or "orrect" in answer.text


@right(160)
def a_relative_canonical_address_does_not_hide_the_absolute_one(operator: Operator) -> None:
    (article,) = operator.read()
    assert article.canonical_url == "https://post.example/2026/pier"


@right(162)
def markdown_is_read_as_it_is_seen(operator: Operator) -> None:
    (article,) = operator.read()
    assert not [sign for sign in ("](", "**", "# ", "\\.", "map.png") if sign in article.text]
    assert "approved a new tram line on Monday." in article.text


@right(163)
def a_page_is_a_page_whatever_its_name(operator: Operator) -> None:
    (article,) = operator.read()
    assert article.title == "Tram line approved"
    assert article.text.endswith("The council approved a tram line.")
    assert "track" not in article.text


@right(166)
def an_unfilled_address_is_none(operator: Operator) -> None:
    (article,) = operator.served("/pier")
    assert operator.paths() == {"/pier"}
    assert "pier" in article.title


@right(167)
def dates_are_read_as_they_are_spelled(operator: Operator) -> None:
    wrong = []
    with operator.files[0].open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            try:
                got = str(news_date(line["given"]))
            except ValueError:
                got = "undated"
            if got != line["want"].split(" ")[0]:
                wrong.append((line["given"], got, line["want"]))
    assert wrong == []


def cases() -> list[dict[str, Any]]:
    path = CASES / "cases.jsonl"
    return list(map(json.loads, path.read_text(encoding="utf-8").splitlines())) if path.exists() else []


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def test_every_case_is_tried() -> None:
    if not cases():
        pytest.skip("the public cases are not on this machine (../shared/cases)")
    assert {case["id"] for case in cases()} == set(CHECKS)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['id']}")
def test_what_outlets_publish_is_read(case: dict[str, Any], make_library: MakeLibrary, site: Site) -> None:
    CHECKS[case["id"]](Operator(make_library, site, case))
