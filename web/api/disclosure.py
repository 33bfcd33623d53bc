"""What of articles goes out over HTTP: quotes always, the text of hits only where it may be shown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag.models import Answer, Citation, Hit
from rag.schemas import answer_json, citation_json, search_json
from web.links import CitationLinks


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Makes the JSON of answers and hits.

    Attributes:
        links: To cited sentences.
        full_text: Outlets whose articles may be shown whole.
        shows_all: The text of every hit goes out, whatever its outlet.
    """

    links: CitationLinks = field(default_factory=CitationLinks)
    full_text: frozenset[str] = frozenset()
    shows_all: bool = False

    def to(self, *, keyed: bool) -> "Disclosure":
        """What a request may see that has the API key, or has not."""
        return replace(self, shows_all=keyed)

    def citation(self, citation: Citation) -> dict[str, Any]:
        """One citation; `held` opens its passage on this server."""
        return {**citation_json(citation), "held": self.links.to(citation)}

    def answer(self, answer: Answer) -> dict[str, Any]:
        """As `python -m rag ask --json` prints it, without the text of hits that may not be shown."""
        shown = answer_json(answer)
        citations = [self.citation(citation) for citation in answer.citations]
        return {**shown, "citations": citations, "hits": self._disclosed(shown["hits"])}

    def hits(self, hits: Sequence[Hit]) -> dict[str, Any]:
        """As `python -m rag search --json` prints them, without the text of those that may not be shown."""
        return {"hits": self._disclosed(search_json(hits)["hits"])}

    def _disclosed(self, hits: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [hit if self._is_open(hit["article"]["source"]) else {**hit, "text": None} for hit in hits]

    def _is_open(self, outlet: str | None) -> bool:
        return self.shows_all or outlet in self.full_text
