"""What of articles goes out over HTTP: quotes to everyone, the passages around them to whom they are open. Pure."""

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
        whole: The text of all that was found goes out, whoever's it is.
    """

    links: CitationLinks = field(default_factory=CitationLinks)
    full_text: frozenset[str] = frozenset()
    whole: bool = False

    def to(self, *, keyed: bool) -> "Disclosure":
        """What is shown to who holds the key for programs, or does not."""
        return replace(self, whole=keyed)

    def citation(self, citation: Citation) -> dict[str, Any]:
        """One citation; `held` opens its passage on this server."""
        return {**citation_json(citation), "held": self.links.to(citation)}

    def answer(self, answer: Answer) -> dict[str, Any]:
        """As `python -m rag ask --json` prints it, the text of what was found withheld where it is not open."""
        shown = answer_json(answer)
        return {**shown, "citations": list(map(self.citation, answer.citations)), "hits": self._opened(shown["hits"])}

    def found(self, hits: Sequence[Hit]) -> dict[str, Any]:
        """As `python -m rag search --json` prints it, the text withheld where it is not open."""
        return {"hits": self._opened(search_json(hits)["hits"])}

    def _opened(self, hits: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one if self._is_open(one["article"]["source"]) else {**one, "text": None} for one in hits]

    def _is_open(self, outlet: str | None) -> bool:
        return self.whole or outlet in self.full_text
