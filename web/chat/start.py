"""The page as it is sent: in the reader's language, and with scripts that say why nothing is seen, or answered."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from rag.messages import Catalogue
from web.chat.placeholders import filled
from web.jinja import PAGES
from web.security.headers import Send

_ASSETS = Path(__file__).parents[1] / "assets"
_SCRIPT = "".join((_ASSETS / name).read_text(encoding="utf-8") for name in ("start.js", "connection.js"))
_ERRORS = ("busy", "cut", "expired", "rate", "unreachable")
_END_OF_HEAD = b"</head>"
_GRADIO_LANGUAGE = b'lang="en"'
"""Of Gradio's page, whatever it shows."""
_RIGHT_TO_LEFT = (b'"rtl":false', b'"rtl":true')
"""A setting of Gradio's components, which have a direction of their own."""


def translated(send: Send, words: Catalogue) -> Send:
    """Sends what Gradio sends in one language; the page with our script at the end of its head.

    Gradio's own `head` comes only by its own scripts. A proxy that does not pass on the name that readers use makes the
    browser's requests foreign ones: the page itself is served, and everything that it loads refused.
    """
    started: list[MutableMapping[str, Any]] = []

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            # Its length is known with the body, which Gradio sends in one piece.
            started.append(message)
            return
        if started:
            start, body = started.pop(), message.get("body", b"")
            shown = _with_script(filled(body, words), words)
            headers = [*_lengthened(start["headers"], len(shown) - len(body)), *_language_headers(words)]
            await send({**start, "headers": headers})
            message = {**message, "body": shown}
        await send(message)

    return sending


def _with_script(page: bytes, words: Catalogue) -> bytes:
    heard = words("marker_heard", number="{number}", outlet="{outlet}", quote="{quote}")
    texts: dict[str, Any] = {
        "address": words("unknown_address", origin="{origin}"),
        "answer": words("answer_heard"),
        "question": words("question_heard"),
        "close": words("close"),
        "marker": heard,
        "used": words("characters_used", length="{length}", most="{most}"),
        "over": words("characters_too_many", length="{length}", most="{most}", over="{over}"),
        "errors": {name: words.for_widget()[f"error_{name}"] for name in _ERRORS},
    }
    script = PAGES.get_template("chat/start.html").render(script=Markup(_SCRIPT), texts=texts)
    if words.direction == "rtl":
        page = page.replace(*_RIGHT_TO_LEFT)
    language = f'lang="{words.language}" dir="{words.direction}"'.encode()
    return page.replace(_GRADIO_LANGUAGE, language, 1).replace(_END_OF_HEAD, script.encode() + _END_OF_HEAD, 1)


def _language_headers(words: Catalogue) -> list[tuple[bytes, bytes]]:
    return [(b"content-language", words.language.encode()), (b"vary", b"accept-language")]


def _lengthened(headers: list[tuple[bytes, bytes]], by: int) -> list[tuple[bytes, bytes]]:
    """The headers for a body that is longer by some bytes."""
    return [
        (name, str(int(value) + by).encode() if name.lower() == b"content-length" else value) for name, value in headers
    ]
