"""What the checks cost beside a language model: `python -m tests.rag.answering.first_words_benchmark LIBRARY`.

A server on loopback streams drafts at a model's pace over the questions of the sample suite, each asked alone and once
more as a follow-up. Prints how much later than the first sentence's last piece the first words come (search,
understanding and check), and how many requests an answer needs.
"""

import argparse
import statistics
from collections.abc import Iterator
from pathlib import Path

from evals.datasets import load_suite
from rag.engine import Dateline, open_dateline
from rag.models import Answer, Message
from rag.settings import Settings
from tests.conftest import ROOT
from tests.openai_server import Script, openai_server

_PIECE, _PAUSE = 5, 0.015
"""Characters of a piece and seconds between two: about 65 tokens a second."""


def answers(dateline: Dateline, server: Script, questions: list[str]) -> Iterator[tuple[str, float, Answer]]:
    """Kind of turn, seconds that the first sentence takes to be sent, and the answer.

    The draft is the first sentence of what is found, and another one, each told as a report, so that it has to be
    judged. What is asked for in one piece is the question again: a follow-up written out, and no verdict.
    """
    for question in questions:
        passage = dateline.search(question)[0].passage
        first, *more = [passage.article.text[span.start : span.end] for span in passage.sentences]
        told = f"As reported, {first} [1] "
        server.reply = f"{told}It was also said: {more[0] if more else first} [1]"
        server.whole, server.piece, server.pause = question, _PIECE, _PAUSE
        sent = len(told) // _PIECE * _PAUSE
        alone = dateline.ask(question)
        yield "alone", sent, alone
        history = [Message("user", question), Message("assistant", alone.text)]
        yield "follow-up", sent, dateline.ask("And why?", history=history)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path, help="made by `make samples`")
    options = parser.parse_args()
    questions = [case.question for case in load_suite(ROOT / "evals" / "suites" / "sample").cases if not case.history]
    with openai_server() as server:
        settings = Settings(data=options.library, OPENAI_BASE_URL=server.url, chat_model="scripted")
        measured = list(answers(open_dateline(settings), server, questions))
    for kind in ("alone", "follow-up"):
        of_kind = [(sent, answer) for of, sent, answer in measured if of == kind and answer.usage.requests]
        later = [answer.timings_ms["first_words"] / 1000 - sent for sent, answer in of_kind]
        requests = [len(answer.usage.requests) for _, answer in of_kind]
        print(
            f"{kind}: {len(of_kind)} answers; first words {statistics.median(later):.2f} s later (median; "
            f"nine tenths {statistics.quantiles(later, n=10)[-1]:.2f}); requests {statistics.mean(requests):.2f}, "
            f"at most {max(requests)}"
        )


if __name__ == "__main__":
    main()
