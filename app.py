"""`python app.py [--host 127.0.0.1] [--port 7860] [--data DIR] [--allow-origin ORIGIN]...`: serves the web front."""

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

# Read when the libraries are imported: no analytics, no version check, no telemetry.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Gradio would keep who asked when for 10,000 events, and count them again after each.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"

import uvicorn

from rag.engine import open_dateline
from rag.errors import DatelineError
from rag.library.integrity import ensure_indexes
from rag.outlets import outlets_of
from rag.settings import load_settings
from rag.store.feedback import FEEDBACK_FILE, FeedbackStore
from web.security import TrustedProxyMiddleware, access_from, trusted_proxies
from web.server import server_config, web_app
from web.sites import sites_from, unknown_names
from web.widget import widget_files

log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """Prints its address as soon as it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
            print(f"Dateline is ready at http://{host}:{self.config.port}", flush=True)  # noqa: T201


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is stopped; returns the exit code: 0 when stopped, 2 if it could not start."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Serves the chat.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--data", type=Path, help="directory of the library (default: ./data)")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="where readers reach the server besides loopback, e.g. https://news.example; may be repeated",
    )
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy whose X-Forwarded-For, -Proto and -Host are trusted, e.g. 127.0.0.1 or 10.0.0.0/24; "
        "may be repeated; by default none is",
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = load_settings(options.data)
        access = access_from(settings, host=options.host, origins=options.allow_origin)
        proxies = trusted_proxies(options.trusted_proxy)
        widget = widget_files()
        sites = sites_from(settings, languages=widget.languages)
    except DatelineError as error:
        return _failed(str(error))
    try:
        listening = socket.create_server(
            (options.host, options.port), family=socket.AF_INET6 if ":" in options.host else socket.AF_INET
        )
    except OSError as error:
        return _failed(f"port {options.port} on {options.host}: {error.strerror}; choose another with --port")
    try:
        ensure_indexes(settings)
        dateline = open_dateline(settings)
        full_text = frozenset(outlet.name for outlet in outlets_of(settings.sources) if outlet.full_text)
        feedback = FeedbackStore(settings.data / FEEDBACK_FILE, days=settings.feedback_days)
    except DatelineError as error:
        return _failed(str(error))
    record = dateline.library.record
    for warning in unknown_names(sites, outlets=record.outlet_names(), sections=record.section_names()):
        log.warning("%s", warning)
    app = web_app(
        dateline,
        _examples(settings.data),
        access=access,
        feedback=feedback,
        full_text=full_text,
        sites=sites,
        widget=widget,
    )
    with listening:
        _Server(server_config(TrustedProxyMiddleware(app, trusted=proxies), host=options.host, port=options.port)).run(
            [listening]
        )
    return 0


def _examples(data: Path) -> list[str]:
    """Example questions: the lines of `examples.txt` in the data directory, if it exists."""
    file = data / "examples.txt"
    return (
        [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if file.exists()
        else []
    )


def _failed(reason: str) -> int:
    print(f"app: {reason}", file=sys.stderr)  # noqa: T201
    return 2


if __name__ == "__main__":
    sys.exit(main())
