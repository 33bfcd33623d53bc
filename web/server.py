"""The web server's parts put together: our own routes, then the chat mounted at `/`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

from rag.answering.follow_ups import opening_questions
from rag.engine import Dateline
from rag.library.health import answering
from rag.library.library import Library
from rag.models import Filters
from rag.store.feedback import FeedbackStore
from web.api.concurrency import ConcurrencyLimit
from web.api.disclosure import Disclosure
from web.api.feedback import MOST_FEEDBACK_BYTES, erasing_daily, feedback_routes
from web.api.native import api_routes
from web.api.openai import openai_routes
from web.chat.gateway import mount_chat
from web.chat.page import chat_page, page_settings
from web.error_boundary import ErrorBoundaryMiddleware
from web.errors import REFUSALS, shape_errors
from web.links import CitationLinks, stored_links
from web.pages.routes import page_routes
from web.security.api_key import Access, ApiKeyMiddleware
from web.security.connections import BoundedProtocol
from web.security.headers import App, SecurityHeadersMiddleware
from web.security.limits import MOST_HEAD_BYTES, RequestLimitsMiddleware
from web.security.proxies import TrustedProxyMiddleware
from web.security.rate_limit import RateLimit
from web.security.site_tokens import SiteTokenAuth
from web.sites import Site
from web.widget.assets import WidgetFiles
from web.widget.embed import MOST_TOKEN_BYTES, embed_routes
from web.widget.routes import widget_routes

_AT_ONCE = 64
"""Questions that the API answers at the same time: most of them wait for a language model."""
_EVER = 2**40
_EXAMPLES_FROM = 20
_THREADS = _AT_ONCE + 32
"""A streamed answer holds a thread while it waits; the pages, and what is refused, must find one free."""


def web_app(
    dateline: Dateline,
    examples: list[str],
    *,
    access: Access | None = None,
    full_text: frozenset[str] = frozenset(),
    feedback: FeedbackStore | None = None,
    sites: Sequence[Site] = (),
    widget: WidgetFiles | None = None,
) -> App:
    """The ASGI application.

    Args:
        dateline: Answers.
        examples: Questions that the chat offers; by default made of the newest headlines.
        access: How far the server is open; by default to this machine alone, without key or limit.
        full_text: Outlets whose articles may be shown whole.
        feedback: Where readers' feedback is kept; by default none is taken.
        sites: Whose pages may show the widget; by default no site's.
        widget: Its files; by default there is no widget.
    """
    access = access or Access()
    links = stored_links(dateline.library.record)
    app = routes_app(
        dateline, access=access, links=links, full_text=full_text, feedback=feedback, sites=sites, widget=widget
    )
    newest = dateline.library.record.leads(_EVER, limit=_EXAMPLES_FROM, filters=Filters())
    page = chat_page(dateline, examples or opening_questions(newest), links, feedback)
    mount_chat(app, page, page_settings())
    return SecurityHeadersMiddleware(app, origins=access.origins)


def routes_app(
    dateline: Dateline,
    *,
    access: Access,
    links: CitationLinks,
    full_text: frozenset[str],
    feedback: FeedbackStore | None,
    sites: Sequence[Site],
    widget: WidgetFiles | None,
) -> FastAPI:
    """All but the chat; `links` are those to cited sentences, the other arguments are those of `web_app`."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = _THREADS
        async with erasing_daily(feedback):
            yield

    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, lifespan=lifespan, responses=REFUSALS)
    shape_errors(app)
    auth = SiteTokenAuth(sites, requests_per_minute=access.requests_per_minute)
    most_bytes = {"/api/feedback": MOST_FEEDBACK_BYTES, "/embed/token": MOST_TOKEN_BYTES}
    app.add_middleware(RequestLimitsMiddleware, most_bytes=most_bytes)
    app.add_middleware(
        ApiKeyMiddleware,
        api_key=access.api_key,
        limit=RateLimit(access.requests_per_minute),
        pages=RateLimit(access.articles_per_minute),
        site_auth=auth,
    )
    app.add_middleware(ErrorBoundaryMiddleware)
    # Added last, so outermost: what the gate refuses can be read by the pages of allowed origins.
    # Its presence also keeps Gradio from adding a policy that reflects every origin.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=access.origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["*"],
        expose_headers=["retry-after"],
    )
    limit = ConcurrencyLimit(_AT_ONCE)
    disclosure = Disclosure(links, full_text)
    app.include_router(api_routes(dateline, limit, disclosure))
    app.include_router(openai_routes(dateline, limit, disclosure))
    if feedback:
        app.include_router(feedback_routes(feedback))
    app.include_router(page_routes(dateline.library, links, full_text=full_text, sites=sites))
    if widget:
        app.include_router(widget_routes(widget))
        days = feedback.days if feedback else None
        app.include_router(embed_routes(dateline.library, auth, widget, feedback_days=days))

    @app.get("/healthz", responses={503: {"description": "A part does not answer; `parts` names it"}})
    def healthz() -> JSONResponse:
        return health(dateline.library)

    return app


def server_config(app: TrustedProxyMiddleware, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """How uvicorn serves the application: bounded in what clients may leave undone, and open to HTTP alone.

    Args:
        app: The application, behind the proxies that it believes.
        host: As it is said where the server listens.
        port: Likewise.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=cast("type[asyncio.Protocol]", partial(BoundedProtocol, is_proxy=app.trusts)),
        ws="none",
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        # `TrustedProxyMiddleware` does it, for named proxies alone.
        proxy_headers=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )


def health(library: Library) -> JSONResponse:
    """200 if record, lexical index, Chroma and the embedding model answer, else 503."""
    parts = answering(library)
    if not all(parts.values()):
        return JSONResponse({"status": "failing", "parts": parts}, status_code=503)
    status = library.status()
    held: dict[str, Any] = {"articles": status.articles, "passages": status.passages, "pending": status.pending}
    return JSONResponse({"status": "ok", "parts": parts, **held})
