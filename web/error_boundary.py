"""The outermost boundary of requests: an unexpected error ends as a response that programs can read."""

from collections.abc import Callable, Generator, Iterable, MutableMapping
from contextlib import closing
from typing import Any

from rag.errors import DatelineError
from rag.messages import Catalogue
from web.errors import Refusal, refusal_response
from web.incidents import incident_message
from web.security.headers import App, Receive, Scope, Send, path_of


class ErrorBoundaryMiddleware:
    """Answers 500 in the route's own shape where it failed unexpectedly; pure ASGI middleware.

    Args:
        app: What may fail.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        started = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the outermost boundary of a request
            message = incident_message(error)
            # A response that has begun cannot be replaced: the server then closes the connection.
            if scope["type"] == "http" and not started:
                await refusal_response(path_of(scope), Refusal(500, message, "server_error"))(scope, receive, send)


def closing_with_error(
    events: Generator[bytes], error_events: Callable[[str], Iterable[bytes]], words: Catalogue | None = None
) -> Generator[bytes]:
    """The events of a stream, which after an error ends with events that report it.

    Args:
        events: Closed when the stream is.
        error_events: Makes the last events from an error's message.
        words: In the reader's language; by default English.
    """
    try:
        with closing(events):
            yield from events
    except DatelineError as error:
        yield from error_events(str(error))
    except Exception as error:  # noqa: BLE001 - the outermost boundary of a stream, whose status was sent long ago
        yield from error_events(incident_message(error, words))
