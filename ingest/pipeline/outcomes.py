"""What became of the articles of a run, and of the addresses that were visited for them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ingest.models import Unreadable
from ingest.report import Report, printable
from rag.store.repositories.visits import Result, Visit, VisitOutcome

BLOCKED = "left out: it was withdrawn or forgotten; give --again to take it in again"
NEWS: tuple[Result, ...] = ("added", "updated")

Outcome = Literal["added", "updated", "unchanged", "duplicate", "refused"]


@dataclass(frozen=True, slots=True)
class Mark:
    """How much had been recorded at some point of a run."""

    outcomes: int
    refused: int
    blocked: int


class Outcomes:
    """Records what became of each article, for the report and for the state of addresses.

    Args:
        report: Gets refusals and warnings at once, and the counts at the end.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._outcomes: list[tuple[str, Outcome]] = []
        self._blocked = 0
        self._visits: list[VisitOutcome] = []
        self._last_refusal = ""

    def add(self, article_id: str, outcome: Outcome) -> None:
        """Record what became of an article."""
        self._outcomes.append((article_id, outcome))

    def block(self, origin: str) -> None:
        """Record an input that is left out because the operator withdrew or forgot its article."""
        self._blocked += 1
        self.warn_blocked(origin)

    def warn_blocked(self, origin: str) -> None:
        """Say that an input is left out, without counting it."""
        self._report.warn(origin, BLOCKED)

    def refuse(self, origin: str, reason: str) -> None:
        """Record a refusal."""
        self._last_refusal = printable(reason)
        self._report.refuse(origin, self._last_refusal)

    def refuse_unreadable(self, unreadable: Unreadable) -> None:
        """Record an input that could not be read, and the visit to it, if it is an address."""
        self._report.refuse(unreadable.origin, unreadable.reason)
        if unreadable.visit:
            result: Result = "refused" if unreadable.unchanged else "failed"
            self._visits.append(VisitOutcome(unreadable.visit, result, reason=printable(unreadable.reason)))

    def retract(self, article_id: str, reason: str) -> None:
        """Record that an article is refused after all that was recorded as added or updated."""
        news = [
            place
            for place, (stored_id, outcome) in enumerate(self._outcomes)
            if stored_id == article_id and outcome in NEWS
        ]
        self._outcomes[news[-1]] = (article_id, "refused")
        self._report.refuse(article_id, reason)
        self._visits = [
            replace(visited, result="refused", articles=(), reason=reason)
            if article_id in visited.articles
            else visited
            for visited in self._visits
        ]

    def unchanged_at(self, visit: Visit, article_ids: tuple[str, ...] = ()) -> None:
        """Record a visit to an address that holds the same articles as before."""
        self._visits.append(VisitOutcome(visit, "unchanged", article_ids))

    def mark(self) -> Mark:
        """Return a mark of what was recorded up to now."""
        return Mark(len(self._outcomes), self._report.refused, self._blocked)

    def visited(self, visit: Visit, since: Mark) -> None:
        """Record a visit to a page, of which all that was recorded since a mark came."""
        recorded = self._outcomes[since.outcomes :]
        ids = tuple(article_id for article_id, _ in recorded)
        if self._blocked > since.blocked and not ids:
            return  # nothing is stored about what was forgotten, not even its address
        if self._report.refused > since.refused:
            self._visits.append(VisitOutcome(visit, "refused", ids, self._last_refusal))
        else:
            outcomes = {outcome for _, outcome in recorded}
            result: Result = next((news for news in NEWS if news in outcomes), "unchanged")
            self._visits.append(VisitOutcome(visit, result, tuple(dict.fromkeys(ids))))

    def take_visits(self) -> list[VisitOutcome]:
        """Return the visits recorded since the last call."""
        visits, self._visits = self._visits, []
        return visits

    def count(self, pending: Iterable[str]) -> None:
        """Count into the report what became of the articles, except those refused, which it has counted.

        Args:
            pending: Ids of articles that an index does not hold yet.
        """
        pending = set(pending)
        accepted = [(article_id, outcome) for article_id, outcome in self._outcomes if outcome != "refused"]
        counts = Counter("pending" if article_id in pending else outcome for article_id, outcome in accepted)
        for outcome, number in counts.items():
            setattr(self._report, outcome, number)
        self._report.unchanged += self._blocked
