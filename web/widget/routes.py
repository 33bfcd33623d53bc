"""The widget's files over HTTP: the loader for publishers' pages, and the files that the framed page loads."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from rag import messages
from web.widget.assets import Asset, WidgetFiles

_SHORT = "public, max-age=300"
_FOREVER = "public, max-age=31536000, immutable"
ANYWHERE = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
"""Headers of what pages of any origin may load."""


def widget_routes(files: WidgetFiles) -> APIRouter:
    """The routes of the files.

    Args:
        files: All that is served; no other file can be requested.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/widget.js")
    def loader(request: Request) -> Response:
        return _sent(request, files.loader, {"cache-control": _SHORT, **ANYWHERE})

    @routes.get("/widget/versions.json")
    def versions() -> Response:
        return JSONResponse(loader_json(files), headers={"cache-control": _SHORT})

    @routes.get("/widget/v{version}/widget.js")
    def pinned_loader(version: str, request: Request) -> Response:
        pinned = files.pinned(version)
        if pinned is None:
            raise HTTPException(404, messages.VERSION_NOT_KEPT, ANYWHERE)
        return _sent(request, pinned, {"cache-control": _FOREVER, **ANYWHERE})

    @routes.get("/widget/assets/{name:path}")
    def asset(name: str, request: Request, v: str = "") -> Response:
        file = files.assets.get(name)
        if file is None:
            raise HTTPException(404, messages.NO_FILE)
        return _sent(request, file, {"cache-control": _FOREVER if v == files.assets_version else _SHORT})

    return routes


def loader_json(files: WidgetFiles) -> dict[str, str]:
    """Version, integrity hash and path of the loader, for pages that pin it."""
    return {
        "version": files.version,
        "integrity": files.integrity,
        "url": f"/widget/v{files.version}/widget.js",
    }


def _sent(request: Request, asset: Asset, headers: dict[str, str]) -> Response:
    """The file, gzipped if the browser accepts that."""
    headers = {**headers, "vary": "accept-encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.body, media_type=asset.media_type, headers=headers)
    return Response(asset.gzipped, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"})
