"""Another system's published answers, scored with the same metrics."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.targets import declines
from evals.predictions import UNDECIDED, Response
from evals.datasets import Case
from rag.models import Status
from rag.errors import SuiteError

Prediction = str | int
"""A text, or the index of a choice."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """A target that gives the answers it was handed; a question without one is a failed case.

    Attributes:
        predictions: Question id -> prediction.
        name: Of the file they came from.
    """

    predictions: Mapping[str, Prediction]
    name: str

    @property
    def failed(self) -> Response:
        """An empty text, or no choice where the file holds choices."""
        chooses = any(isinstance(prediction, int) for prediction in self.predictions.values())
        text, chosen = (None, UNDECIDED) if chooses else ("", None)
        return Response("failed", text, citations=None, hits=None, chosen=chosen)

    def respond(self, case: Case) -> Response:
        """The prediction as a response: no citations, no ranking, no confidence; a choice is no text of its own.

        Raises:
            SuiteError: The file has no prediction for the case.
        """
        if case.id not in self.predictions:
            raise SuiteError(f"no prediction for question {case.id}")
        prediction = self.predictions[case.id]
        result = {"question": case.question, "model": self.name}
        if isinstance(prediction, int):
            choice = case.choices[prediction] if 0 <= prediction < len(case.choices) else ""
            result |= {"answer": choice, "status": "answered"}
            return Response("answered", None, citations=None, hits=None, chosen=prediction, result=result)
        status: Status = "not_found" if declines(prediction) else "answered"
        result |= {"answer": prediction, "status": status}
        return Response(status, prediction, citations=None, hits=None, result=result)


def read_predictions(file: Path) -> Predicted:
    """JSON lines with `question_id` and `prediction`: a text, or a choice's index as a list with one string.

    Raises:
        SuiteError: The file cannot be read or a line is not in the format; the message names it.
    """
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError(f"predictions {file}: {error}") from error
    predictions: dict[str, Prediction] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                fields = json.loads(line)
                predictions[str(fields["question_id"])] = _prediction(fields["prediction"])
            except (ValueError, KeyError, TypeError, IndexError) as error:
                raise SuiteError(f'{file} line {number}: not {{"question_id", "prediction"}}: {error}') from error
    return Predicted(predictions, file.stem)


def _prediction(value: Any) -> Prediction:
    if isinstance(value, list):
        return int(value[0])
    if isinstance(value, str):
        return value
    raise TypeError(f"a prediction is a text or a list with one string, not {value!r}")
