"""Fifty readers at once: `python -m tests.web.readers_benchmark [ARTICLES] [--readers 50] [--rounds 3]`.

Starts `python app.py` over the articles (the sample's by default) and asks `/api/ask` from as many
threads at the same time: once with the quoting answerer, once with a model stub that writes
100 tokens at 20 a second. Prints first words and whole answer (p50, p95), failures, the server's memory
before and after, and how long a second start takes until it is ready. The load comes from the same cores.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.web.conftest import ROOT, serving

SAMPLE = ROOT / "evals" / "suites" / "sample"
TOKENS = 100
TOKENS_PER_SECOND = 20
CHARACTERS_PER_TOKEN = 4
_PASSAGE = re.compile(r"\[1\][^\n]*\n<passage>\n(.*?)\n</passage>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """One reader's question; seconds from asking."""

    outcome: str
    first_words: float
    whole: float


class _Model(BaseHTTPRequestHandler):
    """Says the first passage's sentences again, token by token, each with its marker."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        passage = _PASSAGE.search(body["messages"][-1]["content"])
        sentences = re.split(r"(?<=[.!?])\s+", passage.group(1)) if passage else []
        text = " ".join(f"{sentence} [1]" for sentence in sentences)[: TOKENS * CHARACTERS_PER_TOKEN]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for start in range(0, len(text), CHARACTERS_PER_TOKEN):
            time.sleep(1 / TOKENS_PER_SECOND)
            self._chunk({"content": text[start : start + CHARACTERS_PER_TOKEN]}, None)
        self._chunk({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "stub", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()


class _ModelServer(ThreadingHTTPServer):
    request_queue_size = 256


@contextmanager
def model() -> Iterator[str]:
    server = _ModelServer(("127.0.0.1", 0), _Model)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(url: str, question: str) -> Asked:
    start = time.perf_counter()
    first, outcome = 0.0, "no answer"
    with httpx.stream("POST", f"{url}/api/ask", json={"question": question}, timeout=120) as response:
        if response.status_code != 200:
            return Asked(f"status {response.status_code}", 0.0, time.perf_counter() - start)
        for line in response.iter_lines():
            name = line.removeprefix("event: ") if line.startswith("event: ") else ""
            first = first or (time.perf_counter() - start if name == "token" else 0.0)
            outcome = name if name in ("answer", "error") else outcome
    return Asked(outcome, first, time.perf_counter() - start)


def at_once(url: str, questions: Sequence[str], readers: int) -> list[Asked]:
    together, asked = threading.Barrier(readers), list[Asked]()

    def reader(number: int) -> None:
        together.wait()
        asked.append(ask(url, questions[number % len(questions)]))

    threads = [threading.Thread(target=reader, args=(number,)) for number in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return asked


def memory(process_id: int) -> str:
    status = Path(f"/proc/{process_id}/status").read_text("utf-8")
    sizes = {name: int(re.findall(rf"{name}:\s+(\d+)", status)[0]) // 1024 for name in ("VmRSS", "VmHWM")}
    return f"{sizes['VmRSS']} MB (peak {sizes['VmHWM']})"


def measure(name: str, data: Path, options: argparse.Namespace, **environment: str) -> None:
    lines = (SAMPLE / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    start = time.perf_counter()
    with serving(data, **environment) as server:
        ready = time.perf_counter() - start
        ask(server.url, questions[0])
        before = memory(server.process.pid)
        asked = [asking for _ in range(options.rounds) for asking in at_once(server.url, questions, options.readers)]
        after = memory(server.process.pid)
    answered = [asking for asking in asked if asking.outcome == "answer"]
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in Counter(asking.outcome for asking in asked).items())
    print(f"{name}: ready after {ready:.1f} s; {options.rounds} rounds of {options.readers}: {outcomes}")
    print(f"  first words: {spread([asking.first_words for asking in answered])}")
    print(f"  whole answer: {spread([asking.whole for asking in answered])}")
    print(f"  server memory: {before} before, {after} after", flush=True)


def spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    return f"p50 {ordered[len(ordered) // 2]:.2f} s, p95 {ordered[int(len(ordered) * 0.95)]:.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", nargs="?", type=Path, default=SAMPLE / "articles")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        command = [sys.executable, "-m", "ingest", str(options.articles), "--data", str(data)]
        subprocess.run(command, cwd=ROOT, check=True, env=os.environ)
        with serving(data):
            pass
        measure("quotes, second start", data, options)
        with model() as url:
            measure("model stub", data, options, OPENAI_BASE_URL=url, OPENAI_API_KEY="none")


if __name__ == "__main__":
    main()
