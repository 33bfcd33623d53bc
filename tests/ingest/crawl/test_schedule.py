"""An outlet's site over time: what did not change is not sent again, what changed is quoted, what is gone goes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from ingest.__main__ import main
from ingest.crawl.discovery import discover, discover_outlet
from ingest.crawl.session import CrawlSession
from ingest.http.fetcher import Fetcher, Limits
from ingest.pipeline import BLOCKED, ingest_inputs
from ingest.report import Report
from rag.engine import dateline_over
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.outlets import Outlet
from rag.settings import Settings
from rag.store.repositories.seed_status import SeedStatus
from tests.conftest import HashEmbedding, MakeLibrary, library_at
from tests.ingest.crawl.test_discovery import put_page
from tests.ingest.test_pipeline import assert_whole
from tests.ingest.web_server import Site, serving

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = ("/robots.txt", "/.well-known/tdmrep.json")
"""What a site is asked besides its pages, once a run."""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


class Operator:
    """Runs the same sources again and again, at the times that a test sets."""

    def __init__(self, site: Site, library: Library) -> None:
        self.site = site
        self.library = library
        self.now = START
        self.outlet = Outlet(name="The Courier", feeds=(f"{site.url}/feed",), refresh="1h")  # type: ignore[arg-type]
        self.fetcher = Fetcher(allow_private=True, delay=0, limits=Limits(tries=1))

    def lists(self, *addresses: str, etag: str | None = None, stamp: str = "") -> None:
        items = "".join(
            f"<item><title>t</title><link>{one}</link>{f'<pubDate>{stamp}</pubDate>' if stamp else ''}</item>"
            for one in addresses
        )
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>C</title>{items}</channel></rss>'
        self.site.put("/feed", feed, **({"etag": etag} if etag else {}))

    def runs(
        self,
        *,
        only_due: bool = False,
        outlet: Outlet | None = None,
        later: timedelta = timedelta(),
        again: bool = False,
    ) -> Report:
        self.now += later
        del self.site.requests[:]
        self.fetcher.close()
        self.fetcher = Fetcher(allow_private=True, delay=0, limits=Limits(tries=1))
        session = CrawlSession(
            self.fetcher,
            self.library.record.crawl_state,
            only_due=only_due,
            blocklist=self.library.record.blocklist,
            again=again,
            now=lambda: self.now,
        )
        return ingest_inputs(discover_outlet(outlet or self.outlet, session), self.library, again=again)

    def asked(self) -> list[str]:
        return [path for path in self.site.paths() if path not in RULES]

    def status(self) -> SeedStatus:
        (only,) = self.library.record.crawl_state.seed_statuses(since=self.now - timedelta(days=1))
        return only

    def titles(self) -> set[str]:
        return {one.title for one in self.library.record.articles()}


@pytest.fixture
def operator(site: Site, make_library: MakeLibrary) -> Iterator[Operator]:
    made = Operator(site, make_library())
    yield made
    made.fetcher.close()


def put(site: Site, path: str, title: str, text: str, etag: str | None = None, head: str = "") -> str:
    address = put_page(site, path, title, text, head)
    answer = site.pages[path]
    assert not callable(answer)
    answer.etag = etag
    return address


# What did not change


def test_an_unchanged_source_is_not_sent_again_and_nothing_is_embedded(
    site: Site, make_library: MakeLibrary, tmp_path: Path
) -> None:
    embedding = HashEmbedding(model_name="hash", embedded=[])
    operator = Operator(site, make_library(embedding=embedding))
    pages = [put(site, f"/{n}", f"Crane {n}", f"Crane number {n} was taken down.", etag=f'"{n}"') for n in range(3)]
    operator.lists(*pages, etag='"feed"')
    assert operator.runs().added == 3
    embedded = len(embedding.embedded)
    again = operator.runs()
    assert (again.seen, again.unchanged, again.passages) == (3, 3, 0)
    assert len(embedding.embedded) == embedded > 0
    asked = {path: headers.get("if-none-match") for path, headers in site.requests if path not in RULES}
    assert asked == {"/feed": '"feed"', "/0": '"0"', "/1": '"1"', "/2": '"2"'}
    operator.fetcher.close()


def test_last_modified_alone_will_do(operator: Operator, site: Site) -> None:
    operator.lists(put(site, "/a", "Crane", "The crane was taken down."))
    site.pages["/a"].headers["last-modified"] = "Tue, 24 Nov 2026 08:00:00 GMT"  # type: ignore[union-attr]
    operator.runs()
    operator.runs()
    assert dict(site.requests)["/a"]["if-modified-since"] == "Tue, 24 Nov 2026 08:00:00 GMT"


def test_a_page_without_article_is_refused_each_time_with_its_reason(operator: Operator, site: Site) -> None:
    operator.lists(site.put("/empty", "<html></html>", content_type="text/html", etag='"1"'))
    reasons = [[one.reason for one in operator.runs().refusals] for _ in range(3)]
    assert reasons[0] == reasons[1] == reasons[2] != [""]
    assert dict(site.requests)["/empty"]["if-none-match"] == '"1"'


def test_what_was_fetched_but_not_recorded_is_sent_again(operator: Operator, site: Site) -> None:
    """A run that is killed between fetching and recording must not believe that it has the article."""
    operator.lists(put(site, "/a", "Crane", "The crane was taken down.", etag='"1"'))
    session = CrawlSession(operator.fetcher, operator.library.record.crawl_state)
    list(discover_outlet(operator.outlet, session))  # fetched, and lost
    assert operator.runs().added == 1
    assert "if-none-match" not in dict(site.requests)["/a"]


def test_what_the_operator_forgot_stays_out_and_is_not_asked(operator: Operator, site: Site) -> None:
    address = put(site, "/a", "Crane", "The crane was taken down.", etag='"1"')
    operator.lists(address, etag='"feed"')
    operator.runs()
    with operator.library.writing() as writer:
        writer.forget(operator.library.record.current_ids())
        address_state = writer.record.crawl_state.of(f"{site.url}/feed")
    assert address_state is not None
    assert address_state.listing is None  # it may hold the article's headline and summary
    report = operator.runs()
    assert (report.unchanged, report.seen, operator.titles()) == (1, 1, set())
    assert [one.reason for one in report.warnings] == [BLOCKED]
    assert operator.asked() == ["/feed"]
    session = CrawlSession(operator.fetcher, operator.library.record.crawl_state)  # whatever brings it
    assert ingest_inputs(discover(address, session), operator.library).unchanged == 1
    assert operator.runs(again=True).added == 1
    assert operator.runs().unchanged == 1


# What changed


def test_a_changed_page_is_a_new_version_and_answers_quote_it(
    site: Site, tmp_path: Path, cache: Path, embedding: LocalEmbedding
) -> None:
    library = library_at(tmp_path / "data", cache=cache, embedding=embedding)
    operator = Operator(site, library)
    dated = '<meta property="article:published_time" content="2026-11-20T08:00:00Z">'
    cost = "The new harbour bridge at Skerrin cost {} million crowns, the council said."
    operator.lists(put(site, "/bridge", "Harbour bridge opens", cost.format("6.8"), '"1"', dated))
    operator.runs()
    dateline = dateline_over(library, Settings())
    question = "How much did the harbour bridge at Skerrin cost?"
    assert "6.8 million" in dateline.ask(question).text
    notice = "</p><p>Correction: An earlier version of this article said that the bridge cost 6.8 million crowns."
    put(site, "/bridge", "Harbour bridge opens", cost.format("8.6") + notice, '"2"', dated)
    report = operator.runs(later=HOUR)
    assert (report.updated, report.seen) == (1, 1)
    answer = dateline.ask(question)
    assert "8.6 million" in answer.text
    assert "6.8" not in answer.text
    assert all("8.6" in one.passage.text for one in answer.citations)
    (article,) = library.record.articles()
    assert (article.version, [one.version for one in library.record.versions(article.id)]) == (2, [1, 2])
    assert_whole(library)
    operator.fetcher.close()
    library.close()


def test_a_page_that_changes_back_is_quoted_as_it_stands(operator: Operator, site: Site) -> None:
    for number, text in enumerate(("The crane fell.", "The crane stood.", "The crane fell.")):
        operator.lists(put(site, "/a", "Crane", text, etag=f'"{number}"'))
        operator.runs()
        (article,) = operator.library.record.articles()
        assert text in article.text
    assert article.version == 3


def test_two_addresses_of_one_article_do_not_take_turns(operator: Operator, site: Site) -> None:
    same = '<link rel="canonical" href="/crane">'
    operator.lists(
        put(site, "/crane", "Crane", "The crane was taken down.", head=same),
        put(site, "/amp/crane", "Crane", "The crane was taken down on Monday.", head=same),
    )
    operator.runs()
    for _ in range(3):
        report = operator.runs()
        assert (report.updated, report.seen) == (0, 2)
    (article,) = operator.library.record.articles()
    assert article.version == 2
    put(site, "/crane", "Crane", "The crane was put up again.", head=same)
    assert operator.runs().updated == 1


def test_a_notice_beside_an_unchanged_text_is_recorded_with_its_date(operator: Operator, site: Site) -> None:
    operator.lists(put(site, "/a", "Crane", "The crane was taken down."))
    operator.runs()
    comment = {"@type": "CorrectionComment", "text": "The crane was misnamed.", "datePublished": "2026-11-21"}
    data = json.dumps({"@type": "NewsArticle", "headline": "Crane", "correction": [comment]})
    put(site, "/a", "Crane", "The crane was taken down.", head=f'<script type="application/ld+json">{data}</script>')
    assert operator.runs().updated == 1
    (article,) = operator.library.record.articles()
    assert (article.version, article.correction, str(article.corrected_at)) == (
        2,
        "The crane was misnamed.",
        "2026-11-21",
    )


# What is gone


def test_an_article_that_answers_410_is_withdrawn_at_once(operator: Operator, site: Site) -> None:
    operator.lists(*(put(site, f"/{n}", f"Crane {n}", f"Crane number {n} was taken down.") for n in range(2)))
    operator.runs()
    site.put("/0", status=410)
    report = operator.runs()
    assert operator.titles() == {"Crane 1"}
    assert (report.unchanged, report.refused, report.seen) == (1, 1, 2)
    assert [remark.reason for remark in report.warnings] == ["is gone; its article was withdrawn"]
    assert_whole(operator.library)
    assert [one.reason for one in operator.status().refused] == ["answers 410 gone"]


def test_404_withdraws_only_when_it_is_repeated_without_success_between(operator: Operator, site: Site) -> None:
    address = put(site, "/a", "Crane", "The crane was taken down.")
    operator.lists(address)
    kept: list[bool] = []
    for status in (200, 404, 404, 200, 404, 404, 500, 404):
        if status == 200:
            put(site, "/a", "Crane", "The crane was taken down.")
        else:
            site.put("/a", status=status)
        operator.runs()
        kept.append(bool(operator.titles()))
    assert kept == [True] * 7 + [False]


def test_an_article_that_comes_back_can_be_found_again(operator: Operator, site: Site) -> None:
    operator.lists(put(site, "/a", "Crane", "The crane was taken down.", etag='"1"'))
    operator.runs()
    site.put("/a", status=410)
    operator.runs()
    assert operator.titles() == set()
    put(site, "/a", "Crane", "The crane was taken down.", etag='"1"')
    assert operator.runs().updated == 1
    assert operator.titles() == {"Crane"}
    assert operator.runs().unchanged == 1
    assert_whole(operator.library)


def test_what_the_operator_withdrew_does_not_come_back_when_it_changes(operator: Operator, site: Site) -> None:
    operator.lists(put(site, "/a", "Crane", "The crane was taken down."))
    operator.runs()
    with operator.library.writing() as writer:
        writer.withdraw(operator.library.record.current_ids(), for_good=True)
    operator.runs()
    put(site, "/a", "Crane", "The crane was put up again.")
    operator.runs()
    assert operator.titles() == set()


def test_an_article_that_another_address_still_holds_stays(operator: Operator, site: Site) -> None:
    same = '<link rel="canonical" href="/crane">'
    both = [put(site, path, "Crane", "The crane was taken down.", head=same) for path in ("/crane", "/amp/crane")]
    operator.lists(*both)
    operator.runs()
    site.put("/amp/crane", status=410)
    operator.runs()
    assert operator.titles() == {"Crane"}
    site.put("/crane", status=410)
    operator.runs()
    assert operator.titles() == set()


@pytest.mark.parametrize("failure", ["nothing", "html", "404", "410", "500", "garbage"])
def test_a_source_that_suddenly_lists_nothing_withdraws_nothing(operator: Operator, site: Site, failure: str) -> None:
    operator.lists(put(site, "/a", "Crane", "The crane was taken down."))
    operator.runs()
    if failure == "nothing":
        operator.lists()
    elif failure == "html":
        site.put("/feed", "<html><body><p>We will be back soon, says the server.</p></body></html>")
    elif failure == "garbage":
        site.put("/feed", b"\x00\x01\x02")
    else:
        site.put("/feed", status=int(failure))
    for _ in range(4):
        assert operator.runs(later=HOUR).refused == 1
    assert operator.titles() == {"Crane"}
    assert operator.status().failing_since == START + HOUR
    assert operator.status().last_success == START
    operator.lists(f"{site.url}/a")
    operator.runs()
    assert operator.status().failing_since is None


# When what is asked


@pytest.mark.slow
def test_of_what_is_due_new_articles_are_asked_often_and_older_ones_rarely(operator: Operator, site: Site) -> None:
    operator.lists(put(site, "/old", "Old", "The old crane was taken down."))
    operator.runs(only_due=True)
    times = {"/old": 0, "/new": 0}
    for hour in range(1, 201):
        if hour == 100:
            operator.lists(f"{site.url}/old", put(site, "/new", "New", "The new crane was put up."))
        operator.runs(only_due=True, later=HOUR)
        for path in times:
            times[path] += path in operator.asked()
    assert operator.titles() == {"Old", "New"}
    assert 20 < times["/old"] < 50  # in 200 hours
    assert times["/new"] > 15  # in half of that
    operator.runs(only_due=True, later=timedelta(minutes=10))
    assert operator.asked() == []


def test_a_listing_that_says_that_an_article_changed_makes_it_due(operator: Operator, site: Site) -> None:
    page = put(site, "/a", "Crane", "The crane was taken down.")
    operator.lists(page, stamp="Fri, 20 Nov 2026 10:00:00 GMT")
    operator.runs(only_due=True)
    for _ in range(50):
        operator.runs(only_due=True, later=HOUR)
    operator.runs(only_due=True, later=HOUR)
    put(site, "/a", "Crane", "The crane was put up again.")
    operator.lists(page, stamp="Sun, 22 Nov 2026 15:00:00 GMT")
    assert operator.runs(only_due=True, later=HOUR).updated == 1


def test_an_article_that_is_listed_no_more_is_still_asked_for_now_and_then(operator: Operator, site: Site) -> None:
    gone = put(site, "/a", "Crane", "The crane was taken down.")
    operator.lists(gone)
    operator.runs(only_due=True)
    operator.lists(put(site, "/b", "Quay", "The quay was reopened on Friday."))
    site.put("/a", status=410)
    operator.runs(only_due=True, later=HOUR)
    assert operator.titles() == {"Quay"}


@pytest.mark.parametrize("nested", [False, True])
def test_a_round_that_was_cut_short_is_taken_up_where_it_ended(operator: Operator, site: Site, nested: bool) -> None:
    pages = [put(site, f"/{n}", f"Crane {n}", f"Crane number {n} was taken down.") for n in range(6)]
    sitemap = site.put("/1.xml", f"<urlset>{''.join(f'<url><loc>{one}</loc></url>' for one in pages)}</urlset>")
    index = site.put("/index.xml", f"<sitemapindex><sitemap><loc>{sitemap}</loc></sitemap></sitemapindex>")
    outlet = Outlet(name="The Courier", sitemaps=(index if nested else sitemap,))
    session = CrawlSession(
        operator.fetcher, operator.library.record.crawl_state, only_due=True, now=lambda: operator.now
    )
    for _ in range(4):
        ingest_inputs(islice(discover_outlet(outlet, session), 3), operator.library)
    assert operator.titles() == {f"Crane {n}" for n in range(6)}
    assert all(site.paths().count(f"/{n}") == 1 for n in range(6))


def test_a_date_that_only_the_listing_gave_stays_when_the_listing_is_gone(operator: Operator, site: Site) -> None:
    page = put(site, "/a", "Crane", "The crane was taken down.")
    operator.lists(page, stamp="Fri, 20 Nov 2026 10:00:00 GMT")
    operator.runs(only_due=True)
    operator.lists(put(site, "/b", "Quay", "The quay was reopened on Friday."))
    put(site, "/a", "Crane", "The crane was put up again.")
    assert operator.runs(only_due=True, later=HOUR).updated == 1
    operator.lists(page, stamp="Sun, 22 Nov 2026 15:00:00 GMT")  # as feeds do that move what was updated
    put(site, "/a", "Crane", "The crane was taken down once more.")
    assert operator.runs(only_due=True, later=HOUR).updated == 1
    (crane,) = (one for one in operator.library.record.articles() if one.title == "Crane")
    assert str(crane.published_at) == "2026-11-20T10:00:00Z"


def test_a_feed_that_never_listed_anything_is_not_failing(operator: Operator, site: Site) -> None:
    for number in range(3):
        operator.lists(etag=f'"{number}"')
        assert operator.runs().complete
    assert operator.status().failing_since is None


def test_what_fails_for_good_is_asked_ever_more_rarely(operator: Operator, site: Site) -> None:
    operator.lists(put(site, "/a", "Crane", "The crane was taken down."), site.put("/paid", status=403))
    asked = 0
    for _ in range(100):
        operator.runs(only_due=True, later=HOUR)
        asked += "/paid" in operator.asked()
    assert asked < 8
    assert [(one.address, one.reason) for one in operator.status().refused] == [
        (f"{site.url}/paid", "answers 403 forbidden")
    ]


# What the operator sees


def test_status_tells_each_source_apart(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    page = put(site, "/a", "Crane", "The crane was taken down.")
    urls = f"<url><loc>{page}</loc></url><url><loc>{site.url}/missing</loc></url>"
    sitemap = site.put("/sitemap.xml", f"<urlset>{urls}</urlset>")
    sources = tmp_path / "sources.toml"
    outlet = f'[[outlet]]\nname = "The Courier"\nsitemaps = ["{sitemap}"]\n'
    data = ["--data", str(tmp_path / "data")]
    assert main(["status", *data]) == 2
    sources.write_text(outlet)
    run = ["--sources", str(sources), "--allow-private", *data]
    assert main(run) == 1
    capsys.readouterr()
    assert main(["status", *data]) == 0
    said = capsys.readouterr().out
    assert "The Courier: " in said
    assert "1 new, 0 changed; 1 articles, 1 refused" in said
    assert f"refused: {site.url}/missing: answers 404 not found" in said
    sources.write_text(f'{outlet}feeds = ["{site.url}/feed"]\n')
    put(site, "/a", "Crane", "The crane was put up again.")
    assert main(run) == 1
    capsys.readouterr()
    assert main(["status", "--json", *data]) == 1
    printed = json.loads(capsys.readouterr().out)
    by_address = {one["address"]: one for one in printed["sources"]}
    assert printed["failing"] == 1
    assert by_address[f"{site.url}/feed"]["problem"] == "answers 404 not found"
    assert by_address[f"{site.url}/feed"]["last_success"] is None
    assert by_address[f"{site.url}/feed"]["failing_since"]
    assert (by_address[sitemap]["new"], by_address[sitemap]["changed"]) == (1, 1)
    assert [one["reason"] for one in by_address[sitemap]["refused"]] == ["answers 404 not found"]
    sources.write_text(outlet)
    main(run)
    assert main(["status", *data]) == 0  # a source that is named no more does not fail for ever


def test_a_source_of_which_nothing_can_be_taken_in_is_failing(operator: Operator, site: Site) -> None:
    operator.lists(site.put("/a", status=403), site.put("/b", "<html></html>", content_type="text/html"))
    operator.runs()
    assert operator.status().problem == "nothing of what it lists can be ingested"
    assert operator.status().failing_since == START


def test_an_address_that_is_given_once_and_never_answers_is_no_source(operator: Operator, site: Site) -> None:
    session = CrawlSession(operator.fetcher, operator.library.record.crawl_state)
    assert ingest_inputs(discover(f"{site.url}/typo", session), operator.library).refused == 1
    assert operator.library.record.crawl_state.seed_statuses(since=START) == ()
