"""OpenAI's official JavaScript client against the running server."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import serving

HERE = Path(__file__).parents[1]
QUESTION = "When did the Heron-2 satellite lift off?"


@pytest.fixture(scope="module")
def seen(data: Path) -> dict[str, Any]:
    """What the client saw."""
    if not shutil.which("node") or not (HERE / "node_modules" / "openai").exists():
        pytest.skip("the JavaScript client is not installed; `npm ci --prefix tests/web` installs it, with node 20")
    with serving(data, DATELINE_REQUESTS_PER_MINUTE="8") as server:
        done = subprocess.run(
            ["node", "openai_client.mjs", f"{server.url}/v1", QUESTION],
            cwd=HERE,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_it_lists_the_model(seen: dict[str, Any]) -> None:
    assert seen["models"] == ["dateline"]


def test_it_gets_the_answer_with_its_citations(seen: dict[str, Any]) -> None:
    message = seen["whole"]["choices"][0]["message"]
    assert "04:12" in message["content"]
    assert any("04:12" in citation["quote"] for citation in message["citations"])
    assert message["annotations"]
    for annotation in message["annotations"]:
        cited = annotation["url_citation"]
        assert annotation["type"] == "url_citation"
        assert message["content"][cited["start_index"] : cited["end_index"]].startswith("[")
        assert cited["url"].startswith("https://")
    assert seen["whole"]["dateline"]["status"] == "answered"


def test_it_streams_the_same(seen: dict[str, Any]) -> None:
    message = seen["whole"]["choices"][0]["message"]
    assert seen["streamed"]["text"] == seen["final"]["text"] == message["content"]
    for name in ("citations", "annotations"):
        numbered = [{"index": index, **entry} for index, entry in enumerate(message[name])]
        assert seen["streamed"][name] == numbered
    assert seen["streamed"]["dateline"]["citations"] == message["citations"]
    assert seen["final"]["usage"]["total_tokens"] == 0


def test_it_knows_its_errors(seen: dict[str, Any]) -> None:
    refused = {
        name: (seen[name]["name"], seen[name]["status"], seen[name]["code"])
        for name in ("badModel", "tooLong", "noQuestion", "tooOften")
    }
    assert refused == {
        "badModel": ("NotFoundError", 404, "model_not_found"),
        "tooLong": ("BadRequestError", 400, "invalid_request"),
        "noQuestion": ("BadRequestError", 400, "invalid_request"),
        "tooOften": ("RateLimitError", 429, "rate_limit_exceeded"),
    }
    assert "4,000" in seen["tooLong"]["message"]
    assert int(seen["tooOften"]["retryAfter"]) > 0
