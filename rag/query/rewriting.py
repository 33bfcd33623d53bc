"""Follow-ups that a `Rewriter` writes out as questions that stand alone."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rag.errors import GenerationError
from rag.messages import Text
from rag.models import Filters, Message, Query
from rag.query.base import QueryParser, Rewriter
from rag.query.context import needs_context

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RewritingQueryParser:
    """The `QueryParser` that has follow-ups written out; where that fails, the other parser decides.

    Attributes:
        parser: Reads what stands alone.
        rewriter: Writes out what does not.
    """

    parser: QueryParser
    rewriter: Rewriter

    def parse(
        self,
        question: str,
        history: Sequence[Message],
        *,
        as_of: datetime,
        outlets: Sequence[str] = (),
        filters: Filters | None = None,
    ) -> Query:
        """Return the query that a question amounts to (see `QueryParser`)."""
        rules = self.parser.parse(question, history, as_of=as_of, outlets=outlets, filters=filters)
        if not history or rules.intent != "question" or not needs_context(question):
            return rules
        try:
            written, usage = self.rewriter.standalone(question, history)
        except GenerationError as error:
            log.warning("follow-up understood by rules: %s", error)
            return replace(rules, notes=(Text("model_not_understood"),))
        alone = self.parser.parse(written, (), as_of=as_of, outlets=outlets, filters=filters)
        return replace(alone, asked=" ".join(question.split()), understood_by="model", usage=usage)
