"""Readers' feedback as candidates for a suite, to be edited by hand."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.errors import SuiteError
from rag.markers import without_markers
from rag.messages import is_decline
from rag.store.feedback import FEEDBACK_FILE, Feedback, FeedbackStore

_DESCRIPTION = """\
name = "feedback"
description = "Candidates from readers' feedback: fill in `answers` where it is empty, or say `answerable = false`."
source = "readers, with their consent"
licence = "not to be published"
questions = "questions.jsonl"
"""


def write_candidates(data: Path, out: Path, *, days: int) -> int:
    """Writes what readers said as a suite without corpus; returns how many questions.

    Args:
        data: Directory of the library that was asked.
        out: Folder of the suite; made if absent.
        days: How long feedback is kept; older feedback is deleted first.

    Raises:
        SuiteError: No feedback was kept, or `out` holds questions that may have been edited.
    """
    if not (data / FEEDBACK_FILE).exists():
        raise SuiteError(f"{data} holds no feedback; readers give it at `python app.py --data {data}`")
    if (out / "questions.jsonl").exists():
        raise SuiteError(f"{out} holds questions already, perhaps edited; give another --out")
    store = FeedbackStore(data / FEEDBACK_FILE, days=days)
    store.erase_old()
    kept = store.all()
    store.close()
    if not kept:
        raise SuiteError(f"{data} holds no feedback at present")
    candidates = {fields["id"]: fields for fields in map(candidate, kept)}
    out.mkdir(parents=True, exist_ok=True)
    (out / "suite.toml").write_text(_DESCRIPTION, "utf-8")
    (out / "questions.jsonl").write_text("".join(_lines(list(candidates.values()))), "utf-8")
    return len(candidates)


def candidate(given: Feedback) -> dict[str, Any]:
    """One question: accepted answers are those that a reader found good; the others are to be filled in."""
    name = hashlib.sha256(f"{given.question}\0{given.answer}\0{given.thumb}".encode()).hexdigest()[:12]
    good = given.thumb == "up"
    declined = is_decline(given.answer)
    return {
        "id": f"feedback-{name}",
        "question": given.question,
        "answers": [without_markers(given.answer)] if good and not declined else [],
        "answerable": not (good and declined),
        "tags": ["feedback", given.thumb],
        "feedback": {"answer": given.answer, "reason": given.reason},
    }


def _lines(candidates: Sequence[dict[str, Any]]) -> list[str]:
    return [json.dumps(candidate, ensure_ascii=False) + "\n" for candidate in candidates]
