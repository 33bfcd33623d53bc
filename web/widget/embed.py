"""The light page that the widget frames, the tokens that it asks with, and a demo page."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from rag.library.library import Library
from web.pages.articles import story_articles
from web.pages.routes import plain_page
from web.security.headers import is_own_page
from web.security.site_tokens import SiteTokenAuth
from web.sites import Site
from web.widget.assets import WidgetFiles, filled
from web.widget.routes import loader_json

_SOURCES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
DEMO_POLICY = f"{_SOURCES}; frame-src 'self'; frame-ancestors 'none'"
_LONGEST_ADDRESS = 4000
MOST_TOKEN_BYTES = 4000
"""Of a request for a token."""


def embed_policy(site: Site) -> str:
    """The policy of the framed page: our own scripts and styles, and only the site's pages around it."""
    ancestors = " ".join(("'self'", *site.origins)) if site.origins else "'none'"
    return f"{_SOURCES}; frame-ancestors {ancestors}"


class TokenRequest(BaseModel):
    """A page of ours asks for a token, its own being about to end."""

    model_config = ConfigDict(extra="ignore")

    site: Annotated[str, Field(max_length=100)]


def embed_routes(library: Library, desk: SiteTokenAuth, files: WidgetFiles, *, feedback_days: int | None) -> APIRouter:
    """The routes of the widget's own pages.

    Args:
        library: Tells whether the article that a page is about is held.
        desk: Knows the sites and issues tokens.
        files: What the widget is made of.
        feedback_days: How long feedback is kept; `None` where none is taken.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/embed")
    def embed(site: str = "", article: str = "", language: str = "") -> HTMLResponse:
        known = desk.site(site)
        if known is None or not known.origins:
            return _not_open(known)
        config = {
            **_described(known, files),
            **({"language": language} if language in files.languages else {}),
            **_fresh(desk, known),
            "article": _about(library, known, article[:_LONGEST_ADDRESS]),
            "feedback_days": feedback_days,
        }
        spoken = str(config["language"])
        page = filled(files.embed, title=known.title, language=spoken, version=files.assets_version, config=config)
        # Not packed: beside the token it may repeat an address that others chose.
        return HTMLResponse(page, headers={"content-security-policy": embed_policy(known), "cache-control": "no-store"})

    @routes.post("/embed/token")
    def token(wanted: TokenRequest, request: Request) -> Response:
        known = desk.site(wanted.site)
        if known is None or not known.origins:
            raise HTTPException(404, "no such site, or it is closed")
        if not is_own_page(request.scope):
            raise HTTPException(403, "tokens are given to the widget's own page only")
        return JSONResponse(_fresh(desk, known), headers={"cache-control": "no-store"})

    @routes.get("/demo")
    def demo(site: str = "") -> HTMLResponse:
        known = desk.site(site or next((one.id for one in desk.sites), ""))
        if known is None:
            return plain_page("No such site", "<p>The demo shows sites of <code>sites.toml</code>.</p>", status=404)
        page = filled(
            files.demo,
            title=known.title,
            language="en",
            version=files.assets_version,
            config=_demo_config(known, desk, files),
        )
        return HTMLResponse(page, headers={"content-security-policy": DEMO_POLICY, "cache-control": "no-cache"})

    return routes


def _not_open(site: Site | None) -> HTMLResponse:
    if site is None:
        return plain_page("No such site", "<p>No site of this name is served here.</p>", status=404)
    return plain_page("Closed", "<p>This site names no origins, so it is closed.</p>", status=403)


def _described(site: Site, files: WidgetFiles) -> dict[str, Any]:
    """What the page must know of its site."""
    return {
        "site": site.id,
        "title": site.title,
        "greeting": site.greeting,
        "starters": site.starters,
        "languages": files.languages,
        "accent": site.accent.model_dump(),
        "language": site.language,
        "links": site.links,
        "parent_origins": site.origins,
        "version": files.assets_version,
        "how_url": f"/how?site={quote(site.id)}",
    }


def _about(library: Library, site: Site, reference: str) -> dict[str, str] | None:
    """The article that the host page is about, if the site may answer from it."""
    held = [one for one in story_articles(library, reference) if site.covers(one)] if reference else []
    return {"url": reference, "title": held[0].title} if held else None


def _fresh(desk: SiteTokenAuth, site: Site) -> dict[str, Any]:
    token = desk.token_for(site)
    return {"token": token.text, "token_expires": token.expires}


def _demo_config(site: Site, desk: SiteTokenAuth, files: WidgetFiles) -> dict[str, Any]:
    return {
        "site": site.id,
        "sites": [{"id": one.id, "title": one.title} for one in desk.sites],
        "languages": files.languages,
        **loader_json(files),
    }
