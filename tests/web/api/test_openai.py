"""`/v1` as OpenAI's clients use it: helpers, responses, and refusals that they can read."""

import json
import logging
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from openai import APIStatusError, BadRequestError, NotFoundError, OpenAI
from openai.types.responses import Response
from pydantic import BaseModel

from web.api.disclosure import Disclosure
from web.api.responses import ResponseEvents
from web.error_boundary import closing_with_error

QUESTION = "When did the Heron-2 satellite lift off?"
MESSAGES: Any = [{"role": "user", "content": QUESTION}]


class Launch(BaseModel):
    date: str


@pytest.fixture
def client(server: SimpleNamespace) -> OpenAI:
    return OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)


def posted(server: SimpleNamespace, path: str, body: Any, **headers: str) -> httpx.Response:
    return httpx.post(f"{server.url}{path}", json=body, headers=headers, timeout=30)


def test_the_clients_stream_helper_puts_all_citations_together(client: OpenAI) -> None:
    with client.chat.completions.stream(model="dateline", messages=MESSAGES) as stream:
        for _event in stream:
            pass
        message: Any = stream.get_final_completion().choices[0].message
    whole: Any = client.chat.completions.create(model="dateline", messages=MESSAGES).choices[0].message
    assert message.content == whole.content
    assert len(whole.citations) > 1
    assert [without_index(citation) for citation in message.citations] == whole.citations
    assert [citation["index"] for citation in message.citations] == list(range(len(whole.citations)))
    assert len(message.annotations) == len(whole.annotations)


def without_index(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "index"}


def test_a_response_holds_the_answer_and_its_citations(client: OpenAI) -> None:
    response: Any = client.responses.create(model="dateline", input=QUESTION, metadata={"desk": "science"})
    assert "04:12" in response.output_text
    assert (response.status, response.metadata, response.store) == ("completed", {"desk": "science"}, False)
    annotations = response.output[0].content[0].annotations
    places = [response.output_text[each.start_index : each.end_index] for each in annotations]
    assert places == [f"[{citation['marker']}]" for citation in response.dateline["citations"]]
    assert all(each.url.startswith("https://") and each.title for each in annotations)


def test_a_response_streams_every_event_of_openais_in_order(client: OpenAI) -> None:
    with client.responses.stream(model="dateline", input=QUESTION) as stream:
        events: list[Any] = list(stream)
        final: Any = stream.get_final_response()
    assert [event.sequence_number for event in events] == list(range(len(events)))
    names = [event.type.removeprefix("response.") for event in events]
    text, annotation = "output_text.delta", "output_text.annotation.added"
    assert names[:4] == ["created", "in_progress", "output_item.added", "content_part.added"]
    assert names[-4:] == ["output_text.done", "content_part.done", "output_item.done", "completed"]
    assert names[4:-4] == [text] * names.count(text) + [annotation] * names.count(annotation)
    whole: Any = client.responses.create(model="dateline", input=QUESTION)
    assert "".join(event.delta for event in events if event.type.endswith(text)) == whole.output_text
    (part,), (whole_part,) = final.output[0].content, whole.output[0].content
    assert (part.text, part.annotations) == (whole_part.text, whole_part.annotations)
    assert names.count(annotation) == len(whole.output[0].content[0].annotations)


def test_a_response_reads_the_conversation_in_its_input(client: OpenAI) -> None:
    conversation: Any = [
        {"role": "developer", "content": "Answer in verse."},
        {"role": "user", "content": [{"type": "input_text", "text": "Which satellite was launched in October?"}]},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Heron-2 was. [1]"}]},
        {"role": "user", "content": "When did it lift off?"},
    ]
    assert "Heron-2" in client.responses.create(model="dateline", input=conversation).output_text
    early: Any = client.responses.create(model="dateline", input=QUESTION, extra_body={"as_of": "2026-09-25"})
    assert "04:12" not in early.output_text


