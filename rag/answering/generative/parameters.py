"""Parameters of requests that a model server may refuse: models differ, and no list of their names stays true."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from openai import BadRequestError, UnprocessableEntityError, omit

log = logging.getLogger(__name__)

Result = TypeVar("Result")
_INSTEAD = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""The two names of one limit."""
_REFUSES = re.compile(r"\b(?:un|not |n't )support|unrecogni[sz]ed|\bunknown|not permitted|unexpected", re.IGNORECASE)


class AcceptedParameters:
    """The parameters of a model's requests, less those that its server has refused.

    Args:
        parameters: As they are sent first.
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._sent = dict(parameters)
        self._refused: frozenset[str] = frozenset()

    def used_by(self, request: Callable[[Mapping[str, Any]], Result]) -> Result:
        """Return what a request returns, made again with fewer parameters as long as the server refuses one.

        Args:
            request: Takes the parameters; raises the errors of OpenAI's client.
        """
        while True:
            sent = self._sent
            try:
                return request(sent)
            except (BadRequestError, UnprocessableEntityError) as error:
                refused = next(
                    (name for name, value in sent.items() if value is not omit and _refuses(error, name)), ""
                )
                if not refused:
                    raise
                self._drop(refused, sent)

    def _drop(self, refused: str, sent: Mapping[str, Any]) -> None:
        log.info("the model server refuses the parameter %s; it is asked without", refused)
        self._refused |= {refused}
        # Left out of the call, LlamaIndex would put a value of its own in its place.
        fewer: dict[str, Any] = {**sent, refused: omit}
        instead = _INSTEAD.get(refused)
        if instead and instead not in self._refused:
            fewer[instead] = sent[refused]
        self._sent = fewer


def _refuses(error: BadRequestError | UnprocessableEntityError, name: str) -> bool:
    """Whether the error says that the parameter is not known or takes no such value; one that is too large is not."""
    told = f"{error.param} {error.code} {error.message}"
    return re.search(rf"\b{name}\b", f"{error.param} {error.message}") is not None and bool(_REFUSES.search(told))
