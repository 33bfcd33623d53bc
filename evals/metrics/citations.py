"""How well an answer's citations carry it.

Citation recall and precision are those of ALCE (Gao, Yen, Yu & Chen, *Enabling Large Language
Models to Generate Text with Citations*, EMNLP 2023, section 3): a claim is recalled where the
passages it cites, read together, support it; a citation is precise where its claim is recalled and
the passage supports the claim by itself, or the others no longer do without it.
"""

from collections.abc import Mapping, Sequence

from evals.datasets import Case
from evals.match_rule import stands_in_passage
from evals.metrics.judges import Judge
from evals.predictions import Cited, Evidence, Response
from rag.models import Claim


def citation_metrics(case: Case, response: Response, judge: Judge) -> dict[str, float]:
    """Every citation metric that applies: a claim or a citation must be there to be measured."""
    if response.citations is None:
        return {}
    metrics: dict[str, float] = {}
    by_marker = {citation.marker: citation.evidence for citation in response.citations}
    if response.claims:
        metrics["claims_cited"] = _share([bool(_passages(claim, by_marker)) for claim in response.claims])
        metrics["claims_verified"] = _share([claim.support == "verified" for claim in response.claims])
        # What a right decline quotes is the nearest thing said, which is to support nothing.
        if case.answerable or response.status != "not_found":
            metrics |= alce(response.claims, by_marker, judge)
    told = [citation.verbatim for citation in response.citations if citation.verbatim is not None]
    if told:
        metrics["quotes_verbatim"] = _share(told)
    if response.citations and case.answerable and case.answers and response.status != "not_found":
        metrics["cited_passage_has_answer"] = float(_has_answer(case, response.citations))
    return metrics


def alce(claims: Sequence[Claim], by_marker: Mapping[int, Evidence], judge: Judge) -> dict[str, float]:
    """ALCE's citation recall over the claims and precision over the citations.

    Args:
        claims: With markers; at least one.
        by_marker: The passage behind each marker; unknown markers count as no citation.
        judge: Stands for ALCE's entailment model.

    Returns:
        `citation_recall`, and `citation_precision` where there is a citation.
    """
    recalled: list[bool] = []
    precise: list[bool] = []
    for claim in claims:
        premises = [_premise(passage) for passage in _passages(claim, by_marker)]
        whole = bool(premises) and judge.supports("\n".join(premises), claim.text)
        recalled.append(whole)
        precise += [whole and _needed(index, premises, claim.text, judge) for index in range(len(premises))]
    metrics = {"citation_recall": _share(recalled)}
    return metrics | {"citation_precision": _share(precise)} if precise else metrics


def _needed(index: int, premises: Sequence[str], claim: str, judge: Judge) -> bool:
    if judge.supports(premises[index], claim):
        return True
    others = [premise for other, premise in enumerate(premises) if other != index]
    return not judge.supports("\n".join(others), claim)


def _passages(claim: Claim, by_marker: Mapping[int, Evidence]) -> list[Evidence]:
    return [by_marker[marker] for marker in dict.fromkeys(claim.markers) if marker in by_marker]


def _premise(evidence: Evidence) -> str:
    """What a reader of the citation sees: outlet, date, headline and passage."""
    date = f"{evidence.published_at.spoken}" if evidence.published_at else "undated"
    return f"{evidence.source or 'Unknown outlet'}, {date}: {evidence.title}\n{evidence.text}"


def _has_answer(case: Case, citations: Sequence[Cited]) -> bool:
    return any(
        stands_in_passage(case.answers, citation.evidence.title, citation.evidence.text) for citation in citations
    )


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)
