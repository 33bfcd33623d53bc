"""Claims judged as an answer's sentences are."""

import json
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.claims import JudgedClaim, balanced_accuracy, claims_json, judged
from rag.answering.verification import EvidenceVerifier
from tests.rag.reading.readers import ToldReader

READER = ToldReader({}, (("Rain fell in Saltmere.", "It rained all day in Saltmere."),))


def test_both_kinds_of_files_are_read(tmp_path: Path) -> None:
    lines = [
        {"article": 3, "text": "It rained all day in Saltmere."},
        {"article": 3, "claim": "Rain fell in Saltmere.", "true": True},
        {"claim": "Snow fell in Saltmere.", "true": False, "kind": "other", "evidence": [{"text": "It rained there."}]},
        {"claim": "Snow fell in Saltmere.", "true": False, "evidence": ["Snow fell in Saltmere."]},
        {"claim": "Hail fell in Saltmere.", "true": False, "evidence": []},
    ]
    file = tmp_path / "claims.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    claims = judged(file, EvidenceVerifier(READER))
    assert [(claim.support, claim.checked_by) for claim in claims] == [
        ("verified", "entailment"),
        ("unverified", "entailment"),
        ("verified", "quote"),
        ("unverified", ""),
    ]
    figures = claims_json(claims)
    assert (figures["true"], figures["false"]) == (1, 3)
    assert (figures["true_refused"], figures["false_verified"]) == (0.0, 0.3333)
    assert figures["by_kind"]["other"] == {"claims": 1, "wrong": 0}
    assert figures["claims"][0]["support"] == "verified"


def test_true_and_false_claims_count_alike() -> None:
    def claim(*, true: bool, verified: bool) -> JudgedClaim:
        return JudgedClaim("a", true, "", "verified" if verified else "unverified", "entailment", "")

    true = [claim(true=True, verified=verified) for verified in (True, False, False)]
    figure = balanced_accuracy([*true, claim(true=False, verified=False)])
    assert figure
    assert round(figure.value, 4) == round((1 / 3 + 1) / 2, 4)
    assert balanced_accuracy([]) is None


def test_the_command_prints_shares_and_kinds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = {"claim": "Snow fell.", "true": True, "kind": "honest", "evidence": [{"text": "Snow fell. It was cold."}]}
    (tmp_path / "a.jsonl").write_text(json.dumps(line), "utf-8")
    assert main(["claims", str(tmp_path / "a.jsonl")]) == 0
    printed = capsys.readouterr().out
    assert "true refused 0.0 of 1" in printed
    assert printed.splitlines()[-1].split() == ["honest", "1", "0"]