def test_a_response_that_fails_on_its_way_says_so(caplog: pytest.LogCaptureFixture) -> None:
    made = ResponseEvents("dateline", Disclosure(), {}, utf16=False)

    def broken() -> Generator[bytes]:
        yield from list(made.events([]))[:2]
        raise ZeroDivisionError

    with caplog.at_level(logging.CRITICAL):
        events = [data.decode() for data in closing_with_error(broken(), made.failed)]
    told = [json.loads(event.split("data: ")[1]) for event in events]
    assert [each["type"] for each in told[2:]] == ["error", "response.failed"]
    failed = Response.model_validate(told[-1]["response"])
    assert failed.status == "failed"
    assert failed.error
    assert failed.error.message == told[2]["message"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("chat/completions", {"messages": MESSAGES, "stream": None, "stream_options": None, "n": None, "model": None}),
        ("chat/completions", {"messages": MESSAGES, "tool_choice": None, "response_format": None, "metadata": None}),
        ("chat/completions", {"messages": MESSAGES, "filters": {"sources": None}, "as_of": None, "stop": None}),
        ("chat/completions", {"messages": [{"role": "assistant", "content": None}, *MESSAGES], "tools": None}),
        ("chat/completions", {"messages": MESSAGES, "response_format": {"type": "text"}, "modalities": ["text"]}),
        ("chat/completions", {"messages": MESSAGES, "tools": [{"type": "function"}], "tool_choice": "auto"}),
        ("chat/completions", {"messages": MESSAGES, "tool_choice": {"type": "auto"}, "metadata": {"as_of": None}}),
        ("chat/completions", {"messages": MESSAGES, "tool_choice": {"type": "none"}, "n": "1", "stream": "false"}),
        ("chat/completions", {"messages": MESSAGES, "tool_choice": {"allowed_tools": {"mode": "none", "tools": []}}}),
        ("/chat/completions", {"messages": MESSAGES}),
        ("chat//completions/", {"messages": [{"role": "user", "content": [{"type": "input_text", "text": "Who?"}]}]}),
        ("responses", {"input": QUESTION, "text": None, "conversation": None, "stream": None, "background": None}),
        ("responses/", {"input": QUESTION, "text": {"format": {"type": "text"}}, "store": True, "tools": []}),
    ],
)
def test_what_clients_send_is_accepted(server: SimpleNamespace, path: str, asked: dict[str, Any]) -> None:
    response = posted(server, f"/v1/{path}", asked)
    assert response.status_code == 200, response.text


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
FORCED = {"type": "function", "function": {"name": "x"}}
SCHEMA = {"type": "json_schema", "name": "x", "schema": {}}
ALLOWED = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": []}}


@pytest.mark.parametrize(
    ("path", "changed", "param"),
    [
        ("chat/completions", {"response_format": {"type": "json_object"}}, "response_format"),
        ("chat/completions", {"response_format": {"type": "json_schema", "json_schema": {}}}, "response_format"),
        ("chat/completions", {"tool_choice": "required"}, "tool_choice"),
        ("chat/completions", {"tool_choice": FORCED}, "tool_choice"),
        ("chat/completions", {"tool_choice": ALLOWED}, "tool_choice"),
        ("chat/completions", {"tool_choice": {"type": "any"}}, "tool_choice"),
        ("chat/completions", {"function_call": {"name": "x"}}, "function_call"),
        ("chat/completions", {"modalities": ["text", "audio"]}, "modalities"),
        ("chat/completions", {"n": 2}, "n"),
        ("chat/completions", {"messages": [{"role": "user", "content": [IMAGE]}]}, "messages[0]"),
        ("chat/completions", {"messages": [{"role": "user", "content": None}]}, "messages[0]"),
        ("chat/completions", {"messages": [*MESSAGES, {"role": "sage", "content": "x"}]}, "messages[1].role"),
        ("chat/completions", {"messages": [{"role": "user", "content": [{"text": 1}]}]}, "messages[0].content[0].type"),
        ("chat/completions", {"messages": [{"role": "user", "content": "x" * 4001}]}, "messages[0]"),
        ("chat/completions", {"messages": [{"role": "assistant", "content": "x"}]}, "messages"),
        ("chat/completions", {"filters": {"start": "soon"}}, "filters.start"),
        ("chat/completions", {"filters": {"start": "2026-10-02", "end": "2026-10-01"}}, "filters.start"),
        ("chat/completions", {"filters": {"planet": "Mars"}}, "filters.planet"),
        ("chat/completions", {"as_of": "soon"}, "as_of"),
        ("chat/completions", {"metadata": {"as_of": "soon"}}, "metadata"),
        ("responses", {"text": {"format": SCHEMA}}, "text.format"),
        ("responses", {"tool_choice": {"type": "web_search"}}, "tool_choice"),
        ("responses", {"previous_response_id": "resp_1"}, "previous_response_id"),
        ("responses", {"conversation": {"id": "conv_1"}}, "conversation"),
        ("responses", {"background": True}, "background"),
        ("responses", {"input": [{"type": "item_reference", "id": "msg_1"}, *MESSAGES]}, "input[0]"),
        ("responses", {"input": []}, "input"),
    ],
)
def test_a_refusal_names_the_field(server: SimpleNamespace, path: str, changed: dict[str, Any], param: str) -> None:
    asked = {"input": QUESTION, **changed} if path == "responses" else {"messages": MESSAGES, **changed}
    for stream in (False, True):
        response = posted(server, f"/v1/{path}", {**asked, "stream": stream})
        error = response.json()["error"]
        assert (response.status_code, error["param"], error["type"]) == (400, param, "invalid_request_error"), error


