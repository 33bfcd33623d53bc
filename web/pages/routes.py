"""`/article/ID`, `/library` and `/docs`: pages without script, under a policy of their own."""

import base64
import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from rag.library.library import LAST_INGEST_FACT, Library
from rag.models import Filters
from web.links import Links
from web.pages.articles import extract, holding
from web.pages.html import article_html, how_html, library_html, missing_html, page_html, withdrawn_html
from web.pages.openapi import openapi_html
from web.sites import Site

_STYLE = (Path(__file__).parents[1] / "assets" / "page.css").read_text(encoding="utf-8")
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page_routes(
    library: Library, links: Links, *, full_text: Collection[str] = frozenset(), sites: Sequence[Site] = ()
) -> APIRouter:
    """The pages beside the chat.

    Args:
        library: Shown.
        links: Read, to tell which passage one opens.
        full_text: Outlets whose articles may be shown whole; of others, only the passage that a link opens is.
        sites: Whose sources `/how` can name.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/article/{article_id:path}")
    def article(article_id: str, cited: str = "") -> HTMLResponse:
        held = holding(library, article_id)
        if held is None:
            return _page("No such article", missing_html(), status=404)
        if held.current is None:
            return _page("Withdrawn", withdrawn_html(), status=410)
        opened = links.opened(article_id, cited)
        shown = extract(
            held.current,
            library.record.passages_of(article_id),
            cited=opened,
            full_text=full_text,
            strange=bool(cited) and opened is None,
        )
        return _page(held.current.title or "Untitled", article_html(held, shown))

    @routes.get("/library")
    def holdings() -> HTMLResponse:
        report = library.record.facts.get(LAST_INGEST_FACT)
        main = library_html(
            library.status(),
            horizon=library.latest_date(),
            unembedded=library.record.unembedded_passages(),
            last_ingest=json.loads(report) if report else None,
            sources=library.record.crawl_state.source_statuses(since=datetime.now(UTC) - timedelta(days=1)),
        )
        return _page("The library", main)

    @routes.get("/how")
    def how(site: str = "") -> HTMLResponse:
        known = next((one for one in sites if one.id == site), None)
        if site and known is None:
            return plain_page("No such site", "<p>No site of this name is served here.</p>", status=404)
        outlets = library.record.outlets(known.bounded(Filters()) if known else None)
        main = how_html(known.title if known else "Dateline", outlets, known.sections if known else ())
        return _page("How answers are made", main)

    @routes.get("/docs")
    def described(request: Request) -> HTMLResponse:
        return _page("For programs", openapi_html(request.app.openapi()))

    return routes


def plain_page(title: str, said: str, *, status: int) -> HTMLResponse:
    """A page that says why there is nothing to see; `said` is HTML."""
    return _page(title, f"<h1>{title}</h1>{said}", status=status)


def _page(title: str, main: str, *, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        page_html(f"{title} · Dateline", main, style=_STYLE),
        status_code=status,
        headers={"content-security-policy": PAGE_POLICY, "cache-control": "no-cache"},
    )
