"""Conversations: each turn asked with what was really said before it, and scored right or wrong."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from tqdm import tqdm

from evals.datasets import Conversation, ConversationSuite, Turn
from evals.match_rule import normalised, stands_in
from evals.metrics import Estimate, Values, estimate, mean
from evals.runs import embedding_progress, suite_library
from rag.engine import dateline_over
from rag.markers import without_markers
from rag.models import Answer, Message, Query
from rag.schemas import recent_history
from rag.settings import Settings

ALL_RIGHT = "conversations_all_right"
"""Share of conversations of which every turn is right."""
_ABOUT_THE_LAST_ANSWER = frozenset({"source", "speaker"})
"""Kinds of turn that may be answered without a citation."""
_LIST_ITEM = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s", re.MULTILINE)


class Asked(Protocol):
    """What is asked: `rag.engine.Dateline`, or one that a test tells what to say."""

    def understand(self, question: str, *, history: Sequence[Message] = ..., as_of: datetime | None = ...) -> Query:
        """Return what the question is taken for."""

    def ask(self, question: str, *, history: Sequence[Message] = ..., as_of: datetime | None = ...) -> Answer:
        """Return the answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said in a turn.

    Attributes:
        position: 1 for the first turn.
        understood: The question with what the conversation adds written out.
        right: The verdict.
    """

    conversation: str
    position: int
    kind: str
    question: str
    understood: str
    answer: str
    status: str
    right: bool


def run_conversations(told: ConversationSuite, settings: Settings) -> list[Outcome]:
    """Ask every conversation of the Dateline over the suite's library.

    Raises:
        DatelineError: The library cannot be made or opened.
    """
    with suite_library(told.suite, settings, progress=embedding_progress()) as opened:
        dateline = dateline_over(opened.library, opened.settings)
        shown = tqdm(told.conversations, unit="conversation", file=sys.stderr, disable=None, leave=False)
        return [outcome for each in shown for outcome in held(each, dateline)]


def held(conversation: Conversation, dateline: Asked) -> Iterator[Outcome]:
    """Yield the outcome of each turn; the history is what was really asked and answered before it."""
    history: tuple[Message, ...] = ()
    last: Answer | None = None
    for position, turn in enumerate(conversation.turns, 1):
        query = dateline.understand(turn.question, history=history, as_of=conversation.as_of)
        answer = dateline.ask(turn.question, history=history, as_of=conversation.as_of)
        right = is_right(turn, answer, last=last)
        yield Outcome(
            conversation.id, position, turn.kind, turn.question, query.question, answer.text, answer.status, right
        )
        last = answer
        history = recent_history((*history, Message("user", turn.question), Message("assistant", answer.text)))


def is_right(turn: Turn, answer: Answer, *, last: Answer | None = None) -> bool:
    """Whether the answer is what the turn wants.

    Args:
        turn: Says what is right.
        answer: To be judged.
        last: The answer before it. What is said about its source cites, if anything, an article that it cites too:
            every quote comes with an outlet's name, which must not pass for a reply.
    """
    declined = answer.status == "not_found"
    if not turn.answerable:
        return declined
    if declined or not _says(turn, answer.text):
        return False
    if turn.small_talk:
        return not answer.citations
    if turn.kind == "source" and not _is_of(last, answer):
        return False
    return (bool(answer.citations) or turn.kind in _ABOUT_THE_LAST_ANSWER) and _has_form(turn, answer, last)


def _is_of(last: Answer | None, answer: Answer) -> bool:
    return not answer.citations or bool(_articles(answer) & (_articles(last) if last else set()))


def _articles(answer: Answer) -> set[str]:
    return {citation.passage.article.id for citation in answer.citations}


def _says(turn: Turn, text: str) -> bool:
    words = normalised(without_markers(text))
    standing = sum(stands_in(variant, words) for variant in turn.answers)
    return (not turn.answers or standing >= turn.at_least) and all(stands_in(each, words) for each in turn.required)


def _has_form(turn: Turn, answer: Answer, last: Answer | None) -> bool:
    if turn.form == "shorter":
        return last is not None and _length(answer) < _length(last)
    return turn.form != "list" or len(_LIST_ITEM.findall(answer.text)) > 1


def _length(answer: Answer) -> int:
    return len(without_markers(answer.text).split())


def conversation_metrics(outcomes: Sequence[Outcome]) -> dict[str, Estimate]:
    """Shares of turns right, in all, by position and by kind, and of conversations all right.

    Conversations are resampled, not turns: those of one conversation are not independent. `n` counts turns,
    for the last figure conversations.
    """
    positions = sorted({outcome.position for outcome in outcomes})
    kinds = sorted({outcome.kind for outcome in outcomes})
    groups: dict[str, list[Outcome]] = {"turns": list(outcomes)}
    groups |= {f"turn {place}": [each for each in outcomes if each.position == place] for place in positions}
    groups |= {f"kind: {kind}": [each for each in outcomes if each.kind == kind] for kind in kinds}
    metrics = {name: _share(group) for name, group in groups.items()} | {ALL_RIGHT: _all_right(outcomes)}
    return {name: share for name, share in metrics.items() if share}


def _share(outcomes: Sequence[Outcome]) -> Estimate | None:
    verdicts = _by_conversation(outcomes).values()
    rows = np.array([[sum(each) for each in verdicts], [len(each) for each in verdicts]], dtype=np.float64)
    share = estimate(rows, _ratio)
    return replace(share, n=len(outcomes)) if share else None


def _ratio(right: Values, asked: Values) -> Values:
    return np.asarray(right.sum(-1) / asked.sum(-1))


def _all_right(outcomes: Sequence[Outcome]) -> Estimate | None:
    return estimate(np.array([[all(each) for each in _by_conversation(outcomes).values()]], dtype=np.float64), mean)


def _by_conversation(outcomes: Iterable[Outcome]) -> Mapping[str, Sequence[bool]]:
    verdicts: dict[str, list[bool]] = {}
    for outcome in outcomes:
        verdicts.setdefault(outcome.conversation, []).append(outcome.right)
    return verdicts


def write_outcomes(file: Path, outcomes: Iterable[Outcome]) -> None:
    """Writes every turn as a line of JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(outcome), ensure_ascii=False) for outcome in outcomes)
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
