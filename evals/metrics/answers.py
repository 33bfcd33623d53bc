"""How right an answer's words are; pure functions over the matching rule."""

from collections import Counter
from collections.abc import Sequence

from evals.datasets import Case
from evals.match_rule import any_stands_in, normal_words, normalised, stands_in
from evals.metrics.quantities import holds_quantities
from evals.predictions import Response
from rag.markers import without_markers


def exact_match(answers: Sequence[str], text: str) -> float:
    """1 where the answer is an accepted one and nothing else, after normalisation.

    Source: Rajpurkar et al., *SQuAD*, EMNLP 2016.
    """
    words = normalised(text)
    return float(any(normalised(answer) == words for answer in answers))


def token_f1(answers: Sequence[str], text: str) -> float:
    """Harmonic mean of word precision and recall against the accepted answer that fits best.

    Source: Rajpurkar et al., *SQuAD*, EMNLP 2016, section 6.
    """
    words = Counter(normal_words(text))
    return max((_f1(Counter(normal_words(answer)), words) for answer in answers), default=0.0)


def _f1(wanted: Counter[str], words: Counter[str]) -> float:
    common = (wanted & words).total()
    return 2 * common / (wanted.total() + words.total()) if common else 0.0


def right_choice(case: Case, chosen: int | None) -> float | None:
    """1 where the chosen option is an accepted answer; `None` where the case has no right option.

    Source: multiple-choice accuracy as in Kasai et al., *RealTime QA*, NeurIPS 2023.
    """
    accepted = {normalised(answer) for answer in case.answers}
    right = [index for index, choice in enumerate(case.choices) if normalised(choice) in accepted]
    return float(chosen in right) if right else None


def says_accepted(case: Case, text: str) -> bool:
    """An accepted answer occurs in the text, and so does everything that is required."""
    answer = normalised(without_markers(text))
    accepted = any_stands_in(case.answers, answer) if case.answers else bool(case.required)
    return accepted and all(stands_in(needed, answer) for needed in case.required)


def answer_metrics(case: Case, response: Response) -> dict[str, float]:
    """Every metric of the answer's words that applies to the case.

    `correct` asks for an accepted answer with everything required, or for a decline where there is
    no answer; `right` asks for at least one citation besides, and is left out where a system shows no
    citations at all. A case that failed is wrong in all.
    """
    metrics: dict[str, float] = {}
    choice = right_choice(case, response.chosen) if case.answerable else None
    if choice is not None and response.chosen is not None:
        metrics["choice_accuracy"] = choice
    if response.text is None:
        return metrics
    metrics |= _outcome(case, response, response.text)
    if case.answerable and (case.answers or case.required):
        metrics |= _words(case, without_markers(response.text))
    return metrics


def _outcome(case: Case, response: Response, text: str) -> dict[str, float]:
    declined = response.status == "not_found"
    if case.answerable and not (case.answers or case.required):
        return {}
    correct = not declined and says_accepted(case, text) if case.answerable else declined
    metrics = {"correct": float(correct)}
    if response.citations is not None:
        metrics["right"] = float(correct and (bool(response.citations) or not case.answerable))
    return metrics


def _words(case: Case, answer: str) -> dict[str, float]:
    metrics = {"answer_words": float(len(answer.split()))}
    if case.answers:
        metrics["exact_match"] = exact_match(case.answers, answer)
        metrics["token_f1"] = token_f1(case.answers, answer)
        metrics["answer_contains"] = float(any_stands_in(case.answers, normalised(answer)))
        numbers = holds_quantities(case.answers, answer)
        if numbers is not None:
            metrics["numbers_equal"] = float(numbers)
    if case.required:
        metrics["required_present"] = float(all(stands_in(needed, normalised(answer)) for needed in case.required))
    return metrics
