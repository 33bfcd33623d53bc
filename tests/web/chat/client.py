"""A client of the chat that is no browser: it sends to Gradio's routes what it likes."""

import json
import secrets
from typing import Any

import httpx

JOIN = "/gradio_api/queue/join"
DATA = "/gradio_api/queue/data"
QUESTION = "When was the Heron-2 satellite launched?"
HONEST: dict[str, Any] = {
    "state": None,
    "textbox": "",
    "button": QUESTION,
    "checkbox": False,
    "checkboxgroup": [],
    "radio": None,
}
"""A value of each kind of component that may be an event's input: none of them can carry a file."""


class ChatClient:
    """Talks to the chat at an address."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30)
        config = self._http.get("/config").json()
        self.types = {component["id"]: component["type"] for component in config["components"]}
        self.events = config["dependencies"]
        self.asking = next(event["id"] for event in self.events if event["targets"][0][1] == "submit")

    def close(self) -> None:
        self._http.close()

    def inputs(self, event: int) -> list[Any]:
        """What the page would send with the event."""
        taken = next(each["inputs"] for each in self.events if each["id"] == event)
        values = [HONEST[self.types[component]] for component in taken]
        return [QUESTION, *values[1:]] if event == self.asking else values

    def body(self, event: int, **changed: Any) -> dict[str, Any]:
        session = f"s{secrets.token_hex(8)}"
        return {"data": self.inputs(event), "fn_index": event, "session_hash": session, **changed}

    def join(self, body: dict[str, Any] | bytes) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._http.post(JOIN, content=content, headers={"content-type": "application/json"})

    def collected(self, session: str) -> dict[str, Any]:
        """How the session's event ended."""
        ended: dict[str, Any] = {}
        with self._http.stream("GET", DATA, params={"session_hash": session}) as response:
            assert response.status_code == 200, response.read()
            for line in response.iter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                assert message.get("msg") != "unexpected_error", message
                ended = message if message.get("msg") == "process_completed" else ended
        return ended

    def run(self, body: dict[str, Any]) -> dict[str, Any]:
        """How the event ended."""
        joined = self.join(body)
        assert joined.status_code == 200, joined.text
        return self.collected(body["session_hash"])

    def ask(self, question: str, **changed: Any) -> str:
        """All that the page is sent at the end of an answer."""
        body = self.body(self.asking, **changed)
        body["data"][0] = question
        return json.dumps(self.run(body), ensure_ascii=False)
