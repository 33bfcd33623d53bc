"""Any OpenAI-compatible endpoint, or another Dateline over HTTP, as what is evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx

from evals.datasets import Case
from evals.predictions import Cited, Evidence, Response
from evals.targets.refusal import declines
from rag.dates import NewsDate, parse_iso
from rag.errors import SuiteError
from rag.models import Usage

_SECONDS = 120.0
_MOST_REASON = 300
"""Characters."""


@dataclass(frozen=True, slots=True)
class Remote:
    """`POST URL/chat/completions`; citations are read where the answer has Dateline's `citations` field.

    What counts as a decline is said in `evals.targets.refusal`. The `as_of` date is sent as `metadata`,
    which other servers ignore: they answer as of when they like.

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
        started = perf_counter()
        fields = self._asked(case)
        milliseconds = round((perf_counter() - started) * 1000, 1)
        try:
            text = str(fields["choices"][0]["message"]["content"] or "")
        except (KeyError, IndexError, TypeError) as error:
            raise SuiteError(f"{self.url} answered without choices[0].message.content") from error
        citations = fields["choices"][0]["message"].get("citations") or fields.get("citations")
        usage = fields.get("usage")
        return Response(
            status="not_found" if declines(text) else "answered",
            text=text,
            citations=tuple(map(_cited, citations or ())),
            hits=None,
            usage=Usage(usage["prompt_tokens"], usage["completion_tokens"]) if usage else None,
            timings_ms={"total": milliseconds},
            result={
                "question": case.question,
                "answer": text,
                "citations": citations or [],
                "model": fields.get("model", self.model),
            },
        )

    def _asked(self, case: Case) -> Mapping[str, Any]:
        messages = [{"role": turn.role, "content": turn.content} for turn in case.history]
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [*messages, {"role": "user", "content": case.question}],
        }
        if case.as_of:
            body["metadata"] = {"as_of": case.as_of.isoformat()}
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        url = f"{self.url.rstrip('/')}/chat/completions"
        try:
            answer = httpx.post(url, json=body, headers=headers, timeout=_SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SuiteError(
                f"{url}: {error or type(error).__name__}; is the server running, and --target right?"
            ) from error
        if not answer.is_success:
            hint = "" if self.url.rstrip("/").endswith("/v1") else "; does --target end as it should, mostly in /v1?"
            raise SuiteError(f"{url} answers {answer.status_code}: {_reason(answer)}{hint}")
        try:
            fields: Mapping[str, Any] = answer.json()
        except ValueError as error:
            raise SuiteError(f"{url} answers with something else than JSON; is --target right?") from error
        return fields


def _reason(answer: httpx.Response) -> str:
    """What a server says of its error, in one line."""
    try:
        error = answer.json()
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
