"""`/article/ID`, `/library`, `/how` and `/docs`: pages without script, under a policy of their own."""

import base64
import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from rag import messages
from rag.library.base import ReadableLibrary
from rag.library.library import LAST_INGEST_FACT
from rag.models import Filters
from web.jinja import STYLE
from web.links import CitationLinks
from web.pages.articles import extract, held_article
from web.pages.openapi import openapi_page
from web.pages.views import article_page, how_page, library_page, message_page
from web.sites import Site

_STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page_routes(
    library: ReadableLibrary,
    links: CitationLinks,
    *,
    full_text: Collection[str] = frozenset(),
    sites: Sequence[Site] = (),
) -> APIRouter:
    """The routes of the pages.

    Args:
        library: Shown.
        links: Tell which passage a link opens.
        full_text: Outlets whose articles may be shown whole; of others, only the passage that a link opens is.
        sites: Whose outlets and sections `/how` can name.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/article/{article_id:path}")
    def article(article_id: str, cited: str = "") -> HTMLResponse:
        held = held_article(library, article_id)
        if held is None:
            return message_response(messages.NO_ARTICLE_TITLE, messages.NO_ARTICLE, status=404)
        if held.current is None:
            return message_response(messages.WITHDRAWN_TITLE, messages.WITHDRAWN, status=410)
        opened = links.opened(article_id, cited)
        shown = extract(
            held.current,
            library.record.passages_of(article_id),
            cited=opened,
            full_text=full_text,
            is_invalid=bool(cited) and opened is None,
        )
        return page_response(article_page(held, shown))

    @routes.get("/library")
    def holdings() -> HTMLResponse:
        report = library.record.facts.get(LAST_INGEST_FACT)
        page = library_page(
            library.status(),
            latest=library.latest_date(),
            unembedded=library.record.unembedded_passages(),
            last_ingest=json.loads(report) if report else None,
            seeds=library.record.crawl_state.seed_statuses(since=datetime.now(UTC) - timedelta(days=1)),
        )
        return page_response(page)

    @routes.get("/how")
    def how(site: str = "") -> HTMLResponse:
        named = next((each for each in sites if each.id == site), None)
        if site and named is None:
            return no_such_site()
        outlets = library.record.outlets(named.bounded(Filters()) if named else None)
        return page_response(how_page(named.title if named else "Dateline", outlets, named.sections if named else ()))

    @routes.get("/docs")
    def docs(request: Request) -> HTMLResponse:
        return page_response(openapi_page(request.app.openapi()))

    return routes


def message_response(title: str, message: str, *, status: int, is_private: bool = False) -> HTMLResponse:
    """A page that only tells why there is nothing else to see."""
    return page_response(message_page(title, message), status=status, is_private=is_private)


def no_such_site() -> HTMLResponse:
    """The answer where a site is named that `sites.toml` does not list."""
    return message_response(messages.NO_SITE_TITLE, messages.NO_SITE, status=404)


def page_response(page: str, *, status: int = 200, is_private: bool = False) -> HTMLResponse:
    """A page under the policy of pages without script.

    Args:
        page: HTML.
        status: Of HTTP.
        is_private: Nobody is to store it, list it in a search engine, or be told its address.
    """
    headers = {"content-security-policy": PAGE_POLICY, "cache-control": "no-cache"}
    if is_private:
        headers |= {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}
    return HTMLResponse(page, status_code=status, headers=headers)
