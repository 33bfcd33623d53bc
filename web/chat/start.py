"""The page as it is sent: with a script that says, where its other scripts are refused, why nothing is to be seen."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from rag import messages
from web.jinja import PAGES
from web.security.headers import Send

_SCRIPT = (Path(__file__).parents[1] / "assets" / "start.js").read_text(encoding="utf-8")
_END_OF_HEAD = b"</head>"


def explaining(send: Send) -> Send:
    """Sends Gradio's page with our script at the end of its head; Gradio's `head` comes only by its own scripts.

    A proxy that does not pass on the name that readers use makes the browser's requests foreign ones: the page itself
    is served, and everything that it loads refused.
    """
    script = PAGES.get_template("chat/start.html").render(
        script=Markup(_SCRIPT), words=messages.unknown_address("ORIGIN")
    )
    started: list[MutableMapping[str, Any]] = []

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            # Its length is known with the body, which Gradio sends in one piece.
            started.append(message)
            return
        if started:
            start, body = started.pop(), message.get("body", b"")
            longer = body.replace(_END_OF_HEAD, script.encode() + _END_OF_HEAD, 1)
            await send({**start, "headers": _lengthened(start["headers"], len(longer) - len(body))})
            message = {**message, "body": longer}
        await send(message)

    return sending


def _lengthened(headers: list[tuple[bytes, bytes]], by: int) -> list[tuple[bytes, bytes]]:
    """The headers for a body that is longer by some bytes."""
    return [
        (name, str(int(value) + by).encode() if name.lower() == b"content-length" else value) for name, value in headers
    ]
