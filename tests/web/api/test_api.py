"""The HTTP interfaces: OpenAI's official client, server-sent events, search, articles."""

import json
import re
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import HTTPException
from openai import BadRequestError, NotFoundError, OpenAI

from web.api.concurrency import ConcurrencyLimit

QUESTION = "When did the Heron-2 satellite lift off?"


@pytest.fixture
def client(server: SimpleNamespace) -> OpenAI:
    return OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0)


def ask(client: OpenAI, **more: Any) -> Any:
    messages = more.pop("messages", [{"role": "user", "content": QUESTION}])
    return client.chat.completions.create(model="dateline", messages=messages, **more)


def test_the_official_client_gets_an_answer_with_citations(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["dateline"]
    assert client.models.retrieve("dateline").id == "dateline"
    completion = ask(client)
    message = completion.choices[0].message
    assert "04:12" in message.content
    assert completion.choices[0].finish_reason == "stop"
    assert any("04:12" in citation["quote"] for citation in message.citations)
    for annotation in message.annotations:
        cited = annotation.url_citation
        assert message.content[cited.start_index : cited.end_index].startswith("[")
        assert cited.url.startswith("https://")
    assert completion.dateline["status"] == "answered"


def test_the_official_client_streams_the_same_text(client: OpenAI) -> None:
    chunks = list(ask(client, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == ask(client).choices[0].message.content
    assert chunks[-1].usage is not None
    assert all(chunk.usage is None for chunk in chunks[:-1])
    finished = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason == "stop"]
    assert len(finished) == 1
    assert finished[0].dateline["citations"]


def test_as_of_and_the_conversation_are_heeded(client: OpenAI) -> None:
    before = ask(client, metadata={"as_of": "2026-09-25"})
    assert "04:12" not in before.choices[0].message.content
    assert before.dateline["as_of"].startswith("2026-09-25")
    follow_up = ask(
        client,
        messages=[
            {"role": "user", "content": "Which satellite was launched in October?"},
            {"role": "assistant", "content": "Heron-2 was launched. [1]"},
            {"role": "user", "content": [{"type": "text", "text": "When did it lift off?"}]},
        ],
    )
    assert "Heron-2" in follow_up.choices[0].message.content


def test_the_filters_are_those_of_the_other_routes(client: OpenAI, server: SimpleNamespace) -> None:
    filters = {"sources": ["Lattice Weekly"], "end": "2026-09-30"}
    body = {"filters": filters, "as_of": "2026-09-25"}
    told = ask(client, extra_body=body, metadata={"as_of": "2026-10-01"}).dateline
    assert {hit["article"]["source"] for hit in told["hits"]} == {"Lattice Weekly"}
    assert told["as_of"].startswith("2026-09-25")
    with pytest.raises(BadRequestError, match="start date 'soon' is not ISO 8601"):
        ask(client, extra_body={"filters": {"start": "soon"}})
    with pytest.raises(BadRequestError, match="filters.unknown"):
        ask(client, extra_body={"filters": {"unknown": 1}})
    searched = httpx.get(f"{server.url}/api/search", params={"q": "flood", "end": "soon"})
    assert (searched.status_code, searched.json()["detail"][:15]) == (422, "end date 'soon'")
    asked = httpx.post(f"{server.url}/api/ask", json={"question": "Who?", "filters": {"start": "soon"}})
    assert (asked.status_code, asked.json()["detail"][:17]) == (422, "start date 'soon'")


def test_what_cannot_be_asked_is_an_error_as_the_client_knows_it(client: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="user's question"):
        ask(client, messages=[{"role": "assistant", "content": "Hello."}])
    with pytest.raises(BadRequestError, match="4,000"):
        ask(client, messages=[{"role": "user", "content": "x" * 4001}])
    with pytest.raises(BadRequestError, match="ISO 8601"):
        ask(client, metadata={"as_of": "last week"})
    with pytest.raises(BadRequestError, match="one answer") as refused:
        ask(client, n=2)
    assert refused.value.param == "n"
    with pytest.raises(NotFoundError, match="dateline"):
        client.models.retrieve("other")
    with pytest.raises(NotFoundError, match="dateline"):
        client.chat.completions.create(model="other", messages=[{"role": "user", "content": QUESTION}])


def test_settings_that_have_no_effect_and_system_messages_change_nothing(client: OpenAI) -> None:
    messages = [{"role": "system", "content": "Answer in verse."}, {"role": "user", "content": QUESTION}]
    settings = {"temperature": 0.1, "max_tokens": 5, "n": 1, "user": "me", "extra_body": {"top_k": 3}}
    assert (
        ask(client, messages=messages, **settings).choices[0].message.content == ask(client).choices[0].message.content
    )


def test_every_marker_is_annotated(client: OpenAI) -> None:
    message = ask(client).choices[0].message
    places = [
        message.content[annotation.url_citation.start_index : annotation.url_citation.end_index]
        for annotation in message.annotations
    ]
    assert places == re.findall(r"\[\d+\]", message.content)


def events(text: str) -> list[tuple[str, Any]]:
    blocks = [block.split("\n", 1) for block in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_an_answer_comes_as_events(server: SimpleNamespace) -> None:
    response = httpx.post(f"{server.url}/api/ask", json={"question": QUESTION}, timeout=30)
    assert response.headers["content-type"].startswith("text/event-stream")
    received = events(response.text)
    names = [name for name, _ in received]
    assert names[0] == "status"
    assert names[-1] == "answer"
    whole = received[-1][1]
    assert "".join(data["text"] for name, data in received if name == "token") == whole["answer"]
    assert [data for name, data in received if name == "citation"] == whole["citations"]


def test_filters_narrow_the_answer(server: SimpleNamespace) -> None:
    filters = {"sources": ["Lattice Weekly"], "end": "2026-09-30"}
    response = httpx.post(f"{server.url}/api/ask", json={"question": QUESTION, "filters": filters}, timeout=30)
    hits = events(response.text)[-1][1]["hits"]
    assert {hit["article"]["source"] for hit in hits} == {"Lattice Weekly"}


@pytest.mark.parametrize(
    "asked",
    [
        {"question": ""},
        {"question": "x" * 4001},
        {"question": "Who?", "as_of": "yesterday"},
        {"question": "Who?", "filters": {"start": "soon"}},
        {"question": "Who?", "unknown": 1},
    ],
)
def test_a_wrong_request_is_refused_with_its_reason(server: SimpleNamespace, asked: dict[str, Any]) -> None:
    response = httpx.post(f"{server.url}/api/ask", json=asked, timeout=30)
    assert response.status_code == 422
    assert response.json()["detail"]


def test_search_and_articles(server: SimpleNamespace) -> None:
    parameters = {"q": "ferry strike", "k": 3, "source": "Northlight News Agency", "start": "2026-09-01"}
    hits = httpx.get(f"{server.url}/api/search", params=parameters, timeout=30).json()["hits"]
    assert 0 < len(hits) <= 3
    assert {hit["article"]["source"] for hit in hits} == {"Northlight News Agency"}
    identity = hits[0]["article"]["id"]
    article = httpx.get(f"{server.url}/api/articles/{identity}").json()
    assert article["id"] == identity
    assert article["versions"][0]["version"] == 1
    assert "text" not in article
    assert article["corrections"] == []
    assert httpx.get(f"{server.url}/api/articles/nobody").status_code == 404
    described = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    assert {"/api/ask", "/api/search", "/api/articles/{article_id}", "/v1/chat/completions"} <= described.keys()


def test_a_full_house_says_so_at_once() -> None:
    limit = ConcurrencyLimit(1)
    slot = limit.acquire()
    with pytest.raises(HTTPException) as refused:
        limit.acquire()
    assert refused.value.status_code == 503
    assert refused.value.headers == {"retry-after": "5"}
    assert list(slot.during(iter(["a"]))) == ["a"]
    never_begun = limit.acquire().during(iter(["a"]))
    with pytest.raises(HTTPException):
        limit.acquire()
    del never_begun
    with limit.acquire():
        pass
