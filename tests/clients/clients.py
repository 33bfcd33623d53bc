"""What a Python client of OpenAI's API makes of a server, as JSON lines: `python clients.py URL [CLIENT ...]`.

Run with an interpreter that has the clients; it needs nothing of the project.
"""

import importlib.metadata
import json
import os
import sys
import tempfile
from collections.abc import Callable
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

URL = f"{sys.argv[1]}/v1"
QUESTION = "When did the Heron-2 satellite lift off?"
EARLIER = "Which satellite was launched in October?"
FOLLOW_UP = "When did it lift off?"
ASKED = [{"role": "user", "content": QUESTION}]
CONVERSATION = [
    {"role": "user", "content": EARLIER},
    {"role": "assistant", "content": "Heron-2 was launched. [1]"},
    {"role": "user", "content": FOLLOW_UP},
]
SCHEMA = {"title": "Launch", "type": "object", "properties": {"date": {"type": "string"}}, "required": ["date"]}
Features = dict[str, Callable[[], Any]]


def holds(text: Any, words: str = "04:12") -> None:
    assert words in str(text), f"{words!r} is not in {str(text)[:200]!r}"


def refused(call: Callable[[], Any], error: type[Exception], words: str) -> None:
    try:
        result = call()
    except error as raised:
        holds(raised, words)
        return
    raise AssertionError(f"no {error.__name__}, but {str(result)[:100]!r}")


def of_page(places: list[Any], text: str) -> None:
    """Each annotation's place is a marker, and its address a web page."""
    assert places
    for place in places:
        cited = place.get("url_citation", place) if isinstance(place, dict) else place
        fields = cited if isinstance(cited, dict) else cited.model_dump()
        assert text[fields["start_index"] : fields["end_index"]].startswith("["), fields
        assert fields["url"].startswith("https://")


def openai_chat() -> Features:
    import openai
    from pydantic import BaseModel

    class Launch(BaseModel):
        date: str

    client = openai.OpenAI(base_url=URL, api_key="none", max_retries=0)
    chat = client.chat.completions

    def ask(model: str = "dateline", messages: Any = ASKED) -> Any:
        return chat.create(model=model, messages=messages).choices[0].message

    def stream() -> None:
        chunks = chat.create(model="dateline", messages=ASKED, stream=True, stream_options={"include_usage": True})
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == ask().content

    def helper() -> None:
        with chat.stream(model="dateline", messages=ASKED) as events:
            assert events.get_final_completion().choices[0].message.content == ask().content

    return {
        "plain": lambda: holds(ask().content),
        "stream": stream,
        "helper": helper,
        "history": lambda: holds(ask(messages=CONVERSATION).content, "Heron-2"),
        "errors": lambda: refused(lambda: ask("other"), openai.NotFoundError, "dateline"),
        "annotations": lambda: of_page([a.url_citation for a in ask().annotations], ask().content),
        "structured": lambda: refused(
            lambda: chat.parse(model="dateline", messages=ASKED, response_format=Launch),
            openai.BadRequestError,
            "response_format",
        ),
    }


def openai_responses() -> Features:
    import openai
    from pydantic import BaseModel

    class Launch(BaseModel):
        date: str

    responses = openai.OpenAI(base_url=URL, api_key="none", max_retries=0).responses

    def ask(model: str = "dateline", given: Any = QUESTION) -> Any:
        return responses.create(model=model, input=given)

    def stream() -> None:
        events = responses.create(model="dateline", input=QUESTION, stream=True)
        pieces = [event.delta for event in events if event.type == "response.output_text.delta"]
        assert "".join(pieces) == ask().output_text

    def helper() -> None:
        with responses.stream(model="dateline", input=QUESTION) as events:
            assert events.get_final_response().output_text == ask().output_text

    return {
        "plain": lambda: holds(ask().output_text),
        "stream": stream,
        "helper": helper,
        "history": lambda: holds(ask(given=CONVERSATION).output_text, "Heron-2"),
        "errors": lambda: refused(lambda: ask("other"), openai.NotFoundError, "dateline"),
        "annotations": lambda: of_page(ask().output[0].content[0].annotations, ask().output_text),
        "structured": lambda: refused(
            lambda: responses.parse(model="dateline", input=QUESTION, text_format=Launch),
            openai.BadRequestError,
            "text.format",
        ),
    }


