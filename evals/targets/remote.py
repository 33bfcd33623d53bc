"""Any OpenAI-compatible endpoint, or another Dateline over HTTP, as what is evaluated."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter, sleep
from typing import Any

import httpx

from evals.datasets import Case
from evals.predictions import Cited, Evidence, Response
from evals.targets.refusal import declines
from rag.answering.drafts.thoughts import reply_without_reasoning
from rag.dates import NewsDate, parse_iso
from rag.errors import SuiteError
from rag.indexes.model_server import LOOPBACK_DIRECTLY
from rag.models import Usage

_SECONDS = 120.0
_MOST_REASON = 300
"""Characters."""
_BUSY = (429, 503)
_INVALID = (400, 422)
_TRIES = 5
_PAUSE, _LONGEST_PAUSE = 2.0, 60.0
"""Seconds between two tries where the server does not say how many, and the most if it does."""


@dataclass(frozen=True, slots=True)
class Remote:
    """`POST URL/chat/completions`; citations are read where the answer has Dateline's `citations` field.

    What counts as a decline is said in `evals.targets.refusal`. The `as_of` date is sent as `metadata`, which other
    servers ignore, or refuse and are asked without: they answer as of when they like.

    Attributes:
        url: Up to and including `/v1`.
        model: Asked for.
        key: Bearer token, if one is wanted.
    """

    url: str
    model: str = "dateline"
    key: str | None = None
    failed: Response = Response(status="failed", text="", hits=None)

    @property
    def name(self) -> str:
        """Model and address."""
        return f"{self.model} at {self.url}"

    def respond(self, case: Case) -> Response:
        """The endpoint's answer.

        Raises:
            SuiteError: It refused, failed, or answered in another shape.
        """
        fields, milliseconds = self._answered(case)
        try:
            message = fields["choices"][0]["message"]
            text = reply_without_reasoning(_text_of(message["content"]))
        except (KeyError, IndexError, TypeError) as error:
            raise SuiteError(f"{self.url} answered without choices[0].message.content") from error
        citations = next(filter(_are_citations, (message.get("citations"), fields.get("citations"))), None)
        return Response(
            status="not_found" if declines(text) else "answered",
            text=text,
            citations=None if citations is None else tuple(map(_cited, citations)),
            hits=None,
            usage=_usage(fields.get("usage")),
            timings_ms={"total": milliseconds},
            result={
                "question": case.question,
                "answer": text,
                "citations": citations or [],
                "model": fields.get("model", self.model),
            },
        )

    def _answered(self, case: Case) -> tuple[Mapping[str, Any], float]:
        """What the endpoint answers, and after how many milliseconds; it is asked again if it says that it is busy."""
        messages = [{"role": turn.role, "content": turn.content} for turn in case.history]
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [*messages, {"role": "user", "content": case.question}],
        }
        if case.as_of:
            body["metadata"] = {"as_of": case.as_of.isoformat()}
        for left in reversed(range(_TRIES)):
            started = perf_counter()
            answer = self._post(body)
            milliseconds = round((perf_counter() - started) * 1000, 1)
            if answer.status_code in _BUSY and left:
                sleep(_pause(answer))
            elif answer.status_code in _INVALID and "metadata" in answer.text and "metadata" in body:
                # OpenAI's own server, for one, takes it only with what it is to store.
                del body["metadata"]
            else:
                break
        return self._fields(answer), milliseconds

    def _post(self, body: Mapping[str, Any]) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            with httpx.Client(timeout=_SECONDS, mounts=LOOPBACK_DIRECTLY) as client:
                return client.post(self._address, json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SuiteError(
                f"{self._address}: {error or type(error).__name__}; is the server running, and --target right?"
            ) from error

    def _fields(self, answer: httpx.Response) -> Mapping[str, Any]:
        if not answer.is_success:
            hint = "" if self.url.rstrip("/").endswith("/v1") else "; does --target end as it should, mostly in /v1?"
            raise SuiteError(f"{self._address} answers {answer.status_code}: {_reason(answer)}{hint}")
        try:
            fields: Mapping[str, Any] = _json(answer)
        except ValueError as error:
            raise SuiteError(f"{self._address} answers with something else than JSON; is --target right?") from error
        return fields

    @property
    def _address(self) -> str:
        return f"{self.url.rstrip('/')}/chat/completions"


def _json(answer: httpx.Response) -> Any:
    """What a server says; half a character (a lone surrogate), which no file can hold, becomes a question mark."""
    return json.loads(json.dumps(answer.json(), ensure_ascii=False).encode("utf-8", "replace"))


def _text_of(content: Any) -> str:
    """The text of a message, which some servers send in parts; what a model thought has parts of its own."""
    if not isinstance(content, list):
        return str(content or "")
    return "".join(str(part["text"]) for part in content if part.get("type", "text") == "text")


def _are_citations(given: Any) -> bool:
    """Whether these are citations as Dateline has them; others' are addresses, or have fields of their own."""
    return isinstance(given, list) and all(
        isinstance(each, dict) and {"marker", "quote"} <= each.keys() for each in given
    )


def _usage(given: Any) -> Usage | None:
    """The tokens, `None` where they are not counted."""
    if not isinstance(given, dict) or not (given.get("prompt_tokens") or given.get("completion_tokens")):
        return None
    return Usage(int(given.get("prompt_tokens") or 0), int(given.get("completion_tokens") or 0))


def _pause(answer: httpx.Response) -> float:
    """Seconds after which a busy server may be asked again."""
    try:
        return min(float(answer.headers.get("retry-after", _PAUSE)), _LONGEST_PAUSE)
    except ValueError:  # a date
        return _PAUSE


def _reason(answer: httpx.Response) -> str:
    """What a server says of its error, in one line."""
    try:
        error = _json(answer)
        error = error.get("error", error.get("detail", error))
        text = str(error.get("message", error) if isinstance(error, dict) else error)
    except (ValueError, AttributeError):
        text = answer.reason_phrase
    return " ".join(text.split())[:_MOST_REASON]


def _cited(fields: Mapping[str, Any]) -> Cited:
    article = fields.get("article", {})
    evidence = Evidence(
        article_id=str(article.get("id", "")),
        url=article.get("url"),
        title=article.get("title") or "",
        source=article.get("source"),
        published_at=_date(article.get("published_at")),
        text=str(fields.get("quote", "")),
    )
    return Cited(int(fields["marker"]), evidence.text, int(fields.get("start", 0)), int(fields.get("end", 0)), evidence)


def _date(text: str | None) -> NewsDate | None:
    return parse_iso(text) if text else None
