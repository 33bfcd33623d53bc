"""`python app.py [--host 127.0.0.1] [--port 7860] [--data DIR] [--allow-origin ORIGIN]...`: serves the web front."""

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

# Until it serves, Ctrl-C ends it without a word: importing takes seconds, and a traceback tells nobody anything.
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)

# Read when the libraries are imported: no analytics, no version check, no telemetry.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Gradio would keep who asked when for 10,000 events, and count them again after each.
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"

import uvicorn

from rag.engine import open_dateline
from rag.errors import DatelineError, SettingsError
from rag.indexes.model_server import SettingNames, problem_of
from rag.library.integrity import ensure_indexes
from rag.outlets import outlets_of
from rag.settings import Settings, load_settings, settings_help
from rag.store.conversations import conversation_store
from rag.store.feedback import FEEDBACK_FILE, FeedbackStore
from rag.store.site_usage import SiteUsage
from rag.store.token_ledger import USAGE_FILE
from web.security import PathMiddleware, TrustedProxyMiddleware, access_from, root_path_from, trusted_proxies
from web.server import server_config, web_app
from web.shutdown import ShutdownMiddleware
from web.sites import sites_from, unknown_names
from web.widget import widget_files

log = logging.getLogger("app")  # its name would else be `__main__`


class _Server(uvicorn.Server):
    """Prints its address as soon as it listens, and ends quietly.

    Args:
        config: Of uvicorn.
        requests: Those that are open when it is stopped.
        readers: Where readers reach it, if not there.
    """

    def __init__(self, config: uvicorn.Config, requests: ShutdownMiddleware, readers: Sequence[str]) -> None:
        super().__init__(config)
        self._requests = requests
        self._readers = readers

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
            readers = f", for readers at {' and '.join(self._readers)}" if self._readers else ""
            print(f"Dateline is ready at http://{host}:{self.config.port}{readers}", flush=True)  # noqa: T201

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Whoever is left without an answer has been told; uvicorn would log it as an error.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._requests.stop()
        await super().shutdown(sockets)
        if self._requests.is_working:
            # Threads that still wait for a model server would keep the process for minutes.
            sys.stdout.flush()
            os._exit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is stopped; returns the exit code: 0 when stopped, 2 if it could not start."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        _serve(options)
    except DatelineError as error:
        print(f"app: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description="Serves the chat, the API and the widget until it is stopped (Ctrl-C, SIGTERM).",
        epilog=settings_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port to listen on (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="directory of the library (default: DATELINE_DATA, else ./data)")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="where readers reach the server besides loopback, e.g. https://news.example, or an application that may "
        "ask, e.g. app://notes; may be repeated (default: none)",
    )
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy whose X-Forwarded-For, -Proto and -Host are trusted, e.g. 127.0.0.1 or 10.0.0.0/24; "
        "may be repeated (default: none)",
    )
    parser.add_argument(
        "--root-path",
        default="",
        metavar="PATH",
        help="path under which a proxy serves this server, e.g. /news; the proxy may take it off or leave it "
        "(default: none)",
    )
    return parser


def _serve(options: argparse.Namespace) -> None:
    """Serves until it is stopped.

    Raises:
        DatelineError: It cannot start; the message says why, in one line.
    """
    settings = load_settings(options.data)
    access = access_from(settings, host=options.host, origins=options.allow_origin)
    proxies = trusted_proxies(options.trusted_proxy)
    root_path = root_path_from(options.root_path)
    widget = widget_files()
    sites = sites_from(settings)
    with _listening(options.host, options.port) as listening:
        doubts = _doubtful_servers(settings)
        ensure_indexes(settings)
        dateline = open_dateline(settings)
        record = dateline.library.record
        for warning in (*doubts, *unknown_names(sites, outlets=record.outlet_names(), sections=record.section_names())):
            log.warning("%s", warning)
        app = web_app(
            dateline,
            _examples(settings.data),
            access=access,
            feedback=FeedbackStore(settings.data / FEEDBACK_FILE, days=settings.feedback_days),
            conversations=conversation_store(settings.data, days=settings.conversation_days),
            full_text=frozenset(outlet.name for outlet in outlets_of(settings.sources) if outlet.full_text),
            sites=sites,
            widget=widget,
            usage=SiteUsage(settings.data / USAGE_FILE) if sites else None,
            root_path=root_path,
        )
        requests = ShutdownMiddleware(app)
        behind_proxies = TrustedProxyMiddleware(PathMiddleware(requests, root_path=root_path), trusted=proxies)
        readers = [f"{origin}{root_path}/" for origin in access.origins if origin.startswith("http")]
        server = _Server(server_config(behind_proxies, host=options.host, port=options.port), requests, readers)
        # uvicorn, which handles them while it serves, sends the signal again afterwards.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        server.run([listening])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        SettingsError: The port is taken, is none, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OverflowError as error:
        raise SettingsError(f"port {port} is none; choose one from 1 to 65535 with --port") from error
    except OSError as error:
        # Python says the address once more in its own words.
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise SettingsError(f"port {port} on {host}: {reason}; choose another with --port or --host") from error


def _doubtful_servers(settings: Settings) -> list[str]:
    """What is doubtful about the model servers that the settings name.

    Raises:
        SettingsError: One refuses its key.
    """
    asked = []
    if settings.generates:
        names = SettingNames("OPENAI_BASE_URL", "OPENAI_API_KEY", "DATELINE_CHAT_MODEL")
        asked.append((settings.openai_base_url, settings.openai_api_key, settings.chat_model, names))
    if settings.embedding_base_url:
        names = SettingNames(*(f"DATELINE_EMBEDDING_{end}" for end in ("BASE_URL", "API_KEY", "MODEL")))
        asked.append((settings.embedding_base_url, settings.embedding_api_key, settings.embedding_model, names))
    problems = (problem_of(url, key, model=model, names=names) for url, key, model, names in asked)
    return [problem for problem in problems if problem]


def _examples(data: Path) -> list[str]:
    """Example questions: the lines of `examples.txt` in the data directory, if it exists."""
    file = data / "examples.txt"
    return (
        [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if file.exists()
        else []
    )


if __name__ == "__main__":
    sys.exit(main())
