"""Why a request is refused, as programs read it; the widget has words of its own for what its readers meet. Pure."""

BUSY = "busy: too many questions at once; ask again in a few seconds"
STOPPING = "the server is being stopped; ask again in a moment"
BUSY_PAGES = "busy: too many open pages; close some, or try again later"
BUSY_CONNECTIONS = "busy: too many connections; ask again in a few seconds"
ANSWERS_WAITING = "answers are still being made for this page; wait for one"
FOREIGN_REQUEST = "this is not a request that the page makes; reload the page and try again"
HALF_CHARACTER = "the text holds half a character; delete it and try again"
SITE_SECRET_NEEDED = "the secret of this site is needed: usage_secret in sites.toml, as the password; any name will do"
NO_OPEN_SITE = "no such site, or it is closed"
TOKENS_FOR_WIDGET = "tokens are given to the widget's own page only"
VERSION_NOT_KEPT = "this version is not kept; /widget/versions.json names the newest"
NO_FILE = "no such file"
NOT_AN_OBJECT = "the body is not a JSON object; send one, with `content-type: application/json`"
TOKEN_INVALID = "the token is not valid, or has expired; load the page again"


def not_json(position: int) -> str:
    """Return the refusal of a body that is no JSON from some character on."""
    return f"the body is not JSON, from character {position} on"


def unknown_name(host: str) -> str:
    """Return the refusal of a request for a name that the server was not told to be its own."""
    named = host[:100] or "no name"
    return (
        f"this server does not answer to {named!r}; its operator can let it, with --allow-origin and the address as "
        "readers write it, e.g. --allow-origin https://news.example"
    )


def foreign_origin(origin: str) -> str:
    """Return the refusal of a request from a page or application whose origin was not allowed."""
    if origin == "null":
        return "requests of pages without an origin (files, sandboxed frames) are not accepted"
    return f"requests from {origin[:100]} are not accepted; the operator can allow them: --allow-origin {origin[:100]}"


def too_many_requests(seconds: int) -> str:
    """Return the refusal of a client that may ask again after some seconds."""
    return f"too many requests in a short time; ask again in {seconds} second{'' if seconds == 1 else 's'}"


def page_request_too_long(limit: int) -> str:
    """Return the refusal of a request of the page that has more than `limit` bytes."""
    return f"a request of the page has at most {limit} bytes"
