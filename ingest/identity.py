"""What makes two records the same article, and two contents the same text."""

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from rag.domain import Article

_TRACKING = re.compile(r"utm_.*|fbclid|gclid|mc_[ce]id|cmpid|ocid|smid|partner|ref|icid", re.IGNORECASE)
_DEFAULT_PORT = re.compile(r":(80|443)$")


def canonical_url(url: str) -> str:
    """The URL without what does not name the article: scheme, `www.`, fragment, tracking, last slash.

    Raises:
        ValueError: It is not an http or https URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url[:80]!r} is not an http(s) address")
    host = _DEFAULT_PORT.sub("", parts.netloc.rpartition("@")[2].lower()).removeprefix("www.")
    query = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name)]
    return urlunsplit(("https", host, parts.path.rstrip("/"), urlencode(sorted(query)), ""))


def article_id(*, own: str | None, canonical: str | None, origin: str, title: str, source: str | None) -> str:
    """Stable id: the record's own, else from its canonical URL, else from file, outlet and title."""
    if own:
        return own
    name = canonical or "\0".join((origin, source or "", title))
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def content_digest(article: Article) -> str:
    """SHA-256 over everything that makes a new version when it changes."""
    content: tuple[object, ...] = (
        article.title,
        article.text,
        article.url,
        article.source,
        article.authors,
        str(article.published_at),
        str(article.updated_at),
        article.section,
        article.kind,
        article.language,
    )
    if article.correction and article.correction not in article.text:
        content += (article.correction,)  # stated beside the text, where alone it is no change of the text
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()
