"""Another system's published answers, scored with the same metrics."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.responses import FAILED, Response
from evals.suites import Case
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
    failed: Response = FAILED

    def respond(self, case: Case) -> Response:
        """The prediction as a response: no citations, no ranking, no confidence.

        Raises:
            SuiteError: The file has no prediction for the case.
        """
        if case.id not in self.predictions:
            raise SuiteError(f"no prediction for question {case.id}")
        prediction = self.predictions[case.id]
        if isinstance(prediction, int):
            text = case.choices[prediction] if 0 <= prediction < len(case.choices) else ""
            chosen: int | None = prediction
        else:
            text, chosen = prediction, None
        result = {"question": case.question, "answer": text, "status": "answered", "model": self.name}
        return Response(status="answered", text=text, citations=None, hits=None, chosen=chosen, result=result)


def read_predictions(file: Path) -> Predicted:
    """JSON lines with `question_id` and `prediction`: a text, or a choice's index as a list with one string.

    Raises:
        SuiteError: The file cannot be read or a line is not in the format; the message names it.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError(f"predictions {file}: {error}") from error
    found: dict[str, Prediction] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                fields = json.loads(line)
                found[str(fields["question_id"])] = _prediction(fields["prediction"])
            except (ValueError, KeyError, TypeError, IndexError) as error:
                raise SuiteError(f'{file} line {number}: not {{"question_id", "prediction"}}: {error}') from error
    return Predicted(found, file.stem)


def _prediction(value: Any) -> Prediction:
    if isinstance(value, list):
        return int(value[0])
    if isinstance(value, str):
        return value
    raise TypeError(f"a prediction is a text or a list with one string, not {value!r}")
