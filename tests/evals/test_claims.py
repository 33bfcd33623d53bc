"""Claims judged by the entailment head."""

import json
from pathlib import Path

from evals.claims import JudgedClaim, balanced_accuracy, judged
from tests.rag.reading.readers import ToldReader

READER = ToldReader({}, (("It rained.", "It rained all day."),))


def test_both_kinds_of_files_are_read(tmp_path: Path) -> None:
    lines = [
        {"article": 3, "text": "It rained all day."},
        {"article": 3, "claim": "It rained.", "true": True},
        {"claim": "It snowed.", "true": False, "evidence": [{"title": "Rain", "text": "It rained all day."}]},
        {"claim": "It hailed.", "true": False, "evidence": []},
    ]
    file = tmp_path / "claims.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert judged(file, READER) == [
        JudgedClaim("It rained.", True, 1.0),
        JudgedClaim("It snowed.", False, 0.0),
        JudgedClaim("It hailed.", False, 0.0),
    ]


def test_true_and_false_claims_count_alike() -> None:
    claims = [JudgedClaim("a", True, 0.9), JudgedClaim("b", True, 0.1), JudgedClaim("c", True, 0.1)]
    figure = balanced_accuracy([*claims, JudgedClaim("d", False, 0.1)])
    assert figure
    assert round(figure.value, 4) == round((1 / 3 + 1) / 2, 4)
    assert balanced_accuracy([]) is None
