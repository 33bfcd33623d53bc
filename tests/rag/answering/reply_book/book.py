"""The reply book: drafts as language models write them, honest and dishonest, and what a reader must see of each.

`python -m tests.rag.answering.reply_book.book` writes their formats as a table into `docs/models.md`.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.models import Hit, Passage
from tests.conftest import ROOT

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "models.md"
BEGIN, END = "<!-- written by tests/rag/answering/reply_book -->\n", "<!-- end of the table -->\n"
KINDS = {
    "markers": "markers",
    "shapes": "shapes",
    "reasoning": "reasoning, chat templates",
    "verdicts": "verdicts and very short answers",
    "declines": "declines and refusals",
    "claims": "claims, lies, quotations, languages",
    "broken": "broken off, repeated, empty",
}
"""File -> how the table calls it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a draft answers.

    Attributes:
        passages: Words of each passage that the model is given, in the order of their numbers.
    """

    text: str
    passages: tuple[str, ...]

    def hits(self, held: Sequence[Passage]) -> list[Hit]:
        """The passages, among those of a library."""
        return [
            Hit(next(each for each in held if words in f"{each.article.source}: {each.text}"), 1.0 / rank, rank)
            for rank, words in enumerate(self.passages, 1)
        ]


@dataclass(frozen=True, slots=True)
class Reply:
    """A draft, and what comes out of it.

    Attributes:
        id: File and place in it.
        format: How it is written.
        reasoning: What the server sends beside it as `reasoning_content`.
        finish: Why it ends, in the words of OpenAI's protocol.
        shown: The answer's text without the words that mark a claim as not verified.
        cites: Of each citation, in order, the number of the passage that it is of.
        lies: Claims that must not be verified. All others must be, unless `needs_entailment`.
        needs_entailment: Whether its claims hold is up to the entailment head.
        quoted: Nothing of it can be shown, so that quotes answer.
    """

    id: str
    format: str
    question: Question
    draft: str
    shown: str
    cites: tuple[int, ...]
    reasoning: str = ""
    finish: str = "stop"
    status: Literal["answered", "partial", "not_found"] = "answered"
    lies: tuple[str, ...] = ()
    needs_entailment: bool = False
    quoted: bool = False


def _replies() -> Iterator[Reply]:
    questions = tomllib.loads((HERE / "questions.toml").read_text(encoding="utf-8"))
    for name in KINDS:
        rows = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))["reply"]
        for place, row in enumerate(rows, 1):
            about = questions[row.pop("question", {"markers": "bank", "declines": "bridge"}.get(name))]
            fields = {"status": about.get("status", "answered"), "shown": about["shown"], "cites": about["cites"]} | row
            fields |= {"shown": fields["shown"].strip(), "cites": tuple(fields["cites"])}
            fields |= {"lies": tuple(fields.get("lies", ()))}
            yield Reply(id=f"{name}-{place}", question=Question(about["question"], tuple(about["passages"])), **fields)


REPLIES: tuple[Reply, ...] = tuple(_replies())


def table(replies: Iterable[Reply]) -> str:
    """The formats that are read, in Markdown, with the number of drafts of each kind."""
    formats: dict[str, Counter[str]] = {}
    for reply in replies:
        formats.setdefault(reply.id.partition("-")[0], Counter())[reply.format] += 1
    lines = ["| what | drafts | written as |", "|---|---|---|"]
    lines += [f"| {KINDS[kind]} | {each.total()} | {' · '.join(_escaped(each))} |" for kind, each in formats.items()]
    return "\n".join(lines) + "\n"


def _escaped(formats: Mapping[str, int]) -> list[str]:
    return [format.replace("|", "\\|") for format in formats]


def main() -> None:
    """Write the table into the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{table(REPLIES)}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
