"""Feedback over HTTP, and as suite candidates."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from evals.datasets.suite import load_suite
from rag.errors import SuiteError
from rag.messages import NOT_FOUND
from rag.store.feedback import FEEDBACK_FILE, Feedback, FeedbackStore
from tests.web.conftest import run, serving

GIVEN = {"question": "When did it lift off?", "answer": "At noon. [1]", "thumb": "down", "reason": "it was 04:12"}


def test_feedback_is_kept_with_consent_and_erased_by_its_receipt(server: SimpleNamespace) -> None:
    url = f"{server.url}/api/feedback"
    refused = httpx.post(url, json=GIVEN)
    assert refused.status_code == 422
    assert "consent" in refused.json()["detail"]
    kept = httpx.post(url, json={**GIVEN, "consent": True})
    assert kept.status_code == 201
    assert datetime.fromisoformat(kept.json()["until"]) - datetime.now(UTC) > timedelta(days=89)
    assert httpx.delete(f"{url}/{kept.json()['receipt']}").status_code == 204
    assert httpx.delete(f"{url}/{kept.json()['receipt']}").status_code == 404
    assert httpx.post(url, json={**GIVEN, "consent": True, "thumb": "sideways"}).status_code == 422


@pytest.mark.slow
def test_old_feedback_is_deleted_when_the_server_starts(data: Path) -> None:
    def long_ago() -> datetime:
        return datetime.now(UTC) - timedelta(days=8)

    store = FeedbackStore(data / FEEDBACK_FILE, days=90, clock=long_ago)
    store.keep(Feedback("Old?", "Old. [1]", "up"))
    with serving(data, DATELINE_FEEDBACK_DAYS="7") as server:
        httpx.get(f"{server.url}/healthz", timeout=30)
    assert "Old?" not in [one.question for one in store.all()]
    store.close()


def test_feedback_becomes_candidates_for_a_suite(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "suite"
    data.mkdir()
    store = FeedbackStore(data / FEEDBACK_FILE, days=90)
    store.keep(Feedback("When did it lift off?", "At noon. [1]", "down", "it was 04:12"))
    store.keep(Feedback("From where?", "From Cape Orlan. [1]", "up"))
    store.keep(Feedback("Who baked it?", f"{NOT_FOUND} Closest match: bread. [1]", "up"))
    store.close()
    done = run("evals.__main__", "from-feedback", "--data", str(data), "--out", str(out))
    assert done.returncode == 0, done.out
    lines = [json.loads(line) for line in (out / "questions.jsonl").read_text("utf-8").splitlines()]
    assert {(one["question"], tuple(one["answers"]), one["answerable"]) for one in lines} == {
        ("When did it lift off?", (), True),
        ("From where?", ("From Cape Orlan.",), True),
        ("Who baked it?", (), False),
    }
    assert {"answer": "At noon. [1]", "reason": "it was 04:12"} in [one["feedback"] for one in lines]
    with pytest.raises(SuiteError, match="line 1: no `answers`"):
        load_suite(out)
    edited = [{**one, "answers": one["answers"] or ["04:12"]} for one in lines]
    (out / "questions.jsonl").write_text("".join(json.dumps(one) + "\n" for one in edited), "utf-8")
    assert len(load_suite(out).cases) == 3
    again = run("evals.__main__", "from-feedback", "--data", str(data), "--out", str(out))
    assert again.returncode == 2
    assert "another --out" in again.out
    assert run("evals.__main__", "from-feedback", "--data", str(out), "--out", str(data)).returncode == 2
