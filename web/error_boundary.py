"""The outermost boundary of what programs ask: what should not happen ends as an error that they can read."""

from collections.abc import Callable, Generator, Iterable, Iterator, MutableMapping
from contextlib import closing
from typing import Any

from rag.errors import DatelineError
from web.errors import Refusal, refusal_response
from web.incidents import incident_message
from web.security.headers import App, Receive, Scope, Send, path_of


class ErrorBoundaryMiddleware:
    """Answers in the route's own shape where it failed unexpectedly; pure ASGI middleware.

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
            said = incident_message(error)
            # What has begun cannot be taken back: the server then closes the connection.
            if scope["type"] == "http" and not started:
                await refusal_response(path_of(scope), Refusal(500, said, "server_error"))(scope, receive, send)


def closing_with_error(parts: Generator[str], ending: Callable[[str], Iterable[str]]) -> Generator[bytes]:
    """The parts of a stream, which ends with what is said of an error if there is one.

    Args:
        parts: Text.
        ending: Makes the last parts of an error's message.
    """
    try:
        with closing(parts):
            for part in parts:
                yield part.encode()
    except DatelineError as error:
        yield from _encoded(ending(str(error)))
    except Exception as error:  # noqa: BLE001 - the outermost boundary of a stream: its head is long sent
        yield from _encoded(ending(incident_message(error)))


def _encoded(parts: Iterable[str]) -> Iterator[bytes]:
    return (part.encode() for part in parts)
