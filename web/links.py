"""Links to cited sentences: signed, so that each opens its one passage and nobody can make another."""

import hashlib
import hmac
import json
import secrets
from urllib.parse import quote

from rag.models import Citation, Span
from rag.store import ArticleStore
from web.addresses import article_path

_SECRET_FACT = "link_secret"
_DIGITS = 32
"""Of the signature, hexadecimal: 128 bits."""


class Links:
    """Makes and reads them: HMAC-SHA256 (RFC 2104) over article, version and span.

    Args:
        secret: By default a new random one, which dies with the process.
    """

    def __init__(self, secret: str | None = None) -> None:
        self._secret = (secret or secrets.token_hex(32)).encode()

    def to(self, citation: Citation) -> str:
        """The article's page at the quoted sentence, for when the original is gone."""
        article = citation.passage.article
        cited = self._cited(article.id, f"{article.version}.{citation.start}.{citation.end}")
        return f"{article_path(article.id)}?cited={quote(cited)}#quote"

    def opened(self, article_id: str, cited: str) -> tuple[int, Span] | None:
        """The version and the span that the `cited` of a link names; `None` if it is none of ours."""
        place = cited.rpartition(".")[0]
        if not hmac.compare_digest(cited.encode(), self._cited(article_id, place).encode()):
            return None
        version, start, end = map(int, place.split("."))
        return version, Span(start, end)

    def _cited(self, article_id: str, place: str) -> str:
        # As JSON, no two pairs are one text.
        signed = json.dumps([article_id, place]).encode()
        return f"{place}.{hmac.new(self._secret, signed, hashlib.sha256).hexdigest()[:_DIGITS]}"


def lasting_links(record: ArticleStore) -> Links:
    """Links that hold as long as the record does: their secret is remembered in it.

    Who can read the record can read every article, so the secret needs no better place; and there it
    goes along with backups, after which the links of exported answers still open.
    """
    return Links(record.facts.get_or_set(_SECRET_FACT, secrets.token_hex(32)))
