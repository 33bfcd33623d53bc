"""The page that the widget frames, the tokens that it asks with, and a demo page."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from rag import messages
from rag.library.base import ReadableLibrary
from rag.messages import LANGUAGES, Catalogue, in_language
from web.jinja import PAGES
from web.language import Reader, ReaderOf, language_of, reader_of
from web.pages import message_response, no_such_site, story_articles
from web.security import SiteTokenAuth, is_of_host, is_own_page
from web.sites import Site, similar_names, unknown_names
from web.widget.assets import WidgetFiles
from web.widget.routes import ANYWHERE, loader_json

_BASE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
DEMO_POLICY = f"{_BASE_POLICY}; frame-src 'self'; frame-ancestors 'none'"
MOST_TOKEN_BYTES = 4000
"""Of a request for a token."""
_MOST_ADDRESS_CHARACTERS = 4000
_SHOWN_OF_NAME = 100


def embed_policy(site: Site) -> str:
    """The policy of the framed page: our own scripts and styles, and only the site's pages around it."""
    ancestors = " ".join(("'self'", *site.origins)) if site.origins else "'none'"
    return f"{_BASE_POLICY}; frame-ancestors {ancestors}"


class TokenRequest(BaseModel):
    """A page of ours asks for a token before its own expires."""

    model_config = ConfigDict(extra="ignore")

    site: Annotated[str, Field(max_length=100)]


def embed_routes(
    library: ReadableLibrary, auth: SiteTokenAuth, files: WidgetFiles, *, feedback_days: int | None
) -> APIRouter:
    """The routes of the widget's own pages.

    Args:
        library: Tells whether the article that a page is about is held.
        auth: Knows the sites and issues tokens.
        files: Of the widget.
        feedback_days: How long feedback is kept; `None` if none is accepted.
    """
    routes = APIRouter(include_in_schema=False)
    routes.include_router(_check_routes(library, auth))

    @routes.get("/embed")
    def embed(
        request: Request,
        site: str = "",
        article: str = "",
        lang: str = "",
        language: str = "",
        origin: Annotated[str, Query(alias="from", max_length=_MOST_ADDRESS_CHARACTERS)] = "",
    ) -> HTMLResponse:
        framed = _open_to(auth.site(site), origin, request)
        if framed is None:
            reader = reader_of(request, lang)
            return _refused(site, origin, auth, files) if origin else _not_open(reader, auth.site(site))
        # `language` is what loaders of before sent.
        accepted = request.headers.get("accept-language", "")
        words = in_language(language_of(accepted, lang, language, framed.language))
        config = {
            **_site_json(framed, files),
            "language": words.language,
            **_token_json(auth, framed),
            "article": _article_json(library, framed, article[:_MOST_ADDRESS_CHARACTERS]),
            "feedback_days": feedback_days,
            "problems": _problems(library, framed),
        }
        page = _page("embed", framed, files, words, config=config)
        # Not compressed: it holds a token and may repeat an address that others chose.
        return HTMLResponse(
            page,
            headers={
                "content-security-policy": embed_policy(framed),
                "cache-control": "no-store",
                "content-language": words.language,
            },
        )

    @routes.post("/embed/token")
    def token(wanted: TokenRequest, request: Request) -> Response:
        site = auth.site(wanted.site)
        if site is None or not site.origins:
            raise HTTPException(404, messages.NO_OPEN_SITE)
        if not is_own_page(request.scope):
            raise HTTPException(403, messages.TOKENS_FOR_WIDGET)
        return JSONResponse(_token_json(auth, site), headers={"cache-control": "no-store"})

    @routes.get("/demo")
    def demo(reader: ReaderOf, site: str = "") -> HTMLResponse:
        shown = auth.site(site or next((each.id for each in auth.sites), ""))
        if shown is None:
            return message_response(reader, "no_site_title", "no_demo_site", status=404)
        page = _page("demo", shown, files, in_language(), config=_demo_json(shown, auth, files))
        return HTMLResponse(page, headers={"content-security-policy": DEMO_POLICY, "cache-control": "no-cache"})

    return routes


