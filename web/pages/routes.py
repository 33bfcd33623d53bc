"""`/article/ID`, `/library`, `/how` and `/docs`: pages without script, under a policy of their own."""

import base64
import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from rag.library.base import ReadableLibrary
from rag.library.library import LAST_INGEST_FACT
from rag.models import Filters
from web.jinja import STYLE
from web.language import Reader, ReaderOf
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
    def article(article_id: str, reader: ReaderOf, cited: str = "") -> HTMLResponse:
        held = held_article(library, article_id)
        if held is None:
            return message_response(reader, "no_article_title", "no_article", status=404)
        if held.current is None:
            return message_response(reader, "withdrawn_title", "withdrawn", status=410)
        opened = links.opened(article_id, cited)
        shown = extract(
            held.current,
            library.record.passages_of(article_id),
            cited=opened,
            full_text=full_text,
            is_invalid=bool(cited) and opened is None,
        )
        return page_response(reader, article_page(reader, held, shown))

    @routes.get("/library")
    def holdings(reader: ReaderOf) -> HTMLResponse:
        report = library.record.facts.get(LAST_INGEST_FACT)
        page = library_page(
            reader,
            library.status(),
            latest=library.latest_date(),
            unembedded=library.record.unembedded_passages(),
            last_ingest=json.loads(report) if report else None,
            seeds=library.record.crawl_state.seed_statuses(since=datetime.now(UTC) - timedelta(days=1)),
        )
        return page_response(reader, page)

    @routes.get("/how")
    def how(reader: ReaderOf, site: str = "") -> HTMLResponse:
        named = next((each for each in sites if each.id == site), None)
        if site and named is None:
            return no_such_site(reader)
        outlets = library.record.outlets(named.bounded(Filters()) if named else None)
        title, sections = (named.title, named.sections) if named else ("Dateline", ())
        return page_response(reader, how_page(reader, title, outlets, sections))

    @routes.get("/docs")
    def docs(request: Request, reader: ReaderOf) -> HTMLResponse:
        return page_response(reader, openapi_page(reader, request.app.openapi()))

    return routes


def message_response(
    reader: Reader, title: str, message: str, *, status: int, is_private: bool = False
) -> HTMLResponse:
    """A page that only tells why there is nothing else to see, see `message_page`."""
    return page_response(reader, message_page(reader, title, message), status=status, is_private=is_private)


def no_such_site(reader: Reader) -> HTMLResponse:
    """The answer where a site is named that `sites.toml` does not list."""
    return message_response(reader, "no_site_title", "no_site", status=404)


def page_response(reader: Reader, page: str, *, status: int = 200, is_private: bool = False) -> HTMLResponse:
    """A page without script as it is sent.

    Args:
        reader: Sees it.
        page: HTML.
        status: Of HTTP.
        is_private: Nobody is to store it, list it in a search engine, or be told its address.
    """
    headers = {"content-security-policy": PAGE_POLICY, "cache-control": "no-cache", **reader.headers}
    if is_private:
        headers |= {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}
    return HTMLResponse(page, status_code=status, headers=headers)
