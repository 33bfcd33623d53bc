"""What a span reader is shown: a question, and a passage under its heading, as tokens. Pure but for the tokenizer.

Training and answering build their inputs here, so that a model is asked in the form it was trained in.
"""

from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

MAX_TOKENS = 320
"""Most tokens of question, heading and passage together; the passage is cut at its end."""


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """Tokens of one question and one passage.

    Attributes:
        ids: Of the tokens.
        segments: 0 for the question's tokens, 1 for the heading's and the passage's.
        spans: For each token its start and end in characters of the passage; `None` for a token of anything else.
    """

    ids: tuple[int, ...]
    segments: tuple[int, ...]
    spans: tuple[tuple[int, int] | None, ...]


def heading(title: str, outlet: str = "", published: str = "") -> str:
    """Return the line above a passage: headline, outlet and date, each left out where it is empty."""
    origin = ", ".join(part for part in (outlet, published) if part)
    return ". ".join(part.strip().rstrip(".") for part in (title, origin) if part.strip())


def reader_input(tokenizer: Tokenizer, question: str, above: str, passage: str) -> ReaderInput:
    """Return the tokens of a question and a passage.

    Args:
        tokenizer: Of the model; truncates to `MAX_TOKENS` (see `prepare`).
        question: Or, for the entailment head, a claim.
        above: The passage's `heading`, or an empty string.
        passage: Text in which the answer is looked for.
    """
    before = f"{above}\n" if above else ""
    encoding: Encoding = tokenizer.encode(question, before + passage)
    spans = tuple(
        (start - len(before), end - len(before)) if sequence == 1 and start >= len(before) else None
        for sequence, (start, end) in zip(encoding.sequence_ids, encoding.offsets, strict=True)
    )
    return ReaderInput(tuple(encoding.ids), tuple(encoding.type_ids), spans)


def prepare(tokenizer: Tokenizer) -> Tokenizer:
    """Set the tokenizer to what `reader_input` needs, and return it."""
    tokenizer.no_padding()
    # The longer of both is cut: the passage, unless a question is longer than any that one reads.
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    return tokenizer
