"""What makes two records the same article, and two contents the same text."""

import hashlib

from rag.domain import Article


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
