"""The application: our own routes, then the chat mounted at `/`."""

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

from rag.engine import Dateline
from rag.library.base import ReadableLibrary
from rag.library.health import answering
from rag.models import Filters
from rag.query.follow_ups import opening_questions
from rag.store.conversations import ConversationStore
from rag.store.feedback import FeedbackStore
from rag.store.site_usage import SiteUsage
from web.api import (
    MOST_FEEDBACK_BYTES,
    ConcurrencyLimit,
    Disclosure,
    api_routes,
    feedback_routes,
    misplaced_routes,
    openai_routes,
)
from web.chat.gateway import mount_chat
from web.chat.page import chat_page, page_settings
from web.error_boundary import ErrorBoundaryMiddleware
from web.errors import REFUSALS, shape_errors
from web.links import CitationLinks, stored_links
from web.pages import conversation_routes, page_routes, usage_routes
from web.security import (
    MOST_HEAD_BYTES,
    Access,
    ApiKeyMiddleware,
    BoundedProtocol,
    RateLimit,
    RequestLimitsMiddleware,
    SiteTokenAuth,
    TrustedProxyMiddleware,
)
from web.security.headers import App, SecurityHeadersMiddleware
from web.sites import Site
from web.widget import MOST_TOKEN_BYTES, WidgetFiles, embed_routes, widget_routes

_AT_ONCE = 64
"""Questions that the API answers at the same time: most of them wait for a language model."""
_NO_END = 2**40
"""A date in epoch seconds that no article has reached."""
_EXAMPLES_FROM = 20
_DAY_SECONDS = 86_400.0
_STOPS_WITHIN = 8
"""Seconds; a little more than requests have to end."""
_THREADS = _AT_ONCE + 32
"""A streamed answer takes a thread while it waits; the others are for pages and refusals."""


def web_app(
    dateline: Dateline,
    examples: list[str],
    *,
    access: Access | None = None,
    full_text: frozenset[str] = frozenset(),
    feedback: FeedbackStore | None = None,
    conversations: ConversationStore | None = None,
    sites: Sequence[Site] = (),
    widget: WidgetFiles | None = None,
    usage: SiteUsage | None = None,
    root_path: str = "",
) -> App:
    """The ASGI application.

    Args:
        dateline: Answers.
        examples: Questions that the chat offers; if empty, they are made from the newest headlines.
        access: How open the server is; by default to this machine only, without key or limit.
        full_text: Outlets whose articles may be shown whole.
        feedback: Stores readers' feedback; by default none is accepted.
        conversations: Stores readers' conversations; by default none are kept.
        sites: Whose pages may show the widget; by default none.
        widget: Files of the widget; by default there is no widget.
        usage: Counts the questions of sites, for their publishers; by default they are not counted.
        root_path: Prefix of its paths, as readers reach them; `PathMiddleware` takes it off requests.
    """
    access = access or Access()
    links = stored_links(dateline.library.record, root_path=root_path)
    app = routes_app(
        dateline,
        access=access,
        links=links,
        full_text=full_text,
        feedback=feedback,
        conversations=conversations,
        sites=sites,
        widget=widget,
        usage=usage,
    )
    newest = dateline.library.record.latest_openings(_NO_END, limit=_EXAMPLES_FROM, filters=Filters())
    page = chat_page(dateline, examples or opening_questions(newest), links, feedback, conversations)
    mount_chat(app, page, page_settings() | {"root_path": root_path or None})
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
    conversations: ConversationStore | None = None,
    usage: SiteUsage | None = None,
) -> FastAPI:
    """The application without the chat; `links` are to cited sentences, the other arguments as of `web_app`."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = _THREADS
        async with _erasing_daily(feedback, conversations):
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
    # Added last, so outermost: pages of allowed origins can read refusals, too.
    # Its presence also keeps Gradio from adding a policy that reflects every origin.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=access.origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["*"],
        # Pages on the web that the operator named may ask a server on loopback or an intranet.
        allow_private_network=True,
        expose_headers=["retry-after"],
    )
    limit = ConcurrencyLimit(_AT_ONCE)
    disclosure = Disclosure(links, full_text)
    app.include_router(api_routes(dateline, limit, disclosure, usage))
    app.include_router(openai_routes(dateline, limit, disclosure))
    if feedback:
        app.include_router(feedback_routes(feedback))
    app.include_router(page_routes(dateline.library, links, full_text=full_text, sites=sites))
    if conversations:
        app.include_router(conversation_routes(conversations, dateline.library, links))
    if usage:
        app.include_router(usage_routes(dateline.library, sites, usage))
    if widget:
        app.include_router(widget_routes(widget))
        days = feedback.days if feedback else None
        app.include_router(embed_routes(dateline.library, auth, widget, feedback_days=days))

    @app.get(
        "/healthz",
        summary="Whether every part of the server answers, and how much the library holds",
        responses={503: {"description": "A part does not answer; `parts` names it"}},
    )
    def healthz() -> JSONResponse:
        return health(dateline.library)

    app.include_router(misplaced_routes())
    return app


@asynccontextmanager
async def _erasing_daily(*stores: FeedbackStore | ConversationStore | None) -> AsyncIterator[None]:
    """Deletes what was kept for its time, at the start and then daily, until the context ends."""

    async def erase() -> None:
        while True:
            for store in stores:
                if store:
                    await asyncio.to_thread(store.erase_old)
            await asyncio.sleep(_DAY_SECONDS)

    task = asyncio.create_task(erase())
    yield
    task.cancel()


def server_config(app: TrustedProxyMiddleware, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """The configuration of uvicorn: HTTP only, with bounds on what clients may leave unfinished.

    Args:
        app: The application, behind the proxies that it trusts.
        host: Shown when the server is ready; the socket is given to `Server.run`.
        port: Likewise.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=cast("type[asyncio.Protocol]", partial(BoundedProtocol, is_proxy=app.trusts)),
        ws="none",
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        # `TrustedProxyMiddleware` reads these headers, from named proxies only.
        proxy_headers=False,
        log_level="warning",
        timeout_graceful_shutdown=_STOPS_WITHIN,
    )


def health(library: ReadableLibrary) -> JSONResponse:
    """200 if the record, both indexes and the embedding model work, else 503."""
    parts = answering(library)
    if not all(parts.values()):
        return JSONResponse({"status": "failing", "parts": parts}, status_code=503)
    status = library.status()
    counts: dict[str, Any] = {"articles": status.articles, "passages": status.passages, "pending": status.pending}
    return JSONResponse({"status": "ok", "parts": parts, **counts})