def langchain() -> Features:
    import openai
    from langchain_openai import ChatOpenAI

    def model(name: str = "dateline") -> Any:
        return ChatOpenAI(model=name, base_url=URL, api_key="none", max_retries=0, stream_usage=True)

    return {
        "plain": lambda: holds(model().invoke(QUESTION).content),
        "stream": lambda: holds("".join(chunk.content for chunk in model().stream(QUESTION))),
        "helper": lambda: holds(reduce(add, model().stream(QUESTION)).content),
        "history": lambda: holds(model().invoke(CONVERSATION).content, "Heron-2"),
        "errors": lambda: refused(lambda: model("other").invoke(QUESTION), openai.NotFoundError, "dateline"),
        "structured": lambda: refused(
            lambda: model().with_structured_output(SCHEMA).invoke(QUESTION), openai.BadRequestError, "response_format"
        ),
    }


def litellm() -> Features:
    import litellm as client

    client.telemetry = False
    client.suppress_debug_info = True

    def ask(model: str = "dateline", messages: Any = ASKED, **more: Any) -> Any:
        name = f"openai/{model}"
        return client.completion(model=name, api_base=URL, api_key="none", messages=messages, max_retries=0, **more)

    def text(**more: Any) -> str:
        return str(ask(**more).choices[0].message.content)

    def stream() -> None:
        chunks = ask(stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == text()

    return {
        "plain": lambda: holds(text()),
        "stream": stream,
        "helper": lambda: holds(client.stream_chunk_builder(list(ask(stream=True))).choices[0].message.content),
        "history": lambda: holds(text(messages=CONVERSATION), "Heron-2"),
        "errors": lambda: refused(lambda: ask("other"), client.NotFoundError, "dateline"),
        "annotations": lambda: of_page(ask().choices[0].message.annotations, text()),
        "structured": lambda: refused(
            lambda: ask(response_format={"type": "json_object"}), client.BadRequestError, "response_format"
        ),
    }


def llama_index() -> Features:
    import openai
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    def model(name: str = "dateline") -> Any:
        return OpenAILike(model=name, api_base=URL, api_key="none", is_chat_model=True, max_retries=0)

    conversation = [ChatMessage(role=turn["role"], content=turn["content"]) for turn in CONVERSATION]
    return {
        "plain": lambda: holds(model().chat([ChatMessage(role="user", content=QUESTION)]).message.content),
        "stream": lambda: holds([piece.message.content for piece in model().stream_chat(conversation)][-1], "Heron-2"),
        "history": lambda: holds(model().chat(conversation).message.content, "Heron-2"),
        "errors": lambda: refused(lambda: model("other").chat(conversation), openai.NotFoundError, "dateline"),
    }


def llm() -> Features:
    folder = Path(tempfile.mkdtemp())
    entry = "- model_id: {0}\n  model_name: {0}\n  api_base: {1}\n  api_key_name: none\n  supports_schema: true\n"
    (folder / "extra-openai-models.yaml").write_text(entry.format("dateline", URL) + entry.format("other", URL))
    (folder / "keys.json").write_text('{"none": "none"}')
    os.environ["LLM_USER_PATH"] = str(folder)
    import llm as client

    def ask(model: str = "dateline", **more: Any) -> Any:
        return client.get_model(model).prompt(QUESTION, **more)

    def history() -> None:
        conversation = client.get_model("dateline").conversation()
        conversation.prompt(QUESTION).text()
        holds(conversation.prompt(FOLLOW_UP).text(), "04:12")

    return {
        "plain": lambda: holds(ask(stream=False).text()),
        "stream": lambda: holds("".join(ask())),
        "history": history,
        "errors": lambda: refused(lambda: ask("other").text(), Exception, "dateline"),
        "structured": lambda: refused(lambda: ask(schema=SCHEMA).text(), Exception, "response_format"),
    }


CLIENTS: dict[str, tuple[str, Callable[[], Features]]] = {
    "openai-python, chat": ("openai", openai_chat),
    "openai-python, responses": ("openai", openai_responses),
    "LangChain (Python)": ("langchain-openai", langchain),
    "LiteLLM": ("litellm", litellm),
    "LlamaIndex": ("llama-index-llms-openai-like", llama_index),
    "llm": ("llm", llm),
}


def main() -> None:
    """Tries every feature of the clients; a cell that failed holds the error."""
    for name in sys.argv[2:] or CLIENTS:
        package, features = CLIENTS[name]
        version = importlib.metadata.version(package)
        for feature, call in features().items():
            try:
                call()
                error = ""
            except Exception as raised:  # noqa: BLE001 - whatever a client raises is what is to be seen
                error = f"{type(raised).__name__}: {raised}"
            row = {"client": name, "version": version, "feature": feature, "error": error}
            print(json.dumps(row), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