def _check_routes(library: ReadableLibrary, auth: SiteTokenAuth) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/embed/check.js")
    def check(
        request: Request,
        site: str = "",
        origin: Annotated[str, Query(alias="from", max_length=_MOST_ADDRESS_CHARACTERS)] = "",
    ) -> Response:
        """What the publisher must put right, as a module that the loader imports: a policy of theirs allows scripts."""
        framed = _open_to(auth.site(site), origin, request)
        wrong = _problems(library, framed) if framed else [_why_refused(site, origin, auth)]
        script = f"export default {json.dumps(wrong)}\n"
        return Response(script, media_type="text/javascript", headers={"cache-control": "max-age=60", **ANYWHERE})

    return routes


def _problems(library: ReadableLibrary, site: Site) -> list[str]:
    record = library.record
    # A publisher's page asks at each view: what the site does not name need not be looked up.
    outlets = record.outlet_names() if site.outlets else ()
    return unknown_names([site], outlets=outlets, sections=record.section_names() if site.sections else ())


def _open_to(site: Site | None, origin: str, request: Request) -> Site | None:
    """The site, if it is open, and to pages of this origin if that is named; the browser checks it in any case."""
    if site is None or not site.origins:
        return None
    return site if not origin or origin in site.origins or is_of_host(request.scope, origin) else None


def _not_open(reader: Reader, site: Site | None) -> HTMLResponse:
    if site is None:
        return no_such_site(reader)
    return message_response(reader, "closed_title", "closed", status=403)


def _refused(site: str, origin: str, auth: SiteTokenAuth, files: WidgetFiles) -> HTMLResponse:
    """What a page's frame gets instead of the widget: it tells the page why, and holds nothing else.

    Any page may frame it, since a frame that the browser blocks cannot tell anything.
    """
    why = _why_refused(site, origin, auth)
    page = PAGES.get_template("widget/refused.html").render(why=why, version=files.assets_version)
    headers = {"content-security-policy": f"{_BASE_POLICY}; frame-ancestors *", "cache-control": "no-store"}
    return HTMLResponse(page, status_code=403 if auth.site(site) else 404, headers=headers)


def _why_refused(site: str, origin: str, auth: SiteTokenAuth) -> str:
    if auth.site(site):
        return messages.site_not_open(site, origin)
    return messages.site_unknown(site[:_SHOWN_OF_NAME], similar_names(site, [each.id for each in auth.sites]))


def _page(name: str, site: Site, files: WidgetFiles, words: Catalogue, *, config: Mapping[str, Any]) -> str:
    return PAGES.get_template(f"widget/{name}.html").render(
        title=site.title,
        language=words.language,
        direction=words.direction,
        words=words,
        version=files.assets_version,
        config=config,
    )


def _site_json(site: Site, files: WidgetFiles) -> dict[str, Any]:
    """What the framed page needs to know of its site."""
    return {
        "site": site.id,
        "title": site.title,
        "greeting": site.greeting,
        "starters": site.starters,
        "languages": LANGUAGES,
        "accent": site.accent.model_dump(),
        "links": site.links,
        "parent_origins": site.origins,
        "version": files.assets_version,
        "how_url": f"how?site={quote(site.id)}",
    }


def _article_json(library: ReadableLibrary, site: Site, reference: str) -> dict[str, str] | None:
    """The article that the host page is about, if the site may answer from it."""
    articles = [article for article in story_articles(library, reference) if site.covers(article)] if reference else []
    return {"url": reference, "title": articles[0].title} if articles else None


def _token_json(auth: SiteTokenAuth, site: Site) -> dict[str, Any]:
    token = auth.token_for(site)
    return {"token": token.text, "token_expires": token.expires}


def _demo_json(site: Site, auth: SiteTokenAuth, files: WidgetFiles) -> dict[str, Any]:
    return {
        "site": site.id,
        "sites": [{"id": each.id, "title": each.title} for each in auth.sites],
        "languages": LANGUAGES,
        "copied": messages.DEMO_COPIED,
        **loader_json(files),
    }
