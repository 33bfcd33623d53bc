"""What the words of a report mean: outcomes and metrics."""

from collections.abc import Iterable

OUTCOMES = {
    "right": "An accepted answer with everything required, or a decline where that is right.",
    "wrong": "An answer without an accepted one, or without something required.",
    "declined": "A decline of a question that has an answer.",
    "answered": "An answer to a question that is to be declined.",
    "failed": "No answer came: the system raised an error or refused. Counts as wrong.",
    "unscored": "The question has nothing to be scored by.",
}
_METRICS = {
    "right": "correct, with a citation",
    "correct": "an accepted answer with everything required, or a decline where that is right",
    "answer_contains": "an accepted answer stands in the answer",
    "choice_accuracy": "the right one of several choices",
    "declined_unknowable": "questions asked before their answer was known that were declined",
    "declined_answerable": "the same questions, asked when it was known, that were declined; lower is better",
    "gold_article_at": "a gold article is among the articles of the first k passages",
    "answer_string_at": "an accepted answer stands in one of the first k passages",
    "exact_match": "the answer is an accepted one and nothing else",
    "token_f1": "words shared with the nearest accepted answer",
    "numbers_equal": "the numbers of an accepted answer stand in the answer",
    "required_present": "everything required stands in the answer",
    "cited_passage_has_answer": "an accepted answer stands in a cited passage",
    "claims_cited": "claims that have a citation",
    "claims_verified": "claims that Dateline's own check found supported",
    "quotes_verbatim": "quotes that stand word for word in the article they cite; must be 1",
    "citation_recall": "claims that their citations support, as the judge has it (ALCE)",
    "citation_precision": "citations that their claim needs (ALCE)",
    "decline_precision": "declines that were right",
    "decline_recall": "questions to be declined that were",
    "decline_f1": "harmonic mean of the two",
    "declined": "questions that were declined",
    "risk_coverage_area": "how often the surest answers are wrong, over all shares answered; lower is better",
    "published_after_as_of": "articles shown that were published later than the question's date; must be 0",
    "failed": "cases without an answer",
    "latency_ms": "milliseconds to the whole answer",
    "first_words_ms": "milliseconds to the first words",
    "newest_source_age_days": "days between the newest citation and the question's date",
    "price": "cost of the tokens",
}
"""Name of a metric, or how it begins -> what it measures."""


def meanings(metrics: Iterable[str]) -> dict[str, str]:
    """The metrics of a run that are explained here, each with what it measures; families once."""
    names = list(metrics)
    families = sorted(_METRICS, key=len, reverse=True)
    of_names = {
        name: next((each for each in families if name == each or name.startswith(f"{each}_")), "") for name in names
    }
    return {family: meaning for family, meaning in _METRICS.items() if family in of_names.values()}
