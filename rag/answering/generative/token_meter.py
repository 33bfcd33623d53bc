"""A language model whose tokens are counted, and which is not asked once a day's budget is used up."""

import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.utils import get_tokenizer

from rag.answering.base import LanguageModel, ModelDelta
from rag.errors import GenerationError, LibraryError
from rag.models import Usage
from rag.store.token_ledger import TokenLedger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a model's tokens are charged to, and how many it may have.

    Attributes:
        ledger: Holds the sums.
        daily_tokens: Budget of all sites together for one day; 0 means any number.
        site: Id of the site; empty for questions that come from none.
        site_tokens: The same for this site; 0 means any number.
    """

    ledger: TokenLedger
    daily_tokens: int = 0
    site: str = ""
    site_tokens: int = 0

    def check(self) -> None:
        """Refuse a request beyond the budget.

        Raises:
            GenerationError: The budget is used up, or what was spent cannot be read.
        """
        try:
            if self.daily_tokens and self.ledger.spent_today() >= self.daily_tokens:
                raise GenerationError(f"the day's {self.daily_tokens:,} tokens are used up", fault="budget")
            if self.site_tokens and self.ledger.spent_today(self.site) >= self.site_tokens:
                raise GenerationError(
                    f"the day's {self.site_tokens:,} tokens of the site {self.site} are used up", fault="budget"
                )
        except LibraryError as error:
            raise GenerationError(f"the tokens spent today cannot be read: {error}") from error

    def charge(self, usage: Usage) -> None:
        """Add a request's tokens; an answer is not lost because they could not be written down."""
        try:
            self.ledger.add(self.site, usage)
        except LibraryError as error:
            log.error("%d tokens could not be written down: %s", usage.prompt_tokens + usage.completion_tokens, error)


class MeteredModel:
    """A `LanguageModel` that charges each request to an account and reports its tokens; what began is finished.

    Args:
        model: Is asked.
        account: Is charged: what the server reports, else an estimate by a tokenizer.
    """

    def __init__(self, model: LanguageModel, account: Account) -> None:
        self._model = model
        self._account = account

    @property
    def name(self) -> str:
        """The model's name, as answers report it."""
        return self._model.name

    @property
    def context_tokens(self) -> int | None:
        """What prompt and reply may have together; `None` where that is not known."""
        return self._model.context_tokens

    def complete(self, messages: Sequence[ChatMessage]) -> ModelDelta:
        """Return the whole reply (see `LanguageModel`).

        Raises:
            GenerationError: The model failed, or its budget is used up.
        """
        self._account.check()
        reply = self._model.complete(messages)
        usage = reply.usage or _estimated(messages, reply.text)
        self._account.charge(usage)
        return replace(reply, usage=usage)

    def stream(self, messages: Sequence[ChatMessage], *, seconds: float) -> Iterator[ModelDelta]:
        """Yield the reply as the model writes it (see `LanguageModel`); one that is stopped is charged, too.

        Raises:
            GenerationError: The model failed, or its budget is used up.
        """
        self._account.check()
        stream = self._model.stream(messages, seconds=seconds)
        written: list[str] = []
        usage: Usage | None = None
        try:
            for delta in stream:
                written.append(delta.text)
                usage = delta.usage or usage
                yield delta
        except GenerationError:
            if written:
                yield ModelDelta("", usage or _estimated(messages, "".join(written)))
            raise
        else:
            usage = usage or _estimated(messages, "".join(written))
            yield ModelDelta("", usage)
        finally:
            if isinstance(stream, Generator):
                stream.close()
            if usage or written:
                self._account.charge(usage or _estimated(messages, "".join(written)))


def _estimated(messages: Sequence[ChatMessage], reply: str) -> Usage:
    tokenize = get_tokenizer()
    return Usage(sum(len(tokenize(message.content or "")) for message in messages), len(tokenize(reply)))
