"""Links to cited sentences: signed, so that each opens its one passage and nobody can make another."""

import hashlib
import secrets
from urllib.parse import quote

from itsdangerous import BadSignature, Signer

from rag.models import Citation, Span
from rag.store import LibraryRecord
from web.addresses import article_path

_SECRET_FACT = "link_secret"


class CitationLinks:
    """Makes and reads the links: HMAC-SHA256 (RFC 2104) over version and span, under a key of each article's own.

    Args:
        secret: By default a new random one, which ends with the process.
        root_path: Prefix of the server's paths, as readers reach it.
    """

    def __init__(self, secret: str | None = None, *, root_path: str = "") -> None:
        self._secret = secret or secrets.token_hex(32)
        self._root_path = root_path

    def to(self, citation: Citation, language: str = "") -> str:
        """The article's page on this server at the quoted sentence, for when the original is gone.

        Args:
            citation: Opened by the link.
            language: Of the page; empty leaves it to the reader's browser.
        """
        article = citation.passage.article
        cited = self._signer(article.id).sign(f"{article.version}.{citation.start}.{citation.end}").decode()
        lang = f"&lang={language}" if language else ""
        return f"{self._root_path}{article_path(article.id)}?cited={quote(cited)}{lang}#quote"

    def opened(self, article_id: str, cited: str) -> tuple[int, Span] | None:
        """The version and the span that the `cited` of a link names; `None` if the link is not one of ours."""
        try:
            signed = self._signer(article_id).unsign(cited).decode()
        except BadSignature:
            return None
        version, start, end = map(int, signed.split("."))
        return version, Span(start, end)

    def _signer(self, article_id: str) -> Signer:
        salt = f"dateline.citation:{article_id}"
        return Signer(self._secret, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)


def stored_links(record: LibraryRecord, *, root_path: str = "") -> CitationLinks:
    """Links that are valid as long as the record exists: their secret is stored in it.

    Whoever can read the record can read every article, so the secret needs no better place; and there it is part of
    backups, after which the links of exported answers still open.
    """
    return CitationLinks(record.facts.get_or_set(_SECRET_FACT, secrets.token_hex(32)), root_path=root_path)