def test_the_clients_structured_output_is_refused_before_it_misreads_prose(client: OpenAI) -> None:
    with pytest.raises(BadRequestError) as chat:
        client.chat.completions.parse(model="dateline", messages=MESSAGES, response_format=Launch)
    with pytest.raises(BadRequestError) as response:
        client.responses.parse(model="dateline", input=QUESTION, text_format=Launch)
    assert (chat.value.code, chat.value.param) == ("unsupported_value", "response_format")
    assert (response.value.code, response.value.param) == ("unsupported_value", "text.format")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("POST", "/v1/embeddings", {}, 404, "not_found"),
        ("GET", "/v1/anything/at/all", {}, 404, "not_found"),
        ("GET", "/v1", {}, 404, "not_found"),
        ("GET", "/v1/", {}, 404, "not_found"),
        ("GET", "/v1/chat/completions", {}, 405, "method_not_allowed"),
        ("DELETE", "/v1/models/dateline", {}, 405, "method_not_allowed"),
        ("POST", "/v1/chat/completions", {"content": "{"}, 400, "invalid_request"),
        ("POST", "/v1/chat/completions", {"content": "[]"}, 400, "invalid_request"),
        ("POST", "/v1/chat/completions", {"content": "{}", "content-encoding": "gzip"}, 415, "invalid_request"),
        ("POST", "/chat/completions", {}, 404, "not_found"),
        ("POST", "/openai/deployments/dateline/chat/completions?api-version=1", {}, 404, "not_found"),
        ("POST", "/api/v1/responses", {}, 404, "not_found"),
        ("GET", "/models", {}, 404, "not_found"),
        ("GET", "/v1/models", {"host": "elsewhere.example"}, 421, "unknown_host"),
        ("GET", "/v1/models", {"origin": "https://elsewhere.example"}, 403, "foreign_origin"),
        ("GET", "/v1/models", {"origin": "null"}, 403, "foreign_origin"),
    ],
)
def test_every_refusal_has_openais_shape(
    client: OpenAI, server: SimpleNamespace, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    content = headers.pop("content", None)
    sent = httpx.request(method, f"{server.url}{path}", headers=headers, content=content)
    assert (sent.status_code, sent.json()["error"]["code"]) == (status, code)
    assert sent.json()["error"]["message"]
    assert ("allow" in sent.headers) == (status == 405)
    refused: APIStatusError = client._make_status_error_from_response(sent)
    assert refused.code == code


def test_who_left_v1_out_of_the_base_address_is_told(server: SimpleNamespace) -> None:
    with pytest.raises(NotFoundError, match="base address of OpenAI's clients ends in /v1"):
        OpenAI(base_url=server.url, api_key="none", max_retries=0).models.list()


def test_a_page_of_a_foreign_name_is_refused_in_words_that_a_browser_shows(server: SimpleNamespace) -> None:
    refused = httpx.get(f"{server.url}/", headers={"host": "elsewhere.example"})
    assert refused.status_code == 421
    assert refused.headers["content-type"].startswith("text/plain")
    assert "--allow-origin" in refused.text
