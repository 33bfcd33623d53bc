"""What a publisher sees of a site's questions: numbers and cited articles, behind a secret; no question's text."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from ingest.pipeline import ingest
from rag.engine import Dateline, dateline_over
from rag.library.library import Library
from rag.messages import in_language
from rag.settings import Settings
from rag.store.site_usage import CitedArticle, DayOfQuestions, SiteUsage
from tests.web.conftest import listening
from web.links import CitationLinks
from web.pages.usage import CitedRow, usage_csv
from web.security.api_key import Access
from web.security.headers import SecurityHeadersMiddleware
from web.server import routes_app
from web.sites import Site
from web.widget.assets import widget_files

SECRET = "a-secret-of-the-courier"
HOST_PAGE = "https://news.example"
HERON = "When was the Heron-2 satellite launched?"
NOWHERE = "How long should a sourdough loaf prove before baking?"
SITES = (
    Site(id="courier", title="Ask the Courier", origins=(HOST_PAGE,), usage_secret=SECRET),
    Site(id="other", title="Other", origins=(HOST_PAGE,), usage_secret="another-secret-of-16"),
    Site(id="open", title="Open", origins=(HOST_PAGE,)),
)


@pytest.fixture
def usage(tmp_path: Path) -> Iterator[SiteUsage]:
    store = SiteUsage(tmp_path / "usage.sqlite")
    yield store
    store.close()


def served(dateline: Dateline, usage: SiteUsage, **access: Any) -> Any:
    app = routes_app(
        dateline,
        access=Access(**access),
        links=CitationLinks(),
        full_text=frozenset(),
        feedback=None,
        sites=SITES,
        widget=widget_files(),
        usage=usage,
    )
    return listening(SecurityHeadersMiddleware(app))


def asked(url: str, question: str, *, site: str = "courier", **more: Any) -> httpx.Response:
    page = httpx.get(f"{url}/embed", params={"site": site}, timeout=30).text
    token = json.loads(page.split('id="dateline-config">')[1].split("</script>")[0])["token"]
    headers = {"origin": url, "x-dateline-token": token}
    return httpx.post(f"{url}/api/ask", json={"question": question, **more}, headers=headers, timeout=60)


def rows(url: str, *, site: str = "courier", secret: str = SECRET) -> list[dict[str, str]]:
    table = httpx.get(f"{url}/sites/{site}/usage.csv", auth=("courier", secret), timeout=30)
    assert table.status_code == 200
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["cache-control"] == "no-store"
    return list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))


def test_questions_are_counted_by_site_and_day_without_their_text(
    sample_library: Library, usage: SiteUsage, tmp_path: Path
) -> None:
    with served(dateline_over(sample_library, Settings()), usage) as url:
        for question in (HERON, HERON, NOWHERE):
            assert asked(url, question).status_code == 200
        assert asked(url, HERON, site="other").status_code == 200
        assert asked(url, "", site="other").status_code == 422
        assert httpx.post(f"{url}/api/ask", json={"question": HERON}, timeout=60).status_code == 200
        told = rows(url)
        page = httpx.get(f"{url}/sites/courier/usage", auth=("", SECRET), timeout=30)
    today = datetime.now(UTC).date().isoformat()
    counts = {row["what"]: row["count"] for row in told if row["what"] != "cited"}
    assert counts == {"asked": "3", "declined": "1", "failed": "0"}
    assert {row["day"] for row in told} == {today}
    cited = [row for row in told if row["what"] == "cited"]
    assert "2" in {row["count"] for row in cited}
    assert all(row["article_id"] and row["title"] and row["outlet"] for row in cited)
    assert page.status_code == 200
    assert cited[0]["title"] in page.text
    stored = (tmp_path / "usage.sqlite").read_bytes() + b"".join(
        file.read_bytes() for file in tmp_path.glob("usage.sqlite-*")
    )
    assert b"Heron" not in stored
    assert b"sourdough" not in stored
    assert "satellite launched" not in page.text
    assert [day.asked for day in usage.days("other", since=date(2000, 1, 1))] == [1]


def test_what_fails_or_is_left_is_counted_as_failed(sample_library: Library, usage: SiteUsage) -> None:
    dateline = dateline_over(sample_library, Settings())

    def stream(*_: Any, **__: Any) -> Iterator[Any]:
        raise RuntimeError("no such luck")
        yield

    broken = SimpleNamespace(
        library=sample_library, stream=stream, of_site=lambda *_, **__: broken, status=dateline.status
    )
    with served(broken, usage) as url:  # type: ignore[arg-type]
        assert "event: error" in asked(url, HERON).text
    (day,) = usage.days("courier", since=date(2000, 1, 1))
    assert (day.asked, day.declined, day.failed) == (1, 0, 1)


def test_the_secret_of_the_site_alone_opens_it(sample_library: Library, usage: SiteUsage) -> None:
    with served(dateline_over(sample_library, Settings()), usage) as url:
        for path in ("usage", "usage.csv"):
            none = httpx.get(f"{url}/sites/courier/{path}")
            assert none.status_code == 401
            assert none.headers["www-authenticate"] == 'Basic realm="courier", charset="UTF-8"'
            assert "usage_secret" in none.json()["detail"]
            for wrong in ("", "wrong", f"{SECRET} ", "another-secret-of-16", "ü"):
                assert httpx.get(f"{url}/sites/courier/{path}", auth=("courier", wrong)).status_code == 401
            assert httpx.get(f"{url}/sites/courier/{path}", auth=("anybody", SECRET)).status_code == 200
            for site in ("open", "none", "Courier"):
                assert httpx.get(f"{url}/sites/{site}/{path}", auth=("courier", SECRET)).status_code == 404
        for header in ("Basic !", "Basic", "Bearer x", "Basic " + "A" * 5000):
            answer = httpx.get(f"{url}/sites/courier/usage", headers={"authorization": header})
            assert answer.status_code == 401
        assert SECRET not in httpx.get(f"{url}/embed?site=courier").text + httpx.get(f"{url}/demo").text


def test_a_secret_cannot_be_tried_often(sample_library: Library, usage: SiteUsage) -> None:
    with served(dateline_over(sample_library, Settings()), usage, requests_per_minute=3) as url:
        tried = [httpx.get(f"{url}/sites/courier/usage", auth=("", str(number))) for number in range(5)]
    assert [each.status_code for each in tried][:4] == [401, 401, 401, 429]


def test_a_withdrawn_article_leaves_the_count_without_its_title(
    make_library: Any, usage: SiteUsage, tmp_path: Path
) -> None:
    library = make_library()
    file = tmp_path / "kept.json"
    file.write_text(json.dumps({"id": "kept", "title": "Kept", "source": "Wire", "text": "It rained all day."}))
    ingest([file], library)
    usage.add("courier", "answered", ["kept", "forgotten"])
    dateline = SimpleNamespace(library=library, status=library.status)
    with served(dateline, usage) as url:  # type: ignore[arg-type]
        cited = {row["article_id"]: row for row in rows(url) if row["what"] == "cited"}
        page = httpx.get(f"{url}/sites/courier/usage?lang=de", auth=("", SECRET), timeout=30).text
    assert cited["kept"]["title"] == "Kept"
    assert (cited[""]["title"], cited[""]["outlet"], cited[""]["count"]) == ("", "", "1")
    assert "forgotten" not in page
    assert in_language("de")("usage_gone") in page


def test_a_publisher_opens_it_in_a_browser(browser: Browser, sample_library: Library, usage: SiteUsage) -> None:
    usage.add("courier", "declined")
    words = in_language("ar")
    with served(dateline_over(sample_library, Settings()), usage) as url:
        context = browser.new_context(
            locale="ar",
            viewport={"width": 390, "height": 800},
            http_credentials={"username": "courier", "password": SECRET},
        )
        page = context.new_page()
        page.goto(f"{url}/sites/courier/usage")
        expect(page.locator("h1")).to_have_text(words("usage_title", site="Ask the Courier"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        with page.expect_download() as download:
            page.get_by_role("link", name=words("usage_csv")).click()
        assert download.value.suggested_filename == "courier-usage.csv"
        context.close()


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_no_cell_is_a_formula(title: str) -> None:
    table = usage_csv((), [CitedRow(date(2026, 10, 1), title, title, title, 1)])
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert {row["article_id"], row["title"], row["outlet"]} == {f"'{title}"}


def test_a_title_of_letters_stays_as_it_is() -> None:
    title = 'He said: "rain", and left - again'
    (row,) = csv.DictReader(io.StringIO(usage_csv((), [CitedRow(date(2026, 10, 1), "a", title, "Wire", 1)])))
    assert row["title"] == title


def test_days_are_those_of_utc_and_the_newest_comes_first(tmp_path: Path) -> None:
    now = [datetime(2026, 10, 1, 23, 59, tzinfo=UTC)]
    usage = SiteUsage(tmp_path / "usage.sqlite", clock=lambda: now[0])
    usage.add("a", "answered", ["x", "x", "y"])
    usage.add("a", "answered", ["y"])
    now[0] += timedelta(minutes=2)
    usage.add("a", "failed")
    first, second = date(2026, 10, 1), date(2026, 10, 2)
    assert usage.days("a", since=first) == (DayOfQuestions(second, 1, 0, 1), DayOfQuestions(first, 2, 0, 0))
    assert usage.days("a", since=second) == (DayOfQuestions(second, 1, 0, 1),)
    assert usage.cited("a", since=first) == (CitedArticle(first, "y", 2), CitedArticle(first, "x", 1))
    assert usage.cited("b", since=first) == ()
    usage.close()
