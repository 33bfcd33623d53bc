"""Which addresses a page may link to, and the path of an article's page."""

from urllib.parse import quote, urlsplit


def is_web_address(url: str | None) -> bool:
    """Whether a browser may be sent there: http or https, with a host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:  # e.g. an unfinished IPv6 host
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def article_path(article_id: str) -> str:
    """The path of the article's page on this server."""
    return f"/article/{quote(article_id, safe='')}"
