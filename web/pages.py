"""`/article/ID`, `/library` and `/docs`: pages without script, under a policy of their own."""

import base64
import hashlib
import json
from collections.abc import Collection
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from rag.domain import Span
from rag.library import LAST_INGEST_FACT, Library
from web.holdings import extract, holding
from web.openapi_html import openapi_html
from web.page_html import article_html, library_html, missing_html, page_html, withdrawn_html

_STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def page_routes(library: Library, *, full_text: Collection[str] = frozenset()) -> APIRouter:
    """The pages beside the chat.

    Args:
        library: Shown.
        full_text: Outlets whose articles may be shown whole; of others, only cited passages are.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/article/{article_id:path}")
    def article(article_id: str, passages: str = "", start: int | None = None, end: int | None = None) -> HTMLResponse:
        held = holding(library, article_id)
        if held is None:
            return _page("No such article", missing_html(), status=404)
        if held.current is None:
            return _page("Withdrawn", withdrawn_html(), status=410)
        shown = extract(
            held.current,
            library.record.passages_of(article_id),
            asked=frozenset(one for one in passages.split(",") if one),
            quote=None if start is None or end is None else Span(start, end),
            full_text=full_text,
        )
        return _page(held.current.title or "Untitled", article_html(held, shown))

    @routes.get("/library")
    def holdings() -> HTMLResponse:
        report = library.record.fact(LAST_INGEST_FACT)
        main = library_html(
            library.status(),
            horizon=library.horizon(),
            unembedded=library.record.unembedded_passages(),
            last_ingest=json.loads(report) if report else None,
        )
        return _page("The library", main)

    @routes.get("/docs")
    def described(request: Request) -> HTMLResponse:
        return _page("For programs", openapi_html(request.app.openapi()))

    return routes


def _page(title: str, main: str, *, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        page_html(f"{title} · Dateline", main, style=_STYLE),
        status_code=status,
        headers={"content-security-policy": PAGE_POLICY, "cache-control": "no-cache"},
    )
