"""An OpenAI-compatible server on loopback that says what a test tells it to, and fails as told."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Script:
    """What the server does next, and what it was asked.

    Attributes:
        reply: Text of the chat answer, streamed in pieces.
        piece: Characters of a piece.
        reasoning: What goes before it as `reasoning_content`.
        whole: Text of an answer that is asked for in one piece; by default the same.
        message: Further fields of its message, or others in their place.
        fault: `500`, `429`, `silent` (no answer before the client gives up), `endless` (comments or blanks, and never
            an end), `head` and `chunk` (a header, or the size of a chunk, that never ends), `context` (prompt too
            long), `model` (unknown name), `cut` (stream ends half-way), `garbage`, `count` or `nan` (embeddings);
            empty for none; `401` and `404` are faults of the list of models, too.
        faults_left: Requests for which the fault goes on, then it is over; `None` for all.
        pause: Seconds between pieces.
        refuses: Parameters for which a request is refused, as models that think refuse some.
        finish: Why the chat answer ends.
        counts: It reports the tokens used.
        models: Those that it lists.
        requests: Bodies received, oldest first.
        cut_off: Streams whose client went away before their end.
    """

    reply: str = ""
    piece: int = 7
    reasoning: str = ""
    whole: str = ""
    message: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    faults_left: int | None = None
    pause: float = 0.0
    refuses: Sequence[str] = ()
    finish: str = "stop"
    counts: bool = True
    models: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    cut_off: int = 0
    url: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    def over(self) -> bool:
        """Counts a request; the fault has lasted as long as it was to."""
        if self.faults_left is None:
            return False
        self.faults_left -= 1
        return self.faults_left < 0

    @property
    def prompt(self) -> str:
        return "\n".join(str(message["content"]) for message in self.requests[-1]["messages"])


_REFUSALS = {
    "500": (500, "server_error"),
    "401": (401, "invalid_api_key"),
    "404": (404, "not_found"),
    "429": (429, "rate_limit_exceeded"),
    "context": (400, "context_length_exceeded"),
    "model": (404, "model_not_found"),
}
"""Fault -> status and OpenAI's error code."""
_UNFINISHED = {
    "head": "HTTP/1.1 200 OK\r\ncontent-type: text/{}\r\nx: ",
    "chunk": "HTTP/1.1 200 OK\r\ncontent-type: text/{}\r\ntransfer-encoding: chunked\r\n\r\n1;",
}
"""Fault -> what is sent before the byte that is then repeated."""
_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class _Handler(BaseHTTPRequestHandler):
    script: Script

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        status, _ = _REFUSALS.get(self.script.fault, (200, ""))
        self._json(status, {"data": [{"id": model} for model in self.script.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.script.requests.append(body)
        if self.script.over():
            self.script.fault = ""
        if self.script.fault in _REFUSALS:
            status, code = _REFUSALS[self.script.fault]
            self._json(status, {"error": {"message": "scripted fault", "code": code}}, retry_after="0")
        elif self.script.fault in ("silent", "endless", *_UNFINISHED):
            self._hang(streams=bool(body.get("stream")))
        elif refused := next((name for name in self.script.refuses if name in body), ""):
            message = f"Unsupported parameter: '{refused}' is not supported with this model."
            self._json(400, {"error": {"message": message, "param": refused, "code": "unsupported_parameter"}})
        elif self.path.endswith("/embeddings"):
            self._embeddings(body["input"])
        elif self.script.fault == "garbage":
            self._json(200, "not a completion")
        elif body.get("stream"):
            self._stream()
        else:
            self._whole(body)

    def _whole(self, body: dict[str, Any]) -> None:
        if "stream_options" in body:
            self._json(400, {"error": {"message": "stream_options is only allowed when stream is true"}})
            return
        message = {"role": "assistant", "content": self.script.whole or self.script.reply}
        choice = {"index": 0, "message": message | self.script.message, "finish_reason": self.script.finish}
        head = {"id": "1", "object": "chat.completion", "created": 1, "model": "scripted"}
        self._json(200, head | {"choices": [choice]} | ({"usage": _USAGE} if self.script.counts else {}))

    def _json(self, status: int, data: Any, retry_after: str | None = None) -> None:
        content = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        if retry_after:
            self.send_header("retry-after", retry_after)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _hang(self, *, streams: bool) -> None:
        if self.script.fault == "silent":
            self.script.stopped.wait()
            return
        if self.script.fault in _UNFINISHED:
            self._drip(_UNFINISHED[self.script.fault].format("event-stream" if streams else "plain").encode(), b"1")
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streams else "application/json")
        self.end_headers()
        self._drip(b"", b": ping\n\n" if streams else b" ")

    def _drip(self, start: bytes, piece: bytes) -> None:
        self.wfile.write(start)
        while not self.script.stopped.wait(0.05):
            try:
                self.wfile.write(piece)
            except OSError:  # the client went away
                self.script.cut_off += 1
                return

    def _embeddings(self, texts: list[str]) -> None:
        value = float("nan") if self.script.fault == "nan" else 0.5
        count = len(texts) - 1 if self.script.fault == "count" else len(texts)
        rows = [{"object": "embedding", "index": i, "embedding": [value, 0.1 * i, 1.0]} for i in range(count)]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        self._json(200, {"object": "list", "model": "scripted", "data": rows, "usage": usage})

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        size = self.script.piece
        for start in range(0, len(self.script.reasoning), size):
            self._chunk({"content": None, "reasoning_content": self.script.reasoning[start : start + size]}, None)
        pieces = [self.script.reply[start : start + size] for start in range(0, len(self.script.reply), size)]
        if self.script.fault == "cut":
            pieces = pieces[: len(pieces) * 2 // 3]
        for piece in pieces:
            time.sleep(self.script.pause)
            try:
                self._chunk({"content": piece}, None)
            except OSError:  # the client went away
                self.script.cut_off += 1
                return
        if self.script.fault != "cut":
            self._chunk({}, self.script.finish)
            if self.script.counts:
                self._event({"choices": [], "usage": _USAGE})
            self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, delta: dict[str, str | None], finish: str | None) -> None:
        self._event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    def _event(self, data: dict[str, Any]) -> None:
        event = {"id": "1", "object": "chat.completion.chunk", "created": int(time.time()), "model": "scripted"}
        self.wfile.write(f"data: {json.dumps(event | data)}\n\n".encode())
        self.wfile.flush()


@contextmanager
def openai_server() -> Iterator[Script]:
    script = Script()
    handler = type("Handler", (_Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield script
    finally:
        script.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
