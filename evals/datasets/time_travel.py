"""Questions asked before their answer was known: declining is then the right answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from evals.datasets.corpus import Corpus
from evals.datasets.suite import Case


@dataclass(frozen=True, slots=True)
class Travel:
    """The cases of a time-travel run, and how many questions could not be used.

    Attributes:
        cases: Each unknowable question with its moved date, each answerable one with its own.
        counts: `unknowable`, `answerable`, and what was left out: `known_by_then` (not asked as
            unknowable), `unknown_by_now` (not asked as answerable), `undated`, `without_answer`.
    """

    cases: tuple[Case, ...]
    counts: dict[str, int]


def time_travel(cases: Sequence[Case], corpus: Corpus, *, days: int) -> Travel:
    """Asks each dated question twice: `days` before its date if unknowable then, and at its own if answerable.

    A question is unknowable at the moved date if no accepted answer occurs in any article that was
    published up to it, undated ones included; it is answerable if one occurs in an article up to
    its own date. Nothing but `as_of` is passed to the system, so that one threshold serves both.

    After the idea of questions whose answer depends on when they are asked in Kasai et al.,
    *RealTime QA*, NeurIPS 2023, and of unanswerable questions in Rajpurkar, Jia & Liang, *Know What
    You Don't Know*, ACL 2018.
    """
    counts = dict.fromkeys(
        ("unknowable", "answerable", "known_by_then", "unknown_by_now", "undated", "without_answer"), 0
    )
    made = [case for original in cases for case in _variants(original, corpus, timedelta(days=days), counts)]
    return Travel(tuple(made), counts)


def _variants(case: Case, corpus: Corpus, back: timedelta, counts: dict[str, int]) -> Iterator[Case]:
    if case.as_of is None:
        counts["undated"] += 1
        return
    if not case.answerable or not case.answers:
        counts["without_answer"] += 1
        return
    since = corpus.known_since(case.answers)
    moved = case.as_of - back
    if since is None or since > moved:
        counts["unknowable"] += 1
        yield replace(
            case, id=f"{case.id}@-{back.days}d", as_of=moved, answerable=False, evidence=(), knowable="unknowable"
        )
    else:
        counts["known_by_then"] += 1
    if since is not None and since <= case.as_of:
        counts["answerable"] += 1
        yield replace(case, knowable="answerable")
    else:
        counts["unknown_by_now"] += 1
