"""What comes in place of an article is refused with its reason, and what is written about that is not."""

import pytest

from ingest.extract.html import page_records
from rag.errors import RefusedArticle

DATED = '<meta property="article:published_time" content="2026-05-04T16:20:00Z">'
TEXT = (
    "<p>The keepers of the lock at Saltmere have come back to work, and the first barges passed the town at noon.</p>"
    * 3
)


def page(title: str, body: str = "", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body><main>{body}</main></body></html>"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (page("404 - Saltmere Register", "<h1>Oops!</h1><p>Nothing here.</p>"), "no such page"),
        (page("Saltmere Register", "<h1>Sorry, we can’t find that page</h1>"), "no such page"),
        (page("Seite nicht gefunden | Saltmere Register", TEXT), "no such page"),
        (page("Register", "<h1>Cette page n’existe plus</h1>"), "no such page"),
        (page("ページが見つかりません"), "no such page"),
        (page("Страница не найдена"), "no such page"),
        (page("Just a moment...", "<p>Saltmere Register reviews your connection.</p>"), "check"),
        (page("register.example", "<div class='cf-turnstile'></div><p>One more step.</p>"), "check"),
        (page("Access Denied", "<p>You have no permission. Reference 18.5e.</p>"), "check"),
        (
            page("Before you continue to Register", "<p>x</p>", "<meta property='og:site_name' content='Register'>"),
            "consent",
        ),
        (page("Ihre Privatsphäre ist uns wichtig"), "consent"),
        (
            page(
                "Register", "<p>We and our partners use cookies. With your consent we do tracking for advertising.</p>"
            ),
            "consent",
        ),
        (page("Scheduled maintenance", "<p>Back at six.</p>"), "fault"),
        (page("Sign in | Register", "<form></form>"), "login"),
        (page("451: Unavailable due to legal reasons"), "law or region"),
        (
            page("Register", "<p>Unfortunately, our website is currently unavailable in most European countries.</p>"),
            "law",
        ),
        (page("Error 503 Backend fetch failed", "<p>Guru Meditation</p>"), "fault"),
        (page("Error establishing a database connection"), "fault"),
        (page("Too Many Requests", "<p>Slow down.</p>"), "fault"),
        (page("register.example", "<p>The domain register.example may be for sale by its owner!</p>"), "domain"),
        (page("Index of /news", "<pre><a href='a.html'>a.html</a></pre>"), "files of a folder"),
        (page("お探しのページは見つかりませんでした"), "no such page"),
        (page("Register", "<p>You need to enable JavaScript to run this app.</p>"), "check"),
        (page("Search results for: locks", "<p>Sorry, but nothing matched your search terms.</p>"), "no such page"),
        *(
            (page(f"{told} | Saltmere Register"), "no such page")
            for told in (
                "Strona nie została znaleziona",
                "Az oldal nem található",
                "Siden finnes ikke",
                "Sidan kunde inte hittas",
                "Không tìm thấy trang",
                "Lo sentimos, la página que buscas no existe",
                "Deze pagina kan niet worden gevonden",
                "पृष्ठ नहीं मिला",
                "لم يتم العثور على الصفحة",
                "This article has been removed",
                "This story has been moved or deleted",
                "Erreur 404 : page non trouvée",
                "404エラー：ページが存在しません",
                "Такой страницы нет",
            )
        ),
        (page("Register", "<p>Sorry, this content is not available in your location.</p>"), "law"),
        (page("Bevor Sie zu Register weitergehen", "", "<meta property='og:site_name' content='Register'>"), "consent"),
        (page("400 Bad Request"), "fault"),
        (page("Register for free to continue reading"), "subscription"),
        (page("Oj!", "<p>Hit gick det inte.</p>").replace("<body", "<body class='home error404'"), "no such page"),
        (page("Register", TEXT, '<meta name="prerender-status-code" content="404">'), "no such page"),
        (page("Nur einen Moment…", "<p>register.example prüft Ihre Verbindung.</p>"), "check"),
        (page("しばらくお待ちください..."), "check"),
        (page("", "<p>Request unsuccessful. Incapsula incident ID: 123-456</p>"), "check"),
        (page("Register", "<p>My i partnerzy używamy cookies. Wyrażasz zgodę na reklamy.</p>"), "consent"),
        (page("Register", "<p>当サイトではクッキーを使用しています。</p>"), "consent"),
        (page("Register", "<p>You have reached your limit of free articles.</p>"), "subscription"),
        (page("Register", "<p>Fatal error: Uncaught Error: Call to undefined function x()</p>"), "fault"),
        (page("Welcome to nginx!", "<p>The nginx web server is successfully installed and working.</p>"), "domain"),
        (page("Redirecting", "<p>Wait.</p>", '<meta http-equiv="Refresh" content="0; URL=\'/locks\'">'), "leads on to"),
    ],
)
def test_what_comes_in_place_of_an_article_is_refused(html: str, reason: str) -> None:
    with pytest.raises(RefusedArticle, match=reason):
        page_records(html)


@pytest.mark.parametrize(
    "html",
    [
        page("Body not found after ferry accident", TEXT),
        page("404: how a page that is not there became art", TEXT),
        page("Page not found", TEXT, DATED),
        page("Consent law divides the council", TEXT),
        page("Register", f"<h1>Cookies sell out at the fair</h1>{TEXT}"),
        page("Locks open", TEXT, '<meta http-equiv="refresh" content="900">'),
        page("Locks open", TEXT, '<noscript><meta http-equiv="refresh" content="0; url=/plain"></noscript>'),
        page("Town for sale: a domain of the dukes goes under the hammer", TEXT),
        page("Index of prices rises", TEXT),
        page("Removed from office: the keeper of the lock resigns", TEXT),
        page("The statue has been removed", TEXT),
        page("Un momento de silencio en el puerto", TEXT),
        page("Are you human? A play about robots opens in Saltmere", TEXT),
    ],
)
def test_an_article_about_such_notices_is_read(html: str) -> None:
    assert "first barges" in page_records(html)[0].fields["text"]


@pytest.mark.parametrize(
    ("got", "reason"),
    [
        ("https://register.example/", "front page"),
        ("https://www.register.example/en/", "front page"),
        ("https://consent.example/?continue=https%3A%2F%2Fregister.example%2F2026%2Flocks&hl=en", "consent or a login"),
        ("https://register.example/login?next=/2026/locks", "consent or a login"),
        ("https://register.example/404.html", "notice"),
        ("https://register.example/2026/locks-open?from=feed", None),
        ("https://www.register.example/2026/locks/", None),
    ],
)
def test_a_redirect_that_leads_to_no_article_is_refused(got: str, reason: str | None) -> None:
    asked = "https://register.example/2026/locks"
    if reason is None:
        assert page_records(page("Locks open", TEXT), fetched=got, asked=asked)
        return
    with pytest.raises(RefusedArticle, match=reason):
        page_records(page("Locks open", TEXT, DATED), fetched=got, asked=asked)


@pytest.mark.parametrize(
    ("asked", "head"),
    [
        ("https://register.example/news/2026/locks", DATED),
        ("https://register.example/news/amp", ""),
        ("https://register.example/news/2", ""),
    ],
)
def test_a_redirect_to_the_section_leads_to_no_article(asked: str, head: str) -> None:
    section = "https://register.example/news/"
    with pytest.raises(RefusedArticle, match="above it"):
        page_records(page("News", TEXT), fetched=section, asked="https://register.example/news/2026/locks")
    assert page_records(page("News", TEXT, head), fetched=section, asked=asked)
