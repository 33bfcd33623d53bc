"""The widget's server half: who may frame it, what its tokens open, and what a site's readers are answered from."""

import base64
import gzip
import hashlib
import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from rag.engine import dateline_over
from rag.library.library import Library
from rag.messages import LANGUAGES, in_language
from rag.settings import Settings
from rag.store.feedback import FeedbackStore
from tests.web.conftest import awaited, listening, run, serving
from tests.web.security.test_api_key import Clock, plain
from web.links import CitationLinks
from web.security.api_key import Access, ApiKeyMiddleware
from web.security.headers import SecurityHeadersMiddleware
from web.security.rate_limit import RateLimit
from web.security.site_tokens import SiteTokenAuth
from web.security.tokens import SiteTokens
from web.server import routes_app
from web.sites import Accent, Site
from web.widget.assets import WidgetFiles, widget_files

KEY = "a key for programs"
HOST_PAGE = "https://news.example"
HOSTILE_TITLE = "</script><img src=x onerror=alert(1)> {{config}} & \u2028 “Ask”"
SITES = (
    Site(id="all", title="All", origins=(HOST_PAGE, "http://127.0.0.1:8000"), accent=Accent(dark="#fca5a5")),
    Site(id="courier", title="Ask the Courier", origins=(HOST_PAGE,), outlets=("The Ouldan Courier",), language="ar"),
    Site(id="weather", title="Weather", origins=(HOST_PAGE,), sections=("Weather",)),
    Site(id="closed", title="Closed"),
    Site(id="misspelt", title="Misspelt", origins=(HOST_PAGE,), outlets=("Ouldan Courier",)),
    Site(id="hostile", title=HOSTILE_TITLE, origins=(HOST_PAGE,), starters=("</script>",)),
    Site(id="slow", title="Slow", origins=(HOST_PAGE,), requests_per_minute=2),
)
EVACUATED = "How many people were evacuated from Brackenford?"
RATE = "To what did the Bank of Corrand cut its key rate?"
FLOOD = "https://www.ouldancourier.example/brackenford/ouldan-bursts-its-banks/?utm_source=x#top"
CREDITED = "https://ouldancourier.example/business/bank-of-corrand-cuts-key-rate-to-3-25-per-cent"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> WidgetFiles:
    """Small ones of the same names as ours."""
    folder = tmp_path_factory.mktemp("widget")
    (folder / "old").mkdir()
    for name, text in {
        "widget.js": "// the loader",
        "embed.js": f"// {'the frame ' * 50}",
        "embed.css": "a { color: red }",
        "old/1.0a1b2c3d.js": "// an older loader",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return widget_files(folder)


@pytest.fixture(scope="module")
def url(sample_library: Library, files: WidgetFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Sites over the sample articles, on a server that asks programs for a key."""
    store = FeedbackStore(tmp_path_factory.mktemp("feedback") / "feedback.sqlite", days=30)
    dateline = dateline_over(sample_library, Settings())
    app = routes_app(
        dateline,
        access=Access(api_key=KEY),
        links=CitationLinks(),
        full_text=frozenset(),
        feedback=store,
        sites=SITES,
        widget=files,
    )
    with listening(SecurityHeadersMiddleware(app)) as started:
        yield started
    store.close()


def embedded(url: str, site: str, **more: str) -> dict[str, Any]:
    """What the framed page is told."""
    page = httpx.get(f"{url}/embed", params={"site": site, **more}, timeout=30)
    assert page.status_code == 200
    told: dict[str, Any] = json.loads(page.text.split('id="dateline-config">')[1].split("</script>")[0])
    return told


def asked(url: str, site: str, question: str, *, token: str = "", origin: str = "", **more: Any) -> httpx.Response:
    headers = {"origin": origin or url, "x-dateline-token": token or embedded(url, site)["token"]}
    return httpx.post(f"{url}/api/ask", json={"question": question, **more}, headers=headers, timeout=60)


def answered(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    told: dict[str, Any] = json.loads(response.text.split("event: answer\ndata: ")[1].split("\n")[0])
    return told


def hit_values(answer: dict[str, Any], what: str) -> set[str]:
    return {hit["article"][what] for hit in answer["hits"]}


def policy(response: httpx.Response) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))


def test_a_site_is_framed_by_its_own_origins_alone(url: str) -> None:
    page = httpx.get(f"{url}/embed?site=all")
    assert page.status_code == 200
    assert policy(page)["frame-ancestors"] == "'self' https://news.example http://127.0.0.1:8000"
    assert policy(page)["script-src"] == policy(page)["connect-src"] == "'self'"
    assert policy(page)["default-src"] == "'none'"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "x-frame-options" not in page.headers
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"), [("/embed?site=closed", 403), ("/embed?site=nobody", 404), ("/embed", 404), ("/library", 200)]
)
def test_everything_else_is_framed_by_nobody_and_holds_no_token(url: str, path: str, status: int) -> None:
    page = httpx.get(f"{url}{path}")
    assert page.status_code == status
    assert policy(page)["frame-ancestors"] == "'none'"
    assert page.headers["x-frame-options"] == "DENY"
    assert "token" not in page.text


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("all", "https://evil.example", 403),
        ("closed", HOST_PAGE, 403),
        ("nobody", HOST_PAGE, 404),
        ("all", "null", 403),
    ],
)
def test_a_page_that_may_not_frame_it_is_told_why_and_gets_no_token(
    url: str, site: str, origin: str, status: int
) -> None:
    page = httpx.get(f"{url}/embed", params={"site": site, "from": origin})
    assert page.status_code == status
    assert policy(page)["frame-ancestors"] == "*"
    assert policy(page)["script-src"] == "'self'"
    assert "x-frame-options" not in page.headers
    assert "token" not in page.text
    assert "sites.toml" in page.text
    allowed = httpx.get(f"{url}/embed", params={"site": "all", "from": HOST_PAGE})
    assert allowed.status_code == httpx.get(f"{url}/embed", params={"site": "all", "from": url}).status_code == 200
    assert policy(allowed)["frame-ancestors"] == "'self' https://news.example http://127.0.0.1:8000"
    hostile = httpx.get(f"{url}/embed", params={"site": HOSTILE_TITLE, "from": HOSTILE_TITLE}).text
    assert "<img" not in hostile


def test_the_page_is_told_what_its_site_is_and_nothing_secret(url: str) -> None:
    told = embedded(url, "all")
    assert (told["site"], told["title"], told["links"], told["language"]) == ("all", "All", "_blank", "en")
    assert told["languages"] == list(LANGUAGES)
    assert told["accent"] == {"light": None, "dark": "#fca5a5"}
    assert told["parent_origins"] == [HOST_PAGE, "http://127.0.0.1:8000"]
    assert (told["feedback_days"], told["how_url"], told["article"]) == (30, "how?site=all", None)
    assert KEY not in json.dumps(told)
    arabic = httpx.get(f"{url}/embed?site=courier").text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert embedded(url, "courier", language="en")["language"] == "en"
    assert embedded(url, "courier", language="<b>")["language"] == "ar"


def test_a_site_without_a_language_speaks_the_browsers(url: str) -> None:
    accepted = {"accept-language": "fr-CH,fr;q=0.9,en;q=0.8"}
    assert '<html lang="fr" dir="ltr">' in httpx.get(f"{url}/embed?site=all", headers=accepted).text
    assert '<html lang="uk" dir="ltr">' in httpx.get(f"{url}/embed?site=all&lang=uk", headers=accepted).text
    assert '<html lang="ar" dir="rtl">' in httpx.get(f"{url}/embed?site=courier", headers=accepted).text


def test_what_is_wrong_with_a_site_is_a_module_that_any_page_may_load(url: str) -> None:
    def wrong(site: str, origin: str = HOST_PAGE) -> list[str]:
        asked_for = {"site": site, "from": origin}
        answer = httpx.get(f"{url}/embed/check.js", params=asked_for, headers={"origin": origin})
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["access-control-allow-origin"] == "*"
        told: list[str] = json.loads(answer.text.removeprefix("export default "))
        return told

    assert wrong("all") == []
    (missed,) = wrong("misspelt")
    assert "'The Ouldan Courier' may be meant" in missed
    assert "not among the origins" in wrong("all", "https://evil.example")[0]
    assert "'all' may be meant" in wrong("al")[0]
    assert len(wrong(HOSTILE_TITLE)) == 1


def test_a_hostile_title_stays_text(url: str) -> None:
    page = httpx.get(f"{url}/embed?site=hostile").text
    assert embedded(url, "hostile")["title"] == HOSTILE_TITLE
    assert embedded(url, "hostile")["starters"] == ["</script>"]
    assert page.count("</script>") == 2
    assert "<img" not in page
    assert "\u2028" not in page.split("dateline-config")[1].split("</script>")[0]
    assert page.split("<title>")[1].startswith("&lt;/script&gt;")
    assert "{{config}} &amp; " in page


def test_the_article_that_the_page_is_about_is_named_if_the_site_may_answer_from_it(url: str) -> None:
    title = "Ouldan bursts its banks: half of Brackenford under water"
    assert embedded(url, "all", article=FLOOD)["article"] == {"url": FLOOD, "title": title}
    assert embedded(url, "weather", article=FLOOD)["article"]["title"] == title
    assert embedded(url, "weather", article=CREDITED)["article"] is None
    assert embedded(url, "all", article="https://elsewhere.example/")["article"] is None
    assert embedded(url, "all", article="javascript:alert(1)")["article"] is None
    assert embedded(url, "all", article="http://[")["article"] is None


def test_a_token_asks_without_the_key_and_opens_nothing_else(url: str) -> None:
    assert answered(asked(url, "all", EVACUATED))["status"] == "answered"
    token = {"x-dateline-token": embedded(url, "all")["token"], "origin": url}
    for path in ("/api/search?q=river", "/v1/models", "/api/articles/courier-88213", "/api/asking"):
        assert httpx.get(f"{url}{path}", headers=token).status_code == 401
    given = {"question": "?", "answer": "!", "thumb": "up", "consent": True}
    kept = httpx.post(f"{url}/api/feedback", json=given, headers=token)
    assert kept.status_code == 201
    assert httpx.delete(f"{url}/api/feedback/{kept.json()['receipt']}", headers=token).status_code == 204
    assert httpx.post(f"{url}/api/feedback", json=given).status_code == 401


@pytest.mark.parametrize("origin", [HOST_PAGE, "null", "http://127.0.0.1:1"])
def test_other_pages_can_use_no_token_not_even_those_that_frame_it(url: str, origin: str) -> None:
    assert asked(url, "all", EVACUATED, origin=origin).status_code == 403
    wanted = httpx.post(f"{url}/embed/token", json={"site": "all"}, headers={"origin": origin})
    assert wanted.status_code == 403


def test_a_token_that_does_not_come_from_a_page_or_is_not_ours_is_refused(url: str) -> None:
    token = embedded(url, "all")["token"]
    bare = httpx.post(f"{url}/api/ask", json={"question": EVACUATED}, headers={"x-dateline-token": token})
    foreign = asked(url, "all", EVACUATED, token=SiteTokens().issue("all").text)
    for refused in (bare, foreign):
        assert refused.status_code == 401
        assert refused.json()["code"] == "invalid_token"
    assert httpx.post(f"{url}/api/ask", json={"question": EVACUATED}).json()["code"] == "invalid_api_key"


def test_our_own_page_gets_a_fresh_token_for_an_open_site(url: str) -> None:
    def wanted(site: str, **headers: str) -> httpx.Response:
        return httpx.post(f"{url}/embed/token", json={"site": site}, headers=headers)

    fresh = wanted("all", origin=url)
    assert fresh.headers["cache-control"] == "no-store"
    assert answered(asked(url, "all", EVACUATED, token=fresh.json()["token"]))
    assert wanted("all", **{"sec-fetch-site": "same-origin"}).status_code == 200
    assert wanted("all", **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert wanted("all").status_code == 403
    assert wanted("closed", origin=url).status_code == wanted("nobody", origin=url).status_code == 404


def test_a_site_answers_from_its_outlets_whatever_is_asked_for(url: str) -> None:
    told = answered(asked(url, "courier", EVACUATED))
    assert hit_values(told, "source") == {"The Ouldan Courier"}
    assert "1,240" in told["answer"]
    named = answered(asked(url, "courier", f"According to Northlight News Agency, {EVACUATED.lower()}"))
    assert hit_values(named, "source") <= {"The Ouldan Courier"}
    both = {"sources": ["Northlight News Agency", "The Ouldan Courier"]}
    assert hit_values(answered(asked(url, "courier", EVACUATED, filters=both)), "source") == {"The Ouldan Courier"}
    refused = asked(url, "courier", EVACUATED, filters={"sources": ["Northlight News Agency"]})
    assert refused.status_code == 422
    assert "does not answer from Northlight News Agency" in refused.json()["detail"]
    assert hit_values(answered(asked(url, "all", EVACUATED)), "source") > {
        "The Ouldan Courier",
        "Northlight News Agency",
    }


def test_a_site_answers_from_its_sections(url: str) -> None:
    told = answered(asked(url, "weather", EVACUATED))
    assert hit_values(told, "id") == {"courier-88213", "nna-20260906-0042"}
    assert answered(asked(url, "weather", "What is new?"))["citations"]
    assert hit_values(answered(asked(url, "weather", "What is new?")), "id") <= {"courier-88213", "nna-20260906-0042"}
    assert answered(asked(url, "weather", RATE))["status"] == "not_found"
    assert asked(url, "weather", RATE, filters={"sections": ["Business"]}).status_code == 422


def test_a_site_answers_as_of_its_own_newest_article(url: str, sample_library: Library) -> None:
    newest = {
        "weather": max(
            article.published_at.latest
            for article in sample_library.record.articles()
            if article.section == "Weather" and article.published_at
        ),
        "all": sample_library.latest_date(),
    }
    for site, as_of in newest.items():
        for question in (EVACUATED, "hello"):
            assert datetime.fromisoformat(answered(asked(url, site, question))["as_of"]) == as_of
    assert newest["weather"] < newest["all"]


def test_a_site_speaks_of_its_own_counts(url: str, sample_library: Library) -> None:
    record = sample_library.record
    for site, held in (
        ("courier", [article for article in record.articles() if article.source == "The Ouldan Courier"]),
        ("weather", [article for article in record.articles() if article.section == "Weather"]),
        ("all", list(record.articles())),
    ):
        outlets = {article.source for article in held if article.source}
        counted = f"{len(held)} articles of {len(outlets)} outlet{'' if len(outlets) == 1 else 's'}"
        assert f'"searching {len(held)} articles"' in asked(url, site, EVACUATED).text
        assert counted in answered(asked(url, site, "What can you do?"))["answer"]
        page = httpx.get(f"{url}/how?site={site}").text
        rows = dict(re.findall(r'<th scope="row"><bdi>([^<]+)</bdi></th><td>(\d+)</td>', page))
        assert {name: int(count) for name, count in rows.items()} == Counter(
            article.source or "Unknown outlet" for article in held
        )
    assert '"searching 1 article"' in asked(url, "all", EVACUATED, article=FLOOD).text


def test_a_token_gets_quotes_alone_and_the_key_the_passages_too(url: str) -> None:
    assert {hit["text"] for hit in answered(asked(url, "all", EVACUATED))["hits"]} == {None}
    body, key = {"question": EVACUATED}, {"authorization": f"Bearer {KEY}"}
    whole = answered(httpx.post(f"{url}/api/ask", json=body, headers=key, timeout=60))
    assert all(hit["text"] for hit in whole["hits"])
    both = {**key, "origin": url, "x-dateline-token": embedded(url, "all")["token"]}
    shown = answered(httpx.post(f"{url}/api/ask", json=body, headers=both, timeout=60))
    assert {hit["text"] for hit in shown["hits"]} == {None}


def test_about_one_article_is_answered_from_it_and_its_copies(url: str) -> None:
    flood = answered(asked(url, "all", EVACUATED, article=FLOOD))
    assert hit_values(flood, "id") == {"courier-88213"}
    assert "1,240" in flood["answer"]
    for name in (CREDITED, "nna-20260917-0088"):
        rate = answered(asked(url, "all", RATE, article=name))
        assert hit_values(rate, "id") <= {"courier-88406", "nna-20260917-0088"}
        assert "3.25" in rate["answer"]
    assert answered(asked(url, "all", RATE, article=FLOOD))["status"] == "not_found"
    # That the library holds what the site may not answer from is none of its readers' business.
    assert asked(url, "weather", RATE, article=CREDITED).status_code == 422
    whole = answered(asked(url, "all", "What is this article about?", article=FLOOD))
    assert [citation["article"]["id"] for citation in whole["citations"]] == ["courier-88213"] * 4
    assert whole["citations"][0]["start"] == 0
    missing = asked(url, "all", RATE, article="https://elsewhere.example/a")
    assert missing.status_code == 422
    assert "does not hold this article" in missing.json()["detail"]


def test_a_program_with_the_key_can_ask_about_one_article_too(url: str) -> None:
    key = {"authorization": f"Bearer {KEY}"}
    body = {"question": EVACUATED, "article": "courier-88213"}
    told = answered(httpx.post(f"{url}/api/ask", json=body, headers=key, timeout=60))
    assert hit_values(told, "id") == {"courier-88213"}


def test_a_reader_who_asks_a_site_too_often_is_told_when_to_ask_again(url: str) -> None:
    token = embedded(url, "slow")["token"]
    seen = [asked(url, "slow", "Hello", token=token) for _ in range(3)]
    assert [response.status_code for response in seen] == [200, 200, 429]
    assert 0 < int(seen[2].headers["retry-after"]) <= 30
    assert seen[2].json()["code"] == "rate_limit_exceeded"
    assert asked(url, "all", "Hello").status_code == 200


async def posted(app: Any, token: str, client: str) -> int:
    transport = httpx.ASGITransport(app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as session:
        sent = {"x-dateline-token": token, "origin": "http://127.0.0.1"}
        return (await session.post("/api/ask", headers=sent)).status_code


def test_a_limit_is_of_one_reader_of_one_site_and_a_token_ends_with_its_time() -> None:
    now = Clock()
    tokens = SiteTokens(clock=now)
    desk = SiteTokenAuth(SITES, tokens, requests_per_minute=1, clock=Clock())
    app = ApiKeyMiddleware(plain, api_key=KEY, limit=RateLimit(1), site_auth=desk)

    def status(site: str, client: str = "192.0.2.1", token: str = "") -> int:
        return awaited(posted(app, token or tokens.issue(site).text, client))

    assert [status("slow"), status("slow"), status("slow")] == [200, 200, 429]
    assert [status("all"), status("all")] == [200, 429]
    assert status("slow", client="192.0.2.2") == 200
    assert status("closed") == status("nobody") == 401
    old = tokens.issue("courier").text
    now.now = 600
    assert status("courier", token=old) == 401
    assert status("courier") == 200


def test_the_loader_is_to_be_had_from_any_page_and_the_frames_files_are_not(url: str, files: WidgetFiles) -> None:
    foreign = {"origin": "https://anyone.example"}
    newest = httpx.get(f"{url}/widget.js", headers=foreign)
    assert newest.text == "// the loader"
    assert newest.headers["content-type"] == "text/javascript; charset=utf-8"
    assert newest.headers["access-control-allow-origin"] == "*"
    assert newest.headers["cross-origin-resource-policy"] == "cross-origin"
    assert newest.headers["cache-control"] == "public, max-age=300"
    assert httpx.get(f"{url}/widget/assets/embed.js", headers=foreign).status_code == 403
    assert httpx.post(f"{url}/widget.js", headers=foreign).status_code == 403
    assert httpx.get(f"{url}/widget/v{files.version}/../assets/embed.js", headers=foreign).status_code != 200


def test_a_pinned_loader_never_changes_and_is_what_its_hash_says(url: str) -> None:
    told = httpx.get(f"{url}/widget/versions.json").json()
    pinned = httpx.get(f"{url}{told['url']}", headers={"origin": "https://anyone.example"})
    assert told["url"] == f"/widget/v{told['version']}/widget.js"
    assert told["integrity"] == f"sha384-{base64.b64encode(hashlib.sha384(pinned.content).digest()).decode()}"
    assert re.fullmatch(r"1\.[0-9a-f]{8}", told["version"])
    assert "immutable" in pinned.headers["cache-control"]
    assert pinned.headers["access-control-allow-origin"] == "*"
    assert httpx.get(f"{url}/widget/v1.0a1b2c3d/widget.js").text == "// an older loader"
    assert httpx.get(f"{url}/widget/v1.ffffffff/widget.js").status_code == 404


def test_files_travel_packed_to_those_who_take_it_so(url: str) -> None:
    with httpx.Client() as client, client.stream("GET", f"{url}/widget/assets/embed.js") as packed:
        assert packed.headers["content-encoding"] == "gzip"
        assert "accept-encoding" in packed.headers["vary"]
        body = b"".join(packed.iter_raw())
    as_it_is = httpx.get(f"{url}/widget/assets/embed.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in as_it_is.headers
    assert gzip.decompress(body) == as_it_is.content
    assert len(body) < len(as_it_is.content)
    streamed = asked(url, "all", "Hello")
    assert "content-encoding" not in streamed.headers


def test_the_frames_files_are_kept_as_long_as_their_version(url: str, files: WidgetFiles) -> None:
    version = embedded(url, "all")["version"]
    assert "immutable" in httpx.get(f"{url}/widget/assets/embed.css?v={version}").headers["cache-control"]
    assert "immutable" not in httpx.get(f"{url}/widget/assets/embed.css?v=1").headers["cache-control"]
    assert httpx.get(f"{url}/widget/assets/messages/ar.json").json() == in_language("ar").for_widget()


@pytest.mark.parametrize(
    "name",
    [
        "embed.html",
        "widget.js",
        "nothing.js",
        "../chat.js",
        "..%2fchat.js",
        "%2e%2e/%2e%2e/security.py",
        "messages/../embed.html",
        "/etc/passwd",
        "old/1.0a1b2c3d.js",
        "",
    ],
)
def test_no_other_name_is_served(url: str, name: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:  # a client would tidy the path
        line.sendall(f"GET /widget/assets/{name} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n".encode())
        status = line.makefile("rb").readline()
    assert status.split()[1] == b"404"


def test_the_demo_shows_a_site_and_what_to_paste(url: str, files: WidgetFiles) -> None:
    demo = httpx.get(f"{url}/demo?site=courier")
    assert policy(demo)["frame-src"] == policy(demo)["script-src"] == "'self'"
    told = json.loads(demo.text.split('id="dateline-config">')[1].split("</script>")[0])
    assert (told["site"], told["integrity"], told["version"]) == ("courier", files.integrity, files.version)
    assert [site["id"] for site in told["sites"]] == [site.id for site in SITES]
    assert '"site": "all"' in httpx.get(f"{url}/demo").text
    assert httpx.get(f"{url}/demo?site=nobody").status_code == 404


def test_how_answers_are_made_is_told_with_the_sources_of_the_site(url: str) -> None:
    courier, weather = httpx.get(f"{url}/how?site=courier"), httpx.get(f"{url}/how?site=weather")
    assert "made by a machine" in courier.text
    assert "The Ouldan Courier" in courier.text
    assert "Lattice Weekly" not in courier.text
    assert "only the sections Weather" in weather.text
    assert "<script" not in httpx.get(f"{url}/how?site=hostile").text
    assert "Lattice Weekly" in httpx.get(f"{url}/how").text
    assert httpx.get(f"{url}/how?site=nobody").status_code == 404


def test_what_we_ship_is_served_whole_where_the_settings_name_a_site(data: Path, tmp_path: Path) -> None:
    sites = tmp_path / "sites.toml"
    sites.write_text(f'[[site]]\nid = "one"\ntitle = "One"\norigins = ["{HOST_PAGE}"]\n', "utf-8")
    with serving(data, DATELINE_SITES=str(sites)) as server:
        for path in ("/embed?site=one", "/demo"):
            page = httpx.get(f"{server.url}{path}", timeout=30)
            assert page.status_code == 200
            assert "{{" not in page.text
            for asset in re.findall(r'(?:src|href)="(/[^"?#]*[^"]*)"', page.text):
                assert httpx.get(f"{server.url}{asset}").status_code == 200, asset
        assert httpx.get(f"{server.url}/widget.js").status_code == 200
        assert httpx.get(f"{server.url}/").headers["x-frame-options"] == "DENY"


def test_without_sites_there_is_no_widget(server: SimpleNamespace) -> None:
    for path in ("/embed?site=sample", "/demo"):
        assert httpx.get(f"{server.url}{path}").status_code == 404


def test_a_wrong_sites_file_is_said_before_the_server_starts(data: Path, tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text('[[site]]\nid = "a"\ntitle = "A"\ncolour = "red"\n', "utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DATELINE_SITES", str(tmp_path / "sites.toml"))
        done = run("app", "--data", str(data), "--port", "0")
    assert done.returncode == 2
    assert "site.0.colour" in done.out
